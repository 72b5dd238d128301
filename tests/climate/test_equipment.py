"""The equipment log: entries that end, that are struck out, and that stand in the log of every room of a site."""

from datetime import timedelta
from typing import Any

import pytest

from pepperchain.climate import equipment, equipment_queries, sensor_queries
from pepperchain.climate.code_rules import EquipmentKind
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from tests.climate.cold import NOW, Cold

HOUR = timedelta(hours=1)


async def log(cold: Cold, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "id": new_id(), "room_id": cold.store.chilled, "whole_site": False, "kind": EquipmentKind.POWER_CUT,
        "from_at": NOW - 3 * HOUR, "generator": False, "now": NOW, **changes,
    }  # fmt: skip
    await equipment.log(given.pop("actor", cold.leader), **given)
    return given["id"]


async def entries(cold: Cold, room_id: int) -> list[tuple[str, int | None, bool]]:
    room = await sensor_queries.room(cold.leader, room_id)
    return [
        (each.kind.value, each.until_at, each.struck_at is not None)
        for each in await equipment_queries.log_of(room)
    ]


async def test_a_cut_of_a_site_stands_in_the_log_of_all_its_rooms(cold: Cold) -> None:
    await log(cold, whole_site=True)
    assert [row[0] for row in await entries(cold, cold.store.dry)] == ["power_cut"]
    assert await entries(cold, cold.store.cold) == []


async def test_the_same_form_twice_is_one_entry_and_another_content_a_conflict(cold: Cold) -> None:
    id = await log(cold)
    await log(cold, id=id)
    with pytest.raises(Conflict):
        await log(cold, id=id, generator=True)
    assert len(await entries(cold, cold.store.chilled)) == 1


async def test_it_ends_once(cold: Cold) -> None:
    id = await log(cold)
    for _ in range(2):
        await equipment.end(cold.leader, id=id, until_at=NOW - HOUR, now=NOW)
    with pytest.raises(Refused):
        await equipment.end(cold.leader, id=id, until_at=NOW, now=NOW)


async def test_a_wrong_entry_is_struck_out_and_can_still_be_read(cold: Cold) -> None:
    id = await log(cold)
    for _ in range(2):
        await equipment.strike(cold.leader, id=id, now=NOW)
    assert [row[2] for row in await entries(cold, cold.store.chilled)] == [True]
    room = await sensor_queries.room(cold.leader, cold.store.chilled)
    assert await equipment_queries.log_of(room, first=0, last=2**62) == []
    with pytest.raises(Refused):
        await equipment.end(cold.leader, id=id, until_at=NOW, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_at": NOW + HOUR},
        {"until_at": NOW - 4 * HOUR},
        {"until_at": NOW + HOUR},
        {"kind": EquipmentKind.MAINTENANCE, "from_at": NOW + timedelta(days=400)},
    ],
)
async def test_only_maintenance_lies_ahead(cold: Cold, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        await log(cold, **wrong)
    await log(
        cold,
        kind=EquipmentKind.MAINTENANCE,
        from_at=NOW + timedelta(days=3),
        until_at=NOW + timedelta(days=4),
    )


async def test_guests_write_nothing_and_strangers_find_nothing(cold: Cold) -> None:
    with pytest.raises(NotYours):
        await log(cold, room_id=cold.store.cold)
    id = await log(cold)
    with pytest.raises(Missing):
        await equipment.strike(cold.store.leader_b, id=id, now=NOW)
    with pytest.raises(Missing):
        await equipment.strike(cold.leader, id=new_id(), now=NOW)
