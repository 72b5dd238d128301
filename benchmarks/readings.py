"""Four hundred rooms at a reading a minute, as their gateways bring them, against a bare insert of the same rows in the same batches."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import asyncpg

from benchmarks.districts import Bench, opened
from benchmarks.measures import Figure, Limit, Timing, timed
from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.climate import readings
from pepperchain.climate.rules import Sample
from pepperchain.core import clock, db, sqlite_engine
from pepperchain.core.ids import new_id

ROOMS = 400
GATEWAYS = 8
MINUTES = 30
GOALS = {"sqlite": 4.0, "postgres": 4.0}
SECONDS_A_MINUTE_MAX = 6.0
STALL_MS_MAX = 50.0
BEAT_SECONDS = 0.005
Row = tuple[int, int, int, int]


async def measure(bench: Bench, url: str) -> list[Figure | Limit]:
    """Everything that follows from readings is kept in their unit of work; the bare insert keeps nothing."""
    async with bench.copy(url, "ours") as ours, bench.copy(url, "peer") as peer, opened(ours):
        sensors, actor, township = await _hang()
        start = clock.now() - timedelta(minutes=MINUTES + 1)
        batches = [
            batch
            for minute in range(MINUTES)
            for batch in _batches(sensors, start + timedelta(minutes=minute))
        ]
        stall = asyncio.create_task(_worst_stall())
        mine = await timed(lambda: _bring(actor, batches, start))
        stall.cancel()
        ids = dict(await db.tuples("SELECT code, id FROM climate_sensor WHERE code IN :codes", codes=sensors))
        rows = [
            [(ids[each.sensor], each.at, each.decidegrees or 0, township) for each in batch]
            for batch in batches
        ]
        assert await db.scalar("SELECT COUNT(*) FROM climate_reading") == ROOMS * MINUTES
        other = await timed(lambda: _insert(bench, peer, rows))
    return _figures(bench, mine, other, _stalled[0])


def _figures(bench: Bench, mine: Timing, other: Timing, stall: float) -> list[Figure | Limit]:
    count = ROOMS * MINUTES
    told = f"{count / mine.wall:,.0f} readings/s ({mine.per(count).cpu * 1e6:,.0f} µs CPU each) against {count / other.wall:,.0f}"
    work = f"{ROOMS} rooms at a reading a minute, in batches of {ROOMS // GATEWAYS}"
    return [
        Figure(work, "a bare insert of the same rows", mine.wall / other.wall, GOALS[bench.dialect], False, told),
        Limit(
            "a minute's readings of all rooms", f"{SECONDS_A_MINUTE_MAX:g} s", mine.wall / MINUTES, SECONDS_A_MINUTE_MAX, "s",
            "with their buckets, breaches and standing",
        ),
        Limit("longest stall of the process meanwhile", "50 ms", stall * 1000, STALL_MS_MAX, "ms", ""),
    ]  # fmt: skip


async def _hang() -> tuple[list[str], Actor, int]:
    """As many rooms as the district has, each with a thermometer, all of one operator."""
    site, operator, township = (
        await db.tuples(
            "SELECT id, operator_id, township_id FROM directory_site WHERE closed_on IS NULL ORDER BY id LIMIT 1"
        )
    )[0]
    codes = [f"bench-{number:03}" for number in range(ROOMS)]

    @db.unit_of_work
    async def hang() -> None:
        for code in codes:
            room = await db.insert_id(
                "storage_room", site_id=site, operator_id=operator, township_id=township, name=code, purpose="commercial",
                kind="chilled", forms="fresh", set_point_decidegrees=20, band_decidegrees=20, capacity_grams=1_000_000,
                created_at=clock.now(),
            )  # fmt: skip
            sensor = await db.insert_id(
                "climate_sensor", room_id=room, operator_id=operator, township_id=township, code=code, kind="temperature",
                silent_minutes=30, active_from=date(2020, 1, 1), created_at=clock.now(),
            )  # fmt: skip
            await db.insert(
                "climate_state", sensor_id=sensor, township_id=township, kind="temperature", due_at=0
            )

    await hang()
    return codes, Actor(None, Role.STOREKEEPER, "benchmark", organization_id=operator), township


def _batches(sensors: Sequence[str], at: datetime) -> list[list[Sample]]:
    """A minute's readings, one batch for each gateway; in every tenth room it is too warm now and then."""
    moment, minute = clock.to_ms(at), at.minute
    samples = [
        Sample(
            number,
            code,
            moment,
            20 + (number + minute) % 7 + (40 if number % 10 == 0 and minute % 9 < 3 else 0),
        )
        for number, code in enumerate(sensors)
    ]
    size = ROOMS // GATEWAYS
    return [samples[first : first + size] for first in range(0, ROOMS, size)]


async def _bring(actor: Actor, batches: Sequence[Sequence[Sample]], start: datetime) -> None:
    for place in range(0, len(batches), GATEWAYS):
        now = start + timedelta(minutes=place // GATEWAYS, seconds=5)
        await asyncio.gather(
            *(
                readings.take(actor, id=new_id(), samples=batch, content=str(place), now=now)
                for batch in batches[place : place + GATEWAYS]
            )
        )


async def _insert(bench: Bench, url: str, batches: Sequence[Sequence[Row]]) -> None:
    text = "INSERT INTO climate_reading (sensor_id, taken_at, value, township_id) VALUES"
    if bench.dialect == "sqlite":
        await asyncio.to_thread(_insert_sqlite, url, f"{text} (?, ?, ?, ?)", batches)
        return
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER TABLE climate_reading DISABLE TRIGGER ALL")
    for batch in batches:
        async with connection.transaction():
            await connection.executemany(f"{text} ($1, $2, $3, $4)", batch)
    await connection.close()


def _insert_sqlite(url: str, text: str, batches: Sequence[Sequence[Row]]) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma, value in sqlite_engine._PRAGMAS.items():
        connection.execute(f"PRAGMA {pragma}={value}")
    connection.execute("PRAGMA foreign_keys=OFF")
    for batch in batches:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(text, batch)
        connection.execute("COMMIT")
    connection.close()


_stalled = [0.0]


async def _worst_stall() -> None:
    """Wakes every few milliseconds; what it comes too late by is how long the loop was stalled."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(BEAT_SECONDS)
        _stalled[0] = max(_stalled[0], time.perf_counter() - before - BEAT_SECONDS)
