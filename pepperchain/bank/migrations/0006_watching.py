"""One draft of a scheme at a time, and orders whose price was reached."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """The day on which the price of an order to sell was first reached, and which price that was."""

    dependencies = [("bank", "0005_losses")]
    sql = """
CREATE UNIQUE INDEX bank_scheme_version_under_way ON bank_scheme_version (scheme_id) WHERE state IN ('draft', 'proposed')
--;
ALTER TABLE bank_order ADD COLUMN reached_on DATE
--;
ALTER TABLE bank_order ADD COLUMN reached_fen_per_kg BIGINT CHECK (reached_fen_per_kg > 0)
--;
CREATE INDEX bank_order_watched ON bank_order (operator_id, product_id, limit_fen_per_kg, id)
    WHERE state = 'open' AND limit_fen_per_kg IS NOT NULL AND reached_on IS NULL
--;
CREATE INDEX bank_order_reached ON bank_order (operator_id, id) WHERE state = 'open' AND reached_on IS NOT NULL
"""
