"""The log of a room as a file: every step, every breach between them, calibration beside each sensor; and what else leaves as files."""

from datetime import date, timedelta
from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.climate import export_sheets
from pepperchain.climate.forms import BreachSearch, LogChoice
from pepperchain.core.errors import Missing, Refused
from pepperchain.excel.exporting import Exportable
from tests.climate.cold import NOW, Cold


async def rows(exportable: Exportable, actor: Actor, chosen: Any) -> list[dict[str, Any]]:
    return [dict(row) async for chunk in exportable.chunks(actor, chosen, NOW) for row in chunk]


async def test_steps_and_breaches_stand_in_the_order_of_time(cold: Cold) -> None:
    await cold.take([(0, 20), (10, 60), (50, 65), (60, -5)])
    found = await rows(export_sheets.LOG, cold.leader, LogChoice(room_id=cold.store.chilled))
    assert [str(row["low"]) for row in found] == ["2.0", "6.0", "6.0", "6.5", "-0.5"]
    assert [row.get("degree_minutes") for row in found] == [None, None, 65, None, None]
    assert found[0]["readings"] == 1


async def test_a_long_log_is_told_by_hours(cold: Cold) -> None:
    await cold.take([(minute, 20) for minute in range(0, 180, 10)])
    long = LogChoice(room_id=cold.store.chilled, from_on=date(2026, 1, 1))
    assert len(await rows(export_sheets.LOG, cold.leader, long)) == 4
    assert len(await rows(export_sheets.LOG, cold.leader, LogChoice(room_id=cold.store.chilled))) == 18


async def test_no_log_of_a_foreign_room_and_of_days_that_cannot_be(cold: Cold) -> None:
    with pytest.raises(Missing):
        await rows(export_sheets.LOG, cold.store.leader_b, LogChoice(room_id=cold.store.chilled))
    for days in (
        {"from_on": date(2026, 6, 9), "to_on": date(2026, 6, 8)},
        {"from_on": NOW.date() - timedelta(days=900)},
    ):
        with pytest.raises(Refused):
            await rows(export_sheets.LOG, cold.leader, LogChoice(room_id=cold.store.chilled, **days))


async def test_each_sees_the_breaches_and_sensors_of_their_rooms(cold: Cold) -> None:
    await cold.take([(0, 60), (40, 60)])
    assert len(await rows(export_sheets.BREACHES, cold.leader, BreachSearch(all=True))) == 1
    assert await rows(export_sheets.BREACHES, cold.store.leader_b, BreachSearch(all=True)) == []
    codes = [row["code"] for row in await rows(export_sheets.SENSORS, cold.leader, export_sheets.NoChoices())]
    assert codes == ["T1", "F1", "D1", "H1"]
