"""The space of rooms: whether a room has it, what runs out, and who is next in line. Blocks of verbs, each with the room locked.

Whatever keeps space free is a row of `storage_booking`: bookings, offers, what is on the road. What waits is locked after its room.
"""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from pepperchain.access.actor import SYSTEM
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.storage import queries
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import content_hash, planning
from pepperchain.storage.waiting_queries import InLine, in_line

OFFERED = "space.offered"
IN_LINE_MAX = 50
"""How many of those who wait for a room are looked at when something of it becomes free; the timer looks at all."""


class NoSpace(Refused):
    """A room has less than was asked for on one of the days; `facts` say what it has on the tightest."""

    def at(self, field: str) -> "NoSpace":
        return NoSpace(self.message, field, **self.facts)


def check_days(from_on: date, to_on: date, *, today: date, begun: bool = False) -> None:
    """Refused: days that have gone by or lie too far ahead, and spans that are too long. What has begun may have its first day behind."""
    most = planning().booking_days_max
    if from_on < today and not begun:
        raise Refused("Book from today on.", "from_on")
    if to_on < from_on:
        raise Refused("The last day is before the first.", "to_on")
    if from_on > today + timedelta(days=most) or to_on >= from_on + timedelta(days=most):
        raise Refused("Book at most %(days)s days, and at most as far ahead.", "to_on", days=most)


async def check(
    room: RoomRow, grams: Grams, from_on: date, to_on: date, *, but_for_booking: UUID | None = None
) -> None:
    """Refused: the (locked) room is closed. NoSpace: it has less on one of the days; the words say how much."""
    if room.closed_on is not None:
        raise Refused("%(room)s is closed.", "room_id", room=room.full_name)
    spans = await queries.days(room, from_on, to_on, but_for_booking=but_for_booking)
    tightest = min(spans, key=lambda day: day.free_grams)
    if tightest.is_shut:
        raise NoSpace(
            N_("%(room)s is being maintained on %(day)s, and takes nothing."),
            "from_on",
            room=room.full_name,
            free=Grams(0),
            day=tightest.on,
        )
    if grams > tightest.free_grams:
        raise NoSpace(
            N_("%(room)s has room for %(free)s on %(day)s."),
            "grams",
            room=room.full_name,
            free=tightest.free_grams,
            day=tightest.on,
        )


async def settle(room_id: int, *, now: datetime) -> int:
    """Ends what has run out in a (locked) room and offers what is free to those who wait; how many bookings ended."""
    ended = await expire(room_id, now=now)
    await offer(room_id, now=now)
    return ended


async def expire(room_id: int, *, now: datetime) -> int:
    """Ends the bookings and offers of a (locked) room that have run out; how many."""
    due = await db.tuples(
        "SELECT id, kind, township_id, grams FROM storage_booking WHERE room_id = :room_id AND released_at IS NULL"
        " AND expires_at IS NOT NULL AND expires_at <= :now ORDER BY expires_at, id",
        room_id=room_id,
        now=now,
    )
    for booking_id, kind, township_id, grams in due:
        await db.execute(
            "UPDATE storage_booking SET released_at = :now, expired_at = :now WHERE id = :id AND released_at IS NULL",
            now=now,
            id=booking_id,
        )
        if kind == "offer":
            await db.execute(
                "UPDATE storage_wait SET state = 'lapsed', ended_at = :now WHERE booking_id = :id AND state = 'offered'",
                now=now,
                id=booking_id,
            )
        await trail.record(
            SYSTEM, "booking.expired", subject="booking", subject_id=booking_id, township_id=township_id, now=now,
            facts={"room": room_id, "grams": grams},
        )  # fmt: skip
    return len(due)


async def offer(room_id: int, *, now: datetime) -> int:
    """Offers what is free in a (locked) room to those who wait for it, who asked first comes first; how many offers."""
    room = await queries.room_unscoped(room_id)
    if room.closed_on is not None or room.free_grams <= 0:
        return 0
    offers = 0
    for each in await in_line(
        "w.township_id = :township_id AND (w.room_id IS NULL OR w.room_id = :room_id) AND w.form IN :forms AND w.grams <= :free",
        today=clock.local_day(now),
        limit=IN_LINE_MAX,
        township_id=room.township_id,
        room_id=room.id,
        forms=list(room.forms),
        free=room.free_grams,
    ):
        offers += await offer_to(each, room, now=now)
    return offers


async def offer_to(each: InLine, room: RoomRow, *, now: datetime) -> bool:
    """Offers space in a (locked) room to somebody who waits, if it fits; holds it for so long as the setting says."""
    first = max(each.from_on, clock.local_day(now))
    if room.closed_on is not None or each.form not in room.forms:
        return False
    if not await queries.is_visible(each.actor, room.id):
        return False
    if each.grams > min(day.free_grams for day in await queries.days(room, first, each.to_on)):
        return False
    until = now + timedelta(minutes=planning().offer_minutes)
    # Whoever withdraws at this moment is waited for here, and then is not in line any more.
    still = await db.execute(
        "UPDATE storage_wait SET offered_at = :now, offer_until_at = :until WHERE id = :id AND state = 'waiting'",
        now=now,
        until=until,
        id=each.id,
    )
    if not still:
        return False
    booking_id = uuid5(each.id, "offer")
    await db.insert(
        "storage_booking", id=booking_id, room_id=room.id, organization_id=each.organization_id, township_id=room.township_id,
        form=each.form, grams=each.grams, from_on=first, to_on=each.to_on, placed_at=now, placed_by=each.asked_by, kind="offer",
        expires_at=until, content_hash=content_hash(room.id, each.form, each.grams, first, each.to_on),
    )  # fmt: skip
    await db.execute(
        "UPDATE storage_wait SET state = 'offered', booking_id = :booking_id WHERE id = :id",
        booking_id=booking_id,
        id=each.id,
    )
    await _tell(each, until=until, now=now)
    await trail.record(
        SYSTEM, "wait.offered", subject="wait", subject_id=each.id, township_id=room.township_id, now=now,
        facts={"room": room.id, "form": each.form, "grams": each.grams, "from": first, "to": each.to_on},
    )  # fmt: skip
    return True


async def _tell(each: InLine, *, until: datetime, now: datetime) -> None:
    """A row for whoever sends messages, for the person who asked."""
    if each.asked_by is None:
        return
    await db.execute(
        "INSERT INTO storage_notice (rule, subject, occurrence, recipient_id, township_id, state, created_at)"
        " VALUES (:rule, :subject, 'offer', :recipient, :township, 'queued', :now)"
        " ON CONFLICT (rule, subject, occurrence, recipient_id) DO NOTHING",
        rule=OFFERED,
        subject=str(each.id),
        recipient=each.asked_by,
        township=each.township_id,
        now=now,
    )
