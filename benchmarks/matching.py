"""Who is entered twice among all households of the district: the whole search against its blocking joins in the bare driver."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from benchmarks.districts import Bench, opened
from benchmarks.measures import Figure, Limit, Statement, listening, median, timed
from pepperchain.access.actor import SYSTEM
from pepperchain.core import clock, db, sqlite_engine
from pepperchain.directory import findings

GOAL = 2.0
SECONDS_MAX = 60.0
ROUNDS = 3

Ask = Callable[[str, Sequence[Any]], Awaitable[object]]


async def measure(bench: Bench, url: str) -> list[Figure | Limit]:
    """On a copy: what is found is written down."""
    async with bench.copy(url, "matching") as copy, opened(copy), _bare(bench, copy) as ask:
        households = await db.scalar("SELECT COUNT(*) FROM directory_household")
        people = await db.scalar("SELECT COUNT(*) FROM directory_person")
        with listening() as heard:
            found = await findings.search(SYSTEM, now=clock.now())
        joins: list[Statement] = [(sql, values) for sql, values in heard if "BETWEEN 2 AND" in sql]

        async def ours() -> None:
            await findings.search(SYSTEM, now=clock.now())

        async def theirs() -> None:
            for sql, values in joins:
                await ask(sql, values)

        runs = [(await timed(theirs), await timed(ours)) for _ in range(ROUNDS)]
    bare, whole = median([run[0] for run in runs]), median([run[1] for run in runs])
    work = f"finding who is entered twice among {households:,} households and {people:,} people"
    return [
        Figure(
            work=work,
            against=f"its {len(joins)} blocking joins, bare driver",
            ratio=whole.wall / bare.wall,
            goal=GOAL,
            at_least=False,
            detail=f"{whole.wall:.1f} s against {bare.wall:.1f}; {found.open:,} pairs found",
        ),
        Limit(work, f"{SECONDS_MAX:g} s", whole.wall, SECONDS_MAX, "s", ""),
    ]


@asynccontextmanager
async def _bare(bench: Bench, url: str) -> AsyncIterator[Ask]:
    if bench.dialect == "sqlite":
        connection = sqlite3.connect(
            url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
        )
        for pragma, value in sqlite_engine._PRAGMAS.items():
            connection.execute(f"PRAGMA {pragma}={value}")

        async def ask(sql: str, values: Sequence[Any]) -> object:
            return await asyncio.to_thread(lambda: connection.execute(sql, values).fetchall())

        yield ask
        connection.close()
        return
    server = await asyncpg.connect(url)

    async def ask_server(sql: str, values: Sequence[Any]) -> object:
        return await server.fetch(sql, *values)

    yield ask_server
    await server.close()
