"""A read outside a unit of work sees every answered commit, is quick where it can be, and holds nobody up where it cannot."""

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest

from pepperchain.core import db

_COUNT = "SELECT value FROM core_counter WHERE scope = :scope"
# Millions of steps of SQLite's own machine, and hardly anything to fetch.
_LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) SELECT COUNT(*) FROM n"
)


@db.unit_of_work
async def _count_to(value: int) -> list[tuple[int]]:
    await db.execute("DELETE FROM core_counter")
    await db.insert("core_counter", scope="read", value=value)
    return await db.tuples(_COUNT, scope="read")


async def test_a_read_sees_every_answered_commit(database: str) -> None:
    for value in range(20):
        await _count_to(value)
        assert await db.tuples(_COUNT, scope="read") == [(value,)]


async def test_inside_a_unit_it_sees_the_units_own_writes(database: str) -> None:
    assert await _count_to(7) == [(7,)]


async def test_it_sees_nothing_of_a_unit_that_is_not_done(database: str) -> None:
    begun, going_on = asyncio.Event(), asyncio.Event()

    @db.unit_of_work
    async def slow() -> None:
        await db.insert("core_counter", scope="read", value=1)
        begun.set()
        await going_on.wait()

    writing = asyncio.create_task(slow())
    await begun.wait()
    assert await db.tuples(_COUNT, scope="read") == []
    going_on.set()
    await writing
    assert await db.tuples(_COUNT, scope="read") == [(1,)]


@pytest.mark.sqlite
async def test_it_cannot_write(database: str) -> None:
    with pytest.raises(Exception, match="readonly"):
        await db.tuples("WITH x AS (SELECT 1) DELETE FROM core_counter WHERE scope = :scope", scope="read")


@pytest.mark.sqlite
async def test_another_program_that_writes_does_not_hold_it_up(database: str) -> None:
    await _count_to(3)
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert await db.tuples(_COUNT, scope="read") == [(3,)]
        other.execute("ROLLBACK")


@pytest.mark.sqlite
async def test_a_long_read_keeps_nobody_from_their_work(database: str) -> None:
    worst = 0.0

    async def beat() -> None:
        nonlocal worst
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - before)

    beating = asyncio.create_task(beat())
    began = time.perf_counter()
    for _ in range(3):
        assert await db.scalar(_LONG, most=1_000_000) == 1_000_000
    took = time.perf_counter() - began
    beating.cancel()
    assert worst < took / 4, "the loop waited for a whole read"


@pytest.mark.sqlite
async def test_many_quick_reads_one_after_another_let_others_in_between(database: str) -> None:
    others = 0

    async def other() -> None:
        nonlocal others
        while True:
            await asyncio.sleep(0)
            others += 1

    beside = asyncio.create_task(other())
    for _ in range(3_000):
        await db.tuples(_COUNT, scope="read")
    beside.cancel()
    assert others > 1


@pytest.mark.sqlite
async def test_a_statement_that_was_slow_once_gives_the_same_answer_ever_after(database: str) -> None:
    assert await db.scalar(_LONG, most=300_000) == 300_000
    assert [await db.scalar(_LONG, most=5) for _ in range(120)] == [5] * 120
