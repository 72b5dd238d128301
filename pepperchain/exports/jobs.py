"""What timers ask of this room."""

from datetime import datetime

from pepperchain.exports import working
from pepperchain.exports.files import Exportables


async def work(known: Exportables, *, now: datetime) -> int:
    """Exports that wait to be made."""
    return await working.work(known, now=now)


async def tidy(*, now: datetime) -> int:
    """What was kept long enough."""
    return await working.tidy(now=now)
