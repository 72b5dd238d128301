"""A store whose rooms have sensors, and readings in few words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.climate import readings, sensors
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.readings import Taken
from pepperchain.climate.rules import Sample
from pepperchain.climate.sensors import SensorFacts
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.storage.store import NOW, Store, open_store

__all__ = ["NOW", "START", "Cold", "minutes", "open_cold"]

START = NOW - timedelta(days=2)


def minutes(count: int) -> int:
    """So many minutes after the start, in milliseconds."""
    return clock.to_ms(START) + count * 60_000


@dataclass(frozen=True, slots=True)
class Cold:
    """Sensors by what they are for the tests: in A's chilled room (2 °C ± 2), in the cold store's frozen one (−18 °C ± 2)."""

    store: Store
    chilled: int
    frozen: int
    door: int
    damp: int
    of_b: int

    @property
    def leader(self) -> Actor:
        return self.store.leader

    @property
    def keeper(self) -> Actor:
        return self.store.storekeeper

    async def sensor(self, actor: Actor, room_id: int, code: str, kind: SensorKind, **changes: Any) -> int:
        facts = SensorFacts(**{"code": code, "kind": kind, "active_from": date(2026, 1, 1), **changes})
        return (await sensors.enter(actor, id=new_id(), room_id=room_id, facts=facts, now=START)).id

    async def take(
        self,
        values: Sequence[tuple[int, int]],
        *,
        sensor: str = "T1",
        actor: Actor | None = None,
        kind: SensorKind = SensorKind.TEMPERATURE,
        now: datetime = NOW,
        **changes: Any,
    ) -> Taken:
        """Readings (minute after the start, value) of A's chilled room, unless changed, as one batch."""
        samples = [sample(row, sensor, minute, value, kind) for row, (minute, value) in enumerate(values)]
        given: dict[str, Any] = {
            "id": new_id(),
            "content": repr(samples)[:32],
            "samples": samples,
            "now": now,
            **changes,
        }
        return await readings.take(actor or self.leader, **given)


def sample(
    row: int, sensor: str, minute: int, value: int, kind: SensorKind = SensorKind.TEMPERATURE
) -> Sample:
    if kind is SensorKind.HUMIDITY:
        return Sample(row, sensor, minutes(minute), humidity_permille=value)
    if kind is SensorKind.DOOR:
        return Sample(row, sensor, minutes(minute), door_open=bool(value))
    return Sample(row, sensor, minutes(minute), decidegrees=value)


async def open_cold() -> Cold:
    """Writes all of it into an empty database."""
    store = await open_store()
    cold = Cold(store, 0, 0, 0, 0, 0)
    a, keeper, b = store.leader, store.storekeeper, store.leader_b
    return Cold(
        store,
        chilled=await cold.sensor(a, store.chilled, "T1", SensorKind.TEMPERATURE),
        frozen=await cold.sensor(keeper, store.frozen, "F1", SensorKind.TEMPERATURE),
        door=await cold.sensor(a, store.chilled, "D1", SensorKind.DOOR),
        damp=await cold.sensor(a, store.dry, "H1", SensorKind.HUMIDITY),
        of_b=await cold.sensor(b, store.of_b, "T1", SensorKind.TEMPERATURE),
    )


async def breaches(sensor_id: int) -> list[tuple[Any, ...]]:
    """What was found of a sensor, by everything that readings decide; times in minutes after the start."""
    rows = await db.tuples(
        "SELECT kind, started_at, last_at, ended_at, low, high, degree_minutes, state FROM climate_breach"
        " WHERE sensor_id = :id AND void_at IS NULL ORDER BY started_at, side",
        id=sensor_id,
    )
    return [
        (row[0], *(None if at is None else (at - minutes(0)) // 60_000 for at in row[1:4]), *row[4:])
        for row in rows
    ]


async def buckets(sensor_id: int) -> list[tuple[Any, ...]]:
    return await db.tuples(
        "SELECT step, starts_at, low, high, total, readings, above_ms, below_ms FROM climate_bucket WHERE sensor_id = :id"
        " ORDER BY step, starts_at",
        id=sensor_id,
    )


async def state(sensor_id: int) -> tuple[Any, ...]:
    rows = await db.tuples(
        "SELECT last_at, last_value, side, since_at, run_low, run_high, run_excess FROM climate_state WHERE sensor_id = :id",
        id=sensor_id,
    )
    return rows[0]
