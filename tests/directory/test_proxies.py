"""Proxies: given until a day by one of the household to somebody of the same cooperative, revoked with a reason."""

from datetime import date, timedelta
from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import households, memberships, people, proxies, proxy_queries
from pepperchain.directory.households import EnteredHousehold
from pepperchain.directory.people import Particulars
from pepperchain.directory.search import person_meant
from tests.directory.registry import ADMIN, COMMITTEE, NOW, TODAY, Registry, grower, household

DAY = timedelta(days=1)


async def two(registry: Registry) -> tuple[EnteredHousehold, EnteredHousehold]:
    """Two households of one cooperative."""
    return (
        await household(registry.leader_a, registry.baoping, "罗大山"),
        await household(registry.leader_a, registry.baoping, "邓九叶", "19900000777"),
    )


async def give(actor: Actor, home: EnteredHousehold, person_id: int, **more: Any) -> Any:
    given = {
        "id": new_id(), "given_by_id": home.head_id, "may_deliver": True, "may_sign": False, "from_on": TODAY,
        "until_on": TODAY + 20 * DAY, "now": NOW, **more,
    }  # fmt: skip
    return await proxies.give(actor, household_id=home.id, person_id=person_id, **given)


async def counts(home: EnteredHousehold, person_id: int, day: date) -> bool:
    each = (home.id, person_id, day)
    return (await proxy_queries.standings([each]))[each].counts


async def test_it_counts_on_both_its_days_and_on_none_around_them(registry: Registry) -> None:
    home, other = await two(registry)
    await give(registry.clerk_a, home, other.head_id, from_on=TODAY + DAY, until_on=TODAY + 3 * DAY)
    days = [TODAY + number * DAY for number in range(5)]
    assert [await counts(home, other.head_id, day) for day in days] == [False, True, True, True, False]
    assert not await counts(other, home.head_id, TODAY + DAY)


async def test_a_revoked_one_counts_no_more_from_that_day_on(registry: Registry) -> None:
    home, other = await two(registry)
    given = await give(registry.leader_a, home, other.head_id, from_on=TODAY - 5 * DAY)
    revoke = {"household_id": home.id, "id": given.id, "reason": "吵架了", "now": NOW}
    with pytest.raises(Conflict):
        await proxies.revoke(registry.leader_a, version=7, **revoke)
    for _ in range(2):
        await proxies.revoke(registry.leader_a, version=1, **revoke)
    assert await counts(home, other.head_id, TODAY - DAY)
    assert not await counts(home, other.head_id, TODAY)
    (row,) = await proxy_queries.proxies_of(registry.clerk_a, home.id)
    assert (row.revoked_by, row.revoked_reason) == ("单正茂", "吵架了")
    await give(registry.leader_a, home, other.head_id)  # the days are free again


async def test_the_same_form_twice_is_one_proxy(registry: Registry) -> None:
    home, other = await two(registry)
    request = new_id()
    first, second = [await give(registry.leader_a, home, other.head_id, id=request) for _ in range(2)]
    assert (first.id, second.repeated) == (second.id, True)


async def test_what_cannot_be_is_refused_beside_its_field(registry: Registry) -> None:
    home, other = await two(registry)
    son = await people.enter(
        registry.leader_a, id=new_id(), household_id=home.id, person=Particulars("罗小川"), now=NOW
    )
    for days, field in (
        ({"until_on": TODAY - DAY}, "until_on"),
        ({"from_on": TODAY + 5 * DAY, "until_on": TODAY + 4 * DAY}, "until_on"),
        ({"from_on": date(1900, 1, 1)}, "from_on"),
        ({"from_on": date(2100, 1, 1), "until_on": date(2100, 1, 2)}, "from_on"),
        ({"until_on": date(2100, 1, 1)}, "until_on"),
        ({"may_deliver": False}, "may_deliver"),
        ({"given_by_id": other.head_id}, "given_by_id"),
    ):
        with pytest.raises(Refused) as refused:
            await give(registry.leader_a, home, other.head_id, **days)
        assert refused.value.field == field, days
    with pytest.raises(Refused) as refused:  # for oneself
        await give(registry.leader_a, home, son.id, given_by_id=son.id, may_sign=True)
    assert refused.value.field == "person_id"
    with pytest.raises(Refused, match="head"):
        await give(registry.leader_a, home, home.head_id, given_by_id=son.id, may_sign=True)
    with pytest.raises(Refused, match="anyway"):  # delivering needs none
        await give(registry.leader_a, home, son.id)
    await give(registry.leader_a, home, son.id, may_sign=True)
    await give(registry.leader_a, home, other.head_id)
    with pytest.raises(Refused, match="until"):
        await give(
            registry.leader_a, home, other.head_id, from_on=TODAY + 20 * DAY, until_on=TODAY + 30 * DAY
        )
    await give(registry.leader_a, home, other.head_id, from_on=TODAY + 21 * DAY, until_on=TODAY + 30 * DAY)


