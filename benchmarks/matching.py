"""Who is entered twice among all households of the district: the whole search against its blocking joins in the bare driver.

Then some households are made one with their neighbours, with everything that hangs on them, and taken apart again.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from benchmarks.districts import Bench, opened
from benchmarks.measures import Figure, Limit, Statement, listening, median, timed
from pepperchain.access.actor import SYSTEM
from pepperchain.app import MOVERS
from pepperchain.core import clock, db, sqlite_engine
from pepperchain.core.ids import new_id
from pepperchain.directory import findings, merge_queries, merges
from pepperchain.directory.merges import Decision

GOAL = 2.0
SECONDS_MAX = 60.0
ROUNDS = 3
MERGES = 200
MERGE_SECONDS_MAX = 0.1

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
        made: list[int] = []
        merging = await timed(lambda: _merge(made))
        undoing = await timed(lambda: _undo(made))
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
        *(
            Limit(
                f"{act} two households",
                f"{MERGE_SECONDS_MAX:g} s",
                took.wall / len(made),
                MERGE_SECONDS_MAX,
                "s",
                "",
            )
            for act, took in (("merging", merging), ("taking apart again", undoing))
        ),
    ]


async def _merge(made: list[int]) -> None:
    """Neighbours, as if they were one: what most hangs on a household is the same whoever it is."""
    homes = await db.fetch(
        int,
        "SELECT h.id FROM directory_household h WHERE h.ended_on IS NULL ORDER BY h.id LIMIT :most",
        most=2 * MERGES,
    )
    for one, other in zip(homes[::2], homes[1::2], strict=False):
        found = await merge_queries.compared(SYSTEM, one, other)
        decision = Decision(survivor_id=one, loser_id=other, same=found.same, reason="-", seen=found.seen)
        merge = await merges.merge_approved(
            SYSTEM, id=new_id(), decision=decision, proposed_by=0, movers=MOVERS, now=clock.now()
        )
        made.append(merge.id)


async def _undo(made: Sequence[int]) -> None:
    for id in reversed(made):
        await merges.undo(SYSTEM, id=id, movers=MOVERS, now=clock.now())


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
