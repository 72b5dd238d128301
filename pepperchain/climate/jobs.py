"""What timers ask of this room."""

from datetime import datetime

from pepperchain.climate import watching


async def watch(*, now: datetime) -> int:
    """Sensors that fell silent, doors that stand open."""
    return await watching.watch(now=now)


async def sweep(*, now: datetime) -> int:
    """Readings and batches that were kept long enough."""
    return await watching.sweep(now=now)
