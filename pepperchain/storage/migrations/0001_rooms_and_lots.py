"""Rooms, lots, movements, bookings, and what of the lots can be bought."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Eight tables. A room never holds more than its capacity.

    Each order in which the market lists lots has an index over those with something free, and each of these also carries every
    column that a search narrows by: rows that do not match are passed over inside the index. Their condition is `<> 0` and not `> 0`,
    which SQLite would take for the range to read.
    """

    dependencies = [("directory", "0001_registry"), ("harvest", "0001_slips"), ("ledger", "0001_books")]
    sql = """
CREATE TABLE storage_room (
    id {id},
    request_id {uuid},
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    name VARCHAR(40) NOT NULL CHECK (name <> ''),
    purpose VARCHAR(20) NOT NULL CHECK (purpose IN ('public_benefit', 'commercial')),
    kind VARCHAR(10) NOT NULL CHECK (kind IN ('chilled', 'frozen', 'dry', 'ambient')),
    forms VARCHAR(200) NOT NULL CHECK (forms <> ''),
    set_point_decidegrees INTEGER CHECK (set_point_decidegrees BETWEEN -600 AND 600),
    band_decidegrees INTEGER CHECK (band_decidegrees BETWEEN 0 AND 200),
    capacity_grams BIGINT NOT NULL CHECK (capacity_grams > 0),
    stock_grams BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    closed_on DATE,
    CHECK (stock_grams BETWEEN 0 AND capacity_grams),
    CHECK (closed_on IS NULL OR stock_grams = 0),
    UNIQUE (site_id, name)
)
--;
CREATE UNIQUE INDEX storage_room_request ON storage_room (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX storage_room_operator ON storage_room (operator_id, id)
--;
CREATE INDEX storage_room_public ON storage_room (township_id, id) WHERE purpose = 'public_benefit'
--;
CREATE TABLE storage_lot (
    id {id},
    code VARCHAR(26) NOT NULL UNIQUE,
    product_id BIGINT NOT NULL REFERENCES harvest_product (id),
    form VARCHAR(20) NOT NULL,
    grade VARCHAR(30) NOT NULL,
    cultivar VARCHAR(30) NOT NULL,
    season INTEGER NOT NULL,
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    origin_township_id BIGINT NOT NULL REFERENCES directory_area (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    account_id BIGINT REFERENCES ledger_account (id),
    parent_id BIGINT REFERENCES storage_lot (id),
    picked_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    fresh_until_at BIGINT NOT NULL,
    slips INTEGER NOT NULL DEFAULT 0 CHECK (slips >= 0),
    on_hand_grams BIGINT NOT NULL DEFAULT 0 CHECK (on_hand_grams >= 0),
    held_grams BIGINT NOT NULL DEFAULT 0 CHECK (held_grams >= 0),
    free_grams BIGINT NOT NULL DEFAULT 0 CHECK (free_grams >= 0),
    asking_fen_per_kg BIGINT CHECK (asking_fen_per_kg > 0),
    is_open {bool} NOT NULL DEFAULT FALSE,
    CHECK (free_grams = on_hand_grams - held_grams),
    CHECK (is_open = (on_hand_grams > 0))
)
--;
CREATE INDEX storage_lot_room ON storage_lot (room_id, fresh_until_at, id) WHERE is_open
--;
CREATE INDEX storage_lot_clock ON storage_lot (fresh_until_at, id) WHERE is_open
--;
CREATE INDEX storage_lot_cooperative_clock ON storage_lot (cooperative_id, fresh_until_at, id) WHERE is_open
--;
CREATE INDEX storage_lot_operator_clock ON storage_lot (operator_id, fresh_until_at, id) WHERE is_open
--;
CREATE INDEX storage_lot_cooperative ON storage_lot (cooperative_id, id)
--;
CREATE INDEX storage_lot_operator ON storage_lot (operator_id, id)
--;
CREATE INDEX storage_lot_parent ON storage_lot (parent_id) WHERE parent_id IS NOT NULL
--;
CREATE INDEX storage_lot_account ON storage_lot (account_id)
--;
CREATE INDEX storage_offer_picked ON storage_lot (
    picked_at, id, product_id, township_id, site_id, free_grams, asking_fen_per_kg, fresh_until_at
) WHERE free_grams <> 0
--;
CREATE INDEX storage_offer_cheap ON storage_lot (
    COALESCE(asking_fen_per_kg, 1000000000000), id, product_id, township_id, site_id, free_grams, asking_fen_per_kg,
    fresh_until_at, picked_at
) WHERE free_grams <> 0
--;
CREATE INDEX storage_offer_dear ON storage_lot (
    COALESCE(asking_fen_per_kg, 0), id, product_id, township_id, site_id, free_grams, asking_fen_per_kg,
    fresh_until_at, picked_at
) WHERE free_grams <> 0
--;
CREATE INDEX storage_offer_grams ON storage_lot (
    free_grams, id, product_id, township_id, site_id, asking_fen_per_kg, fresh_until_at, picked_at
) WHERE free_grams <> 0
--;
CREATE INDEX storage_offer_product ON storage_lot (product_id, township_id, site_id) WHERE free_grams <> 0
--;
CREATE INDEX storage_offer_township ON storage_lot (township_id) WHERE free_grams <> 0
--;
CREATE INDEX storage_offer_site ON storage_lot (site_id, product_id) WHERE free_grams <> 0
--;
CREATE TABLE storage_lot_slip (
    lot_id BIGINT NOT NULL REFERENCES storage_lot (id),
    weighin_id {uuid} NOT NULL REFERENCES harvest_weighin (id),
    PRIMARY KEY (lot_id, weighin_id)
) {compact}
--;
CREATE INDEX storage_lot_slip_weighin ON storage_lot_slip (weighin_id)
--;
CREATE TABLE storage_movement (
    id {uuid} NOT NULL PRIMARY KEY,
    lot_id BIGINT NOT NULL REFERENCES storage_lot (id),
    kind VARCHAR(10) NOT NULL CHECK (kind IN ('receive', 'move', 'split', 'issue', 'adjust', 'reversal')),
    from_room_id BIGINT REFERENCES storage_room (id),
    to_room_id BIGINT REFERENCES storage_room (id),
    grams BIGINT NOT NULL CHECK (grams > 0),
    other_lot_id BIGINT REFERENCES storage_lot (id),
    reverses_id {uuid} UNIQUE REFERENCES storage_movement (id),
    at BIGINT NOT NULL,
    actor_id BIGINT,
    actor_name VARCHAR(80) NOT NULL,
    township_id BIGINT NOT NULL,
    reason VARCHAR(200),
    was_fresh_until_at BIGINT,
    content_hash CHAR(32) NOT NULL,
    CHECK ((kind = 'reversal') = (reverses_id IS NOT NULL)),
    CHECK (from_room_id IS NOT NULL OR to_room_id IS NOT NULL)
)
--;
CREATE INDEX storage_movement_lot ON storage_movement (lot_id, at, id)
--;
CREATE INDEX storage_movement_other_lot ON storage_movement (other_lot_id, at, id) WHERE other_lot_id IS NOT NULL
--;
CREATE INDEX storage_movement_in ON storage_movement (to_room_id, at, id) WHERE to_room_id IS NOT NULL
--;
CREATE INDEX storage_movement_out ON storage_movement (from_room_id, at, id) WHERE from_room_id IS NOT NULL
--;
CREATE TABLE storage_booking (
    id {uuid} NOT NULL PRIMARY KEY,
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    organization_id BIGINT REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    form VARCHAR(20) NOT NULL,
    grams BIGINT NOT NULL CHECK (grams > 0),
    used_grams BIGINT NOT NULL DEFAULT 0,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    placed_at BIGINT NOT NULL,
    placed_by BIGINT,
    released_at BIGINT,
    content_hash CHAR(32) NOT NULL,
    CHECK (used_grams BETWEEN 0 AND grams),
    CHECK (from_on <= to_on)
)
--;
CREATE INDEX storage_booking_room ON storage_booking (room_id, to_on) WHERE released_at IS NULL
--;
CREATE INDEX storage_booking_organization ON storage_booking (organization_id, room_id) WHERE released_at IS NULL
--;
CREATE TABLE storage_booking_use (
    movement_id {uuid} NOT NULL REFERENCES storage_movement (id),
    booking_id {uuid} NOT NULL REFERENCES storage_booking (id),
    grams BIGINT NOT NULL CHECK (grams > 0),
    PRIMARY KEY (movement_id, booking_id)
) {compact}
--;
CREATE TABLE storage_available (
    product_id BIGINT NOT NULL REFERENCES harvest_product (id),
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    lots INTEGER NOT NULL CHECK (lots >= 0),
    free_grams BIGINT NOT NULL CHECK (free_grams >= 0),
    PRIMARY KEY (product_id, site_id)
) {compact}
--;
CREATE INDEX storage_available_site ON storage_available (site_id, product_id, lots)
--;
CREATE INDEX storage_available_township ON storage_available (township_id, product_id, lots)
"""
    sqlite = """
CREATE TRIGGER storage_movement_no_update BEFORE UPDATE ON storage_movement
BEGIN SELECT RAISE(ABORT, 'storage_movement only grows'); END
--;
CREATE TRIGGER storage_movement_no_delete BEFORE DELETE ON storage_movement
BEGIN SELECT RAISE(ABORT, 'storage_movement only grows'); END
"""
    postgres = """
CREATE TRIGGER storage_movement_only_grows BEFORE UPDATE OR DELETE ON storage_movement
FOR EACH ROW EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER storage_movement_no_truncate BEFORE TRUNCATE ON storage_movement
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
