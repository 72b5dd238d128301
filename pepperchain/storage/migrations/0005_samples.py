"""Samples of lots, and what laboratories found in them."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """A test keeps the limits that it was held against: they may be others tomorrow. Both tables only grow."""

    dependencies = [("storage", "0004_consignments")]
    sql = """
CREATE TABLE storage_sample (
    id {uuid} NOT NULL PRIMARY KEY,
    lot_id BIGINT NOT NULL REFERENCES storage_lot (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    grams BIGINT NOT NULL CHECK (grams >= 0),
    taken_at BIGINT NOT NULL,
    taken_by BIGINT,
    taken_by_name VARCHAR(80) NOT NULL,
    note VARCHAR(200),
    content_hash CHAR(32) NOT NULL
)
--;
CREATE INDEX storage_sample_lot ON storage_sample (lot_id, taken_at)
--;
CREATE TABLE storage_test (
    id {uuid} NOT NULL PRIMARY KEY,
    sample_id {uuid} NOT NULL REFERENCES storage_sample (id),
    lot_id BIGINT NOT NULL REFERENCES storage_lot (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    form VARCHAR(20) NOT NULL,
    laboratory VARCHAR(60) NOT NULL CHECK (laboratory <> ''),
    certificate VARCHAR(40),
    tested_on DATE NOT NULL,
    moisture_permille INTEGER CHECK (moisture_permille BETWEEN 0 AND 1000),
    impurity_permille INTEGER CHECK (impurity_permille BETWEEN 0 AND 1000),
    closed_eye_permille INTEGER CHECK (closed_eye_permille BETWEEN 0 AND 1000),
    volatile_oil_permille INTEGER CHECK (volatile_oil_permille BETWEEN 0 AND 1000),
    numbing_decimg_per_g INTEGER CHECK (numbing_decimg_per_g BETWEEN 0 AND 10000),
    ash_permille INTEGER CHECK (ash_permille BETWEEN 0 AND 1000),
    insoluble_ash_permille INTEGER CHECK (insoluble_ash_permille BETWEEN 0 AND 1000),
    limits VARCHAR(400) NOT NULL,
    verdict VARCHAR(10) NOT NULL CHECK (verdict IN ('passed', 'failed', 'unjudged')),
    remark VARCHAR(200),
    noted_at BIGINT NOT NULL,
    noted_by BIGINT,
    noted_by_name VARCHAR(80) NOT NULL,
    block_id {uuid} REFERENCES storage_movement (id),
    content_hash CHAR(32) NOT NULL
)
--;
CREATE INDEX storage_test_lot ON storage_test (lot_id, tested_on)
--;
CREATE INDEX storage_test_sample ON storage_test (sample_id)
"""
    sqlite = """
CREATE TRIGGER storage_test_no_update BEFORE UPDATE ON storage_test
BEGIN SELECT RAISE(ABORT, 'storage_test only grows'); END
--;
CREATE TRIGGER storage_test_no_delete BEFORE DELETE ON storage_test
BEGIN SELECT RAISE(ABORT, 'storage_test only grows'); END
"""
    postgres = """
CREATE TRIGGER storage_test_only_grows BEFORE UPDATE OR DELETE ON storage_test
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
