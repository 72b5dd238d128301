"""What people say is wrong of what is kept of them, and what was answered."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """One table. Open ones are listed by the day they are due, of a cooperative or of all; a person's by person."""

    dependencies = [("consents", "0002_copies")]
    sql = """
CREATE TABLE consents_correction (
    id {id},
    request_id {uuid} NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL,
    cooperative_id BIGINT,
    what VARCHAR(12) NOT NULL CHECK (what <> ''),
    proposed VARCHAR(80),
    words VARCHAR(500) NOT NULL CHECK (words <> ''),
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    user_name VARCHAR(80) NOT NULL,
    asked_at BIGINT NOT NULL,
    due_on DATE NOT NULL,
    state VARCHAR(8) NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined')),
    answer VARCHAR(500),
    decided_by BIGINT REFERENCES accounts_user (id),
    decided_by_name VARCHAR(80),
    decided_at BIGINT,
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((state = 'open') = (decided_by IS NULL)),
    CHECK (state <> 'declined' OR answer IS NOT NULL)
)
--;
CREATE INDEX consents_correction_person ON consents_correction (person_id, id)
--;
CREATE INDEX consents_correction_open ON consents_correction (due_on, id) WHERE state = 'open'
--;
CREATE INDEX consents_correction_open_of ON consents_correction (cooperative_id, due_on, id) WHERE state = 'open'
--;
CREATE INDEX consents_correction_decided ON consents_correction (decided_at, id) WHERE state <> 'open'
--;
CREATE INDEX consents_correction_decided_of ON consents_correction (cooperative_id, decided_at, id) WHERE state <> 'open'
"""
