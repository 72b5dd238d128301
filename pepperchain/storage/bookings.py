"""Bookings: space in a room kept free from a day to a day, never more than the room has on any of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.units import Grams
from pepperchain.storage import queries, stock
from pepperchain.storage.models import Booking, Room
from pepperchain.storage.rules import content_hash, planning


@dataclass(frozen=True, slots=True)
class Placed:
    """A booking that stands; `repeated` if it stood already and nothing was written."""

    id: UUID
    repeated: bool


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
) -> Placed:
    """Keeps space free for the actor's organization, both days included.

    What lies in the room now is taken to stay. Refused: days that cannot be, a room of the wrong kind, not enough space on one of
    the days (the words say how much there is). Missing: a room that is not the actor's to see.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash(room_id, form, grams, from_on, to_on)
    room = await queries.room(actor, room_id)
    await stock.lock_rooms([room_id])
    there = await db.scalar("SELECT content_hash FROM storage_booking WHERE id = :id", id=id)
    if there is not None:
        if there != content:
            raise Conflict("This was sent before with other contents.")
        return Placed(id, repeated=True)
    _check_days(from_on, to_on, today=clock.local_day(now))
    if grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    await stock.fits(actor, room, form, grams, now=now)
    await _check_space(actor, room_id, grams, from_on, to_on)
    await db.insert(
        "storage_booking", id=id, room_id=room_id, organization_id=actor.organization_id, township_id=room.township_id,
        form=form, grams=grams, from_on=from_on, to_on=to_on, placed_at=now, placed_by=actor.user_id, content_hash=content,
    )  # fmt: skip
    await trail.record(
        actor, "booking.placed", subject="booking", subject_id=id, township_id=room.township_id, now=now,
        facts={"room": room_id, "form": form, "grams": grams, "from": from_on, "to": to_on},
    )  # fmt: skip
    return Placed(id, repeated=False)


@db.unit_of_work
async def release(actor: Actor, *, id: UUID, now: datetime) -> int:
    """Gives the space back; the room that it is in. Released twice is released.

    Missing: neither the actor's own booking nor one in a room of theirs, or space that waits for what is on the road.
    """
    actor.require(Capability.STORAGE_MOVE)
    reach = Booking.visible_to(actor) | Room.run_by(actor)
    rows = await db.tuples(
        "SELECT b.room_id, b.township_id, b.grams FROM storage_booking b JOIN storage_room r ON r.id = b.room_id"
        f" WHERE b.id = :id AND b.consignment_id IS NULL AND {reach.sql}",
        id=id,
        **reach.params,
    )
    if not rows:
        raise Missing()
    room_id: int
    room_id, township_id, grams = rows[0]
    await stock.lock_rooms([room_id])
    released = await db.execute(
        "UPDATE storage_booking SET released_at = :now WHERE id = :id AND released_at IS NULL", now=now, id=id
    )
    if released:
        await trail.record(
            actor, "booking.released", subject="booking", subject_id=id, township_id=township_id, now=now,
            facts={"room": room_id, "grams": grams},
        )  # fmt: skip
    return room_id


def _check_days(from_on: date, to_on: date, *, today: date) -> None:
    most = planning().booking_days_max
    if from_on < today:
        raise Refused("Book from today on.", "from_on")
    if to_on < from_on:
        raise Refused("The last day is before the first.", "to_on")
    if from_on > today + timedelta(days=most) or to_on >= from_on + timedelta(days=most):
        raise Refused("Book at most %(days)s days, and at most as far ahead.", "to_on", days=most)


async def _check_space(actor: Actor, room_id: int, grams: Grams, from_on: date, to_on: date) -> None:
    room = await queries.room(actor, room_id)
    if room.closed_on is not None:
        raise Refused("%(room)s is closed.", "room_id", room=room.full_name)
    tightest = min(await queries.days(room, from_on, to_on), key=lambda day: day.free_grams)
    if grams > tightest.free_grams:
        raise Refused(
            "%(room)s has room for %(free)s on %(day)s.",
            "grams",
            room=room.full_name,
            free=tightest.free_grams,
            day=tightest.on,
        )
