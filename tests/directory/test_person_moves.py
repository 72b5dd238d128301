"""People who marry into another household, and a household that becomes two: each is one of one household, and found there."""

from datetime import date, timedelta
from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu
from pepperchain.directory import households, people, person_moves, queries
from pepperchain.directory.household_queries import get_household, memberships_of, people_of, plots_of
from pepperchain.directory.households import EnteredHousehold
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from pepperchain.directory.relation_rules import LeavingReason
from tests.directory.registry import ADMIN, COMMITTEE, NOW, TODAY, Registry, household

YESTERDAY = TODAY - timedelta(days=1)


async def family(registry: Registry) -> tuple[EnteredHousehold, int, int]:
    """A household with two plots, its head's daughter and son."""
    plots = (Orchard("屋后坡", Centimu(320), "jiuyeqing"), Orchard("大石坝", Centimu(200), "jiuyeqing"))
    home = await household(
        registry.leader_a, registry.baoping, "罗大山", plots=plots, joined_on=date(2024, 1, 1)
    )
    daughter, son = [
        await people.enter(
            registry.leader_a, id=new_id(), household_id=home.id, person=Particulars(name, phone=phone), confirmed=True, now=NOW
        )
        for name, phone in (("罗小叶", "19900000555"), ("罗小川", None))
    ]  # fmt: skip
    return home, daughter.id, son.id


async def go(actor: Actor, person_id: int, household_id: int, **more: Any) -> Any:
    given = {
        "id": new_id(),
        "version": 1,
        "on": YESTERDAY,
        "reason": LeavingReason.MARRIAGE,
        "now": NOW,
        **more,
    }
    return await person_moves.go(actor, person_id=person_id, household_id=household_id, **given)


async def test_a_bride_is_of_the_other_household_and_found_there(registry: Registry) -> None:
    home, daughter, _ = await family(registry)
    other = await household(registry.leader_a, registry.shageng, "邓九叶")
    await go(registry.clerk_a, daughter, other.id)
    assert [each.name for each in await people_of(ADMIN, other.id)] == ["邓九叶", "罗小叶"]
    assert [(await get_household(ADMIN, each.id)).people for each in (home, other)] == [2, 2]
    (hit,) = await queries.search_growers(registry.leader_a, "0555", township_id=registry.lishi)
    assert (hit.household_id, hit.is_head) == (other.id, False)
    assert not (await queries.list_households(ADMIN, lacking="phone", village_id=registry.shageng, limit=9))


async def test_what_cannot_be_is_refused(registry: Registry) -> None:
    home, daughter, son = await family(registry)
    other = await household(registry.leader_a, registry.baoping, "邓九叶")
    foreign = await household(registry.leader_b, registry.shageng, "解小满")
    for person_id, target, more in (
        (home.head_id, other.id, {}),
        (daughter, home.id, {}),
        (daughter, other.id, {"on": TODAY + timedelta(days=1)}),
        (daughter, other.id, {"on": date(1900, 1, 1)}),
    ):
        with pytest.raises(Refused):
            await go(registry.leader_a, person_id, target, **more)
    with pytest.raises(Conflict):
        await go(registry.leader_a, daughter, other.id, version=7)
    for person_id, target in ((daughter, foreign.id), (foreign.head_id, home.id)):
        with pytest.raises(Missing):
            await go(registry.leader_a, person_id, target)
    with pytest.raises(NotYours):
        await go(COMMITTEE, daughter, other.id)
    await households.end(ADMIN, id=other.id, version=1, on=TODAY, now=NOW)
    with pytest.raises(Refused):
        await go(ADMIN, son, other.id)


async def test_the_same_form_twice_is_one(registry: Registry) -> None:
    _, daughter, _ = await family(registry)
    other = await household(registry.leader_a, registry.baoping, "邓九叶")
    request = new_id()
    first, second = [await go(registry.leader_a, daughter, other.id, id=request) for _ in range(2)]
    assert (first.id, second.repeated) == (second.id, True)


async def split(
    actor: Actor, home: EnteredHousehold, head_id: int, **more: Any
) -> households.EnteredHousehold:
    version = (await get_household(ADMIN, home.id)).version
    village = (await get_household(ADMIN, home.id)).village_id
    given = {"id": new_id(), "version": version, "village_id": village, "on": YESTERDAY, "now": NOW, **more}
    return await person_moves.split(actor, household_id=home.id, head_id=head_id, **given)


async def test_a_household_becomes_two_with_a_card_and_plots_of_its_own(registry: Registry) -> None:
    home, daughter, son = await family(registry)
    plot = (await plots_of(ADMIN, home.id))[1]
    request = new_id()
    made, again = [
        await split(registry.leader_a, home, son, id=request, person_ids=[daughter], plot_ids=[plot.id], village_id=registry.shageng)
        for _ in range(2)
    ]  # fmt: skip
    assert (again.id, again.repeated) == (made.id, True)
    assert made.card_number != home.card_number
    (hit,) = await queries.search_growers(registry.leader_a, made.card_number)
    assert (hit.name, hit.is_head, hit.village) == ("罗小川", True, "沙埂村")
    assert {each.name for each in await people_of(ADMIN, made.id)} == {"罗小川", "罗小叶"}
    assert [each.name for each in await people_of(ADMIN, home.id)] == ["罗大山"]
    new, old = await get_household(ADMIN, made.id), await get_household(ADMIN, home.id)
    assert [(each.people, each.plots, each.area_centimu) for each in (new, old)] == [(2, 1, 200), (1, 1, 320)]
    (membership,) = await memberships_of(ADMIN, made.id)
    assert membership.organization_id == registry.cooperative_a
    assert await db.scalar("SELECT COUNT(*) FROM directory_person WHERE is_head") == 2


async def test_a_split_that_cannot_be_is_refused(registry: Registry) -> None:
    home, daughter, son = await family(registry)
    other = await household(
        registry.leader_a, registry.baoping, "邓九叶", plots=(Orchard("坡", Centimu(9), "jiuyeqing"),)
    )
    (foreign,) = await plots_of(ADMIN, other.id)
    for head_id, more in (
        (home.head_id, {}),
        (son, {"person_ids": [home.head_id]}),
        (other.head_id, {}),
        (son, {"person_ids": [other.head_id]}),
        (son, {"plot_ids": [foreign.id]}),
        (son, {"on": date(2100, 1, 1)}),
        (son, {"village_id": registry.lishi}),
    ):
        with pytest.raises(Refused):
            await split(registry.leader_a, home, head_id, **more)
    with pytest.raises(Conflict):
        await split(registry.leader_a, home, daughter, version=9)
    with pytest.raises(Missing):
        await split(registry.leader_b, home, son)
    with pytest.raises(NotYours):
        await split(COMMITTEE, home, son)
    assert await db.scalar("SELECT COUNT(*) FROM directory_household") == 2
