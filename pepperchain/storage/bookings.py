"""Bookings: space in a room kept free from a day to a day, never more than the room has on any of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.units import Grams
from pepperchain.storage import queries, space, stock
from pepperchain.storage.models import Room
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import content_hash, planning
from pepperchain.storage.space_models import Booking


@dataclass(frozen=True, slots=True)
class Placed:
    """A booking that stands; `repeated` if it stood already and nothing was written."""

    id: UUID
    repeated: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A booking as it is before it is changed or given back."""

    id: UUID
    room_id: int
    organization_id: int | None
    township_id: int
    form: str
    grams: Grams
    used_grams: Grams
    from_on: date
    to_on: date
    version: int
    kind: str
    is_released: bool


@db.unit_of_work
async def place(
    actor: Actor,
    *,
    id: UUID,
    room_id: int,
    form: str,
    grams: Grams,
    from_on: date,
    to_on: date,
    now: datetime,
    for_organization_id: int | None = None,
) -> Placed:
    """Keeps space free for the actor's organization, both days included; a room's keeper may do so for whoever stores there.

    What lies in the room now is taken to stay. Refused: days that cannot be, a room of the wrong kind, not enough space on one of
    the days (the words say how much there is). Missing: a room that is not the actor's to see.
    """
    actor.require(Capability.STORAGE_MOVE)
    whose = actor.organization_id if for_organization_id is None else for_organization_id
    other = () if whose == actor.organization_id else (whose,)
    content = content_hash(room_id, form, grams, from_on, to_on, *other)
    room = await queries.room(actor, room_id)
    if other:
        await _may_book_for(actor, room, whose)
    await stock.lock_rooms([room_id])
    there = await db.scalar("SELECT content_hash FROM storage_booking WHERE id = :id", id=id)
    if there is not None:
        if there != content:
            raise Conflict("This was sent before with other contents.")
        return Placed(id, repeated=True)
    space.check_days(from_on, to_on, today=clock.local_day(now))
    if grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    await stock.fits(actor, room, form, grams, now=now)
    await space.settle(room_id, now=now)
    await space.check(await queries.room(actor, room_id), grams, from_on, to_on)
    await db.insert(
        "storage_booking", id=id, room_id=room_id, organization_id=whose, township_id=room.township_id,
        form=form, grams=grams, from_on=from_on, to_on=to_on, placed_at=now, placed_by=actor.user_id, content_hash=content,
        expires_at=planning().unused_until(from_on),
    )  # fmt: skip
    facts: dict[str, object] = {"room": room_id, "form": form, "grams": grams, "from": from_on, "to": to_on}
    await trail.record(
        actor, "booking.placed", subject="booking", subject_id=id, township_id=room.township_id, now=now,
        facts=facts | ({"organization": whose} if other else {}),
    )  # fmt: skip
    return Placed(id, repeated=False)


