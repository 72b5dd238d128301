"""A key for each person, household and account of whom the trail tells something personal."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """One table. A destroyed key leaves its row, so that none is made anew for whoever was erased."""

    dependencies = [("audit", "0001_trail")]
    sql = """
CREATE TABLE audit_key (
    kind VARCHAR(12) NOT NULL CHECK (kind <> ''),
    owner_id VARCHAR(40) NOT NULL CHECK (owner_id <> ''),
    sealed {bytes},
    destroyed_at BIGINT,
    PRIMARY KEY (kind, owner_id),
    CHECK ((sealed IS NULL) = (destroyed_at IS NOT NULL))
) {compact}
"""
