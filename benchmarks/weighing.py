"""Sixty-four phones weigh in at once, against a bare driver that writes the same rows with a durable commit for each slip."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from benchmarks.districts import Bench, opened
from benchmarks.measures import Figure, Statement, Timing, interleaved, listening, together
from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import clock, db, sqlite_engine
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.harvest import weighins
from pepperchain.harvest.slips import NewSlip

PHONES = 64
SLIPS_A_ROUND = 1_280
ROUNDS = 5
GOALS = {"sqlite": 10.0, "postgres": 1.0}
_CONNECTIONS = 16  # as config/server.toml has it for the product


@dataclass(frozen=True, slots=True)
class Phone:
    """A clerk at a collecting point, and whose pepper is brought there."""

    actor: Actor
    site_id: int
    growers: Sequence[tuple[int, int, str]]


async def measure(bench: Bench, url: str) -> list[Figure]:
    """Calls a second of `weighins.record`, and of its rows written barely."""
    now = clock.now()
    async with bench.copy(url, "ours") as ours, bench.copy(url, "peer") as peer, opened(ours):
        phones = await _phones()
        rounds = [_slips(phones, now) for _ in range(ROUNDS + 1)]
        captured = await _captured(phones, rounds, now)
        return [await _compared(bench, peer, phones, rounds, captured, now)]


async def _compared(
    bench: Bench,
    peer: str,
    phones: Sequence[Phone],
    rounds: Sequence[Sequence[NewSlip]],
    captured: Sequence[Sequence[Sequence[Statement]]],
    now: datetime,
) -> Figure:
    our_turns, peer_turns = iter(rounds), iter(captured)
    writer = _SqlitePeer(peer) if bench.dialect == "sqlite" else await _PostgresPeer.connected(peer)

    async def ours() -> None:
        await _weigh_all(phones, next(our_turns), now)

    async def theirs() -> None:
        await writer.write(next(peer_turns))

    await ours()
    await theirs()
    mine, other = await interleaved([ours, theirs], rounds=ROUNDS)
    await writer.close()
    statements = len(captured[0][-1])
    return Figure(
        work=f"weigh-in verb, {PHONES} phones",
        against=f"the same {statements} statements a slip by the bare driver, one durable commit each",
        ratio=other.wall / mine.wall,
        goal=GOALS[bench.dialect],
        at_least=True,
        detail=f"{_rate(mine)} against {_rate(other)}",
    )


def _rate(timing: Timing) -> str:
    each = timing.per(SLIPS_A_ROUND)
    return f"{1 / each.wall:,.0f} slips/s ({each.cpu * 1e6:,.0f} µs CPU each)"


async def _weigh_all(phones: Sequence[Phone], slips: Sequence[NewSlip], now: datetime) -> None:
    async def call(turn: int) -> None:
        await _record(phones[turn % PHONES].actor, slips[turn], now)

    await together(PHONES, len(slips), call)


async def _record(actor: Actor, slip: NewSlip, now: datetime) -> None:
    await weighins.record(actor, **{each.name: getattr(slip, each.name) for each in fields(slip)}, now=now)


async def _phones() -> list[Phone]:
    """A clerk at each of the busiest collecting points, no two in the same cooperative while there are enough."""
    sites = await db.tuples(
        "SELECT s.id, s.operator_id FROM directory_site s WHERE s.kind = 'collecting_point' AND s.closed_on IS NULL"
        " AND EXISTS (SELECT 1 FROM directory_household h WHERE h.cooperative_id = s.operator_id)"
        " ORDER BY (SELECT COUNT(*) FROM directory_site o WHERE o.operator_id = s.operator_id AND o.id < s.id), s.id LIMIT :phones",
        phones=PHONES,
    )
    phones = []
    for site_id, operator_id in sites:
        growers = await db.tuples(
            "SELECT f.household_id, f.id, f.cultivar FROM directory_plot f WHERE f.cooperative_id = :operator"
            " AND f.ended_on IS NULL ORDER BY f.id LIMIT 60",
            operator=operator_id,
        )
        actor = Actor(None, Role.COOP_CLERK, "benchmark", organization_id=operator_id)
        phones.append(Phone(actor, site_id, growers))
    return [phones[turn % len(phones)] for turn in range(PHONES)]


def _slips(phones: Sequence[Phone], now: datetime) -> list[NewSlip]:
    found = []
    for turn in range(SLIPS_A_ROUND):
        phone = phones[turn % PHONES]
        household_id, plot_id, cultivar = phone.growers[turn // PHONES % len(phone.growers)]
        found.append(
            NewSlip(
                id=new_id(), site_id=phone.site_id, form="fresh", grade="grade_1", cultivar=cultivar,
                gross=Grams(40_000 + turn * 10), tare=Grams(1_200), picked_at=now - timedelta(hours=3),
                household_id=household_id, plot_id=plot_id, bags=2, moisture_permille=650, price_fen_per_kg=1_240,
                device="benchmark",
            )
        )  # fmt: skip
    return found


class _TakenBack(Exception):
    """Ends a unit whose writes nobody wants."""


async def _captured(
    phones: Sequence[Phone], rounds: Sequence[Sequence[NewSlip]], now: datetime
) -> list[list[list[Statement]]]:
    """The writing statements of each slip of each round, as the verb sends them; nothing of it stays."""
    found: list[list[list[Statement]]] = []

    @db.unit_of_work
    async def rehearse() -> None:
        for slips in rounds:
            found.append([])
            for turn, slip in enumerate(slips):
                with listening() as heard:
                    await _record(phones[turn % PHONES].actor, slip, now)
                found[-1].append([each for each in heard if not sqlite_engine.is_read(each[0])])
        raise _TakenBack

    try:
        await rehearse()
    except _TakenBack:
        pass
    return found


class _SqlitePeer:
    """sqlite3 as it comes, with the pragmas of the product."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(
            url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
        )
        for pragma, value in sqlite_engine._PRAGMAS.items():
            self._connection.execute(f"PRAGMA {pragma}={value}")

    async def write(self, slips: Sequence[Sequence[Statement]]) -> None:
        await asyncio.to_thread(self._write, slips)

    def _write(self, slips: Sequence[Sequence[Statement]]) -> None:
        for statements in slips:
            self._connection.execute("BEGIN IMMEDIATE")
            for sql, values in statements:
                self._connection.execute(sql, values)
            self._connection.execute("COMMIT")

    async def close(self) -> None:
        self._connection.close()


class _PostgresPeer:
    """asyncpg as it comes, on as many connections as the product has."""

    def __init__(self, connections: Sequence[Any]) -> None:
        self._connections = connections

    @classmethod
    async def connected(cls, url: str) -> "_PostgresPeer":
        connections = []
        for _ in range(_CONNECTIONS):
            connection = await asyncpg.connect(url)
            for name in ("uuid", "date"):
                await connection.set_type_codec(
                    name, schema="pg_catalog", encoder=str, decoder=str, format="text"
                )
            connections.append(connection)
        return cls(connections)

    async def write(self, slips: Sequence[Sequence[Statement]]) -> None:
        waiting = iter(slips)

        async def one(connection: Any) -> None:
            for statements in waiting:
                async with connection.transaction():
                    for sql, values in statements:
                        await connection.execute(sql, *values)

        await asyncio.gather(*(one(connection) for connection in self._connections))

    async def close(self) -> None:
        for connection in self._connections:
            await connection.close()
