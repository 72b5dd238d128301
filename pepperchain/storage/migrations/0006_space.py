"""Space: bookings that run out and change, the waiting list with its offers, and whom to tell of them."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """An offer is a booking of another kind, so whatever counts what is booked counts it too."""

    dependencies = [("storage", "0005_samples"), ("accounts", "0001_users")]
    sql = """
ALTER TABLE storage_booking ADD COLUMN kind VARCHAR(10) NOT NULL DEFAULT 'booking' CHECK (kind IN ('booking', 'offer', 'pick'))
--;
ALTER TABLE storage_booking ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0)
--;
ALTER TABLE storage_booking ADD COLUMN expires_at BIGINT
--;
ALTER TABLE storage_booking ADD COLUMN expired_at BIGINT
--;
CREATE INDEX storage_booking_due ON storage_booking (expires_at, room_id) WHERE released_at IS NULL AND expires_at IS NOT NULL
--;
CREATE TABLE storage_booking_version (
    id {uuid} NOT NULL PRIMARY KEY,
    booking_id {uuid} NOT NULL REFERENCES storage_booking (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    version INTEGER NOT NULL CHECK (version > 1),
    grams BIGINT NOT NULL CHECK (grams > 0),
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    was_grams BIGINT NOT NULL CHECK (was_grams > 0),
    was_from_on DATE NOT NULL,
    was_to_on DATE NOT NULL,
    made_at BIGINT NOT NULL,
    made_by BIGINT,
    made_by_name VARCHAR(80) NOT NULL,
    content_hash CHAR(32) NOT NULL,
    CHECK (from_on <= to_on),
    UNIQUE (booking_id, version)
)
--;
CREATE TABLE storage_wait (
    id {uuid} NOT NULL PRIMARY KEY,
    organization_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    room_id BIGINT REFERENCES storage_room (id),
    form VARCHAR(20) NOT NULL,
    grams BIGINT NOT NULL CHECK (grams > 0),
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by BIGINT,
    asked_by_name VARCHAR(80) NOT NULL,
    content_hash CHAR(32) NOT NULL,
    state VARCHAR(10) NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'offered', 'accepted', 'withdrawn', 'lapsed', 'over')),
    booking_id {uuid} UNIQUE REFERENCES storage_booking (id),
    offered_at BIGINT,
    offer_until_at BIGINT,
    ended_at BIGINT,
    CHECK (from_on <= to_on),
    CHECK ((state IN ('waiting', 'offered')) = (ended_at IS NULL)),
    CHECK (state NOT IN ('offered', 'accepted', 'lapsed') OR booking_id IS NOT NULL)
)
--;
CREATE INDEX storage_wait_next ON storage_wait (township_id, asked_at, id) WHERE state = 'waiting'
--;
CREATE INDEX storage_wait_queue ON storage_wait (asked_at, id) WHERE state = 'waiting'
--;
CREATE INDEX storage_wait_over ON storage_wait (to_on) WHERE state = 'waiting'
--;
CREATE INDEX storage_wait_organization ON storage_wait (organization_id, asked_at, id)
--;
CREATE INDEX storage_wait_newest ON storage_wait (asked_at, id)
--;
CREATE TABLE storage_notice (
    id {id},
    rule VARCHAR(20) NOT NULL,
    subject VARCHAR(36) NOT NULL,
    occurrence VARCHAR(20) NOT NULL,
    recipient_id BIGINT NOT NULL REFERENCES accounts_user (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    state VARCHAR(12) NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
    created_at BIGINT NOT NULL,
    UNIQUE (rule, subject, occurrence, recipient_id)
)
--;
CREATE INDEX storage_notice_queued ON storage_notice (created_at, id) WHERE state = 'queued'
"""
    sqlite = ""
    postgres = ""
