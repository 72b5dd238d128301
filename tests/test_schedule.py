"""Timers tick; of several processes one does the work; nothing that runs is cut off when the server stops."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from pepperchain.core import db, leases
from pepperchain.schedule import LEASE, LEASE_LENGTH, TIMERS, Ticking, Timer, run_due

NOW = datetime(2026, 6, 10, 10, 42, tzinfo=UTC)
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.usefixtures("database")


async def _ticked(*timers: Timer, seconds: int = 0) -> Ticking:
    """Timers whose first tick has come."""
    ticking = Ticking(timers)
    ticking.start()
    await asyncio.sleep(1 + seconds)
    return ticking


async def test_of_two_processes_one_does_what_is_to_be_done_alone() -> None:
    done: list[str] = []

    def by(name: str) -> Timer:
        async def act(*, now: datetime) -> None:
            done.append(name)

        return Timer("count", act, every=SECOND)

    first, second = Ticking((by("first"),)), Ticking((by("second"),))
    first.start()
    second.start()
    await asyncio.sleep(2.5)
    await first.stop()
    await second.stop()
    assert len(done) >= 2
    assert len(set(done)) == 1


async def test_what_each_process_may_do_is_done_without_the_lease() -> None:
    assert await leases.hold(LEASE, "another", length=LEASE_LENGTH, now=datetime.now(UTC))
    done: list[str] = []

    async def alone(*, now: datetime) -> None:
        done.append("alone")

    async def together(*, now: datetime) -> None:
        done.append("together")

    timers = (Timer("a", alone, every=SECOND), Timer("b", together, every=SECOND, alone=False))
    await (await _ticked(*timers, seconds=1)).stop()
    assert set(done) == {"together"}


async def test_stopping_waits_for_what_runs() -> None:
    begun, ended = asyncio.Event(), False

    async def slow(*, now: datetime) -> None:
        nonlocal ended
        begun.set()
        await asyncio.sleep(1)
        ended = True

    ticking = Ticking((Timer("slow", slow, every=SECOND),))
    ticking.start()
    await begun.wait()
    await ticking.stop()
    assert ended


async def test_a_timer_that_fails_ticks_again() -> None:
    turns = 0

    async def stumbling(*, now: datetime) -> None:
        nonlocal turns
        turns += 1
        raise ValueError("this once")

    ticking = await _ticked(Timer("stumbling", stumbling, every=SECOND), seconds=2)
    await ticking.stop()
    assert turns >= 2
    assert ticking.failures == turns


async def test_a_timer_never_runs_beside_itself() -> None:
    running, most = 0, 0

    async def slow(*, now: datetime) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(1.5)
        running -= 1

    await (await _ticked(Timer("slow", slow, every=SECOND), seconds=3)).stop()
    assert most == 1


async def test_everything_due_is_done_once_for_an_operator() -> None:
    assert set(await run_due(now=NOW)) == {timer.name for timer in TIMERS}
    assert await db.scalar("SELECT COUNT(*) FROM core_lease") == 0


def test_every_timer_has_its_time() -> None:
    for timer in TIMERS:
        assert (timer.every is None) != (timer.at_hour is None)
        assert timer.trigger
    assert len({timer.name for timer in TIMERS}) == len(TIMERS)
