"""Days on which a room is being maintained and takes nothing."""

from pepperchain.core.migrating import SqlMigration


class Migration(SqlMigration):
    """What lies in the room stays there; both days are included."""

    dependencies = [("storage", "0008_reports")]
    sql = """
CREATE TABLE storage_maintenance (
    id {uuid} NOT NULL PRIMARY KEY,
    room_id BIGINT NOT NULL REFERENCES storage_room (id),
    operator_id BIGINT NOT NULL REFERENCES directory_organization (id),
    township_id BIGINT NOT NULL REFERENCES directory_area (id),
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    reason VARCHAR(200) NOT NULL CHECK (reason <> ''),
    planned_at BIGINT NOT NULL,
    planned_by BIGINT,
    planned_by_name VARCHAR(80) NOT NULL,
    dropped_at BIGINT,
    content_hash CHAR(32) NOT NULL,
    CHECK (from_on <= to_on)
)
--;
CREATE INDEX storage_maintenance_room ON storage_maintenance (room_id, to_on) WHERE dropped_at IS NULL
"""
    sqlite = ""
    postgres = ""
