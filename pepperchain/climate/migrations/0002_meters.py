"""Electricity meters of sites, as somebody reads them off."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """What a meter said; the last word about a day counts, and nothing is changed."""

    dependencies = [("climate", "0001_climate")]
    sql = """
CREATE TABLE climate_meter (
    id {uuid} NOT NULL PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    read_on DATE NOT NULL,
    tenths_kwh BIGINT NOT NULL CHECK (tenths_kwh >= 0),
    is_new {bool} NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by VARCHAR(80) NOT NULL,
    content_hash CHAR(32) NOT NULL
)
--;
CREATE INDEX climate_meter_site ON climate_meter (site_id, read_on, recorded_at)
"""
