"""Pairs of households that may be one."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """One table; every way in which a steward's list is narrowed has an index in the list's own order."""

    dependencies = [("directory", "0001_registry")]
    sql = """
CREATE TABLE directory_duplicate (
    id {id},
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    other_id BIGINT NOT NULL REFERENCES directory_household (id),
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    other_person_id BIGINT NOT NULL REFERENCES directory_person (id),
    village_id BIGINT NOT NULL REFERENCES directory_area (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    cooperative_id BIGINT REFERENCES directory_organization (id),
    points INTEGER NOT NULL CHECK (points BETWEEN 0 AND 100),
    evidence VARCHAR(200) NOT NULL,
    people INTEGER NOT NULL CHECK (people > 0),
    state VARCHAR(10) NOT NULL CHECK (state IN ('open', 'dismissed', 'merged')),
    found_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by BIGINT,
    decided_by_name VARCHAR(80),
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK (household_id < other_id),
    CHECK ((state = 'open') = (decided_at IS NULL)),
    UNIQUE (household_id, other_id)
)
--;
CREATE INDEX directory_duplicate_other ON directory_duplicate (other_id)
--;
CREATE INDEX directory_duplicate_person ON directory_duplicate (person_id)
--;
CREATE INDEX directory_duplicate_other_person ON directory_duplicate (other_person_id)
--;
CREATE INDEX directory_duplicate_open ON directory_duplicate (points, id) WHERE state = 'open'
--;
CREATE INDEX directory_duplicate_village ON directory_duplicate (village_id, points, id) WHERE state = 'open'
--;
CREATE INDEX directory_duplicate_township ON directory_duplicate (township_id, points, id) WHERE state = 'open'
--;
CREATE INDEX directory_duplicate_cooperative ON directory_duplicate (cooperative_id, points, id) WHERE state = 'open'
--;
CREATE INDEX directory_duplicate_seen ON directory_duplicate (seen_at) WHERE state = 'open'
"""
