"""The clock's ticks. What is due lives in tables; a timer only asks a room to do what is due now.

Every process ticks. Timers marked `alone` run in one process at a time, by a lease; should two ever overlap, nothing is done twice,
because each job claims its rows in the database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from pepperchain.accounts import jobs as accounts
from pepperchain.audit import keeping, trail
from pepperchain.audit.chains import anchor, seal_due
from pepperchain.bank import jobs as bank
from pepperchain.climate import jobs as climate
from pepperchain.consents import jobs as consents
from pepperchain.core import clock, leases, logs
from pepperchain.core.ids import new_id
from pepperchain.criteria import REPERTOIRE
from pepperchain.directory import jobs as directory
from pepperchain.erasables import ERASABLES
from pepperchain.exportables import EXPORTABLES
from pepperchain.exports import jobs as exports
from pepperchain.harvest import jobs as harvest
from pepperchain.imports import jobs as imports
from pepperchain.ledger import books, expiry
from pepperchain.retainables import KEEPINGS
from pepperchain.segments import jobs as segments
from pepperchain.stocktakes import jobs as stocktakes
from pepperchain.storage import jobs as storage

LEASE = "timers"
LEASE_LENGTH = timedelta(seconds=30)
LEASE_RENEWED_BEFORE = timedelta(seconds=15)
DRAIN_SECONDS_MAX = 10

log = structlog.get_logger("pepperchain.timers")


@dataclass(frozen=True, slots=True)
class Timer:
    """What to do, and when: every so often, or at an hour of Jiangjin's night."""

    name: str
    act: Callable[..., Awaitable[object]]
    every: timedelta | None = None
    at_hour: int | None = None
    alone: bool = True

    @property
    def trigger(self) -> BaseTrigger:
        if self.every is not None:
            return IntervalTrigger(seconds=self.every // timedelta(seconds=1), timezone=clock.ZONE)
        return CronTrigger(hour=self.at_hour, minute=20, timezone=clock.ZONE)


async def seal(*, now: datetime) -> int:
    """The trail's and the ledger's new rows under their chains."""
    return await seal_due(trail.TRAIL, now=now) + await seal_due(books.LEDGER, now=now)


async def tell_heads(*, now: datetime) -> int:
    """Writes where the chains stand into the log, which is kept elsewhere: so nobody cuts their end off unseen."""
    standing = [await anchor(chain) for chain in (trail.TRAIL, books.LEDGER)]
    for head in standing:
        if head is not None:
            log.info("head of a chain", head=str(head))
    return len(standing)


TIMERS = (
    Timer("expire holds", expiry.expire_due, every=timedelta(seconds=20)),
    Timer("settle space", storage.settle_space, every=timedelta(seconds=20)),
    Timer("sweep sessions", accounts.sweep, every=timedelta(minutes=5)),
    Timer("work on imports", imports.work, every=timedelta(seconds=1), alone=False),
    Timer("carry out moves", directory.carry_out_moves, every=timedelta(minutes=5)),
    Timer("finish erasures", partial(consents.finish_erasures, ERASABLES), every=timedelta(minutes=1)),
    Timer("make exports", partial(exports.work, EXPORTABLES), every=timedelta(seconds=1), alone=False),
    Timer("end orders to sell", bank.expire_orders, every=timedelta(minutes=5)),
    Timer("watch the prices", bank.watch_prices, every=timedelta(minutes=1)),
    Timer("watch the climate", climate.watch, every=timedelta(seconds=60)),
    Timer("work on segments", partial(segments.work, REPERTOIRE), every=timedelta(seconds=1), alone=False),
    Timer("tell the heads of the chains", tell_heads, every=timedelta(hours=1)),
    Timer("check the books of rooms", stocktakes.check_books, at_hour=2),
    Timer("rebuild yields", harvest.rebuild_yields, at_hour=2),
    Timer("let lots earn their loss", storage.accrue_losses, at_hour=0),
    Timer("rebuild storage reports", storage.rebuild_reports, at_hour=2),
    Timer("find duplicates", directory.find_duplicates, at_hour=3),
    Timer("sweep what was kept long enough", partial(keeping.sweep, KEEPINGS), at_hour=1),
    # Last, so that what the others left in the trail is sealed when everything due is done once.
    Timer("seal the chains", seal, every=timedelta(seconds=5)),
)


async def run_due(*, now: datetime) -> dict[str, object]:
    """Everything that is due, once, whoever holds the lease: for operators without a running server. What each timer answered."""
    return {timer.name: await timer.act(now=now) for timer in TIMERS}


class Ticking:
    """The timers of this process."""

    def __init__(self, timers: Sequence[Timer] = TIMERS) -> None:
        self._timers = timers
        self._owner = str(new_id())
        self._leads_until: datetime | None = None
        self._running: set[asyncio.Task[Any]] = set()
        self._scheduler = AsyncIOScheduler(timezone=clock.ZONE)
        self.failures = 0

    def start(self) -> None:
        """Begins to tick. Missed ticks become one; a timer never runs beside itself."""
        for timer in self._timers:
            self._scheduler.add_job(
                self._tick,
                timer.trigger,
                args=[timer],
                id=timer.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Ticks no more, and lets what runs come to its end first: APScheduler's own way would cancel it."""
        self._scheduler.pause()
        await asyncio.sleep(0)  # what was called for in this very moment begins, and is known to run
        if self._running:
            await asyncio.wait(self._running, timeout=DRAIN_SECONDS_MAX)
        for task in list(self._running):
            task.cancel()  # its rows are free again when its lease has run out
        await asyncio.gather(*self._running, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    async def _tick(self, timer: Timer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            now = clock.now()
            if not timer.alone or await self._leads(now):
                await timer.act(now=now)
        except Exception as error:  # noqa: BLE001  (a timer that failed ticks again, and finds the same work due)
            self.failures += 1
            log.error(
                "a timer failed", timer=timer.name, kind=type(error).__qualname__, places=logs.places(error)
            )
        finally:
            self._running.discard(task)

    async def _leads(self, now: datetime) -> bool:
        """Whether this process does the timers' work; it asks the database only when its lease is half over."""
        if self._leads_until is not None and now < self._leads_until - LEASE_RENEWED_BEFORE:
            return True
        held = await leases.hold(LEASE, self._owner, length=LEASE_LENGTH, now=now)
        self._leads_until = now + LEASE_LENGTH if held else None
        return held
