"""Stocktakes, their rooms and lines, what was counted, and what had no line."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """A room is in one open stocktake at most; who signs is not who handed in, unless the committee agreed; counts only grow."""

    dependencies = [("storage", "0003_lots_in_depth"), ("accounts", "0001_users")]
    sql = """
CREATE TABLE stocktakes_stocktake (
    id {id},
    request_id {uuid} NOT NULL UNIQUE,
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    room_id BIGINT REFERENCES storage_room (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    note VARCHAR(200),
    cut_off_at BIGINT NOT NULL,
    opened_by BIGINT,
    opened_by_name VARCHAR(80) NOT NULL,
    state VARCHAR(10) NOT NULL CHECK (state IN ('counting', 'handed_in', 'posted', 'cancelled')),
    lines INTEGER NOT NULL CHECK (lines >= 0),
    book_grams BIGINT NOT NULL CHECK (book_grams >= 0),
    lost_grams BIGINT CHECK (lost_grams >= 0),
    found_grams BIGINT CHECK (found_grams >= 0),
    over_tolerance {bool} NOT NULL DEFAULT FALSE,
    handed_in_at BIGINT,
    handed_in_by BIGINT,
    handed_in_by_name VARCHAR(80),
    allowed_at BIGINT,
    allowed_by BIGINT,
    allowed_by_name VARCHAR(80),
    ended_at BIGINT,
    ended_by BIGINT,
    ended_by_name VARCHAR(80),
    reason VARCHAR(200),
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK ((state IN ('handed_in', 'posted')) = (handed_in_at IS NOT NULL)),
    CHECK ((state IN ('posted', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (allowed_by IS NULL OR allowed_by <> handed_in_by),
    CHECK (state <> 'posted' OR allowed_at IS NOT NULL OR (NOT over_tolerance AND ended_by <> handed_in_by))
)
--;
CREATE INDEX stocktakes_stocktake_operator ON stocktakes_stocktake (operator_id, id)
--;
CREATE INDEX stocktakes_stocktake_open ON stocktakes_stocktake (id) WHERE state IN ('counting', 'handed_in')
--;
CREATE TABLE stocktakes_room (
    stocktake_id BIGINT NOT NULL REFERENCES stocktakes_stocktake (id),
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    is_open {bool} NOT NULL,
    PRIMARY KEY (stocktake_id, room_id)
) {compact}
--;
CREATE UNIQUE INDEX stocktakes_room_once ON stocktakes_room (room_id) WHERE is_open
--;
CREATE TABLE stocktakes_line (
    id {id},
    stocktake_id BIGINT NOT NULL REFERENCES stocktakes_stocktake (id),
    position INTEGER NOT NULL CHECK (position > 0),
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    lot_id BIGINT NOT NULL REFERENCES storage_lot (id),
    book_grams BIGINT NOT NULL CHECK (book_grams >= 0),
    is_added {bool} NOT NULL DEFAULT FALSE,
    counts INTEGER NOT NULL DEFAULT 0 CHECK (counts >= 0),
    counted_grams BIGINT CHECK (counted_grams >= 0),
    expected_grams BIGINT CHECK (expected_grams >= 0),
    counted_at BIGINT,
    counted_by_name VARCHAR(80),
    movement_id {uuid} UNIQUE REFERENCES storage_movement (id),
    UNIQUE (stocktake_id, lot_id),
    UNIQUE (stocktake_id, position),
    CHECK ((counted_grams IS NULL) = (expected_grams IS NULL)),
    CHECK ((counted_grams IS NULL) = (counts = 0))
)
--;
CREATE INDEX stocktakes_line_lot ON stocktakes_line (lot_id)
--;
CREATE TABLE stocktakes_count (
    id {uuid} NOT NULL PRIMARY KEY,
    stocktake_id BIGINT NOT NULL REFERENCES stocktakes_stocktake (id),
    line_id BIGINT NOT NULL REFERENCES stocktakes_line (id),
    counted_grams BIGINT NOT NULL CHECK (counted_grams >= 0),
    expected_grams BIGINT NOT NULL CHECK (expected_grams >= 0),
    at BIGINT NOT NULL,
    actor_id BIGINT,
    actor_name VARCHAR(80) NOT NULL,
    content_hash CHAR(32) NOT NULL
)
--;
CREATE INDEX stocktakes_count_line ON stocktakes_count (line_id, at, id)
--;
CREATE TABLE stocktakes_extra (
    id {uuid} NOT NULL PRIMARY KEY,
    stocktake_id BIGINT NOT NULL REFERENCES stocktakes_stocktake (id),
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    lot_id BIGINT REFERENCES storage_lot (id),
    words VARCHAR(200) NOT NULL,
    grams BIGINT NOT NULL CHECK (grams > 0),
    at BIGINT NOT NULL,
    actor_id BIGINT,
    actor_name VARCHAR(80) NOT NULL,
    content_hash CHAR(32) NOT NULL
)
--;
CREATE INDEX stocktakes_extra_stocktake ON stocktakes_extra (stocktake_id, at, id)
"""
    sqlite = """
CREATE TRIGGER stocktakes_count_no_update BEFORE UPDATE ON stocktakes_count
BEGIN SELECT RAISE(ABORT, 'stocktakes_count only grows'); END
--;
CREATE TRIGGER stocktakes_count_no_delete BEFORE DELETE ON stocktakes_count
BEGIN SELECT RAISE(ABORT, 'stocktakes_count only grows'); END
"""
    postgres = """
CREATE TRIGGER stocktakes_count_only_grows BEFORE UPDATE OR DELETE ON stocktakes_count
FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER stocktakes_count_no_truncate BEFORE TRUNCATE ON stocktakes_count
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
