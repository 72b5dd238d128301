"""What schemes come to: sums of settlements by operator, version and season, kept with each sale."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """One table, which begins with what was settled so far."""

    dependencies = [("bank", "0006_watching")]
    sql = """
CREATE TABLE bank_result (
    id {id},
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    scheme_version_id BIGINT NOT NULL REFERENCES bank_scheme_version (id),
    season INTEGER NOT NULL,
    settlements BIGINT NOT NULL,
    grams BIGINT NOT NULL,
    sale_fen BIGINT NOT NULL,
    floor_fen BIGINT NOT NULL,
    grower_fen BIGINT NOT NULL,
    operator_fen BIGINT NOT NULL,
    fee_fen BIGINT NOT NULL,
    costs_fen BIGINT NOT NULL,
    top_up_fen BIGINT NOT NULL,
    UNIQUE (operator_id, scheme_version_id, season)
)
--;
INSERT INTO bank_result (operator_id, scheme_version_id, season, settlements, grams, sale_fen, floor_fen, grower_fen, operator_fen,
    fee_fen, costs_fen, top_up_fen)
SELECT t.operator_id, b.scheme_version_id, d.season, COUNT(*), SUM(t.grams), SUM(t.sale_fen), SUM(t.floor_fen), SUM(t.grower_fen),
    SUM(t.operator_fen), SUM(t.fee_fen), SUM(t.costs_fen), SUM(t.top_up_fen)
FROM bank_settlement t JOIN bank_receipt b ON b.id = t.receipt_id JOIN harvest_product d ON d.id = b.product_id
WHERE t.state <> 'reversed' GROUP BY t.operator_id, b.scheme_version_id, d.season
--;
CREATE INDEX bank_result_season ON bank_result (season, operator_id)
"""
