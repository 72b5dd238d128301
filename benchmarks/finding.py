"""Growers found as somebody types, among all people of the district, against the bare driver with the same statements."""

import random
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

from benchmarks.districts import Bench, opened
from benchmarks.measures import Figure, Limit, latencies, listening, percentile
from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import db, sqlite_engine
from pepperchain.directory import queries

GOAL = 1.5
P50_MS_MAX = 1.0
P99_MS_MAX = 5.0
QUESTIONS = 1_500
ROUNDS = 3
OFFICER = Actor(None, Role.COMMITTEE, "benchmark")


async def measure(bench: Bench) -> list[Figure | Limit]:
    """Median and 99th percentile of a search, and both against its statements alone."""
    url = await bench.community("district")
    async with opened(url):
        people = await db.scalar("SELECT COUNT(*) FROM directory_person")
        texts = await _texts()
        asked = []
        for text in texts:
            with listening() as heard:
                await queries.search_growers(OFFICER, text)
            asked.append(list(heard))
        bare, close = await _bare(bench, url)
        ours, theirs = [], []

        async def search(turn: int) -> object:
            return await queries.search_growers(OFFICER, texts[turn])

        async def statements(turn: int) -> object:
            return [await bare(*each) for each in asked[turn]]

        for _ in range(ROUNDS):
            theirs += await latencies(statements, count=len(texts))
            ours += await latencies(search, count=len(texts))
        await close()
    ours.sort()
    theirs.sort()
    p50, p99 = percentile(ours, 0.5), percentile(ours, 0.99)
    among = f"grower search, 1–3 characters, pinyin, initials or end of a phone, among {people:,}"
    return [
        Figure(
            work=among,
            against="the bare driver, same statements",
            ratio=p50 / percentile(theirs, 0.5),
            goal=GOAL,
            at_least=False,
            detail=f"p50 {p50:.2f} ms against {percentile(theirs, 0.5):.2f}; p99 {p99:.2f} against"
            f" {percentile(theirs, 0.99):.2f} ({p99 / percentile(theirs, 0.99):.2f}×)",
        ),
        Limit(f"{among}: p50", f"{P50_MS_MAX:g} ms", p50, P50_MS_MAX, "ms", ""),
        Limit(f"{among}: p99", f"{P99_MS_MAX:g} ms", p99, P99_MS_MAX, "ms", ""),
    ]


async def _texts() -> list[str]:
    """What people type, taken from people who are there: an equal part of each way."""
    chance = random.Random(21)
    highest = await db.scalar("SELECT MAX(id) FROM directory_person")
    ids = [chance.randint(1, highest) for _ in range(QUESTIONS)]
    names: dict[int, str] = dict(
        await db.tuples("SELECT id, name FROM directory_person WHERE id IN :ids", ids=ids)
    )
    phones: dict[int, str] = dict(
        await db.tuples(
            "SELECT id, phone FROM directory_person WHERE id IN :ids AND phone IS NOT NULL", ids=ids
        )
    )
    terms: dict[int, dict[str, str]] = {}
    for person, kind, term in await db.tuples(
        "SELECT person_id, kind, term FROM directory_term WHERE person_id IN :ids", ids=ids
    ):
        terms.setdefault(person, {})[kind] = term
    found = []
    for turn, person in enumerate(each for each in ids if each in names):
        spelled = terms.get(person, {})
        way = turn % 6
        if way < 3:
            found.append(names[person][: way + 1])
        elif way == 3:
            found.append(spelled.get("initials", names[person])[:3])
        elif way == 4:
            found.append(spelled.get("pinyin", names[person])[: chance.randint(3, 9)])
        else:
            found.append(phones.get(person, "0000")[-4:])
    return found


async def _bare(
    bench: Bench, url: str
) -> tuple[Callable[..., Awaitable[object]], Callable[[], Awaitable[None]]]:
    if bench.dialect == "sqlite":
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma, value in sqlite_engine._PRAGMAS.items():
            connection.execute(f"PRAGMA {pragma}={value}")

        async def ask(sql: str, values: Sequence[Any]) -> object:
            return connection.execute(sql, values).fetchall()

        async def close() -> None:
            connection.close()

        return ask, close
    server = await asyncpg.connect(url)

    async def ask_server(sql: str, values: Sequence[Any]) -> object:
        return await server.fetch(sql, *values)

    return ask_server, server.close
