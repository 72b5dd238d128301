"""Sensors: one for each code of an operator, changed by those who run the room."""

from datetime import date

import pytest

from pepperchain.climate import sensor_queries, sensors
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.sensors import SensorFacts
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from tests.climate.cold import NOW, Cold

FACTS = {"code": "T9", "kind": SensorKind.TEMPERATURE, "active_from": date(2026, 1, 1)}


def facts(**changes: object) -> SensorFacts:
    return SensorFacts(**{**FACTS, **changes})  # type: ignore[arg-type]


async def test_the_same_form_twice_is_one_sensor(cold: Cold) -> None:
    id = new_id()
    first = await sensors.enter(cold.leader, id=id, room_id=cold.store.chilled, facts=facts(), now=NOW)
    again = await sensors.enter(cold.leader, id=id, room_id=cold.store.chilled, facts=facts(), now=NOW)
    assert (first.id, first.repeated, again.repeated) == (again.id, False, True)


async def test_a_code_is_an_operators_own(cold: Cold) -> None:
    with pytest.raises(Refused):
        await sensors.enter(cold.leader, id=new_id(), room_id=cold.store.dry, facts=facts(code="T1"), now=NOW)


async def test_a_foreign_room_is_not_there_and_a_guest_hangs_nothing(cold: Cold) -> None:
    with pytest.raises(Missing):
        await sensors.enter(
            cold.store.leader_b, id=new_id(), room_id=cold.store.chilled, facts=facts(), now=NOW
        )
    with pytest.raises(NotYours):
        await sensors.enter(cold.leader, id=new_id(), room_id=cold.store.cold, facts=facts(), now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"active_until": date(2025, 1, 1)},
        {"silent_minutes": 0},
        {"silent_minutes": 20_000},
        {"code": "x" * 41},
    ],
)
async def test_what_cannot_be_is_refused(cold: Cold, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused):
        await sensors.enter(
            cold.leader, id=new_id(), room_id=cold.store.chilled, facts=facts(**wrong), now=NOW
        )


async def test_a_calibration_is_noted_and_what_is_measured_never_changes(cold: Cold) -> None:
    changed = facts(code="T1", calibrated_on=date(2026, 3, 1), silent_minutes=45)
    await sensors.change(cold.leader, sensor_id=cold.chilled, version=1, facts=changed, now=NOW)
    row = await sensor_queries.own_sensor(cold.leader, cold.chilled)
    assert (row.calibrated_on, row.silent_minutes, row.version) == ("2026-03-01", 45, 2)
    with pytest.raises(Conflict):
        await sensors.change(cold.leader, sensor_id=cold.chilled, version=1, facts=changed, now=NOW)
    with pytest.raises(Refused):
        await sensors.change(
            cold.leader,
            sensor_id=cold.chilled,
            version=2,
            facts=facts(code="T1", kind=SensorKind.DOOR),
            now=NOW,
        )


async def test_only_a_sensor_that_never_measured_is_taken_out(cold: Cold) -> None:
    entered = await sensors.enter(
        cold.leader, id=new_id(), room_id=cold.store.chilled, facts=facts(), now=NOW
    )
    await sensors.remove(cold.leader, sensor_id=entered.id, version=1, now=NOW)
    assert await db.scalar("SELECT 1 FROM climate_sensor WHERE id = :id", id=entered.id) is None
    await cold.take([(0, 20)])
    with pytest.raises(Conflict):
        await sensors.remove(cold.leader, sensor_id=cold.chilled, version=1, now=NOW)
