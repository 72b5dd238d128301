"""What timers ask of this room."""

from datetime import datetime

from pepperchain.storage import waiting


async def settle_space(*, now: datetime) -> int:
    """Bookings and offers that have run out, and space for whoever waits for it."""
    return await waiting.run(now=now)
