"""Files that people asked for."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """One table; the indexes over what is to be done are as small as that is."""

    dependencies = [("accounts", "0001_users")]
    sql = """
CREATE TABLE exports_export (
    id {uuid} NOT NULL PRIMARY KEY,
    kind VARCHAR(30) NOT NULL CHECK (kind <> ''),
    format VARCHAR(4) NOT NULL CHECK (format IN ('xlsx', 'csv')),
    choices VARCHAR(2000) NOT NULL,
    reason VARCHAR(200),
    is_personal {bool} NOT NULL,
    state VARCHAR(10) NOT NULL CHECK (state IN ('waiting', 'making', 'held', 'ready', 'failed', 'removed')),
    language CHAR(2) NOT NULL CHECK (language IN ('zh', 'en')),
    user_id BIGINT NOT NULL REFERENCES accounts_user (id),
    scope VARCHAR(2000) NOT NULL,
    asked_at BIGINT NOT NULL,
    made_at BIGINT,
    fetched_at BIGINT,
    total_rows BIGINT CHECK (total_rows >= 0),
    done_rows BIGINT NOT NULL DEFAULT 0 CHECK (done_rows >= 0),
    people BIGINT CHECK (people >= 0),
    file_token VARCHAR(40),
    file_bytes BIGINT CHECK (file_bytes >= 0),
    message VARCHAR(300),
    worker VARCHAR(36),
    lease_until_at BIGINT,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    CHECK (state NOT IN ('held', 'ready') OR (file_token IS NOT NULL AND made_at IS NOT NULL))
)
--;
CREATE INDEX exports_export_owner ON exports_export (user_id, id)
--;
CREATE INDEX exports_export_due ON exports_export (id) WHERE state IN ('waiting', 'making')
--;
CREATE INDEX exports_export_file ON exports_export (asked_at) WHERE file_token IS NOT NULL
"""
