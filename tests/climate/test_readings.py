"""Taking readings: each once, whatever is sent."""

from datetime import timedelta

import pytest

from pepperchain.access.policy import Role
from pepperchain.climate import readings
from pepperchain.climate.code_rules import Reason, SensorKind
from pepperchain.core import db
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.core.ids import new_id
from tests.climate.cold import NOW, Cold, sample


async def reasons(cold: Cold, values: list[tuple[int, int]], **changes: object) -> list[Reason]:
    taken = await cold.take(values, **changes)  # type: ignore[arg-type]
    return [each.reason for each in taken.refused]


async def test_the_same_batch_again_gets_the_same_answer(cold: Cold) -> None:
    id = new_id()
    first = await cold.take([(0, 20), (1, 9_999)], id=id, content="a")
    again = await cold.take([(0, 20), (1, 9_999)], id=id, content="a")
    assert (first.fresh, first.known, again.fresh, again.known) == (1, 0, 1, 0)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.refused == first.refused
    with pytest.raises(Conflict):
        await cold.take([(0, 21)], id=id, content="b")


async def test_a_known_reading_is_known_and_another_value_is_refused(cold: Cold) -> None:
    await cold.take([(0, 20), (5, 25)])
    taken = await cold.take([(0, 20), (5, 26), (6, 30), (6, 30), (6, 31)])
    assert (taken.fresh, taken.known) == (1, 2)
    assert [(each.row, each.reason) for each in taken.refused] == [(1, Reason.DIFFERS), (4, Reason.DIFFERS)]
    assert await db.scalar("SELECT value FROM climate_reading ORDER BY taken_at DESC LIMIT 1") == 30


async def test_what_cannot_be_is_refused_row_by_row(cold: Cold) -> None:
    assert await reasons(cold, [(0, 99_990)]) == [Reason.OUT_OF_RANGE]
    assert await reasons(cold, [(0, -601)]) == [Reason.OUT_OF_RANGE]
    assert await reasons(cold, [(2 * 1440 + 2, 20)]) == [Reason.FUTURE]
    assert await reasons(cold, [(2 * 1440 + 1, 20)]) == []
    assert await reasons(cold, [(-900 * 1440, 20)]) == [Reason.TOO_OLD]
    assert await reasons(cold, [(-400 * 1440, 20)]) == [Reason.NOT_IN_USE]
    assert await reasons(cold, [(0, 20)], sensor="?") == [Reason.UNKNOWN_SENSOR]
    assert await reasons(cold, [(0, 500)], kind=SensorKind.HUMIDITY) == [Reason.OTHER_MEASURE]
    assert await reasons(cold, [(0, 1_001)], sensor="H1", kind=SensorKind.HUMIDITY) == [Reason.OUT_OF_RANGE]


async def test_another_operators_sensor_is_as_unknown_as_none(cold: Cold) -> None:
    assert await reasons(cold, [(0, 20)], sensor="F1") == [Reason.UNKNOWN_SENSOR]
    taken = await cold.take([(0, 20)], actor=cold.store.leader_b)
    assert taken.fresh == 1
    assert await db.scalar("SELECT sensor_id FROM climate_reading") == cold.of_b


async def test_only_who_answers_for_rooms_brings_readings(cold: Cold) -> None:
    for role in (Role.COOP_CLERK, Role.COMMITTEE, Role.PROCESSOR, Role.GROWER, Role.ADMIN):
        with pytest.raises(NotYours):
            await cold.take(
                [(0, 20)], actor=cold.store.register.actor(role, organization_id=cold.store.keeper_id)
            )


async def test_a_thousand_readings_a_day_apart_are_taken_too(cold: Cold) -> None:
    await cold.take([(0, 20)])
    taken = await cold.take([(-day * 1440, 20) for day in range(1, 150)])
    assert taken.fresh == 149
    assert await db.scalar("SELECT COUNT(*) FROM climate_bucket WHERE step = 1440") == 150


async def test_a_typed_reading_that_cannot_be_leaves_its_form_free(cold: Cold) -> None:
    id = new_id()
    with pytest.raises(Refused):
        await readings.enter(cold.leader, id=id, sample=sample(0, "T1", 0, 9_999), content="a", now=NOW)
    await readings.enter(cold.leader, id=id, sample=sample(0, "T1", 0, 20), content="b", now=NOW)
    await readings.enter(cold.leader, id=id, sample=sample(0, "T1", 0, 20), content="b", now=NOW)
    entries = await db.tuples("SELECT verb FROM audit_entry WHERE verb = 'readings.entered'")
    assert len(entries) == 1


async def test_a_sheet_that_was_overtaken_is_brought_again(cold: Cold) -> None:
    await cold.take([(0, 20)])
    with pytest.raises(Conflict):
        await readings.bring(cold.leader, samples=[sample(0, "T1", 0, 20)], now=NOW)
    await readings.bring(cold.leader, samples=[sample(0, "T1", 1, 20)], now=NOW + timedelta(minutes=1))
