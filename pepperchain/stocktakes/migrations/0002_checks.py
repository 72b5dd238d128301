"""Whether the books of a room agree, and what does not."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """The last check of every room; a case for each thing that did not agree, one at a time."""

    dependencies = [("stocktakes", "0001_stocktakes")]
    sql = """
CREATE TABLE stocktakes_check (
    room_id BIGINT NOT NULL PRIMARY KEY REFERENCES storage_room (id),
    checked_at BIGINT NOT NULL,
    differences INTEGER NOT NULL CHECK (differences >= 0)
)
--;
CREATE INDEX stocktakes_check_time ON stocktakes_check (checked_at, room_id)
--;
CREATE TABLE stocktakes_case (
    id {id},
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    kind VARCHAR(20) NOT NULL CHECK (kind IN ('room', 'ledger', 'held', 'holds', 'counters', 'no_account', 'account', 'commodity',
        'product', 'site', 'road', 'block')),
    lot_id BIGINT NOT NULL DEFAULT 0,
    said_grams BIGINT NOT NULL,
    other_grams BIGINT NOT NULL,
    state VARCHAR(10) NOT NULL CHECK (state IN ('open', 'taken', 'closed')),
    found_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    gone_at BIGINT,
    taken_at BIGINT,
    taken_by_name VARCHAR(80),
    closed_at BIGINT,
    closed_by_name VARCHAR(80),
    note VARCHAR(200),
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK (state <> 'closed' OR (gone_at IS NOT NULL AND note IS NOT NULL))
)
--;
CREATE UNIQUE INDEX stocktakes_case_once ON stocktakes_case (room_id, kind, lot_id) WHERE state <> 'closed'
--;
CREATE INDEX stocktakes_case_operator ON stocktakes_case (operator_id, id)
--;
CREATE INDEX stocktakes_case_open ON stocktakes_case (id) WHERE state <> 'closed'
"""
