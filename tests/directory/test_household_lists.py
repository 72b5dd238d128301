"""Households by the hundred: the same rules as one by one, all of them or none."""

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu
from pepperchain.directory import household_lists, queries
from pepperchain.directory.household_lists import Correction, Newcomer, PlotOf
from pepperchain.directory.household_queries import get_household
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from tests.directory.registry import NOW, Registry, household


def newcomers(registry: Registry, *names: str, phone: int = 19900066000) -> list[Newcomer]:
    return [
        Newcomer(
            id=new_id(),
            village_id=registry.baoping,
            head=Particulars(name=name, phone=str(phone + place)),
            group_number=2,
        )
        for place, name in enumerate(names)
    ]


async def test_a_list_is_entered_in_order_joined_and_found(registry: Registry) -> None:
    admitted = await household_lists.enter_many(
        registry.leader_a, newcomers(registry, "单有田", "曾有地"), now=NOW
    )
    assert [each.card_number for each in admitted] == sorted(each.card_number for each in admitted)
    for each in admitted:
        found = await get_household(registry.leader_a, each.id)
        assert (found.cooperative_id, found.people) == (registry.cooperative_a, 1)
    (hit,) = await queries.search_growers(registry.leader_a, "syt")
    assert hit.household_id == admitted[0].id


async def test_one_number_that_cannot_be_stops_the_list(registry: Registry) -> None:
    wrong = Newcomer(
        id=new_id(),
        village_id=registry.baoping,
        head=Particulars(name="曾有地", id_number="11010519491231002Y"),
    )
    with pytest.raises(Refused):
        await household_lists.enter_many(registry.leader_a, [*newcomers(registry, "单有田"), wrong], now=NOW)
    assert await db.scalar("SELECT COUNT(*) FROM directory_household") == 0


async def test_who_may_not_enter_one_may_not_enter_many(registry: Registry) -> None:
    with pytest.raises(NotYours):
        await household_lists.enter_many(registry.technician, newcomers(registry, "单有田"), now=NOW)


async def test_a_correction_of_something_older_than_it_is_stops_all(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "单有田", "19900066001")
    right = Correction(household_id=entered.id, version=1, head_version=1, household={"note": "北坡"})
    await household_lists.change_many(registry.leader_a, [right], now=NOW)
    assert (await get_household(registry.leader_a, entered.id)).note == "北坡"
    with pytest.raises(Conflict):
        await household_lists.change_many(registry.leader_a, [right], now=NOW)


async def test_plots_are_planted_and_counted(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "单有田", "19900066001")
    wanted = [
        PlotOf(id=new_id(), household_id=entered.id, orchard=Orchard("屋后", Centimu(150), "jiuyeqing")),
        PlotOf(id=new_id(), household_id=entered.id, orchard=Orchard("河边", Centimu(250), "jiuyeqing")),
    ]
    await household_lists.plant_many(registry.leader_a, wanted, now=NOW)
    found = await get_household(registry.leader_a, entered.id)
    assert (found.plots, found.area_centimu) == (2, 400)
