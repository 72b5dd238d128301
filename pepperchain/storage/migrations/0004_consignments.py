"""Consignments: lots on the road from one site to another."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """A lot on the road knows its consignment and stands in no room; the space that waits for it is a booking."""

    dependencies = [("storage", "0003_lots_in_depth")]
    sql = """
CREATE TABLE storage_consignment (
    id {uuid} NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL CHECK (number > 0),
    from_site_id BIGINT NOT NULL REFERENCES directory_site (id),
    from_operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    to_room_id BIGINT NOT NULL REFERENCES storage_room (id),
    to_site_id BIGINT NOT NULL REFERENCES directory_site (id),
    to_operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    plate VARCHAR(12) NOT NULL CHECK (plate <> ''),
    driver_name VARCHAR(40),
    driver_phone VARCHAR(20),
    vehicle VARCHAR(10) NOT NULL CHECK (vehicle IN ('chilled', 'ambient')),
    note VARCHAR(200),
    lots INTEGER NOT NULL CHECK (lots > 0),
    sent_grams BIGINT NOT NULL CHECK (sent_grams > 0),
    sent_at BIGINT NOT NULL,
    sent_by BIGINT,
    sent_by_name VARCHAR(80) NOT NULL,
    expected_at BIGINT NOT NULL,
    content_hash CHAR(32) NOT NULL,
    state VARCHAR(10) NOT NULL DEFAULT 'on_road' CHECK (state IN ('on_road', 'arrived', 'returned')),
    end_id {uuid} UNIQUE,
    end_hash CHAR(32),
    ended_at BIGINT,
    ended_by BIGINT,
    ended_by_name VARCHAR(80),
    received_grams BIGINT CHECK (received_grams >= 0),
    reason VARCHAR(200),
    document VARCHAR(60),
    UNIQUE (from_site_id, number),
    CHECK ((state = 'on_road') = (ended_at IS NULL)),
    CHECK ((state = 'on_road') = (end_id IS NULL))
)
--;
CREATE INDEX storage_consignment_owner ON storage_consignment (cooperative_id, state, sent_at, id)
--;
CREATE INDEX storage_consignment_from ON storage_consignment (from_operator_id, state, sent_at, id)
--;
CREATE INDEX storage_consignment_to ON storage_consignment (to_operator_id, state, sent_at, id)
--;
CREATE INDEX storage_consignment_sent ON storage_consignment (state, sent_at, id)
--;
CREATE TABLE storage_consignment_lot (
    consignment_id {uuid} NOT NULL REFERENCES storage_consignment (id),
    lot_id BIGINT NOT NULL REFERENCES storage_lot (id),
    from_room_id BIGINT NOT NULL REFERENCES storage_room (id),
    sent_grams BIGINT NOT NULL CHECK (sent_grams > 0),
    received_grams BIGINT CHECK (received_grams >= 0),
    PRIMARY KEY (consignment_id, lot_id)
) {compact}
--;
CREATE INDEX storage_consignment_lot_lot ON storage_consignment_lot (lot_id)
--;
ALTER TABLE storage_lot ADD COLUMN consignment_id {uuid}
--;
CREATE INDEX storage_lot_on_road ON storage_lot (consignment_id) WHERE consignment_id IS NOT NULL
--;
ALTER TABLE storage_booking ADD COLUMN consignment_id {uuid}
--;
CREATE INDEX storage_booking_consignment ON storage_booking (consignment_id) WHERE consignment_id IS NOT NULL
"""
