"""What timers ask of this room."""

from datetime import datetime

from pepperchain.imports import working


async def work(*, now: datetime) -> int:
    """Batches that wait to be checked, committed or undone."""
    return await working.work(now=now)


async def tidy(*, now: datetime) -> int:
    """What was kept long enough."""
    return await working.tidy(now=now)
