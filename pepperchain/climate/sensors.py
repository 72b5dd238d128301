"""Sensors: entered with the room they hang in, calibrated, taken out of use."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.climate import sensor_queries
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.rules import MINUTE_MS, figures
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.registry import Entered

TABLE = "climate_sensor"
CODE_LENGTH_MAX = 40
SILENT_MINUTES_MAX = 7 * 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorFacts:
    """What is told of a sensor. Without `silent_minutes` it is silent after as long as config/climate.toml says."""

    code: str
    kind: SensorKind
    active_from: date
    active_until: date | None = None
    calibrated_on: date | None = None
    silent_minutes: int | None = None


@db.unit_of_work
async def enter(actor: Actor, *, id: UUID, room_id: int, facts: SensorFacts, now: datetime) -> Entered:
    """A new sensor in a room. Refused: the operator has one of that code."""
    actor.require(Capability.STORAGE_PLAN)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, repeated=True)
    room = await sensor_queries.own_room(actor, room_id)
    check(facts)
    if room.closed_on is not None:
        raise Refused("%(room)s is closed.", room=room.full_name)
    await _code_is_free(room.operator_id, facts.code)
    entered = await registry.enter(
        TABLE, id, room_id=room_id, operator_id=room.operator_id, township_id=room.township_id, code=facts.code, kind=facts.kind,
        calibrated_on=facts.calibrated_on, silent_minutes=_silent(facts), active_from=facts.active_from,
        active_until=facts.active_until, created_at=now,
    )  # fmt: skip
    if not entered.repeated:
        await db.insert(
            "climate_state",
            sensor_id=entered.id,
            township_id=room.township_id,
            kind=facts.kind,
            due_at=await _due(None, facts),
        )
        await trail.record(
            actor, "sensor.entered", subject="sensor", subject_id=entered.id, township_id=room.township_id, now=now,
            facts={"room": room_id, "code": facts.code, "kind": facts.kind},
        )  # fmt: skip
    return entered


@db.unit_of_work
async def change(actor: Actor, *, sensor_id: int, version: int, facts: SensorFacts, now: datetime) -> None:
    """Corrects a sensor, notes its calibration, takes it out of use. What it measures and where never changes: that is another sensor."""
    actor.require(Capability.STORAGE_PLAN)
    before = await sensor_queries.own_sensor(actor, sensor_id)
    room = await sensor_queries.own_room(actor, before.room_id)
    check(facts)
    if facts.kind is not before.kind:
        raise Refused("What a sensor measures does not change. Enter another sensor.", "kind")
    if facts.code != before.code:
        await _code_is_free(room.operator_id, facts.code)
    await registry.revise(
        TABLE, sensor_id, version, code=facts.code, calibrated_on=facts.calibrated_on, silent_minutes=_silent(facts),
        active_from=facts.active_from, active_until=facts.active_until,
    )  # fmt: skip
    await db.execute(
        "UPDATE climate_state SET due_at = :due WHERE sensor_id = :id",
        due=await _due(before.last_at, facts),
        id=sensor_id,
    )
    was = {
        "code": before.code, "calibrated_on": before.calibrated_on, "silent_minutes": before.silent_minutes,
        "active_from": before.active_from, "active_until": before.active_until,
    }  # fmt: skip
    new = {
        "code": facts.code, "calibrated_on": _day(facts.calibrated_on), "silent_minutes": _silent(facts),
        "active_from": _day(facts.active_from), "active_until": _day(facts.active_until),
    }  # fmt: skip
    await trail.record(
        actor, "sensor.changed", subject="sensor", subject_id=sensor_id, township_id=room.township_id, now=now,
        facts={name: [old, new[name]] for name, old in was.items() if old != new[name]},
    )  # fmt: skip


@db.unit_of_work
async def remove(actor: Actor, *, sensor_id: int, version: int, now: datetime) -> None:
    """Takes out a sensor that was entered by mistake. Conflict: it was changed since, or has measured something."""
    actor.require(Capability.STORAGE_PLAN)
    before = await sensor_queries.own_sensor(actor, sensor_id)
    await registry.revise(TABLE, sensor_id, version)
    used = await db.scalar(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM climate_reading WHERE sensor_id = :id)"
        " OR EXISTS (SELECT 1 FROM climate_breach WHERE sensor_id = :id)",
        id=sensor_id,
    )
    if used is not None:
        raise Conflict("This sensor has measured something: take it out of use instead.")
    await db.execute("DELETE FROM climate_state WHERE sensor_id = :id", id=sensor_id)
    await db.execute("DELETE FROM climate_sensor WHERE id = :id", id=sensor_id)
    await trail.record(
        actor, "sensor.removed", subject="sensor", subject_id=sensor_id, now=now, facts={"code": before.code}
    )


def check(facts: SensorFacts) -> None:
    """Raises Refused for what cannot be."""
    if not 0 < len(facts.code) <= CODE_LENGTH_MAX:
        raise Refused("Too long: at most %(limit)s characters.", "code", limit=CODE_LENGTH_MAX)
    if facts.active_until is not None and facts.active_until < facts.active_from:
        raise Refused("The last day must come after the first.", "active_until")
    if not 0 < _silent(facts) <= SILENT_MINUTES_MAX:
        raise Refused("Between a minute and a week.", "silent_minutes")


async def _code_is_free(operator_id: int, code: str) -> None:
    taken = await db.scalar(
        "SELECT 1 FROM climate_sensor WHERE operator_id = :operator AND code = :code",
        operator=operator_id,
        code=code,
    )
    if taken is not None:
        raise Refused("You have a sensor of that code.", "code")


def _silent(facts: SensorFacts) -> int:
    return figures().silent_minutes if facts.silent_minutes is None else facts.silent_minutes


async def _due(last_at: int | None, facts: SensorFacts) -> int:
    return (clock.to_ms(clock.day_start(facts.active_from)) if last_at is None else last_at) + _silent(
        facts
    ) * MINUTE_MS


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
