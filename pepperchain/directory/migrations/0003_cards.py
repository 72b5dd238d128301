from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    dependencies = [("directory", "0001_registry")]
    # A row only for a card that something happened to: the first card of a household needs none until it is lost.
    sql = """
CREATE TABLE directory_card (
    id {id},
    household_id BIGINT NOT NULL REFERENCES directory_household (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    serial INTEGER NOT NULL CHECK (serial BETWEEN 0 AND 99),
    number VARCHAR(12) NOT NULL UNIQUE CHECK (number <> ''),
    state VARCHAR(8) NOT NULL CHECK (state IN ('active', 'lost', 'replaced')),
    issued_at BIGINT NOT NULL,
    lost_at BIGINT,
    UNIQUE (household_id, serial),
    CHECK ((state = 'active') = (lost_at IS NULL))
)
--;
CREATE UNIQUE INDEX directory_card_active ON directory_card (household_id) WHERE state = 'active'
"""
