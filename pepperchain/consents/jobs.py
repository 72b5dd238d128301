"""Timers of this room."""

from collections.abc import Sequence
from datetime import datetime

from pepperchain.consents import copies, erasing
from pepperchain.directory.erasing_rules import Erasing


async def sweep_copies(*, now: datetime) -> int:
    """Files of people's own data whose days are over."""
    return await copies.sweep(now=now)


async def finish_erasures(rooms: Sequence[Erasing], *, now: datetime) -> int:
    """Files and traces of people who were erased, and what was kept of them long enough."""
    return await erasing.finish(rooms, now=now)
