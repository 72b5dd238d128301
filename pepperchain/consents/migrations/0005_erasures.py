"""Who asked to be forgotten, and what became of it."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """One table. Open ones are listed by the day they are due, of a cooperative or of all; what is to be finished has small indexes."""

    dependencies = [("consents", "0004_merges"), ("directory", "0009_erased"), ("audit", "0002_keys")]
    sql = """
CREATE TABLE consents_erasure (
    id {id},
    request_id {uuid} NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL,
    cooperative_id BIGINT,
    words VARCHAR(500),
    asked_by BIGINT REFERENCES accounts_user (id),
    asked_by_name VARCHAR(80) NOT NULL,
    asked_at BIGINT NOT NULL,
    due_on DATE NOT NULL,
    state VARCHAR(10) NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'declined', 'withdrawn', 'done')),
    answer VARCHAR(500),
    decided_by BIGINT REFERENCES accounts_user (id),
    decided_by_name VARCHAR(80),
    decided_at BIGINT,
    rows_changed INTEGER,
    kept TEXT,
    kept_until DATE,
    files TEXT,
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    CHECK (state <> 'declined' OR answer IS NOT NULL),
    CHECK (kept IS NULL OR kept_until IS NOT NULL)
)
--;
CREATE UNIQUE INDEX consents_erasure_once ON consents_erasure (person_id) WHERE state IN ('asked', 'done')
--;
CREATE INDEX consents_erasure_person ON consents_erasure (person_id, id)
--;
CREATE INDEX consents_erasure_household ON consents_erasure (household_id)
--;
CREATE INDEX consents_erasure_open ON consents_erasure (due_on, id) WHERE state = 'asked'
--;
CREATE INDEX consents_erasure_open_of ON consents_erasure (cooperative_id, due_on, id) WHERE state = 'asked'
--;
CREATE INDEX consents_erasure_decided ON consents_erasure (decided_at, id) WHERE state <> 'asked'
--;
CREATE INDEX consents_erasure_decided_of ON consents_erasure (cooperative_id, decided_at, id) WHERE state <> 'asked'
--;
CREATE INDEX consents_erasure_unfinished ON consents_erasure (id) WHERE files IS NOT NULL
--;
CREATE INDEX consents_erasure_kept ON consents_erasure (kept_until) WHERE kept IS NOT NULL
"""
