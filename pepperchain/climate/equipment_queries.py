"""The equipment log of rooms."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.climate import sensor_queries
from pepperchain.climate.code_rules import EquipmentKind
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.storage.queries import RoomRow


@dataclass(frozen=True, slots=True)
class EquipmentRow:
    """An entry; of a whole site it stands in the log of each room, and `room_id` is one of them."""

    id: str
    room_id: int
    whole_site: bool
    township_id: int
    kind: EquipmentKind
    from_at: int
    until_at: int | None
    generator: bool | None
    note: str | None
    recorded_at: int
    recorded_by: str
    struck_at: int | None


_ENTRY = """
SELECT e.id, COALESCE(e.room_id, (SELECT MIN(r.id) FROM storage_room r WHERE r.site_id = e.site_id)), e.room_id IS NULL, e.township_id,
    e.kind, e.from_at, e.until_at, e.generator, e.note, e.recorded_at, e.recorded_by, e.struck_at FROM climate_equipment e
"""


def _entry(*row: Any) -> EquipmentRow:
    values = list(row)
    values[0], values[2], values[4] = str(row[0]), bool(row[2]), EquipmentKind(row[4])
    values[7] = None if row[7] is None else bool(row[7])
    return EquipmentRow(*values)


async def own_entry(actor: Actor, id: UUID) -> EquipmentRow:
    """An entry that the actor may change. Missing: not theirs to see. NotYours: somebody else's room."""
    found = await db.fetch_one(_entry, f"{_ENTRY} WHERE e.id = :id", id=id)
    if found is None:
        raise Missing()
    await sensor_queries.own_room(actor, found.room_id)
    return found


async def log_of(
    room: RoomRow, *, first: int | None = None, last: int | None = None, limit: int = 20
) -> list[EquipmentRow]:
    """The latest entries of a room that the actor was found to see, its site's with them; or those between two moments."""
    spans = (
        ""
        if first is None
        else " AND e.struck_at IS NULL AND e.from_at < :last AND (e.until_at IS NULL OR e.until_at > :first)"
    )
    parts = [
        f"SELECT * FROM ({_ENTRY} WHERE {which}{spans} ORDER BY e.from_at DESC LIMIT :limit) AS found"
        for which in ("e.room_id = :room", "e.room_id IS NULL AND e.site_id = :site")
    ]
    rows = await db.fetch(
        _entry,
        " UNION ALL ".join(parts),
        room=room.id,
        site=room.site_id,
        first=first,
        last=last,
        limit=limit,
    )
    return sorted(rows, key=lambda row: row.from_at, reverse=True)[:limit]
