"""What reports read: rooms week by week, and how old their stock is. Both are rebuilt at night."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Each way into the sums of a season, by room, owner, operator, site and township, is an index."""

    dependencies = [("storage", "0007_openings")]
    sql = """
CREATE TABLE storage_week (
    season INTEGER NOT NULL,
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    week_on DATE NOT NULL,
    form VARCHAR(20) NOT NULL,
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    stock_grams BIGINT NOT NULL,
    gram_days BIGINT NOT NULL,
    in_grams BIGINT NOT NULL CHECK (in_grams >= 0),
    out_grams BIGINT NOT NULL CHECK (out_grams >= 0),
    missing_grams BIGINT NOT NULL CHECK (missing_grams >= 0),
    found_grams BIGINT NOT NULL CHECK (found_grams >= 0),
    as_of BIGINT NOT NULL,
    PRIMARY KEY (season, room_id, week_on, form, cooperative_id)
) {compact}
--;
CREATE INDEX storage_week_owner ON storage_week (cooperative_id, season)
--;
CREATE INDEX storage_week_operator ON storage_week (operator_id, season)
--;
CREATE INDEX storage_week_site ON storage_week (site_id, season)
--;
CREATE INDEX storage_week_township ON storage_week (township_id, season)
--;
CREATE TABLE storage_age (
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    form VARCHAR(20) NOT NULL,
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    band VARCHAR(10) NOT NULL,
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    lots INTEGER NOT NULL CHECK (lots > 0),
    grams BIGINT NOT NULL CHECK (grams > 0),
    as_of BIGINT NOT NULL,
    PRIMARY KEY (room_id, form, cooperative_id, band)
) {compact}
--;
CREATE INDEX storage_age_owner ON storage_age (cooperative_id)
--;
CREATE INDEX storage_age_operator ON storage_age (operator_id)
"""
