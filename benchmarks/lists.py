"""The page queries of the two longest lists: at the district's size against a hundredth of it, over the same questions."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.districts import HUNDREDTH, Bench, opened
from benchmarks.measures import Figure, latencies, percentile
from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import clock, db
from pepperchain.harvest import queries as harvest
from pepperchain.harvest.rules import cultivars, forms, grades
from pepperchain.market import queries as market
from pepperchain.market.rules import Criteria, Limits, Sort

GOAL = 1.5
CALLS = 600
ROUNDS = 3
BUYER = Actor(None, Role.PROCESSOR, "benchmark", organization_id=1)
OFFICER = Actor(None, Role.COMMITTEE, "benchmark")
_ROWS = {
    "lots": "SELECT COUNT(*) FROM storage_lot WHERE free_grams <> 0",
    "slips": "SELECT COUNT(*) FROM harvest_weighin",
}

Call = Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class List:
    """A list, the questions that are put to it, and what it lists."""

    name: str
    of: str
    calls: Callable[[datetime, Sequence[int]], Call]


async def measure(bench: Bench) -> list[Figure]:
    """The 99th percentile of a page's query at both sizes."""
    large, small = await bench.community("district"), await bench.community(HUNDREDTH)
    now = clock.now()
    return [await _compared(each, large, small, now) for each in LISTS]


async def _compared(each: List, large: str, small: str, now: datetime) -> Figure:
    times: dict[str, list[float]] = {large: [], small: []}
    rows = {}
    for _ in range(ROUNDS):
        for url in (large, small):
            async with opened(url):
                rows[url] = await db.scalar(_ROWS[each.of])
                townships = [row[0] for row in await db.tuples(_TOWNSHIPS)]
                call = each.calls(now, townships)
                await latencies(call, count=60)  # warm: the file's own pages, not the first touch of the disk
                times[url] += await latencies(call, count=CALLS)
    here, there = sorted(times[large]), sorted(times[small])
    return Figure(
        work=f"{each.name}, {rows[large]:,} {each.of}",
        against=f"the same questions among {rows[small]:,}",
        ratio=percentile(here, 0.99) / percentile(there, 0.99),
        goal=GOAL,
        at_least=False,
        detail=f"p99 {percentile(here, 0.99):.2f} ms against {percentile(there, 0.99):.2f};"
        f" p50 {percentile(here, 0.5):.2f} against {percentile(there, 0.5):.2f}",
    )


_TOWNSHIPS = (
    "SELECT township_id FROM storage_lot WHERE free_grams <> 0 GROUP BY township_id ORDER BY township_id"
)


def _choices(chance: random.Random, townships: Sequence[int]) -> Criteria:
    return Criteria(
        form=chance.choice([None, *forms()]),
        grade=chance.choice([None, None, *grades()]),
        cultivar=chance.choice([None, None, None, *cultivars()]),
        townships=tuple(sorted(chance.sample(list(townships), chance.choice([0, 0, 1, 3])))),
        sort=chance.choice(list(Sort)),
    )


def _market(now: datetime, townships: Sequence[int]) -> Call:
    chance = random.Random(11)

    async def call(_turn: int) -> object:
        return await market.stock(BUYER, _choices(chance, townships), now=now)

    return call


def _bounded_market(now: datetime, townships: Sequence[int]) -> Call:
    chance = random.Random(12)

    async def call(_turn: int) -> object:
        wanted = _choices(chance, townships)
        limits = Limits(
            min_grams=chance.choice([None, 200_000, 1_000_000]),
            picked_since=chance.choice([None, now - timedelta(days=chance.randint(1, 120))]),
            max_price_fen_per_kg=chance.choice([None, 600, 1_200, 6_000]),
            fresh_only=chance.random() < 0.2,
        )
        given = Criteria(
            wanted.form, wanted.grade, wanted.cultivar, wanted.townships, None, limits, wanted.sort
        )
        return await market.stock(BUYER, given, now=now)

    return call


def _slips(now: datetime, townships: Sequence[int]) -> Call:
    chance = random.Random(13)
    today = clock.local_day(now)

    async def call(_turn: int) -> object:
        first = today - timedelta(days=chance.randint(30, 330))
        filters = harvest.Filters(
            first_day=chance.choice([None, first]),
            last_day=chance.choice([None, first + timedelta(days=chance.randint(0, 60))]),
            township_id=chance.choice([None, *townships]),
            form=chance.choice([None, None, *forms()]),
            unpriced=chance.random() < 0.1,
        )
        return await harvest.slips(OFFICER, filters, limit=50)

    return call


LISTS = (
    List("stock page's query, any choices and order", "lots", _market),
    List("stock page's query, bounds of weight, day and price too", "lots", _bounded_market),
    List("slip page's query, any township, days and form", "slips", _slips),
)
