"""A household that moves: today, on a day that was, on one to come; the past stays where it was."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu
from pepperchain.directory import households, jobs, memberships, moves, queries
from pepperchain.directory.household_queries import get_household, memberships_of, plots_of
from pepperchain.directory.households import EnteredHousehold
from pepperchain.directory.move_queries import moves_of
from pepperchain.directory.plots import Orchard
from tests.directory.registry import ADMIN, COMMITTEE, NOW, TODAY, Registry, grower, household

DAY = timedelta(days=1)


async def home(registry: Registry) -> EnteredHousehold:
    plots = (Orchard("屋后坡", Centimu(320), "jiuyeqing"),)
    return await household(
        registry.leader_a, registry.baoping, "罗大山", "19900000010", plots=plots, joined_on=date(2024, 1, 1)
    )


async def move(actor: Actor, one: EnteredHousehold, village_id: int, **more: Any) -> Any:
    version = (await get_household(ADMIN, one.id)).version
    given = {"id": new_id(), "version": version, "on": TODAY, "now": NOW, **more}
    return await moves.move(actor, household_id=one.id, village_id=village_id, **given)


async def lists(registry: Registry) -> tuple[int, int]:
    """How many households are listed in either township."""
    return (
        await queries.count_households(ADMIN, township_id=registry.xianfeng),
        await queries.count_households(ADMIN, township_id=registry.lishi),
    )


async def test_lists_and_searches_show_where_it_lives_now_and_plots_lie_where_they_lay(
    registry: Registry,
) -> None:
    one = await home(registry)
    await move(registry.clerk_a, one, registry.shageng, group_number=4, address="新房子")
    assert await lists(registry) == (0, 1)
    (hit,) = await queries.search_growers(registry.leader_a, "罗大山", township_id=registry.lishi)
    assert (hit.village, hit.group_number) == ("沙埂村", 4)
    (plot,) = await plots_of(ADMIN, one.id)
    assert (plot.village_id, plot.township_id) == (registry.baoping, registry.xianfeng)
    (membership,) = await memberships_of(ADMIN, one.id)
    assert membership.ended_on is None
    assert await db.scalar("SELECT township_id FROM directory_membership") == registry.lishi


async def test_its_membership_ends_with_it_if_that_was_asked(registry: Registry) -> None:
    one = await home(registry)
    made = await move(registry.leader_a, one, registry.shageng, on=TODAY - DAY, keeps_membership=False)
    with pytest.raises(Missing):
        await get_household(registry.leader_a, one.id)
    (membership,) = await memberships_of(ADMIN, one.id)
    assert membership.ended_on == (TODAY - DAY).isoformat()
    await moves.take_back(ADMIN, household_id=one.id, id=made.id, reason="没有搬", now=NOW)
    (membership,) = await memberships_of(registry.leader_a, one.id)
    assert membership.ended_on is None
    (hit,) = await queries.search_growers(registry.leader_a, "罗大山")
    assert hit.village == "保坪村"


async def test_a_move_to_come_takes_effect_on_its_day_once(registry: Registry) -> None:
    one = await home(registry)
    await move(registry.leader_a, one, registry.shageng, on=TODAY + 3 * DAY, address="新房子")
    assert await jobs.carry_out_moves(now=NOW + 2 * DAY) == 0
    assert await lists(registry) == (1, 0)
    done = await asyncio.gather(*[jobs.carry_out_moves(now=NOW + 3 * DAY) for _ in range(2)])
    assert sum(done) == 1
    assert await jobs.carry_out_moves(now=NOW + 4 * DAY) == 0
    assert await lists(registry) == (0, 1)
    verbs = await db.tuples("SELECT verb FROM audit_entry WHERE verb LIKE 'household.move%' ORDER BY id")
    assert [verb for (verb,) in verbs] == ["household.move_planned", "household.moved"]
    technician = Actor(3, registry.technician.role, "韦青禾", township_ids=(registry.xianfeng,))
    with pytest.raises(Missing):
        await get_household(technician, one.id)


async def test_one_to_come_is_called_off_and_then_another_may_be_planned(registry: Registry) -> None:
    one = await home(registry)
    planned = await move(registry.leader_a, one, registry.shageng, on=TODAY + 3 * DAY)
    with pytest.raises(Refused, match="planned already"):
        await move(registry.leader_a, one, registry.shageng, on=TODAY + 5 * DAY)
    for _ in range(2):
        await moves.take_back(registry.leader_a, household_id=one.id, id=planned.id, reason="不搬了", now=NOW)
    assert await jobs.carry_out_moves(now=NOW + 9 * DAY) == 0
    await move(registry.leader_a, one, registry.shageng, on=TODAY + 5 * DAY, keeps_membership=False)
    assert await jobs.carry_out_moves(now=NOW + 9 * DAY) == 1
    (membership,) = await memberships_of(ADMIN, one.id)
    assert membership.ended_on == (TODAY + 5 * DAY).isoformat()


async def test_what_ended_or_is_there_already_moves_no_more(registry: Registry) -> None:
    gone, there = await home(registry), await household(registry.leader_a, registry.baoping, "何素芳")
    for one in (gone, there):
        await move(registry.leader_a, one, registry.shageng, on=TODAY + DAY)
    await households.end(ADMIN, id=gone.id, version=2, on=TODAY, now=NOW)
    await households.change(
        ADMIN, id=there.id, version=2, village_id=registry.shageng, group_number=None, address=None, note=None,
        contact_person_id=None, now=NOW,
    )  # fmt: skip
    assert await jobs.carry_out_moves(now=NOW + DAY) == 0
    assert {each.state for one in (gone, there) for each in await moves_of(ADMIN, one.id)} == {"called_off"}


async def test_a_membership_that_began_after_the_day_goes_on(registry: Registry) -> None:
    one = await home(registry)
    await move(registry.leader_a, one, registry.shageng, on=TODAY + DAY, keeps_membership=False)
    later = NOW + 5 * DAY
    await memberships.leave(ADMIN, household_id=one.id, on=TODAY, now=later)
    await memberships.join(
        ADMIN,
        id=new_id(),
        household_id=one.id,
        organization_id=registry.cooperative_b,
        on=TODAY + 3 * DAY,
        now=later,
    )
    assert await jobs.carry_out_moves(now=later) == 1
    assert (await get_household(registry.leader_b, one.id)).village == "沙埂村"


async def test_what_cannot_be_is_refused_beside_its_field(registry: Registry) -> None:
    one = await home(registry)
    for more, field in (
        ({"village_id": registry.baoping}, "village_id"),
        ({"village_id": registry.lishi}, "village_id"),
        ({"on": date(1900, 1, 1)}, "on"),
        ({"on": date(2100, 1, 1)}, "on"),
        ({"group_number": 100}, "group_number"),
    ):
        given: dict[str, Any] = {"village_id": registry.shageng, **more}
        with pytest.raises(Refused) as refused:
            await move(registry.leader_a, one, **given)
        assert refused.value.field == field, more
    with pytest.raises(Missing):
        await move(registry.leader_a, one, 10**9)
    with pytest.raises(Conflict):
        await move(registry.leader_a, one, registry.shageng, version=9)
    with pytest.raises(Refused):  # it was no member yet
        await move(registry.leader_a, one, registry.shageng, on=date(2023, 1, 1), keeps_membership=False)
    await move(registry.leader_a, one, registry.shageng)
    with pytest.raises(Refused, match="moved on"):
        await move(registry.leader_a, one, registry.baoping, on=TODAY - DAY)


async def test_the_same_form_twice_is_one_move(registry: Registry) -> None:
    one, request = await home(registry), new_id()
    first, second = [await move(registry.leader_a, one, registry.shageng, id=request) for _ in range(2)]
    assert (first.id, second.repeated) == (second.id, True)


async def test_only_the_latest_is_taken_back_and_only_while_it_holds(registry: Registry) -> None:
    one = await home(registry)
    first = await move(registry.leader_a, one, registry.shageng, on=TODAY - 9 * DAY)
    second = await move(registry.leader_a, one, registry.baoping, on=TODAY - DAY)
    take: dict[str, Any] = {"household_id": one.id, "reason": "弄错了", "now": NOW}
    with pytest.raises(Refused):
        await moves.take_back(registry.leader_a, id=first.id, **take)
    for _ in range(2):
        await moves.take_back(registry.leader_a, id=second.id, **take)
    assert (await get_household(ADMIN, one.id)).village == "沙埂村"
    await moves.take_back(registry.leader_a, id=first.id, **take)
    assert await lists(registry) == (1, 0)
    with pytest.raises(Missing):
        await moves.take_back(registry.leader_a, id=10**9, **take)


async def test_it_is_the_business_of_those_who_keep_the_household(registry: Registry) -> None:
    one = await home(registry)
    with pytest.raises(Missing):
        await move(registry.leader_b, one, registry.shageng)
    for actor in (COMMITTEE, registry.technician, registry.buyer, grower(one.id)):
        with pytest.raises(NotYours):
            await move(actor, one, registry.shageng)
