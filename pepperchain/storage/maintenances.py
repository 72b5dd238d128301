"""Planned maintenance: days on which a room takes nothing. What lies in it stays."""

from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.storage import queries, space, stock
from pepperchain.storage.models import Room
from pepperchain.storage.rules import content_hash


@db.unit_of_work
async def plan(
    actor: Actor, *, id: UUID, room_id: int, from_on: date, to_on: date, reason: str, now: datetime
) -> None:
    """Shuts a room from a day to a day, both included. The same form again is the same maintenance.

    Refused: days that cannot be, or days on which space is booked or something is on its way. Missing: not the actor's to see.
    """
    actor.require(Capability.STORAGE_PLAN)
    content = content_hash(room_id, from_on, to_on, reason)
    await queries.own_room(actor, room_id)
    await stock.lock_rooms([room_id])
    there = await db.scalar("SELECT content_hash FROM storage_maintenance WHERE id = :id", id=id)
    if there is not None:
        if there != content:
            raise Conflict("This was sent before with other contents.")
        return
    room = await queries.own_room(actor, room_id)
    if room.closed_on is not None:
        raise Refused("%(room)s is closed.", room=room.full_name)
    space.check_days(from_on, to_on, today=clock.local_day(now))
    await space.expire(room_id, now=now)
    for day in await queries.days(room, from_on, to_on):
        if day.booked_grams + day.coming_grams > 0:
            raise Refused(
                "Space is booked on %(day)s, or something is on its way. Settle that first.",
                "from_on",
                day=day.on,
            )
    await db.insert(
        "storage_maintenance", id=id, room_id=room_id, operator_id=room.operator_id, township_id=room.township_id, from_on=from_on,
        to_on=to_on, reason=reason, planned_at=now, planned_by=actor.user_id, planned_by_name=actor.name, content_hash=content,
    )  # fmt: skip
    await trail.record(
        actor, "maintenance.planned", subject="maintenance", subject_id=id, township_id=room.township_id, now=now,
        facts={"room": room_id, "from": from_on, "to": to_on, "reason": reason},
    )  # fmt: skip


@db.unit_of_work
async def drop(actor: Actor, *, id: UUID, now: datetime) -> int:
    """Opens the room again, for whoever waits for it; which room it is. Dropped twice is dropped. Missing: not a room of the actor's."""
    actor.require(Capability.STORAGE_PLAN)
    run = Room.run_by(actor)
    rows = await db.tuples(
        "SELECT m.room_id, m.township_id FROM storage_maintenance m JOIN storage_room r ON r.id = m.room_id"
        f" WHERE m.id = :id AND {run.sql}",
        id=id,
        **run.params,
    )
    if not rows:
        raise Missing()
    room_id, township_id = int(rows[0][0]), int(rows[0][1])
    await stock.lock_rooms([room_id])
    dropped = await db.execute(
        "UPDATE storage_maintenance SET dropped_at = :now WHERE id = :id AND dropped_at IS NULL",
        now=now,
        id=id,
    )
    if dropped:
        await trail.record(
            actor, "maintenance.dropped", subject="maintenance", subject_id=id, township_id=township_id, now=now,
            facts={"room": room_id},
        )  # fmt: skip
        await space.settle(room_id, now=now)
    return room_id
