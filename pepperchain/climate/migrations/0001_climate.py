"""Sensors and their readings, buckets, breaches, alarms, the equipment log."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Eight tables. Readings and buckets are compact, keyed by sensor and time: what a chart reads lies together."""

    dependencies = [("storage", "0001_rooms_and_lots"), ("accounts", "0001_users")]
    sql = """
CREATE TABLE climate_sensor (
    id {id},
    request_id {uuid},
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    code VARCHAR(40) NOT NULL CHECK (code <> ''),
    kind VARCHAR(12) NOT NULL CHECK (kind IN ('temperature', 'humidity', 'door')),
    calibrated_on DATE,
    silent_minutes INTEGER NOT NULL CHECK (silent_minutes > 0),
    active_from DATE NOT NULL,
    active_until DATE,
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK (active_until IS NULL OR active_until >= active_from),
    UNIQUE (operator_id, code)
)
--;
CREATE UNIQUE INDEX climate_sensor_request ON climate_sensor (request_id) WHERE request_id IS NOT NULL
--;
CREATE INDEX climate_sensor_room ON climate_sensor (room_id, id)
--;
CREATE TABLE climate_breach (
    id {id},
    sensor_id BIGINT NOT NULL REFERENCES climate_sensor (id),
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    kind VARCHAR(12) NOT NULL CHECK (kind IN ('too_warm', 'too_cold', 'thawing', 'humid', 'door_open', 'silent')),
    side SMALLINT NOT NULL CHECK (side BETWEEN -1 AND 1),
    started_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    ended_at BIGINT,
    low INTEGER,
    high INTEGER,
    bound INTEGER,
    degree_minutes BIGINT NOT NULL DEFAULT 0 CHECK (degree_minutes >= 0),
    state VARCHAR(12) NOT NULL CHECK (state IN ('open', 'acknowledged', 'explained', 'closed')),
    found_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_by VARCHAR(80),
    explained_at BIGINT,
    explained_by VARCHAR(80),
    cause VARCHAR(12) CHECK (cause IN ('power', 'machine', 'door_left', 'loading', 'defrosting', 'sensor', 'other')),
    done VARCHAR(2000),
    closed_at BIGINT,
    closed_by VARCHAR(80),
    cut_at BIGINT,
    void_at BIGINT,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
    CHECK (started_at <= last_at),
    CHECK ((kind = 'silent') = (side = 0)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
)
--;
CREATE UNIQUE INDEX climate_breach_once ON climate_breach (sensor_id, side, started_at) WHERE void_at IS NULL
--;
CREATE INDEX climate_breach_room ON climate_breach (room_id, started_at, id)
--;
CREATE INDEX climate_breach_time ON climate_breach (started_at, id)
--;
CREATE INDEX climate_breach_unsettled ON climate_breach (room_id, started_at, id) WHERE state <> 'closed' AND void_at IS NULL
--;
CREATE INDEX climate_breach_worklist ON climate_breach (started_at, id) WHERE state <> 'closed' AND void_at IS NULL
--;
CREATE TABLE climate_state (
    sensor_id BIGINT NOT NULL PRIMARY KEY REFERENCES climate_sensor (id),
    township_id BIGINT NOT NULL,
    kind VARCHAR(12) NOT NULL,
    last_at BIGINT,
    last_value INTEGER,
    side SMALLINT NOT NULL DEFAULT 0,
    since_at BIGINT,
    run_low INTEGER,
    run_high INTEGER,
    run_excess BIGINT NOT NULL DEFAULT 0,
    cut_at BIGINT,
    due_at BIGINT,
    breach_id BIGINT REFERENCES climate_breach (id),
    silence_id BIGINT REFERENCES climate_breach (id),
    CHECK ((side = 0) = (since_at IS NULL))
)
--;
CREATE INDEX climate_state_due ON climate_state (due_at) WHERE silence_id IS NULL
--;
CREATE INDEX climate_state_doors ON climate_state (since_at) WHERE kind = 'door' AND side = 1 AND breach_id IS NULL
--;
CREATE TABLE climate_reading (
    sensor_id BIGINT NOT NULL REFERENCES climate_sensor (id),
    taken_at BIGINT NOT NULL,
    value INTEGER NOT NULL,
    township_id BIGINT NOT NULL,
    PRIMARY KEY (sensor_id, taken_at)
) {compact}
--;
CREATE TABLE climate_bucket (
    sensor_id BIGINT NOT NULL REFERENCES climate_sensor (id),
    step SMALLINT NOT NULL CHECK (step IN (10, 60, 1440)),
    starts_at BIGINT NOT NULL,
    township_id BIGINT NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    total BIGINT NOT NULL,
    readings INTEGER NOT NULL CHECK (readings >= 0),
    above_ms BIGINT NOT NULL,
    below_ms BIGINT NOT NULL,
    PRIMARY KEY (sensor_id, step, starts_at),
    CHECK (low <= high)
) {compact}
--;
CREATE TABLE climate_batch (
    id {uuid} NOT NULL PRIMARY KEY,
    operator_id BIGINT,
    user_id BIGINT,
    received_at BIGINT NOT NULL,
    fresh INTEGER NOT NULL,
    known INTEGER NOT NULL,
    refused TEXT NOT NULL,
    content_hash CHAR(32) NOT NULL
)
--;
CREATE INDEX climate_batch_received ON climate_batch (received_at)
--;
CREATE TABLE climate_alarm (
    id {id},
    rule VARCHAR(20) NOT NULL,
    subject BIGINT NOT NULL,
    occurrence VARCHAR(20) NOT NULL,
    recipient_id BIGINT NOT NULL REFERENCES accounts_user (id),
    township_id BIGINT NOT NULL,
    state VARCHAR(12) NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
    created_at BIGINT NOT NULL,
    UNIQUE (rule, subject, occurrence, recipient_id)
)
--;
CREATE INDEX climate_alarm_recipient ON climate_alarm (recipient_id, subject)
--;
CREATE INDEX climate_alarm_queued ON climate_alarm (created_at, id) WHERE state = 'queued'
--;
CREATE TABLE climate_equipment (
    id {uuid} NOT NULL PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    room_id BIGINT REFERENCES storage_room (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    kind VARCHAR(12) NOT NULL CHECK (kind IN ('power_cut', 'service', 'defrost', 'maintenance')),
    from_at BIGINT NOT NULL,
    until_at BIGINT,
    generator {bool},
    note VARCHAR(200),
    recorded_at BIGINT NOT NULL,
    recorded_by VARCHAR(80) NOT NULL,
    struck_at BIGINT,
    struck_by VARCHAR(80),
    content_hash CHAR(32) NOT NULL,
    CHECK (until_at IS NULL OR until_at >= from_at),
    CHECK (generator IS NULL OR kind = 'power_cut')
)
--;
CREATE INDEX climate_equipment_room ON climate_equipment (room_id, from_at) WHERE room_id IS NOT NULL
--;
CREATE INDEX climate_equipment_site ON climate_equipment (site_id, from_at) WHERE room_id IS NULL
"""