async def test_somebody_of_another_cooperative_is_nobody_here(registry: Registry) -> None:
    home, _ = await two(registry)
    foreign = await household(registry.leader_b, registry.shageng, "解小满")
    with pytest.raises(Missing):
        await give(registry.leader_a, home, foreign.head_id)
    with pytest.raises(Refused) as refused:
        await give(ADMIN, home, foreign.head_id)
    assert refused.value.field == "person_id"
    with pytest.raises(Refused):
        await person_meant(registry.leader_a, "解小满", "other")


async def test_it_is_the_business_of_those_who_keep_the_household(registry: Registry) -> None:
    home, other = await two(registry)
    with pytest.raises(Missing):
        await give(registry.leader_b, home, other.head_id)
    for actor in (COMMITTEE, registry.technician, registry.buyer, grower(home.id)):
        with pytest.raises(NotYours):
            await give(actor, home, other.head_id)


async def test_the_head_signs_and_others_by_a_proxy(registry: Registry) -> None:
    home, other = await two(registry)
    assert await proxy_queries.may_sign(home.id, home.head_id, TODAY)
    assert not await proxy_queries.may_sign(home.id, other.head_id, TODAY)
    await give(registry.leader_a, home, other.head_id, may_sign=True)
    assert await proxy_queries.may_sign(home.id, other.head_id, TODAY)
    assert not await proxy_queries.may_sign(home.id, other.head_id, TODAY + 21 * DAY)


async def test_those_that_end_soon_are_listed_page_by_page_for_their_own(registry: Registry) -> None:
    home, _ = await two(registry)
    for number in range(7):
        one = await household(registry.leader_a, registry.baoping, f"椒农{'甲乙丙丁戊己庚'[number]}")
        await give(registry.leader_a, home, one.head_id, until_on=TODAY + (number // 2) * 10 * DAY)
    found: list[proxy_queries.ProxyRow] = []
    while True:
        after = (date.fromisoformat(found[-1].until_on), found[-1].id) if found else None
        rows = await proxy_queries.ending_soon(registry.leader_a, today=TODAY, after=after, limit=2)
        found += rows
        if len(rows) < 2:
            break
    assert [row.until_on for row in found] == sorted(row.until_on for row in found)
    assert len({row.id for row in found}) == 7
    assert await proxy_queries.count_ending_soon(registry.technician, today=TODAY) == 7
    assert await proxy_queries.count_ending_soon(registry.leader_b, today=TODAY) == 0
    assert await proxy_queries.ending_soon(registry.leader_b, today=TODAY, limit=9) == []


async def test_whoever_went_to_another_cooperative_has_no_name_there(registry: Registry) -> None:
    home, other = await two(registry)
    await give(registry.leader_a, home, other.head_id)
    await memberships.leave(ADMIN, household_id=other.id, on=TODAY, now=NOW)
    (row,) = await proxy_queries.proxies_of(registry.leader_a, home.id)
    assert (row.name, row.phone) == (None, None)
    assert await proxy_queries.deputies(registry.leader_a, [home.id]) == {}
    await memberships.leave(ADMIN, household_id=home.id, on=TODAY, now=NOW)
    assert await proxy_queries.ending_soon(registry.leader_a, today=TODAY, limit=9) == []
    assert await db.scalar("SELECT cooperative_id FROM directory_proxy") is None


async def test_a_household_that_has_ended_gives_none(registry: Registry) -> None:
    home, other = await two(registry)
    await households.end(registry.leader_a, id=home.id, version=1, on=TODAY, now=NOW)
    with pytest.raises(Refused):
        await give(ADMIN, home, other.head_id)
