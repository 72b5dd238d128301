"""Merges of households and of people, and everything that each of them changed."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """What is merged keeps its row and says into what; it is always ended too, so that no list has to ask. A journal undoes it."""

    dependencies = [("directory", "0004_duplicates")]
    sql = """
ALTER TABLE directory_household ADD COLUMN merged_into_id BIGINT REFERENCES directory_household (id)
    CHECK (merged_into_id IS NULL OR (ended_on IS NOT NULL AND merged_into_id <> id))
--;
CREATE INDEX directory_household_merged ON directory_household (merged_into_id) WHERE merged_into_id IS NOT NULL
--;
ALTER TABLE directory_person ADD COLUMN merged_into_id BIGINT REFERENCES directory_person (id)
    CHECK (merged_into_id IS NULL OR (left_on IS NOT NULL AND merged_into_id <> id))
--;
CREATE INDEX directory_person_merged ON directory_person (merged_into_id) WHERE merged_into_id IS NOT NULL
--;
CREATE TABLE directory_merge (
    id {id},
    request_id {uuid} NOT NULL UNIQUE,
    kind VARCHAR(9) NOT NULL CHECK (kind IN ('household', 'person')),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    loser_household_id BIGINT NOT NULL REFERENCES directory_household (id),
    person_id BIGINT REFERENCES directory_person (id),
    loser_person_id BIGINT REFERENCES directory_person (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    cooperative_id BIGINT REFERENCES directory_organization (id),
    reason VARCHAR(200) NOT NULL CHECK (reason <> ''),
    moved {json} NOT NULL,
    decided {json} NOT NULL,
    made_at BIGINT NOT NULL,
    made_by BIGINT,
    made_by_name VARCHAR(80) NOT NULL,
    proposed_by BIGINT,
    state VARCHAR(8) NOT NULL DEFAULT 'standing' CHECK (state IN ('standing', 'undone')),
    undone_at BIGINT,
    undone_by BIGINT,
    undone_by_name VARCHAR(80),
    kept {json},
    CHECK ((kind = 'person') = (person_id IS NOT NULL)),
    CHECK ((kind = 'person') = (loser_person_id IS NOT NULL)),
    CHECK (kind = 'person' OR household_id <> loser_household_id),
    CHECK (person_id <> loser_person_id),
    CHECK ((state = 'undone') = (undone_at IS NOT NULL))
)
--;
CREATE UNIQUE INDEX directory_merge_household_once ON directory_merge (loser_household_id)
    WHERE kind = 'household' AND state = 'standing'
--;
CREATE UNIQUE INDEX directory_merge_person_once ON directory_merge (loser_person_id) WHERE kind = 'person' AND state = 'standing'
--;
CREATE INDEX directory_merge_cooperative ON directory_merge (cooperative_id, id)
--;
CREATE INDEX directory_merge_household ON directory_merge (household_id, made_at, id)
--;
CREATE INDEX directory_merge_loser ON directory_merge (loser_household_id, made_at, id)
--;
CREATE INDEX directory_merge_person ON directory_merge (person_id, made_at, id) WHERE person_id IS NOT NULL
--;
CREATE TABLE directory_merge_change (
    merge_id BIGINT NOT NULL REFERENCES directory_merge (id),
    place INTEGER NOT NULL,
    table_name VARCHAR(63) NOT NULL,
    row_key {json} NOT NULL,
    column_name VARCHAR(63) NOT NULL,
    before {json} NOT NULL,
    after {json} NOT NULL,
    PRIMARY KEY (merge_id, place)
) {compact}
"""
