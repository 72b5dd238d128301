"""Who heads a household: always one, handed over with a reason, and a wrong change is taken back and stays."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import heads, people, queries
from pepperchain.directory.head_queries import head_changes_of, head_on
from pepperchain.directory.household_queries import get_household, people_of
from pepperchain.directory.households import EnteredHousehold
from pepperchain.directory.people import Particulars
from pepperchain.directory.relation_rules import HeadReason
from tests.directory.registry import ADMIN, COMMITTEE, NOW, TODAY, Registry, grower, household

LAST_YEAR = date(2025, 5, 1)


async def family(registry: Registry) -> tuple[EnteredHousehold, int, int]:
    """A household, its head's wife and son."""
    home = await household(registry.leader_a, registry.baoping, "罗大山", born_on=date(1950, 1, 1))
    wife, son = [
        await people.enter(
            registry.leader_a, id=new_id(), household_id=home.id, person=Particulars(name, born_on=born), confirmed=True, now=NOW
        )
        for name, born in (("何素芳", date(1955, 1, 1)), ("罗小川", date(1980, 1, 1)))
    ]  # fmt: skip
    return home, wife.id, son.id


async def hand_over(actor: Actor, home: EnteredHousehold, person_id: int, **more: Any) -> Any:
    version = (await get_household(ADMIN, home.id)).version
    given = {
        "id": new_id(), "version": version, "on": TODAY, "reason": HeadReason.AGE, "now": NOW, **more,
    }  # fmt: skip
    return await heads.hand_over(actor, household_id=home.id, person_id=person_id, **given)


async def marks(home: EnteredHousehold) -> list[str]:
    """Whoever is marked as a head."""
    rows = await db.tuples(
        "SELECT name FROM directory_person WHERE household_id = :id AND is_head", id=home.id
    )
    return [name for (name,) in rows]


async def test_the_card_goes_with_the_new_head_and_the_old_one_stays(registry: Registry) -> None:
    home, _, son = await family(registry)
    await hand_over(registry.clerk_a, home, son)
    (hit,) = await queries.search_growers(registry.leader_a, home.card_number)
    assert (hit.name, hit.is_head) == ("罗小川", True)
    assert [each.name for each in await people_of(ADMIN, home.id)] == ["罗小川", "罗大山", "何素芳"]
    assert await marks(home) == ["罗小川"]


async def test_on_every_day_there_is_exactly_one_head(registry: Registry) -> None:
    home, wife, son = await family(registry)
    await hand_over(registry.leader_a, home, wife, on=LAST_YEAR, reason=HeadReason.MOVED_AWAY)
    await hand_over(registry.leader_a, home, son, on=TODAY - timedelta(days=3))
    changes = await head_changes_of(ADMIN, home.id)
    days = (
        LAST_YEAR - timedelta(days=1),
        LAST_YEAR,
        TODAY - timedelta(days=4),
        TODAY - timedelta(days=3),
        TODAY,
    )
    assert [head_on(changes, son, day) for day in days] == [home.head_id, wife, wife, son, son]


async def test_whoever_died_leaves_and_is_found_no_longer(registry: Registry) -> None:
    home, wife, _ = await family(registry)
    await hand_over(registry.leader_a, home, wife, reason=HeadReason.DEATH)
    assert [each.name for each in await people_of(ADMIN, home.id)] == ["何素芳", "罗小川"]
    assert await queries.search_growers(ADMIN, "罗大山") == []
    assert (await get_household(ADMIN, home.id)).people == 2


async def test_the_same_form_sent_twice_is_one_change_also_at_once(registry: Registry) -> None:
    home, wife, _ = await family(registry)
    request, version = new_id(), (await get_household(ADMIN, home.id)).version
    both = await asyncio.gather(
        *[hand_over(registry.leader_a, home, wife, id=request, version=version) for _ in range(2)]
    )
    third = await hand_over(registry.leader_a, home, wife, id=request)
    assert {each.id for each in both} == {third.id}
    assert third.repeated
    assert await db.scalar("SELECT COUNT(*) FROM directory_head_change") == 1


async def test_of_two_changes_at_once_one_is_told_to_look_again(registry: Registry) -> None:
    home, wife, son = await family(registry)
    version = (await get_household(ADMIN, home.id)).version
    told = await asyncio.gather(
        hand_over(registry.leader_a, home, wife, version=version),
        hand_over(registry.clerk_a, home, son, version=version, on=TODAY - timedelta(days=1)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict | Refused) for each in told) == 1
    assert len(await marks(home)) == 1


