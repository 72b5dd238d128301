"""Buckets for charts and tables, and what a room's latest readings are."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.climate import breach_queries, sensor_queries
from pepperchain.climate.breach_queries import RoomTrouble
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.models import rooms_seen
from pepperchain.climate.rules import figures, start_of
from pepperchain.climate.sensor_queries import SensorRow
from pepperchain.core import clock, db
from pepperchain.core.sql import Clause
from pepperchain.storage.models import Room
from pepperchain.web.paging import Slice, cut, decode

ROOMS_SHOWN = 30
SPARK_HOURS = 24


@dataclass(frozen=True, slots=True)
class Step:
    """What some sensors measured in a step, together."""

    starts_at: int
    low: int
    high: int
    total: int
    readings: int
    above_ms: int
    below_ms: int

    @property
    def mean(self) -> int:
        return self.total // self.readings if self.readings else self.low

    @property
    def out_seconds(self) -> int:
        """How long it was beyond the bounds."""
        return (self.above_ms + self.below_ms) // 1000


async def steps(sensor_ids: Collection[int], step: int, first: int, last: int) -> list[Step]:
    """The steps of some sensors of one kind from a moment up to another: the lowest of the lowest, the highest of the highest."""
    return await db.fetch(
        lambda *row: Step(*(int(each) for each in row)),
        "SELECT starts_at, MIN(low), MAX(high), SUM(total), SUM(readings), SUM(above_ms), SUM(below_ms) FROM climate_bucket"
        " WHERE sensor_id IN :sensors AND step = :step AND starts_at >= :first AND starts_at < :last GROUP BY starts_at ORDER BY starts_at",
        sensors=sorted(sensor_ids),
        step=step,
        first=start_of(first, step),
        last=last,
    )


def summed(found: Iterable[Step], begins: Any) -> list[Step]:
    """Steps put together into longer ones; `begins` says of a step where its longer one begins."""
    whole: dict[int, Step] = {}
    for each in found:
        start = begins(each)
        there = whole.get(start)
        whole[start] = (
            Step(start, each.low, each.high, each.total, each.readings, each.above_ms, each.below_ms)
            if there is None
            else Step(
                start, min(there.low, each.low), max(there.high, each.high), there.total + each.total,
                there.readings + each.readings, there.above_ms + each.above_ms, there.below_ms + each.below_ms,
            )
        )  # fmt: skip
    return list(whole.values())


@dataclass(frozen=True, slots=True)
class Now:
    """The latest that is known of a room: of several sensors the one furthest from its bounds, else the warmest."""

    kind: SensorKind
    value: int
    at: int
    is_stale: bool
    side: int


def latest(sensors: Sequence[SensorRow], kind: SensorKind, *, now: datetime) -> Now | None:
    """What a room's sensors of a kind said last. Those that are heard count before those that are not."""
    heard = [
        Now(kind, each.last_value, each.last_at, each.is_stale(now), each.side)
        for each in sensors
        if each.kind is kind and each.last_at is not None and each.last_value is not None
    ]
    if all(each.is_stale for each in heard):
        return max(heard, key=lambda each: each.at, default=None)
    return max(
        (each for each in heard if not each.is_stale),
        key=lambda each: (abs(each.side), each.value),
        default=None,
    )


@dataclass(frozen=True, slots=True)
class RoomClimate:
    """A room as the list shows it."""

    id: int
    site: str
    room: str
    kind: str
    set_point_decidegrees: int | None
    band_decidegrees: int | None
    sensors: Sequence[SensorRow]
    trouble: RoomTrouble | None
    spark: Sequence[Step]

    @property
    def full_name(self) -> str:
        return f"{self.site} {self.room}"

    def latest(self, kind: str, now: datetime) -> Now | None:
        """What was measured last."""
        return latest(self.sensors, SensorKind(kind), now=now)


_TROUBLE = (
    "CASE WHEN EXISTS (SELECT 1 FROM climate_breach b WHERE b.room_id = r.id AND b.state <> 'closed' AND b.void_at IS NULL"
    " AND b.ended_at IS NULL) THEN 0 WHEN EXISTS (SELECT 1 FROM climate_breach b WHERE b.room_id = r.id AND b.state <> 'closed'"
    " AND b.void_at IS NULL) THEN 1 ELSE 2 END"
)


