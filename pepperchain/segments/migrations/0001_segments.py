"""Tags on households, segments, runs and what they did."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Five tables. A tag's households are read in the order of their ids, a household's tags by the household."""

    dependencies = [("directory", "0001_registry")]
    sql = """
CREATE TABLE segments_tag (
    id {id},
    request_id {uuid},
    organization_id BIGINT REFERENCES directory_organization (id),
    name VARCHAR(20) NOT NULL CHECK (name <> ''),
    colour VARCHAR(8) NOT NULL DEFAULT '' CHECK (colour IN ('', 'good', 'soon', 'bad', 'info')),
    user_id BIGINT,
    user_name VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0)
)
--;
CREATE UNIQUE INDEX segments_tag_request ON segments_tag (request_id) WHERE request_id IS NOT NULL
--;
CREATE UNIQUE INDEX segments_tag_organization ON segments_tag (organization_id, name)
    WHERE removed_at IS NULL AND organization_id IS NOT NULL
--;
CREATE UNIQUE INDEX segments_tag_district ON segments_tag (name) WHERE removed_at IS NULL AND organization_id IS NULL
--;
CREATE INDEX segments_tag_removed ON segments_tag (removed_at) WHERE removed_at IS NOT NULL
--;
CREATE TABLE segments_tagging (
    tag_id BIGINT NOT NULL REFERENCES segments_tag (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL,
    organization_id BIGINT,
    user_id BIGINT,
    user_name VARCHAR(80) NOT NULL,
    at BIGINT NOT NULL,
    run_id {uuid},
    PRIMARY KEY (tag_id, household_id)
) {compact}
--;
CREATE INDEX segments_tagging_household ON segments_tagging (household_id)
--;
CREATE TABLE segments_segment (
    id {id},
    request_id {uuid},
    organization_id BIGINT REFERENCES directory_organization (id),
    owner_id BIGINT NOT NULL,
    owner_name VARCHAR(80) NOT NULL,
    is_shared {bool} NOT NULL DEFAULT FALSE,
    name VARCHAR(60) NOT NULL CHECK (name <> ''),
    criteria {json} NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    removed_at BIGINT,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0)
)
--;
CREATE UNIQUE INDEX segments_segment_request ON segments_segment (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX segments_segment_owner ON segments_segment (owner_id, id) WHERE removed_at IS NULL
--;
CREATE INDEX segments_segment_organization ON segments_segment (organization_id, id) WHERE removed_at IS NULL AND is_shared
--;
CREATE TABLE segments_run (
    id {uuid} NOT NULL PRIMARY KEY,
    segment_id BIGINT NOT NULL REFERENCES segments_segment (id),
    segment_version INTEGER NOT NULL,
    action VARCHAR(20) NOT NULL CHECK (action <> ''),
    parameters {json},
    criteria {json} NOT NULL,
    organization_id BIGINT,
    user_id BIGINT NOT NULL,
    user_name VARCHAR(80) NOT NULL,
    acting_id BIGINT NOT NULL,
    language CHAR(2) NOT NULL CHECK (language IN ('zh', 'en')),
    state VARCHAR(8) NOT NULL CHECK (state IN ('working', 'done', 'stopped', 'undoing', 'undone')),
    total INTEGER CHECK (total >= 0),
    looked INTEGER NOT NULL DEFAULT 0 CHECK (looked >= 0),
    found INTEGER NOT NULL DEFAULT 0 CHECK (found >= 0),
    changed INTEGER NOT NULL DEFAULT 0 CHECK (changed >= 0),
    undone INTEGER NOT NULL DEFAULT 0 CHECK (undone >= 0),
    left_as_is INTEGER NOT NULL DEFAULT 0 CHECK (left_as_is >= 0),
    has_changes {bool} NOT NULL DEFAULT TRUE,
    through_id BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    undone_at BIGINT,
    message VARCHAR(300),
    facts {json},
    worker VARCHAR(36),
    lease_until_at BIGINT,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)
)
--;
CREATE INDEX segments_run_segment ON segments_run (segment_id, created_at, id)
--;
CREATE INDEX segments_run_counted ON segments_run (segment_id, user_id, created_at) WHERE action = 'count'
--;
CREATE INDEX segments_run_due ON segments_run (created_at, id) WHERE state IN ('working', 'undoing')
--;
CREATE UNIQUE INDEX segments_run_at_work ON segments_run (segment_id) WHERE action <> 'count' AND state IN ('working', 'undoing')
--;
CREATE UNIQUE INDEX segments_run_counting ON segments_run (segment_id, user_id) WHERE action = 'count' AND state = 'working'
--;
CREATE INDEX segments_run_kept ON segments_run (finished_at) WHERE has_changes AND action <> 'count'
--;
CREATE TABLE segments_change (
    run_id {uuid} NOT NULL REFERENCES segments_run (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    thing VARCHAR(36),
    before {json},
    outcome VARCHAR(6) CHECK (outcome IN ('undone', 'left')),
    PRIMARY KEY (run_id, household_id)
) {compact}
--;
CREATE INDEX segments_change_household ON segments_change (household_id)
"""