async def test_what_cannot_be_is_refused_beside_its_field(registry: Registry) -> None:
    home, wife, _ = await family(registry)
    other = await household(registry.leader_a, registry.baoping, "邓九叶")
    foreign = await household(registry.leader_b, registry.shageng, "解小满")
    gone = await people.enter(
        registry.leader_a, id=new_id(), household_id=home.id, person=Particulars("罗小叶"), now=NOW
    )
    await people.leave(registry.leader_a, id=gone.id, version=1, on=TODAY, now=NOW)
    for person_id in (other.head_id, foreign.head_id, gone.id, home.head_id, 10**9):
        with pytest.raises(Refused) as refused:
            await hand_over(registry.leader_a, home, person_id)
        assert refused.value.field == "person_id"
    for day in (date(1900, 1, 1), date(2100, 1, 1), TODAY + timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            await hand_over(registry.leader_a, home, wife, on=day)
        assert refused.value.field == "on"
    child = await people.enter(
        registry.leader_a, id=new_id(), household_id=home.id, person=Particulars("罗满满", born_on=date(2026, 1, 1)), now=NOW
    )  # fmt: skip
    with pytest.raises(Refused):
        await hand_over(registry.leader_a, home, child.id, on=LAST_YEAR)
    with pytest.raises(Conflict):
        await hand_over(registry.leader_a, home, wife, version=99)
    await hand_over(registry.leader_a, home, wife, on=LAST_YEAR)
    with pytest.raises(Refused, match="changed on"):
        await hand_over(registry.leader_a, home, home.head_id, on=LAST_YEAR)


async def test_a_wrong_change_is_taken_back_and_stays_in_the_list(registry: Registry) -> None:
    home, wife, _ = await family(registry)
    change = await hand_over(registry.leader_a, home, wife, reason=HeadReason.DEATH)
    for _ in range(2):
        await heads.take_back(
            registry.clerk_a, household_id=home.id, id=change.id, reason="点错了人", now=NOW
        )
    assert await marks(home) == ["罗大山"]
    assert (await get_household(ADMIN, home.id)).people == 3
    (hit,) = await queries.search_growers(registry.leader_a, home.card_number)
    assert hit.name == "罗大山"
    (kept,) = await head_changes_of(ADMIN, home.id)
    assert (kept.taken_back_by, kept.taken_back_reason) == ("邱晓", "点错了人")
    # The day is free again.
    await hand_over(registry.leader_a, home, wife, reason=HeadReason.AGE)
    verbs = await db.tuples("SELECT verb FROM audit_entry WHERE verb LIKE 'head.%' ORDER BY id")
    assert [verb for (verb,) in verbs] == ["head.changed", "head.taken_back", "head.changed"]


async def test_only_the_latest_change_can_be_taken_back(registry: Registry) -> None:
    home, wife, son = await family(registry)
    first = await hand_over(registry.leader_a, home, wife, on=LAST_YEAR)
    await hand_over(registry.leader_a, home, son)
    with pytest.raises(Refused):
        await heads.take_back(registry.leader_a, household_id=home.id, id=first.id, reason="不对", now=NOW)
    with pytest.raises(Missing):
        await heads.take_back(registry.leader_a, household_id=home.id, id=10**9, reason="不对", now=NOW)


async def test_a_former_head_who_left_since_does_not_come_back_by_it(registry: Registry) -> None:
    home, wife, _ = await family(registry)
    change = await hand_over(registry.leader_a, home, wife)
    await people.leave(registry.leader_a, id=home.head_id, version=1, on=TODAY, now=NOW)
    with pytest.raises(Refused):
        await heads.take_back(registry.leader_a, household_id=home.id, id=change.id, reason="不对", now=NOW)


async def test_it_is_the_business_of_those_who_keep_the_household(registry: Registry) -> None:
    home, wife, _ = await family(registry)
    with pytest.raises(Missing):
        await hand_over(registry.leader_b, home, wife)
    for actor in (COMMITTEE, registry.technician, registry.buyer, grower(home.id)):
        with pytest.raises(NotYours):
            await hand_over(actor, home, wife)
