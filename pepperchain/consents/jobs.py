"""Timers of this room."""

from collections.abc import Sequence
from datetime import datetime

from pepperchain.consents import copies, erasing, queries
from pepperchain.consents.rules import SIGNATURES
from pepperchain.directory.erasing_rules import Erasing
from pepperchain.documents import strays


async def sweep_copies(*, now: datetime) -> int:
    """Files of people's own data whose days are over."""
    return await copies.sweep(now=now)


async def sweep_signatures(*, now: datetime) -> int:
    """Photos of signatures whose answer was never saved; how many."""
    return await strays.sweep(queries.known_signatures, folder=SIGNATURES, now=now)


async def finish_erasures(rooms: Sequence[Erasing], *, now: datetime) -> int:
    """Files and traces of people who were erased, and what was kept of them long enough."""
    return await erasing.finish(rooms, now=now)
