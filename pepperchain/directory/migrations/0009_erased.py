"""Who was erased."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """The row stays, so that slips and books keep what they refer to; nothing in it tells who it was."""

    dependencies = [("directory", "0008_proxy_papers")]
    sql = """
ALTER TABLE directory_person ADD COLUMN erased_at BIGINT
    CHECK (erased_at IS NULL OR (left_on IS NOT NULL AND phone IS NULL AND born_on IS NULL AND id_number_sealed IS NULL))
--;
CREATE INDEX directory_person_erased ON directory_person (erased_at) WHERE erased_at IS NOT NULL
"""
