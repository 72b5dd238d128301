"""Sensors with the room they hang in and where each stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.models import Sensor, rooms_seen
from pepperchain.climate.rules import MINUTE_MS, Bounds, Fold, Run, bounds
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing, NotYours
from pepperchain.storage.models import Room
from pepperchain.storage.queries import RoomRow, room_unscoped


@dataclass(frozen=True, slots=True)
class Standing:
    """A sensor of the operator with the bounds of its room and its state, locked until the unit ends."""

    id: int
    room_id: int
    operator_id: int
    township_id: int
    code: str
    kind: SensorKind
    silent_minutes: int
    active_from: int
    active_until: int | None
    within: Bounds
    last_at: int | None
    last_value: int
    run: Run | None
    cut_at: int | None
    breach_id: int | None
    silence_id: int | None

    def fold(self) -> Fold:
        """Its readings so far, to be gone on with. The run is a copy: a unit may be tried again."""
        run = self.run
        copied = None if run is None else Run(run.side, run.since, run.last, run.low, run.high, run.excess)
        return Fold(self.within, copied, self.last_at, self.last_value)


_STANDING = """
SELECT s.id, s.room_id, s.operator_id, s.township_id, s.code, s.kind, s.silent_minutes, s.active_from, s.active_until,
    r.kind, r.set_point_decidegrees, r.band_decidegrees, st.last_at, st.last_value, st.side, st.since_at, st.run_low, st.run_high,
    st.run_excess, st.cut_at, st.breach_id, st.silence_id
FROM climate_sensor s JOIN climate_state st ON st.sensor_id = s.id JOIN storage_room r ON r.id = s.room_id
"""


_LOCK = {"sqlite": "", "postgres": " FOR NO KEY UPDATE OF st"}


def _standing(*row: Any) -> Standing:
    kind = SensorKind(row[5])
    run = Run(row[14], row[15], row[12], row[16], row[17], row[18]) if row[14] else None
    first, last = date.fromisoformat(str(row[7])), row[8]
    return Standing(
        id=row[0], room_id=row[1], operator_id=row[2], township_id=row[3], code=row[4], kind=kind, silent_minutes=row[6],
        active_from=clock.to_ms(clock.day_start(first)),
        active_until=None if last is None else clock.to_ms(clock.day_range(date.fromisoformat(str(last)))[1]),
        within=bounds(kind, row[9], row[10], row[11]),
        last_at=row[12], last_value=row[13] or 0, run=run, cut_at=row[19], breach_id=row[20], silence_id=row[21],
    )  # fmt: skip


async def standing(actor: Actor, codes: Collection[str], *, locked: bool = True) -> list[Standing]:
    """The actor's own sensors of these codes, locked in the order of their ids where readings are about to be taken."""
    run = Sensor.run_by(actor)
    own = "" if actor.organization_id is None else " AND s.operator_id = :operator"
    # What a unit reads of a state it locks: two batches about one sensor go one after the other.
    lock = _LOCK[db.dialect()] if locked else ""
    return await db.fetch(
        _standing,
        f"{_STANDING} WHERE s.code IN :codes{own} AND {run.sql} ORDER BY s.id{lock}",
        codes=sorted(codes),
        operator=actor.organization_id,
        **run.params,
    )


async def standing_by_id(ids: Sequence[int]) -> list[Standing]:
    """Sensors by their ids, locked; for timers and for verbs that looked them up in their actor's scope."""
    lock = _LOCK[db.dialect()]
    return await db.fetch(_standing, f"{_STANDING} WHERE s.id IN :ids ORDER BY s.id{lock}", ids=list(ids))


async def bounds_of(sensor_ids: Collection[int]) -> dict[int, Bounds]:
    """What the readings of sensors are held against now."""
    rows = await db.tuples(
        "SELECT s.id, s.kind, r.kind, r.set_point_decidegrees, r.band_decidegrees FROM climate_sensor s"
        " JOIN storage_room r ON r.id = s.room_id WHERE s.id IN :ids",
        ids=sorted(sensor_ids),
    )
    return {id: bounds(SensorKind(kind), *room) for id, kind, *room in rows}


