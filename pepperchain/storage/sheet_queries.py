"""Rooms as sheets name them: by their site and their own name."""

from collections.abc import Sequence

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.storage.models import Room
from pepperchain.storage.queries import RoomRow, rooms_of_sites


async def own_sites(actor: Actor) -> list[tuple[int, str, str, str]]:
    """Open sites whose rooms the actor may enter: id, name, slip prefix and the operator's short name."""
    run = Room.run_by(actor, "s")
    rows = await db.tuples(
        "SELECT s.id, s.name, s.slip_prefix, o.short_name FROM directory_site s JOIN directory_organization o ON o.id = s.operator_id"
        f" WHERE s.closed_on IS NULL AND {run.sql} ORDER BY s.id",
        **run.params,
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def rooms_by_name(actor: Actor, site_ids: Sequence[int]) -> dict[tuple[int, str], RoomRow]:
    """The rooms of sites by site and name."""
    return (
        {(room.site_id, room.name): room for room in await rooms_of_sites(actor, site_ids)}
        if site_ids
        else {}
    )


async def versions(room_ids: Sequence[int]) -> dict[int, int]:
    """The versions of rooms that are still in use."""
    if not room_ids:
        return {}
    rows = await db.tuples(
        "SELECT r.id, r.version FROM storage_room r WHERE r.id IN :ids AND r.closed_on IS NULL",
        ids=list(room_ids),
    )
    return dict(rows)


async def rooms_used(room_ids: Sequence[int]) -> set[int]:
    """Those of the rooms that something was ever put into or booked in."""
    if not room_ids:
        return set()
    return set(
        await db.fetch(
            int,
            "SELECT r.id FROM storage_room r WHERE r.id IN :ids AND (EXISTS (SELECT 1 FROM storage_movement m WHERE m.to_room_id = r.id)"
            " OR EXISTS (SELECT 1 FROM storage_lot l WHERE l.room_id = r.id)"
            " OR EXISTS (SELECT 1 FROM storage_booking b WHERE b.room_id = r.id))",
            ids=list(room_ids),
        )
    )
