"""What merges look for by household, and by the person of a leave."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """Without these, a merge of two households reads every answer of the district."""

    dependencies = [("consents", "0003_corrections")]
    sql = """
CREATE INDEX consents_consent_household ON consents_consent (household_id)
--;
CREATE INDEX consents_copy_household ON consents_copy (household_id)
--;
CREATE INDEX consents_correction_household ON consents_correction (household_id)
--;
CREATE INDEX consents_reveal_leave_person ON consents_reveal_leave (person_id)
"""
