"""Products, slips, and the totals that are kept beside them."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """What was weighed in, never changed in its weights, and the sums of it by day, household and plot."""

    dependencies = [("directory", "0001_registry"), ("ledger", "0001_books")]
    sql = """
CREATE TABLE harvest_product (
    id {id},
    commodity_id BIGINT NOT NULL UNIQUE REFERENCES ledger_commodity (id),
    form VARCHAR(20) NOT NULL,
    grade VARCHAR(30) NOT NULL,
    cultivar VARCHAR(30) NOT NULL,
    season INTEGER NOT NULL,
    UNIQUE (form, grade, cultivar, season)
)
--;
CREATE TABLE harvest_weighin (
    id {uuid} NOT NULL PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES directory_site (id),
    number BIGINT NOT NULL CHECK (number > 0),
    township_id BIGINT NOT NULL,
    village_id BIGINT NOT NULL,
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    cooperative_id BIGINT NOT NULL REFERENCES directory_organization (id),
    deliverer_id BIGINT REFERENCES directory_person (id),
    plot_id BIGINT REFERENCES directory_plot (id),
    product_id BIGINT NOT NULL REFERENCES harvest_product (id),
    form VARCHAR(20) NOT NULL,
    grade VARCHAR(30) NOT NULL,
    cultivar VARCHAR(30) NOT NULL,
    season INTEGER NOT NULL,
    gross_grams BIGINT NOT NULL,
    tare_grams BIGINT NOT NULL CHECK (tare_grams >= 0),
    deduction_grams BIGINT NOT NULL CHECK (deduction_grams >= 0),
    net_grams BIGINT NOT NULL CHECK (net_grams > 0),
    bags INTEGER CHECK (bags > 0),
    moisture_permille INTEGER CHECK (moisture_permille BETWEEN 0 AND 1000),
    picked_at BIGINT NOT NULL,
    weighed_at BIGINT NOT NULL,
    day DATE NOT NULL,
    price_fen_per_kg BIGINT CHECK (price_fen_per_kg > 0),
    amount_fen BIGINT,
    price_set_at BIGINT,
    operator_id BIGINT,
    device VARCHAR(80),
    lot_id BIGINT,
    voided_at BIGINT,
    void_reason VARCHAR(200),
    void_id {uuid},
    content_hash VARCHAR(32) NOT NULL,
    CHECK (net_grams = gross_grams - tare_grams - deduction_grams),
    CHECK ((price_fen_per_kg IS NULL) = (amount_fen IS NULL)),
    CHECK ((voided_at IS NULL) = (void_id IS NULL)),
    CHECK (lot_id IS NULL OR voided_at IS NULL),
    UNIQUE (site_id, number)
)
--;
CREATE INDEX harvest_weighin_cooperative ON harvest_weighin (cooperative_id, weighed_at, id)
--;
CREATE INDEX harvest_weighin_household ON harvest_weighin (household_id, weighed_at, id)
--;
CREATE INDEX harvest_weighin_township ON harvest_weighin (township_id, weighed_at, id)
--;
CREATE INDEX harvest_weighin_time ON harvest_weighin (weighed_at, id)
--;
CREATE INDEX harvest_weighin_plot ON harvest_weighin (plot_id) WHERE plot_id IS NOT NULL
--;
CREATE INDEX harvest_weighin_deliverer ON harvest_weighin (deliverer_id) WHERE deliverer_id IS NOT NULL
--;
CREATE INDEX harvest_weighin_unpriced ON harvest_weighin (cooperative_id, day, product_id)
    WHERE price_fen_per_kg IS NULL AND voided_at IS NULL
--;
CREATE INDEX harvest_weighin_floor ON harvest_weighin (site_id, product_id, weighed_at)
    WHERE lot_id IS NULL AND voided_at IS NULL
--;
CREATE TABLE harvest_day_total (
    cooperative_id BIGINT NOT NULL,
    day DATE NOT NULL,
    site_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES harvest_product (id),
    township_id BIGINT NOT NULL,
    slips INTEGER NOT NULL CHECK (slips >= 0),
    net_grams BIGINT NOT NULL CHECK (net_grams >= 0),
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    unpriced INTEGER NOT NULL CHECK (unpriced >= 0),
    PRIMARY KEY (day, cooperative_id, site_id, product_id)
) {compact}
--;
CREATE INDEX harvest_day_total_cooperative ON harvest_day_total (cooperative_id, day)
--;
CREATE TABLE harvest_day_household (
    site_id BIGINT NOT NULL,
    day DATE NOT NULL,
    household_id BIGINT NOT NULL,
    township_id BIGINT NOT NULL,
    slips INTEGER NOT NULL CHECK (slips >= 0),
    net_grams BIGINT NOT NULL CHECK (net_grams >= 0),
    PRIMARY KEY (site_id, day, household_id)
) {compact}
--;
CREATE TABLE harvest_plot_season (
    plot_id BIGINT NOT NULL,
    season INTEGER NOT NULL,
    household_id BIGINT NOT NULL,
    cooperative_id BIGINT NOT NULL,
    township_id BIGINT NOT NULL,
    village_id BIGINT NOT NULL,
    cultivar VARCHAR(30) NOT NULL,
    slips INTEGER NOT NULL CHECK (slips >= 0),
    net_grams BIGINT NOT NULL CHECK (net_grams >= 0),
    dry_grams BIGINT NOT NULL CHECK (dry_grams >= 0),
    PRIMARY KEY (plot_id, season)
) {compact}
--;
CREATE INDEX harvest_plot_season_village ON harvest_plot_season (village_id, season, plot_id)
--;
CREATE INDEX harvest_plot_season_township ON harvest_plot_season (township_id, season, plot_id)
--;
CREATE INDEX harvest_plot_season_household ON harvest_plot_season (household_id, season, plot_id)
--;
CREATE INDEX harvest_plot_season_cooperative ON harvest_plot_season (cooperative_id, season, plot_id)
--;
CREATE TABLE harvest_yield (
    season INTEGER NOT NULL,
    township_id BIGINT NOT NULL,
    village_id BIGINT NOT NULL,
    cultivar VARCHAR(30) NOT NULL,
    practice VARCHAR(30) NOT NULL,
    plots INTEGER NOT NULL,
    area_centimu BIGINT NOT NULL,
    net_grams BIGINT NOT NULL,
    as_of BIGINT NOT NULL,
    PRIMARY KEY (season, township_id, village_id, cultivar, practice)
) {compact}
"""
