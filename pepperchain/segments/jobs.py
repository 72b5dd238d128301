"""What timers ask of this room."""

from datetime import datetime

from pepperchain.directory.criterion_rules import Repertoire
from pepperchain.segments import working


async def work(repertoire: Repertoire, *, now: datetime) -> int:
    """Runs that wait to be counted, done or undone."""
    return await working.work(repertoire, now=now)


async def tidy(*, now: datetime) -> int:
    """What was kept long enough."""
    return await working.tidy(now=now)
