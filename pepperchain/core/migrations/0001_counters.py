"""Counters and leases."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Numbers without gaps, and one worker at a time."""

    sql = """
CREATE TABLE core_counter (
    scope VARCHAR(80) PRIMARY KEY,
    value BIGINT NOT NULL CHECK (value >= 0)
)
--;
CREATE TABLE core_lease (
    name VARCHAR(80) PRIMARY KEY,
    owner VARCHAR(80) NOT NULL,
    until_at BIGINT NOT NULL
)
"""
