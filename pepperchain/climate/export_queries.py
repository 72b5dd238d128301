"""A room's log as inspectors want it: step after step what each sensor measured, and what was not as it should be, in the order of time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from pepperchain.access.actor import Actor
from pepperchain.climate import breach_queries, sensor_queries
from pepperchain.climate.breach_queries import BreachRow
from pepperchain.climate.chart_queries import Step
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.models import Sensor, rooms_seen
from pepperchain.climate.rules import MINUTE_MS, start_of
from pepperchain.climate.sensor_queries import SensorRow
from pepperchain.core import db

PAGE = 2_000
_BREACHES_MAX = 5_000


@dataclass(frozen=True, slots=True)
class LogRow:
    """A step of a sensor, or a breach."""

    sensor: SensorRow
    starts_at: int
    ends_at: int | None
    step: Step | None = None
    breach: BreachRow | None = None


async def log(room_id: int, *, first: int, last: int, step: int) -> AsyncIterator[LogRow]:
    """The rows of a room that the actor was found to see, sensor by sensor, some thousand at a time."""
    breaches = await breach_queries.between(room_id, first, last, limit=_BREACHES_MAX)
    for sensor in await sensor_queries.sensors_of([room_id]):
        waiting = [each for each in breaches if each.sensor_id == sensor.id]
        async for row in _steps(sensor, first, last, step):
            while waiting and waiting[0].started_at <= row.starts_at:
                yield _of_breach(sensor, waiting.pop(0))
            yield row
        for breach in waiting:
            yield _of_breach(sensor, breach)


def _of_breach(sensor: SensorRow, breach: BreachRow) -> LogRow:
    return LogRow(sensor, breach.started_at, breach.ended_at, breach=breach)


async def _steps(sensor: SensorRow, first: int, last: int, step: int) -> AsyncIterator[LogRow]:
    after = start_of(first, step) - 1
    while True:
        rows = await db.fetch(
            lambda *row: Step(*(int(each) for each in row)),
            "SELECT starts_at, low, high, total, readings, above_ms, below_ms FROM climate_bucket WHERE sensor_id = :id AND step = :step"
            " AND starts_at > :after AND starts_at < :last ORDER BY starts_at LIMIT :most",
            id=sensor.id, step=step, after=after, last=last, most=PAGE,
        )  # fmt: skip
        for row in rows:
            yield LogRow(sensor, row.starts_at, row.starts_at + step * MINUTE_MS, step=row)
        if len(rows) < PAGE:
            return
        after = rows[-1].starts_at


async def own_readings(actor: Actor) -> AsyncIterator[tuple[str, SensorKind, int, int]]:
    """Every single reading of the actor's own sensors: code, kind, moment, value; some thousand at a time."""
    run = Sensor.run_by(actor)
    sensors = await db.tuples(
        f"SELECT s.id, s.code, s.kind FROM climate_sensor s WHERE {run.sql} ORDER BY s.code, s.id",
        **run.params,
    )
    for id, code, kind in sensors:
        after = -(2**62)
        while True:
            rows = await db.tuples(
                "SELECT taken_at, value FROM climate_reading WHERE sensor_id = :id AND taken_at > :after ORDER BY taken_at LIMIT :most",
                id=id, after=after, most=PAGE,
            )  # fmt: skip
            for at, value in rows:
                yield code, SensorKind(kind), at, value
            if len(rows) < PAGE:
                break
            after = rows[-1][0]


async def sensors(actor: Actor, *, after: int, limit: int) -> list[tuple[SensorRow, str, str]]:
    """Sensors of the rooms whose climate the actor sees, with the names of their site and room."""
    seen = rooms_seen(actor)
    rows = await db.tuples(
        "SELECT s.id, t.name, r.name FROM climate_sensor s JOIN storage_room r ON r.id = s.room_id"
        f" JOIN directory_site t ON t.id = r.site_id WHERE s.id > :after AND {seen.sql} ORDER BY s.id LIMIT :limit",
        after=after,
        limit=limit,
        **seen.params,
    )
    found = {row.id: row for row in await sensor_queries.sensors_by_id([id for id, *_ in rows])}
    return [(found[id], site, room) for id, site, room in rows]
