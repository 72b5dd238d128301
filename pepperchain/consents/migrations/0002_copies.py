"""Copies of somebody's own data, as files that are kept for some days."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """One table: found by person, and by when the file is to be removed."""

    dependencies = [("consents", "0001_consents")]
    sql = """
CREATE TABLE consents_copy (
    id {uuid} PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES directory_person (id),
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL,
    cooperative_id BIGINT,
    reason VARCHAR(200),
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    user_name VARCHAR(80) NOT NULL,
    language VARCHAR(2) NOT NULL,
    made_at BIGINT NOT NULL,
    rows_told INTEGER NOT NULL CHECK (rows_told >= 0),
    token VARCHAR(40) NOT NULL UNIQUE,
    bytes INTEGER NOT NULL CHECK (bytes > 0),
    expires_at BIGINT NOT NULL,
    swept_at BIGINT
)
--;
CREATE INDEX consents_copy_person ON consents_copy (person_id, made_at, id)
--;
CREATE INDEX consents_copy_due ON consents_copy (expires_at) WHERE swept_at IS NULL
"""
