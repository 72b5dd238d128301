"""Reading what keeps space of rooms free or shut, by room and day: bookings and offers, what is on the road, maintenance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pepperchain.core import db
from pepperchain.core.sql import Clause
from pepperchain.core.units import Grams


async def reserved(
    room_ids: Sequence[int], from_on: date, to_on: date, others: Clause
) -> dict[int, list[tuple[Grams, Grams]]]:
    """What is booked and not yet brought, and what is on the road, by room and day."""
    length = (to_on - from_on).days + 1
    found = {room_id: [(Grams(0), Grams(0))] * length for room_id in room_ids}
    for room_id, amount, first, last, on_the_road in await _bookings(room_ids, from_on, to_on, others):
        start = max((date.fromisoformat(str(first)) - from_on).days, 0)
        end = min((date.fromisoformat(str(last)) - from_on).days, length - 1)
        for index in range(start, end + 1):
            booked, coming = found[room_id][index]
            found[room_id][index] = (booked, coming + amount) if on_the_road else (booked + amount, coming)
    return found


async def _bookings(
    room_ids: Sequence[int], from_on: date, to_on: date, others: Clause
) -> Iterable[tuple[Any, ...]]:
    return await db.tuples(
        "SELECT b.room_id, b.grams - b.used_grams, b.from_on, b.to_on, b.consignment_id IS NOT NULL FROM storage_booking b"
        " WHERE b.released_at IS NULL"
        f" AND b.room_id IN :rooms AND b.to_on >= :from_on AND b.from_on <= :to_on AND b.grams > b.used_grams AND {others.sql}",
        rooms=list(room_ids),
        from_on=from_on,
        to_on=to_on,
        **others.params,
    )


async def shut(room_ids: Sequence[int], from_on: date, to_on: date) -> dict[int, set[date]]:
    """The days between two on which rooms are being maintained."""
    found: dict[int, set[date]] = {}
    for room_id, first, last in await db.tuples(
        "SELECT m.room_id, m.from_on, m.to_on FROM storage_maintenance m"
        " WHERE m.dropped_at IS NULL AND m.room_id IN :rooms AND m.to_on >= :from_on AND m.from_on <= :to_on",
        rooms=list(room_ids),
        from_on=from_on,
        to_on=to_on,
    ):
        begin = max(date.fromisoformat(str(first)), from_on)
        end = min(date.fromisoformat(str(last)), to_on)
        days = found.setdefault(room_id, set())
        days |= {begin + timedelta(days=ahead) for ahead in range((end - begin).days + 1)}
    return found


@dataclass(frozen=True, slots=True)
class Maintained:
    """Maintenance of a room that is planned and not over."""

    id: str
    first: date
    last: date
    reason: str
    planned_by_name: str


async def maintenances(room_id: int, *, on: date) -> list[Maintained]:
    """What is planned of a room from a day on, soonest first; at most fifty."""
    return await db.fetch(
        lambda id, first, last, reason, by: Maintained(
            str(id), date.fromisoformat(str(first)), date.fromisoformat(str(last)), reason, by
        ),
        "SELECT m.id, m.from_on, m.to_on, m.reason, m.planned_by_name FROM storage_maintenance m"
        " WHERE m.room_id = :room_id AND m.dropped_at IS NULL AND m.to_on >= :today ORDER BY m.to_on, m.id LIMIT 50",
        room_id=room_id,
        today=on,
    )
