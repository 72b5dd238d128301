"""Natural loss that depositors bear under their terms."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """How much more natural loss a receipt may bear, which goes along where it goes; and what a line of its history was reckoned from.

    Receipts that stand already bear none: their terms left it to the operator.
    """

    dependencies = [("bank", "0004_closes")]
    sql = """
ALTER TABLE bank_receipt ADD COLUMN loss_left_grams BIGINT NOT NULL DEFAULT 0 CHECK (loss_left_grams >= 0)
--;
ALTER TABLE bank_event ADD COLUMN inputs {json}
"""
