"""Timers of the harvest."""

from datetime import datetime

from pepperchain.access.actor import SYSTEM
from pepperchain.core.clock import local_day
from pepperchain.harvest import yields
from pepperchain.harvest.rules import season_of


async def rebuild_yields(*, now: datetime) -> int:
    """This season's yields per mu, anew."""
    return await yields.rebuild(SYSTEM, season=season_of(local_day(now)), now=now)
