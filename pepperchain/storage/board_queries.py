"""Reading what the board shows of today by the hour."""

from collections.abc import Sequence
from datetime import datetime

from pepperchain.core import clock, db
from pepperchain.core.units import Grams


async def arrivals_today(room_ids: Sequence[int], *, now: datetime) -> dict[int, dict[int, Grams]]:
    """Grams on the road by room and by the hour of today at which they are expected; what is late is expected now."""
    _, end = clock.day_range(clock.local_day(now))
    found: dict[int, dict[int, Grams]] = {}
    for room_id, expected, grams in await db.tuples(
        "SELECT b.room_id, c.expected_at, b.grams - b.used_grams FROM storage_booking b"
        " JOIN storage_consignment c ON c.id = b.consignment_id"
        " WHERE b.room_id IN :rooms AND b.released_at IS NULL AND b.to_on >= :today AND c.expected_at < :end",
        rooms=list(room_ids),
        today=clock.local_day(now),
        end=end,
    ):
        hour = clock.local(max(clock.from_ms(expected), now)).hour
        by_hour = found.setdefault(room_id, {})
        by_hour[hour] = Grams(by_hour.get(hour, Grams(0)) + grams)
    return found
