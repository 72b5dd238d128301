"""What was signed for a proxy, as a photo."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """The random name of its file, where one was taken."""

    dependencies = [("directory", "0007_moves")]
    sql = """
ALTER TABLE directory_proxy ADD COLUMN photo_token VARCHAR(40)
"""
