"""A glance reads what a read reads, at once, and waits elsewhere when the file is held by another program."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from pepperchain.core import db

_COUNT = "SELECT value FROM core_counter WHERE scope = :scope"


@db.unit_of_work
async def _count_to(value: int) -> list[tuple[int]]:
    await db.execute("DELETE FROM core_counter")
    await db.insert("core_counter", scope="glance", value=value)
    return await db.glance(_COUNT, scope="glance")


async def test_a_glance_sees_every_answered_commit(database: str) -> None:
    for value in range(20):
        await _count_to(value)
        assert await db.glance(_COUNT, scope="glance") == [(value,)]


async def test_inside_a_unit_it_sees_the_units_own_writes(database: str) -> None:
    assert await _count_to(7) == [(7,)]


async def test_it_sees_nothing_of_a_unit_that_is_not_done(database: str) -> None:
    begun, going_on = asyncio.Event(), asyncio.Event()

    @db.unit_of_work
    async def slow() -> None:
        await db.insert("core_counter", scope="glance", value=1)
        begun.set()
        await going_on.wait()

    writing = asyncio.create_task(slow())
    await begun.wait()
    assert await db.glance(_COUNT, scope="glance") == []
    going_on.set()
    await writing
    assert await db.glance(_COUNT, scope="glance") == [(1,)]


@pytest.mark.sqlite
async def test_it_cannot_write(database: str) -> None:
    with pytest.raises(Exception, match="readonly"):
        await db.glance("DELETE FROM core_counter WHERE scope = :scope", scope="glance")


@pytest.mark.sqlite
async def test_another_program_that_writes_does_not_hold_it_up(database: str) -> None:
    await _count_to(3)
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert await db.glance(_COUNT, scope="glance") == [(3,)]
        other.execute("ROLLBACK")