async def rooms(
    actor: Actor, *, now: datetime, cursor: str | None = None, limit: int = ROOMS_SHOWN
) -> Slice[RoomClimate]:
    """Open rooms with sensors that the actor sees: those out of bounds first, then those with something to settle."""
    seen = rooms_seen(actor)
    after = decode(cursor, int, int)
    beyond = Clause("TRUE")
    if after is not None:
        beyond = Clause(
            "(found.rank > :rank OR (found.rank = :rank AND found.id > :after_id))",
            {"rank": after[0], "after_id": after[1]},
        )
    rows = await db.tuples(
        f"SELECT * FROM (SELECT r.id AS id, s.name AS site, r.name AS room, r.kind AS kind, r.set_point_decidegrees, r.band_decidegrees,"
        f" {_TROUBLE} AS rank FROM storage_room r JOIN directory_site s ON s.id = r.site_id WHERE r.closed_on IS NULL AND {seen.sql}"
        " AND EXISTS (SELECT 1 FROM climate_sensor x WHERE x.room_id = r.id)) AS found"
        f" WHERE {beyond.sql} ORDER BY found.rank, found.id LIMIT :limit",
        limit=limit + 1,
        **seen.params,
        **beyond.params,
    )
    page = cut(rows, limit, lambda row: (row[6], row[0]))
    ids = [row[0] for row in page.rows]
    if not ids:
        return Slice([], None)
    sensors = await sensor_queries.sensors_of(ids, on=clock.local_day(now))
    trouble = await breach_queries.trouble(ids)
    sparks = await _sparks(sensors, now)
    found = [
        RoomClimate(
            id, site, room, kind, set_point, band, [each for each in sensors if each.room_id == id], trouble.get(id), sparks.get(id, ())
        )
        for id, site, room, kind, set_point, band, _rank in page.rows
    ]  # fmt: skip
    return Slice(found, page.next)


async def _sparks(sensors: Sequence[SensorRow], now: datetime) -> dict[int, list[Step]]:
    room_of = {each.id: each.room_id for each in sensors if each.kind is SensorKind.TEMPERATURE}
    first = clock.to_ms(now - timedelta(hours=SPARK_HOURS))
    rows = await db.tuples(
        "SELECT sensor_id, starts_at, low, high, total, readings, above_ms, below_ms FROM climate_bucket WHERE sensor_id IN :sensors"
        " AND step = 60 AND starts_at >= :first AND starts_at <= :now ORDER BY starts_at",
        sensors=sorted(room_of),
        first=start_of(first, 60),
        now=now,
    )
    by_room: dict[int, list[Step]] = {}
    for sensor_id, *rest in rows:
        by_room.setdefault(room_of[sensor_id], []).append(Step(*(int(each) for each in rest)))
    return {id: summed(found, lambda step: step.starts_at) for id, found in by_room.items()}


async def visible_rooms(actor: Actor, room_ids: Collection[int]) -> list[int]:
    """Of some rooms those whose climate the actor sees and that have a sensor."""
    seen = rooms_seen(actor)
    return await db.fetch(
        int,
        f"SELECT r.id FROM storage_room r WHERE r.id IN :ids AND {seen.sql}"
        " AND EXISTS (SELECT 1 FROM climate_sensor x WHERE x.room_id = r.id)",
        ids=list(room_ids),
        **seen.params,
    )


async def own_rooms_without(actor: Actor, *, limit: int = 20) -> list[tuple[int, str]]:
    """The actor's own open rooms in which nothing is measured."""
    run = Room.run_by(actor)
    rows = await db.tuples(
        f"SELECT r.id, s.name, r.name FROM storage_room r JOIN directory_site s ON s.id = r.site_id WHERE r.closed_on IS NULL AND {run.sql}"
        " AND NOT EXISTS (SELECT 1 FROM climate_sensor x WHERE x.room_id = r.id) ORDER BY r.id LIMIT :limit",
        limit=limit,
        **run.params,
    )
    return [(id, f"{site} {name}") for id, site, name in rows]


async def stays_of(lot_id: int) -> list[tuple[int, int, int | None]]:
    """In which rooms a lot lay, from when to when (None: it lies there still). The lot was looked up in its actor's scope.

    What it was split off, merged or made from counts for those lots and not for this one.
    """
    lot = await db.tuples("SELECT room_id, received_at, is_open FROM storage_lot WHERE id = :id", id=lot_id)
    if not lot:
        return []
    room_id, received_at, is_open = lot[0]
    moves = await db.tuples(
        "SELECT at, from_room_id, to_room_id FROM storage_movement WHERE lot_id = :id AND kind IN ('move', 'dispatch', 'arrive', 'return')"
        " ORDER BY at, id",
        id=lot_id,
    )
    stays: list[tuple[int, int, int | None]] = []
    since, here = received_at, room_id if not moves else moves[0][1]
    for at, _from, to in moves:
        if here is not None:
            stays.append((here, since, at))
        since, here = at, to
    if is_open and room_id != here:
        here = room_id  # a move was taken back
    if here is None:
        return stays
    last = (
        None
        if is_open
        else await db.scalar("SELECT MAX(at) FROM storage_movement WHERE lot_id = :id", id=lot_id)
    )
    return [*stays, (here, since, last)]


async def readings_of(sensor_id: int, first: int, last: int) -> list[tuple[int, int]]:
    """The single readings of a sensor between two moments."""
    rows = await db.tuples(
        "SELECT taken_at, value FROM climate_reading WHERE sensor_id = :id AND taken_at >= :first AND taken_at <= :last ORDER BY taken_at"
        " LIMIT 20000",
        id=sensor_id, first=first - figures().hold_ms, last=last,
    )  # fmt: skip
    return [(at, value) for at, value in rows]