@db.unit_of_work
async def change(
    actor: Actor, *, id: UUID, of: UUID, version: int, grams: Grams, from_on: date, to_on: date, now: datetime
) -> int:
    """Other days or grams for a booking, as its next version, under its room's lock; the room that it is in.

    Refused: days that cannot be, less than was brought already, more than the room has without this booking. Conflict: it was changed
    since it was looked at, or has ended. Missing: neither the actor's own booking nor one in a room of theirs.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash(of, version, grams, from_on, to_on)
    held = await _held(actor, of)
    await stock.lock_rooms([held.room_id])
    there = await db.scalar("SELECT content_hash FROM storage_booking_version WHERE id = :id", id=id)
    if there is not None:
        if there != content:
            raise Conflict("This was sent before with other contents.")
        return held.room_id
    held, room = await _held(actor, of), await queries.room_unscoped(held.room_id)
    if held.is_released:
        raise Conflict("This booking has ended. Book anew.")
    if held.kind != "booking":
        raise Refused("What is offered or announced is changed by taking it up first.")
    if held.version != version:
        raise Conflict(
            "Somebody else changed this in the meantime. Look at it again, then repeat your change."
        )
    space.check_days(
        from_on, to_on, today=clock.local_day(now), begun=from_on == held.from_on and to_on >= clock.local_day(now)
    )  # fmt: skip
    if grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    if grams < held.used_grams:
        raise Refused("%(used)s was brought on this booking already.", "grams", used=held.used_grams)
    open_grams = Grams(grams - held.used_grams)
    await space.check(room, open_grams, max(from_on, clock.local_day(now)), to_on, but_for_booking=of)
    expires = None if held.used_grams else planning().unused_until(max(from_on, clock.local_day(now)))
    await db.execute(
        "UPDATE storage_booking SET grams = :grams, from_on = :from_on, to_on = :to_on, version = version + 1, expires_at = :expires"
        " WHERE id = :id",
        grams=grams, from_on=from_on, to_on=to_on, expires=expires, id=of,
    )  # fmt: skip
    await db.insert(
        "storage_booking_version", id=id, booking_id=of, township_id=held.township_id, version=version + 1, grams=grams,
        from_on=from_on, to_on=to_on, was_grams=held.grams, was_from_on=held.from_on, was_to_on=held.to_on, made_at=now,
        made_by=actor.user_id, made_by_name=actor.name, content_hash=content,
    )  # fmt: skip
    await trail.record(
        actor, "booking.changed", subject="booking", subject_id=of, township_id=held.township_id, now=now,
        facts={"room": held.room_id, "grams": [held.grams, grams], "from": [held.from_on, from_on], "to": [held.to_on, to_on]},
    )  # fmt: skip
    await space.settle(held.room_id, now=now)
    return held.room_id


@db.unit_of_work
async def release(actor: Actor, *, id: UUID, now: datetime) -> int:
    """Gives the space back, for whoever waits for it; the room that it is in. Released twice is released.

    Missing: neither the actor's own booking nor one in a room of theirs, or space that waits for what is on the road.
    """
    actor.require(Capability.STORAGE_MOVE)
    held = await _held(actor, id)
    await stock.lock_rooms([held.room_id])
    released = await db.execute(
        "UPDATE storage_booking SET released_at = :now WHERE id = :id AND released_at IS NULL", now=now, id=id
    )
    if released:
        await db.execute(
            "UPDATE storage_wait SET state = 'withdrawn', ended_at = :now WHERE booking_id = :id AND state = 'offered'",
            now=now,
            id=id,
        )
        await trail.record(
            actor, "booking.released", subject="booking", subject_id=id, township_id=held.township_id, now=now,
            facts={"room": held.room_id, "grams": held.grams},
        )  # fmt: skip
        await space.settle(held.room_id, now=now)
    return held.room_id


async def _held(actor: Actor, id: UUID) -> Held:
    reach = Booking.visible_to(actor) | Room.run_by(actor)
    rows = await db.tuples(
        "SELECT b.room_id, b.organization_id, b.township_id, b.form, b.grams, b.used_grams, b.from_on, b.to_on, b.version, b.kind,"
        " b.released_at IS NOT NULL FROM storage_booking b JOIN storage_room r ON r.id = b.room_id"
        f" WHERE b.id = :id AND b.consignment_id IS NULL AND {reach.sql}",
        id=id,
        **reach.params,
    )
    if not rows:
        raise Missing()
    room_id, organization_id, township_id, form, grams, used, first, last, version, kind, released = rows[0]
    return Held(
        id, room_id, organization_id, township_id, form, Grams(grams), Grams(used), date.fromisoformat(str(first)),
        date.fromisoformat(str(last)), int(version), kind, bool(released),
    )  # fmt: skip


async def _may_book_for(actor: Actor, room: RoomRow, organization_id: int | None) -> None:
    """NotYours: the room is not the actor's to run, or the other does not store there."""
    if not await queries.is_own(actor, room.id):
        raise NotYours("Only whoever runs a room books space in it for others.")
    stores = await db.scalar(
        "SELECT 1 FROM directory_organization_relation WHERE from_id = :other AND to_id = :operator AND kind = 'stores_at'"
        " AND ended_on IS NULL LIMIT 1",
        other=organization_id,
        operator=room.operator_id,
    )
    if stores is None:
        raise Refused("Space is booked for those who store here.", "for_organization_id")
