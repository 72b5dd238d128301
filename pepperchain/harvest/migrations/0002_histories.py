"""Indexes for histories: what a person brought, and what was voided of a household's."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """The deliverer's index gets the order in which it is read; voids are few, and so are the rows of theirs."""

    dependencies = [("harvest", "0001_slips")]
    sql = """
DROP INDEX harvest_weighin_deliverer
--;
CREATE INDEX harvest_weighin_deliverer ON harvest_weighin (deliverer_id, weighed_at, id) WHERE deliverer_id IS NOT NULL
--;
CREATE INDEX harvest_weighin_void ON harvest_weighin (household_id, voided_at, id) WHERE voided_at IS NOT NULL
--;
CREATE INDEX harvest_weighin_void_deliverer ON harvest_weighin (deliverer_id, voided_at, id)
    WHERE voided_at IS NOT NULL AND deliverer_id IS NOT NULL
"""
