"""How things are measured: processor time beside wall time, medians of interleaved repeats, percentiles of single calls."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from pepperchain.core import db

Statement = tuple[str, Sequence[Any]]
Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one measured stretch."""

    wall: float
    cpu: float

    def per(self, count: int) -> "Timing":
        return Timing(self.wall / count, self.cpu / count)


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the results: what was measured against what, the ratio, and the goal it is held to."""

    work: str
    against: str
    ratio: float
    goal: float
    at_least: bool
    detail: str

    @property
    def reached(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


@dataclass(frozen=True, slots=True)
class Limit:
    """A line that is held to a stated limit instead of a peer."""

    work: str
    against: str
    value: float
    most: float
    unit: str
    detail: str

    @property
    def reached(self) -> bool:
        return self.value <= self.most


@contextmanager
def listening() -> Iterator[list[Statement]]:
    """Every statement that is spelled for the engine while the block runs, with its values."""
    heard: list[Statement] = []
    spell = db.spell  # type: ignore[attr-defined]

    def told(*args: Any) -> tuple[str, list[Any]]:
        statement = spell(*args)
        heard.append(statement)
        return statement

    # A row a statement, as anyone would write them: what the verb sends woven into one is its own merit.
    together, db.together = db.together, nullcontext  # type: ignore[assignment]
    db.spell = told  # type: ignore[attr-defined,assignment]
    try:
        yield heard
    finally:
        db.spell, db.together = spell, together  # type: ignore[attr-defined]


async def timed(work: Work) -> Timing:
    """One stretch of work, alone on the loop."""
    wall, cpu = time.perf_counter(), time.process_time()
    await work()
    return Timing(time.perf_counter() - wall, time.process_time() - cpu)


async def interleaved(works: Sequence[Work], *, rounds: int) -> list[Timing]:
    """The median timing of each work, run in turn so that a machine that slows down slows all of them."""
    runs: list[list[Timing]] = [[] for _ in works]
    for _ in range(rounds):
        for place, work in enumerate(works):
            runs[place].append(await timed(work))
    return [median(each) for each in runs]


def median(timings: Sequence[Timing]) -> Timing:
    """The middle one of walls and the middle one of processor times."""
    return Timing(
        statistics.median(each.wall for each in timings), statistics.median(each.cpu for each in timings)
    )


async def latencies(call: Callable[[int], Awaitable[object]], *, count: int) -> list[float]:
    """Milliseconds of each of `count` calls, sorted."""
    found = []
    for turn in range(count):
        start = time.perf_counter()
        await call(turn)
        found.append((time.perf_counter() - start) * 1000)
    return sorted(found)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of a sorted sequence lies."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


async def together(clients: int, total: int, call: Callable[[int], Awaitable[object]]) -> Timing:
    """`total` calls by `clients` at once."""
    turns = iter(range(total))

    async def client() -> None:
        for turn in turns:
            await call(turn)

    async def all_clients() -> None:
        await asyncio.gather(*(client() for _ in range(clients)))

    return await timed(all_clients)
