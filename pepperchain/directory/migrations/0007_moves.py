"""Households that move, and people who go to another household."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Where it moved from stays in the row. At most one move of a household is still to come."""

    dependencies = [("directory", "0006_relations")]
    sql = """
CREATE TABLE directory_move (
    id {id},
    request_id {uuid},
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    from_village_id BIGINT NOT NULL REFERENCES directory_area (id),
    from_group INTEGER,
    from_address VARCHAR(120),
    to_village_id BIGINT NOT NULL REFERENCES directory_area (id),
    to_group INTEGER CHECK (to_group BETWEEN 1 AND 99),
    to_address VARCHAR(120),
    moved_on DATE NOT NULL,
    keeps_membership {bool} NOT NULL,
    membership_id BIGINT REFERENCES directory_membership (id),
    state VARCHAR(10) NOT NULL CHECK (state IN ('due', 'done', 'called_off', 'taken_back')),
    actor_name VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_reason VARCHAR(200),
    CHECK (from_village_id <> to_village_id),
    CHECK ((state IN ('called_off', 'taken_back')) = (ended_at IS NOT NULL)),
    CHECK (membership_id IS NULL OR NOT keeps_membership)
)
--;
CREATE UNIQUE INDEX directory_move_request ON directory_move (request_id) WHERE request_id IS NOT NULL
--;
CREATE UNIQUE INDEX directory_move_day ON directory_move (household_id, moved_on) WHERE state IN ('due', 'done')
--;
CREATE UNIQUE INDEX directory_move_coming ON directory_move (household_id) WHERE state = 'due'
--;
CREATE INDEX directory_move_household ON directory_move (household_id, id)
--;
CREATE INDEX directory_move_due ON directory_move (moved_on, id) WHERE state = 'due'
--;
CREATE TABLE directory_person_move (
    id {id},
    request_id {uuid},
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    from_household_id BIGINT NOT NULL REFERENCES directory_household (id),
    to_household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    moved_on DATE NOT NULL,
    reason VARCHAR(12) NOT NULL CHECK (reason IN ('marriage', 'separation', 'other')),
    actor_name VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK (from_household_id <> to_household_id)
)
--;
CREATE UNIQUE INDEX directory_person_move_request ON directory_person_move (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX directory_person_move_person ON directory_person_move (person_id, id)
--;
CREATE INDEX directory_person_move_from ON directory_person_move (from_household_id, id)
--;
CREATE INDEX directory_person_move_to ON directory_person_move (to_household_id, id)
"""
