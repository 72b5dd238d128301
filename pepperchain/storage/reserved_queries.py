"""Reading what keeps space of rooms free, by room and day: bookings and offers, and what is on the road."""

from collections.abc import Iterable, Sequence
from datetime import date
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
