"""The day close of a site's bank."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """What a day added up to, by one who prepares it and another who signs; the ledger's own period is closed with it."""

    dependencies = [("bank", "0003_pledges")]
    sql = """
CREATE TABLE bank_close (
    id {uuid} NOT NULL PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL,
    closed_on DATE NOT NULL,
    figures {json} NOT NULL,
    backing_ppm BIGINT,
    state VARCHAR(10) NOT NULL CHECK (state IN ('prepared', 'signed', 'dropped')),
    prepared_at BIGINT NOT NULL,
    prepared_by BIGINT,
    prepared_by_name VARCHAR(80) NOT NULL,
    signed_at BIGINT,
    signed_by BIGINT,
    signed_by_name VARCHAR(80),
    chain_head CHAR(64),
    CHECK ((state = 'signed') = (signed_at IS NOT NULL)),
    CHECK (signed_by IS NULL OR prepared_by IS NULL OR signed_by <> prepared_by)
)
--;
CREATE UNIQUE INDEX bank_close_day ON bank_close (site_id, closed_on) WHERE state <> 'dropped'
--;
CREATE INDEX bank_close_operator ON bank_close (operator_id, prepared_at, id)
"""
