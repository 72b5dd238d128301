"""What timers ask of this room."""

from datetime import datetime

from pepperchain.access.actor import SYSTEM
from pepperchain.core.clock import local_day
from pepperchain.harvest.rules import season_of
from pepperchain.storage import losses, reports, waiting

DAYS_AFTER = 7
"""For so long after the turn of the year the season before is rebuilt as well."""


async def settle_space(*, now: datetime) -> int:
    """Bookings and offers that have run out, and space for whoever waits for it."""
    return await waiting.run(now=now)


async def rebuild_reports(*, now: datetime) -> int:
    """This season's weeks and ages, anew; in the first days of a year also those of the season before."""
    today = local_day(now)
    season = season_of(today)
    if today.timetuple().tm_yday <= DAYS_AFTER:
        await reports.rebuild(SYSTEM, season=season - 1, now=now)
    return await reports.rebuild(SYSTEM, season=season, now=now)


async def accrue_losses(*, now: datetime) -> int:
    """What lots may have lost on the days that are over, by policy; how many lots."""
    return await losses.accrue(now=now)