@dataclass(frozen=True, slots=True)
class SensorRow:
    """A sensor as pages show it."""

    id: int
    room_id: int
    code: str
    kind: SensorKind
    calibrated_on: str | None
    silent_minutes: int
    active_from: str
    active_until: str | None
    version: int
    last_at: int | None
    last_value: int | None
    side: int
    is_silent: bool

    def is_stale(self, now: datetime) -> bool:
        """Whether its latest reading is too old to be called now."""
        return self.last_at is None or clock.to_ms(now) - self.last_at > self.silent_minutes * MINUTE_MS


_SENSOR = """
SELECT s.id, s.room_id, s.code, s.kind, s.calibrated_on, s.silent_minutes, s.active_from, s.active_until, s.version,
    st.last_at, st.last_value, st.side, st.silence_id IS NOT NULL
FROM climate_sensor s JOIN climate_state st ON st.sensor_id = s.id
"""


def _sensor(*row: Any) -> SensorRow:
    values = list(row)
    values[3] = SensorKind(row[3])
    values[4] = None if row[4] is None else str(row[4])
    values[6], values[7] = str(row[6]), None if row[7] is None else str(row[7])
    values[12] = bool(row[12])
    return SensorRow(*values)


async def sensors_of(room_ids: Collection[int], *, on: date | None = None) -> list[SensorRow]:
    """The sensors of rooms that the actor was found to see; with `on`, those in use on that day."""
    in_use = (
        ""
        if on is None
        else " AND s.active_from <= :today AND (s.active_until IS NULL OR s.active_until >= :today)"
    )
    return await db.fetch(
        _sensor,
        f"{_SENSOR} WHERE s.room_id IN :rooms{in_use} ORDER BY s.room_id, s.kind DESC, s.id",
        rooms=list(room_ids),
        today=on,
    )


async def sensors_by_id(ids: Collection[int]) -> list[SensorRow]:
    """Sensors that the actor was found to see."""
    return await db.fetch(_sensor, f"{_SENSOR} WHERE s.id IN :ids ORDER BY s.id", ids=sorted(ids))


async def own_sensor(actor: Actor, sensor_id: int) -> SensorRow:
    """A sensor that the actor may change. Missing: it is not theirs to see. NotYours: it is somebody else's."""
    found = await db.fetch_one(_sensor, f"{_SENSOR} WHERE s.id = :id", id=sensor_id)
    if found is None:
        raise Missing()
    await own_room(actor, found.room_id)
    return found


async def room(actor: Actor, room_id: int) -> RoomRow:
    """A room whose climate the actor sees. Missing: there is none, or it is not theirs to see."""
    if not await _is(room_id, rooms_seen(actor).sql, rooms_seen(actor).params):
        raise Missing()
    return await room_unscoped(room_id)


async def own_room(actor: Actor, room_id: int) -> RoomRow:
    """A room that the actor's organization runs. Missing: not theirs to see. NotYours: somebody else's."""
    found = await room(actor, room_id)
    if not await is_own(actor, room_id):
        raise NotYours(
            "Only the organization that runs a room writes down how warm it is and what was done about it."
        )
    return found


async def is_own(actor: Actor, room_id: int) -> bool:
    """Whether the actor's organization runs a room."""
    run = Room.run_by(actor)
    return await _is(room_id, run.sql, run.params)


async def _is(room_id: int, sql: str, params: Any) -> bool:
    found = await db.scalar(f"SELECT 1 FROM storage_room r WHERE r.id = :id AND {sql}", id=room_id, **params)
    return found is not None


async def versions(sensor_ids: Collection[int]) -> dict[int, tuple[int, bool]]:
    """The versions of sensors, and whether anything was heard of them."""
    rows = await db.tuples(
        "SELECT s.id, s.version, st.last_at IS NOT NULL OR st.silence_id IS NOT NULL FROM climate_sensor s"
        " JOIN climate_state st ON st.sensor_id = s.id WHERE s.id IN :ids",
        ids=sorted(sensor_ids),
    )
    return {id: (version, bool(used)) for id, version, used in rows}
