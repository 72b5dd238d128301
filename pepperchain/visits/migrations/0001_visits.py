"""Visits with their photos, follow-ups, notes."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Four tables. Each list has its index: a history by whom it is about, a week by whose it is, what is due by its owner."""

    dependencies = [("directory", "0001_registry")]
    sql = """
CREATE TABLE visits_visit (
    id {id},
    request_id {uuid},
    kind VARCHAR(5) NOT NULL CHECK (kind IN ('visit', 'call')),
    household_id BIGINT REFERENCES directory_household (id),
    person_id BIGINT REFERENCES directory_person (id),
    organization_id BIGINT REFERENCES directory_organization (id),
    township_id BIGINT,
    cooperative_id BIGINT,
    purpose VARCHAR(20) NOT NULL CHECK (purpose <> ''),
    outcome VARCHAR(2000),
    planned_on DATE,
    happened_at BIGINT,
    stands_at BIGINT NOT NULL,
    user_id BIGINT,
    user_name VARCHAR(80) NOT NULL,
    called_off_at BIGINT,
    reason VARCHAR(200),
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK ((household_id IS NULL) <> (organization_id IS NULL)),
    CHECK (person_id IS NULL OR household_id IS NOT NULL),
    CHECK (planned_on IS NOT NULL OR happened_at IS NOT NULL),
    CHECK (called_off_at IS NULL OR happened_at IS NULL),
    CHECK (outcome IS NULL OR happened_at IS NOT NULL)
)
--;
CREATE UNIQUE INDEX visits_visit_request ON visits_visit (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX visits_visit_household ON visits_visit (household_id, stands_at, id) WHERE household_id IS NOT NULL
--;
CREATE INDEX visits_visit_person ON visits_visit (person_id, stands_at, id) WHERE person_id IS NOT NULL
--;
CREATE INDEX visits_visit_organization ON visits_visit (organization_id, stands_at, id) WHERE organization_id IS NOT NULL
--;
CREATE INDEX visits_visit_user ON visits_visit (user_id, stands_at, id)
--;
CREATE TABLE visits_photo (
    id {id},
    visit_id BIGINT NOT NULL REFERENCES visits_visit (id),
    township_id BIGINT,
    token VARCHAR(40) NOT NULL UNIQUE,
    bytes INTEGER NOT NULL CHECK (bytes > 0),
    width INTEGER NOT NULL CHECK (width > 0),
    height INTEGER NOT NULL CHECK (height > 0),
    created_at BIGINT NOT NULL
)
--;
CREATE INDEX visits_photo_visit ON visits_photo (visit_id, id)
--;
CREATE TABLE visits_follow_up (
    id {id},
    request_id {uuid},
    visit_id BIGINT NOT NULL REFERENCES visits_visit (id),
    household_id BIGINT REFERENCES directory_household (id),
    organization_id BIGINT REFERENCES directory_organization (id),
    township_id BIGINT,
    cooperative_id BIGINT,
    what VARCHAR(200) NOT NULL CHECK (what <> ''),
    due_on DATE NOT NULL,
    owner_id BIGINT,
    owner_name VARCHAR(80) NOT NULL,
    done_at BIGINT,
    done_name VARCHAR(80),
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK ((household_id IS NULL) <> (organization_id IS NULL)),
    CHECK ((done_at IS NULL) = (done_name IS NULL))
)
--;
CREATE UNIQUE INDEX visits_follow_up_request ON visits_follow_up (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX visits_follow_up_visit ON visits_follow_up (visit_id, id)
--;
CREATE INDEX visits_follow_up_owner ON visits_follow_up (owner_id, due_on, id) WHERE done_at IS NULL
--;
CREATE INDEX visits_follow_up_household ON visits_follow_up (household_id) WHERE household_id IS NOT NULL
--;
CREATE INDEX visits_follow_up_organization ON visits_follow_up (organization_id) WHERE organization_id IS NOT NULL
--;
CREATE TABLE visits_note (
    id {id},
    request_id {uuid},
    household_id BIGINT REFERENCES directory_household (id),
    person_id BIGINT REFERENCES directory_person (id),
    organization_id BIGINT REFERENCES directory_organization (id),
    township_id BIGINT,
    cooperative_id BIGINT,
    text VARCHAR(500) NOT NULL CHECK (text <> ''),
    user_id BIGINT,
    user_name VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK ((household_id IS NULL) <> (organization_id IS NULL)),
    CHECK (person_id IS NULL OR household_id IS NOT NULL)
)
--;
CREATE UNIQUE INDEX visits_note_request ON visits_note (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX visits_note_household ON visits_note (household_id, created_at, id) WHERE household_id IS NOT NULL
--;
CREATE INDEX visits_note_person ON visits_note (person_id, created_at, id) WHERE person_id IS NOT NULL
--;
CREATE INDEX visits_note_organization ON visits_note (organization_id, created_at, id) WHERE organization_id IS NOT NULL
"""
