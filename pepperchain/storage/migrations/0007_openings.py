"""Opening stock: what lay in rooms before anybody weighed here."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """One row for each lot that a sheet of opening stock laid down. Its movement says when and by whom, and whether it still stands."""

    dependencies = [("storage", "0006_space")]
    sql = """
CREATE TABLE storage_opening (
    movement_id {uuid} NOT NULL PRIMARY KEY REFERENCES storage_movement (id),
    lot_id BIGINT NOT NULL UNIQUE REFERENCES storage_lot (id),
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    label VARCHAR(40) NOT NULL,
    picked_on DATE NOT NULL,
    grams BIGINT NOT NULL CHECK (grams > 0)
)
--;
CREATE INDEX storage_opening_operator ON storage_opening (operator_id, lot_id)
--;
CREATE INDEX storage_opening_room ON storage_opening (room_id, lot_id)
"""
