"""Electricity meters: what they say, what is refused, and what the cold cost."""

from datetime import date, timedelta
from typing import Any

import pytest

from pepperchain.climate import energy_queries, meters
from pepperchain.climate.energy_rules import MeterRow, used
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from tests.climate.cold import NOW, Cold

TODAY = clock.local_day(NOW)
DAY = timedelta(days=1)


async def said(cold: Cold, kwh: int, *, days_ago: int = 0, **more: Any) -> None:
    site = await db.scalar("SELECT site_id FROM storage_room WHERE id = :id", id=cold.store.chilled)
    given = {
        "id": new_id(),
        "site_id": site,
        "read_on": TODAY - days_ago * DAY,
        "tenths_kwh": kwh * 10,
        "now": NOW,
        **more,
    }
    await meters.read_off(cold.leader, **given)


def test_what_is_used_is_what_the_counter_went_on_by_and_a_new_meter_begins_anew() -> None:
    day = date(2026, 6, 1)
    rows = [
        MeterRow(day, 1_000, False), MeterRow(day + DAY, 1_500, False), MeterRow(day + 2 * DAY, 20, True),
        MeterRow(day + 3 * DAY, 320, False),
    ]  # fmt: skip
    found = used(rows)
    assert found is not None
    assert (found.first, found.last, found.tenths_kwh) == (day, day + 3 * DAY, 800)
    # Eighty kilowatt-hours for two tonnes kept thirty days are forty a tonne and month.
    assert found.per_tonne_month(2 * 30 * 1_000_000) == 400
    assert found.per_tonne_month(0) is None
    assert used(rows[:1]) is None


async def test_a_counter_that_runs_backwards_is_a_mistake_or_a_new_meter(cold: Cold) -> None:
    await said(cold, 1_000, days_ago=10)
    with pytest.raises(Refused, match="If the meter was changed"):
        await said(cold, 990, days_ago=5)
    await said(cold, 5, days_ago=5, is_new=True)
    await said(cold, 105)
    with pytest.raises(Refused, match="It said only"):
        await said(cold, 106, days_ago=2)
    with pytest.raises(Refused, match="not come yet"):
        await said(cold, 200, days_ago=-1)


async def test_the_last_word_about_a_day_counts_and_the_same_form_is_one_word(cold: Cold) -> None:
    id = new_id()
    await said(cold, 100, days_ago=3, id=id)
    await said(cold, 100, days_ago=3, id=id)
    with pytest.raises(Conflict):
        await said(cold, 101, days_ago=3, id=id)
    await said(cold, 120, days_ago=3, now=NOW + timedelta(minutes=1))
    ((row,),) = (await energy_queries.readings(cold.leader, first=TODAY - 9 * DAY, last=TODAY)).values()
    assert row.tenths_kwh == 1_200
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'meter.read'") == 2


async def test_nobody_reads_anothers_meter_or_sees_what_it_said(cold: Cold) -> None:
    site = await db.scalar("SELECT site_id FROM storage_room WHERE id = :id", id=cold.store.chilled)
    with pytest.raises(Missing):
        await meters.read_off(cold.keeper, id=new_id(), site_id=site, read_on=TODAY, tenths_kwh=1, now=NOW)
    await said(cold, 100, days_ago=3)
    assert await energy_queries.readings(cold.store.leader_b, first=TODAY - 9 * DAY, last=TODAY) == {}
