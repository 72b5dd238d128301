"""What follows from readings: buckets, where each sensor stands, breaches. Kept in the unit of work of the readings.

Readings that come in the order of time are gone on with from where the sensor stood. Anything else is counted again around what was
touched, from the readings themselves; both ways end at the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pepperchain.climate import finding
from pepperchain.climate.rules import (
    DAY_MS,
    MINUTE_MS,
    STEPS,
    Bucket,
    Fold,
    Run,
    clusters,
    runs,
    span_held,
    start_of,
)
from pepperchain.climate.sensor_queries import Standing
from pepperchain.core import clock, db

COLUMNS = (
    "sensor_id", "step", "starts_at", "township_id", "low", "high", "total", "readings", "above_ms", "below_ms",
)  # fmt: skip
_FINE, _HOUR, _DAY = STEPS
_STATE = (
    "UPDATE climate_state SET last_at = :last_at, last_value = :last_value, side = :side, since_at = :since_at, run_low = :run_low,"
    " run_high = :run_high, run_excess = :run_excess, due_at = :due_at, breach_id = :breach_id, silence_id = :silence_id"
    " WHERE sensor_id = :sensor_id"
)


@dataclass(slots=True)
class Count:
    """What a batch changes for all of its sensors, written at its end in few statements."""

    buckets: dict[tuple[int, int, int], Bucket] = field(default_factory=dict)
    townships: dict[int, int] = field(default_factory=dict)
    states: list[dict[str, Any]] = field(default_factory=list)

    def bucket(self, sensor: Standing, step: int, at: int, value: int) -> Bucket:
        """The bucket of a moment, made if this batch has not touched it yet."""
        key = (sensor.id, step, start_of(at, step))
        found = self.buckets.get(key)
        if found is None:
            found = self.buckets[key] = Bucket(value, value)
            self.townships[sensor.id] = sensor.township_id
        return found

    async def write(self) -> None:
        """All of it."""
        # Whether a statement of SQLite or of PostgreSQL: the smaller and the larger of two are called by other names.
        least, most = ("MIN", "MAX") if db.dialect() == "sqlite" else ("LEAST", "GREATEST")
        await db.execute_many(
            f"INSERT INTO climate_bucket ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"
            f" ON CONFLICT (sensor_id, step, starts_at) DO UPDATE SET low = {least}(climate_bucket.low, excluded.low),"
            f" high = {most}(climate_bucket.high, excluded.high), total = climate_bucket.total + excluded.total,"
            " readings = climate_bucket.readings + excluded.readings, above_ms = climate_bucket.above_ms + excluded.above_ms,"
            " below_ms = climate_bucket.below_ms + excluded.below_ms",
            [
                dict(zip(COLUMNS, (*key, self.townships[key[0]], *_values(bucket)), strict=True))
                for key, bucket in sorted(self.buckets.items())
            ],
        )
        await db.execute_many(_STATE, self.states)


def _values(bucket: Bucket) -> tuple[int, ...]:
    return (bucket.low, bucket.high, bucket.total, bucket.readings, bucket.above_ms, bucket.below_ms)


async def go_on(
    count: Count, sensor: Standing, readings: Sequence[tuple[int, int]], *, now: datetime
) -> None:
    """Readings that are later than all that were known, in the order of time."""
    fold, breach_id = sensor.fold(), sensor.breach_id
    for at, value in readings:
        if fold.at is not None:
            side, span = sensor.within.side(fold.value), span_held(fold.at, at)
            for step in STEPS if side else ():
                # The reading before stands in its bucket already; here it only gets its time.
                count.bucket(sensor, step, fold.at, fold.value).hold(side, span)
        for step in STEPS:
            count.bucket(sensor, step, at, value).add(value)
        ended = fold.add(at, value)
        if ended is not None:
            await _keep(sensor, ended, breach_id, now=now)
            breach_id = None
    if fold.run is not None:
        breach_id = await _keep(sensor, fold.run, breach_id, now=now)
    count.states.append(await _state(sensor, fold, breach_id, now=now))


async def _keep(sensor: Standing, run: Run, breach_id: int | None, *, now: datetime) -> int | None:
    """The run as a breach, if it is one; a run that is found again goes on where its breach stood."""
    if breach_id is not None:
        return await finding.keep(sensor, run, await finding.by_id(breach_id, sensor.id), now=now)
    if not run.is_breach(sensor.within, now_ms=clock.to_ms(now)):
        return None
    return await finding.keep(sensor, run, None, now=now)


async def count_again(sensor: Standing, moments: Sequence[int], *, now: datetime) -> None:
    """Around readings that came out of turn, or were taken back: they are written, or gone, already."""
    tail: tuple[Fold, int | None] | None = None
    for first, last in clusters(moments):
        await _fill_buckets(sensor, first, last)
        tail = await _runs_around(sensor, first, last, now=now) or tail
    if tail is not None:
        await db.execute(_STATE, **await _state(sensor, *tail, now=now))


async def _fill_buckets(sensor: Standing, first: int, last: int) -> None:
    # The reading before the first one now speaks for a shorter time, in a bucket that may be another one.
    since = await db.scalar(
        "SELECT MAX(taken_at) FROM climate_reading WHERE sensor_id = :id AND taken_at < :first",
        id=sensor.id,
        first=first,
    )
    begin = start_of(first if since is None else since, _FINE)
    end = start_of(last, _FINE) + _FINE * MINUTE_MS
    rows = await db.tuples(
        "SELECT taken_at, value FROM climate_reading WHERE sensor_id = :id AND taken_at >= :begin AND taken_at < :end ORDER BY taken_at",
        id=sensor.id, begin=begin, end=end,
    )  # fmt: skip
    following = await db.scalar(
        "SELECT MIN(taken_at) FROM climate_reading WHERE sensor_id = :id AND taken_at >= :end",
        id=sensor.id,
        end=end,
    )
    ends = [at for at, _ in rows[1:]] + [following]
    made: dict[int, Bucket] = {}
    for (at, value), until in zip(rows, ends, strict=False):
        bucket = made.setdefault(start_of(at, _FINE), Bucket(value, value))
        bucket.add(value)
        if until is not None:
            bucket.hold(sensor.within.side(value), span_held(at, until))
    await _replace(sensor, _FINE, begin, end, made)
    for step, of in ((_HOUR, _FINE), (_DAY, _HOUR)):
        begin, end = start_of(begin, step), start_of(end - 1, step) + step * MINUTE_MS
        await _replace(sensor, step, begin, end, await _sums(sensor, of, step, begin, end))


async def _sums(sensor: Standing, of: int, step: int, begin: int, end: int) -> dict[int, Bucket]:
    made: dict[int, Bucket] = {}
    for starts_at, low, high, total, readings, above, below in await db.tuples(
        "SELECT starts_at, low, high, total, readings, above_ms, below_ms FROM climate_bucket WHERE sensor_id = :id AND step = :step"
        " AND starts_at >= :begin AND starts_at < :end ORDER BY starts_at",
        id=sensor.id, step=of, begin=begin, end=end,
    ):  # fmt: skip
        bucket = made.setdefault(start_of(starts_at, step), Bucket(low, high))
        bucket.low, bucket.high = min(bucket.low, low), max(bucket.high, high)
        bucket.total += total
        bucket.readings += readings
        bucket.above_ms += above
        bucket.below_ms += below
    return made


async def _replace(sensor: Standing, step: int, begin: int, end: int, made: Mapping[int, Bucket]) -> None:
    await db.execute(
        "DELETE FROM climate_bucket WHERE sensor_id = :id AND step = :step AND starts_at >= :begin AND starts_at < :end",
        id=sensor.id, step=step, begin=begin, end=end,
    )  # fmt: skip
    await db.insert_many(
        "climate_bucket", COLUMNS,
        [(sensor.id, step, starts_at, sensor.township_id, *_values(bucket)) for starts_at, bucket in sorted(made.items())],
    )  # fmt: skip


async def _runs_around(
    sensor: Standing, first: int, last: int, *, now: datetime
) -> tuple[Fold, int | None] | None:
    """Counts the runs between the readings within bounds on both sides of what was touched; where the sensor stands, if that is after."""
    after = await _nearest_within(sensor, "taken_at < :moment", "DESC", first)
    before = await _nearest_within(sensor, "taken_at > :moment", "ASC", last)
    rows = await db.tuples(
        "SELECT taken_at, value FROM climate_reading WHERE sensor_id = :id AND taken_at >= :after AND taken_at <= :before"
        " ORDER BY taken_at",
        id=sensor.id, after=-(2**62) if after is None else after, before=2**62 if before is None else before,
    )  # fmt: skip
    cuts = await db.fetch(
        int,
        "SELECT cut_at FROM climate_breach WHERE sensor_id = :id AND side <> 0 AND cut_at IS NOT NULL ORDER BY cut_at",
        id=sensor.id,
    )
    found, fold = runs(rows, sensor.within, cuts)
    going_on = await finding.keep_all(sensor, found, after=after, before=before, now=now)
    return (fold, going_on) if before is None else None


async def _nearest_within(sensor: Standing, side: str, order: str, moment: int) -> int | None:
    within = sensor.within
    found: int | None = await db.scalar(
        f"SELECT taken_at FROM climate_reading WHERE sensor_id = :id AND {side} AND value BETWEEN :low AND :high"
        f" ORDER BY taken_at {order} LIMIT 1",
        id=sensor.id, moment=moment, low=-(2**31) if within.low is None else within.low,
        high=2**31 - 1 if within.high is None else within.high,
    )  # fmt: skip
    return found


async def _state(sensor: Standing, fold: Fold, breach_id: int | None, *, now: datetime) -> dict[str, Any]:
    run = fold.run
    due = (sensor.active_from if fold.at is None else fold.at) + sensor.silent_minutes * MINUTE_MS
    silence_id = sensor.silence_id
    if silence_id is not None and due > clock.to_ms(now):
        # It is heard again.
        await db.execute(
            "UPDATE climate_breach SET ended_at = :now, last_at = :now WHERE id = :id AND ended_at IS NULL",
            now=now,
            id=silence_id,
        )
        silence_id = None
    return {
        "sensor_id": sensor.id, "last_at": fold.at, "last_value": None if fold.at is None else fold.value,
        "side": 0 if run is None else run.side, "since_at": None if run is None else run.since,
        "run_low": None if run is None else run.low, "run_high": None if run is None else run.high,
        "run_excess": 0 if run is None else run.excess, "due_at": due, "breach_id": None if run is None else breach_id,
        "silence_id": silence_id,
    }  # fmt: skip


RAW_MARGIN_MS = 7 * DAY_MS
"""Readings stop being taken this long before they would be swept, so that what is counted again is all there."""
