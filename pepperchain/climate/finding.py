"""From runs to breaches: each run that lasted too long is one breach, whatever order its readings came in.

Building blocks of the verbs that take readings, inside their unit of work; the sensor's state is locked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pepperchain.climate import alarms
from pepperchain.climate.code_rules import BreachKind, BreachState
from pepperchain.climate.rules import Run, figures
from pepperchain.climate.sensor_queries import Standing
from pepperchain.core import clock, db

_DEALT_WITH = (
    "state", "acknowledged_at", "acknowledged_by", "explained_at", "explained_by", "cause", "done", "closed_at", "closed_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A breach that was found before."""

    id: int
    side: int
    started_at: int
    until: int
    kind: BreachKind
    is_void: bool
    dealt: tuple[Any, ...]

    @property
    def is_dealt_with(self) -> bool:
        return BreachState(self.dealt[0]) is not BreachState.OPEN

    def overlaps(self, run: Run) -> bool:
        end = run.last if run.ended is None else run.ended
        return self.side == run.side and self.started_at <= end and run.since <= self.until


_KNOWN = (
    "SELECT b.id, b.side, b.started_at, COALESCE(b.ended_at, b.last_at), b.kind, b.void_at IS NOT NULL,"
    f" {', '.join(f'b.{name}' for name in _DEALT_WITH)} FROM climate_breach b WHERE b.sensor_id = :sensor AND b.side <> 0"
)


def _known(*row: Any) -> Known:
    return Known(row[0], row[1], row[2], row[3], BreachKind(row[4]), bool(row[5]), tuple(row[6:]))


async def keep_all(
    sensor: Standing, found: Iterable[Run], *, after: int | None, before: int | None, now: datetime
) -> int | None:
    """Makes the breaches that began between two moments those of these runs; the breach of the run that goes on, if it is one.

    What people wrote about a breach stays with the part that overlaps it, also when later readings cut it in two; a breach that turns
    out to be none is taken out, or marked so if somebody has dealt with it.
    """
    params: dict[str, Any] = {"sensor": sensor.id, "after": -(2**62) if after is None else after}
    params["before"] = 2**62 if before is None else before
    known = await db.fetch(
        _known,
        f"{_KNOWN} AND b.started_at > :after AND b.started_at < :before ORDER BY b.started_at, b.id",
        **params,
    )
    left, going_on = list(known), None
    for run in found:
        if not run.is_breach(sensor.within, now_ms=clock.to_ms(now)):
            continue
        same = [each for each in left if each.overlaps(run)]
        best = min(same, key=lambda each: (each.is_void, each.started_at != run.since), default=None)
        if best is not None:
            left.remove(best)
        parent = best or next((each for each in known if each.overlaps(run) and each.is_dealt_with), None)
        breach_id = await keep(sensor, run, best, now=now, dealt=None if parent is None else parent.dealt)
        if run.ended is None:
            going_on = breach_id
    for gone in left:
        await _take_out(gone, now=now)
    return going_on


async def keep(
    sensor: Standing, run: Run, known: Known | None, *, now: datetime, dealt: Sequence[Any] | None = None
) -> int:
    """Writes a run down as a breach: over the one that is known, or as a new one."""
    kind = run.kind(sensor.within)
    columns: dict[str, Any] = {
        "kind": kind, "started_at": run.since, "last_at": run.last, "ended_at": run.ended, "low": run.low, "high": run.high,
        "bound": sensor.within.limit(run.side), "degree_minutes": run.degree_minutes,
    }  # fmt: skip
    if known is not None:
        places = ", ".join(f"{name} = :{name}" for name in columns)
        await db.execute(
            f"UPDATE climate_breach SET {places}, void_at = NULL WHERE id = :id", id=known.id, **columns
        )
        if known.kind is not kind or known.is_void:
            await _tell(sensor, known.id, kind, run, now=now)
        return known.id
    written = dict(zip(_DEALT_WITH, dealt, strict=True)) if dealt else {"state": BreachState.OPEN}
    breach_id = await db.insert_id(
        "climate_breach", sensor_id=sensor.id, room_id=sensor.room_id, operator_id=sensor.operator_id,
        township_id=sensor.township_id, side=run.side, found_at=now, **columns, **written,
    )  # fmt: skip
    if not dealt or dealt[0] == BreachState.OPEN:
        await _tell(sensor, breach_id, kind, run, now=now)
    return breach_id


async def by_id(breach_id: int, sensor_id: int) -> Known | None:
    """The breach of the run that goes on."""
    return await db.fetch_one(_known, f"{_KNOWN} AND b.id = :id", sensor=sensor_id, id=breach_id)


async def _tell(sensor: Standing, breach_id: int, kind: BreachKind, run: Run, *, now: datetime) -> None:
    old = clock.to_ms(now) - figures().alarm_hours * 3_600_000
    if run.ended is None or run.ended >= old:
        await alarms.raise_for(
            breach_id, sensor.room_id, sensor.operator_id, sensor.township_id, kind, now=now
        )


async def _take_out(gone: Known, *, now: datetime) -> None:
    await alarms.withdraw(gone.id)
    if gone.is_void:
        return
    await db.execute("UPDATE climate_state SET breach_id = NULL WHERE breach_id = :id", id=gone.id)
    told = await db.scalar(
        "SELECT 1 FROM climate_alarm WHERE rule = :rule AND subject = :id LIMIT 1",
        rule=alarms.BREACH,
        id=gone.id,
    )
    if gone.is_dealt_with or told is not None:
        await db.execute("UPDATE climate_breach SET void_at = :now WHERE id = :id", now=now, id=gone.id)
    else:
        await db.execute("DELETE FROM climate_breach WHERE id = :id", id=gone.id)
