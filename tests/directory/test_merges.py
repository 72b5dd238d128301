"""Households and people that are one: merged, found as one, and taken apart again exactly."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu
from pepperchain.directory import (
    card_queries,
    cards,
    heads,
    households,
    matching_queries,
    memberships,
    merge_queries,
    merges,
    people,
    plots,
    queries,
)
from pepperchain.directory.household_queries import get_household, get_person, people_of
from pepperchain.directory.merges import Decision
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from pepperchain.directory.relation_rules import HeadReason
from tests.directory.registry import ADMIN, BANK_CARD, COMMITTEE, ID_NUMBER, NOW, TODAY, Registry, household
from tests.harness.dumps import difference, dump

pytestmark = pytest.mark.usefixtures("database")


async def decided(actor: Actor, one: int, other: int, **more: Any) -> Decision:
    """What a steward decides who leaves everything as the page proposes it."""
    found = await merge_queries.compared(actor, one, other)
    facts: dict[str, Any] = {"same": found.same, "reason": "同一户登记了两次", "seen": found.seen, **more}
    return Decision(survivor_id=one, loser_id=other, **facts)


async def merge(actor: Actor, one: int, other: int, **more: Any) -> int:
    decision = await decided(actor, one, other, **more)
    return (await merges.merge_households(actor, id=new_id(), decision=decision, movers=(), now=NOW)).id


async def undo(actor: Actor, id: int) -> merge_queries.MergeRow:
    return await merges.undo(actor, id=id, movers=(), now=NOW)


async def more_people(actor: Actor, home: int, *names: str) -> list[int]:
    return [
        (
            await people.enter(
                actor, id=new_id(), household_id=home, person=Particulars(name), confirmed=True, now=NOW
            )
        ).id
        for name in names
    ]


async def twins(registry: Registry) -> tuple[int, int]:
    """One household of cooperative A entered twice, each time with something that the other lacks."""
    clerk, orchard = registry.clerk_a, Orchard("坡上", Centimu(250), "jiuyeqing")
    one = await household(clerk, registry.baoping, "罗大山", "19900020001", address="1号")
    other = await household(
        clerk, registry.baoping, "罗大山", id_number=ID_NUMBER, bank_card=BANK_CARD, note="靠河"
    )
    await more_people(clerk, other.id, "罗小花")
    await plots.enter(clerk, id=new_id(), household_id=other.id, plot=orchard, now=NOW)
    return one.id, other.id


async def test_a_merge_brings_everything_to_one_household(registry: Registry) -> None:
    one, other = await twins(registry)
    await merge(registry.clerk_a, one, other)
    home = await get_household(registry.clerk_a, one)
    assert (home.address, home.note, home.people, home.plots, home.area_centimu) == ("1号", "靠河", 2, 1, 250)
    everyone = await people_of(registry.clerk_a, one, left=True)
    assert [(each.name, each.is_head) for each in everyone] == [("罗大山", True), ("罗小花", False)]
    head = everyone[0]
    assert (head.phone, head.born_on, head.sex) == ("19900020001", "1962-04-18", "male")
    row = (await matching_queries.people_as_they_are([head.id]))[head.id]
    assert people.opened(row["request_id"], "id_number", row["id_number_sealed"]) == ID_NUMBER
    assert people.opened(row["request_id"], "bank_card", row["bank_card_sealed"]) == BANK_CARD
    for actor in (registry.clerk_a, ADMIN):
        with pytest.raises(Missing):
            await get_household(actor, other)


async def test_undone_nothing_is_left_of_it(registry: Registry) -> None:
    one, other = await twins(registry)
    for survivor, loser in ((one, other), (other, one)):
        before = await dump()
        made = await merge(registry.clerk_a, survivor, loser)
        undone = await undo(registry.clerk_a, made)
        assert (undone.state, undone.kept) == ("undone", [])
        assert difference(before, await dump()) == {}


async def test_the_merged_one_is_in_no_list_and_its_card_finds_the_one_that_stayed(
    registry: Registry,
) -> None:
    one, other = await twins(registry)
    clerk = registry.clerk_a
    card, own = [(await get_household(clerk, id)).card_number for id in (other, one)]
    await merge(clerk, one, other)
    assert [row.id for row in await queries.list_households(clerk, limit=9)] == [one]
    assert await queries.count_households(ADMIN) == 1
    assert {hit.household_id for hit in await queries.search_growers(clerk, "罗大山")} == {one}
    for number in (card, own):
        holder = await card_queries.holder(clerk, number)
        assert holder is not None
        assert holder.household_id == one
        by_card = await queries.household_by_card(clerk, number)
        assert by_card is not None
        assert by_card.household_id == one
        assert [hit.household_id for hit in await queries.search_growers(clerk, number)] == [one]
        assert [
            match.household_id for match in (await matching_queries.by_card(clerk, [number]))[number]
        ] == [one]
    assert await card_queries.holder(registry.leader_b, card) is None
    assert await merge_queries.survivor_of(clerk, other) == one
    with pytest.raises(Missing):
        await merge_queries.survivor_of(registry.leader_b, other)
    # A change of the head's particulars does not make the second card forgotten.
    head = (await people_of(clerk, one))[0]
    await people.change(clerk, id=head.id, version=head.version, person=Particulars("罗大川"), now=NOW)
    assert [hit.household_id for hit in await queries.search_growers(clerk, card)] == [one]


async def test_the_card_of_the_merged_one_can_be_lost_and_found_too(registry: Registry) -> None:
    one, other = await twins(registry)
    clerk = registry.clerk_a
    card = (await get_household(clerk, other)).card_number
    made = await merge(clerk, one, other)
    for _ in range(2):
        await cards.report_lost(clerk, household_id=one, number=card, now=NOW)
    holder = await card_queries.holder(clerk, card)
    assert holder is not None
    with pytest.raises(Refused, match="reported lost"):
        holder.check()
    assert await queries.search_growers(clerk, card) == []
    assert (await get_household(clerk, one)).card_lost_at is None
    [shown] = await merge_queries.merged_into(clerk, one)
    assert shown.card_lost_at is not None
    await cards.found(clerk, household_id=one, number=card, now=NOW)
    assert [hit.household_id for hit in await queries.search_growers(clerk, card)] == [one]
    assert (await undo(clerk, made)).kept == []
    assert (await get_household(clerk, other)).card_in_use == card


async def test_the_steward_chooses_which_value_stays(registry: Registry) -> None:
    clerk = registry.clerk_a
    one = await household(clerk, registry.baoping, "罗大山", "19900020001", address="1号", group_number=3)
    other = await household(clerk, registry.baoping, "罗大三", "19900020002", address="2号", group_number=4)
    same = {other.head_id: one.head_id}
    found = await merge_queries.compared(clerk, one.id, other.id)
    assert found.same == {}
    await merge(clerk, one.id, other.id, same=same, take=frozenset({"place", "address"}))
    home, head = await get_household(clerk, one.id), (await people_of(clerk, one.id))[0]
    assert (home.group_number, home.address, head.name, head.phone) == (4, "2号", "罗大山", "19900020001")


async def test_of_two_memberships_one_stays_open(registry: Registry) -> None:
    one, other = await twins(registry)
    made = await merge(registry.clerk_a, one, other)
    rows = await db.tuples(
        "SELECT household_id, ended_on FROM directory_membership ORDER BY ended_on IS NULL, id"
    )
    assert rows == [(one, TODAY.isoformat()), (one, None)]
    told = (await merge_queries.get_merge(registry.clerk_a, made)).decided
    assert [what for what, _ in told] == ["membership", "card"]


async def test_a_household_without_a_cooperative_brings_its_own_along(registry: Registry) -> None:
    one = await household(ADMIN, registry.baoping, "罗大山")
    other = await household(registry.clerk_a, registry.baoping, "罗大山")
    await merge(ADMIN, one.id, other.id)
    home = await get_household(registry.clerk_a, one.id)
    assert home.cooperative_id == registry.cooperative_a
    assert (await people_of(registry.clerk_a, one.id))[0].name == "罗大山"


async def test_what_was_changed_since_stays_and_is_named(registry: Registry) -> None:
    one, other = await twins(registry)
    clerk = registry.clerk_a
    made = await merge(clerk, one, other)
    home = await get_household(clerk, one)
    changes: dict[str, Any] = {
        "village_id": home.village_id,
        "group_number": 9,
        "address": "1号",
    }
    await households.change(
        clerk, id=one, version=home.version, **changes, note="搬到坡上", contact_person_id=None, now=NOW
    )
    [later] = await more_people(clerk, one, "罗小草")
    undone = await undo(clerk, made)
    assert undone.kept == [["directory_household", "note"]]
    home = await get_household(clerk, one)
    assert (home.note, home.group_number) == ("搬到坡上", 9)
    assert (await get_person(clerk, later)).household_id == one
    assert [each.name for each in await people_of(clerk, other)] == ["罗大山", "罗小花"]


async def test_a_sealed_number_entered_since_stays_whole(registry: Registry) -> None:
    one, other = await twins(registry)
    clerk = registry.clerk_a
    made = await merge(clerk, one, other)
    head = (await people_of(clerk, one))[0]
    again = Particulars("罗大山", phone=head.phone, id_number=ID_NUMBER, sex="male")
    await people.change(clerk, id=head.id, version=head.version, person=again, confirmed=True, now=NOW)
    undone = await undo(clerk, made)
    assert undone.kept == [["directory_person", "id_number"]]
    row = (await matching_queries.people_as_they_are([head.id]))[head.id]
    assert people.opened(row["request_id"], "id_number", row["id_number_sealed"]) == ID_NUMBER
    assert row["bank_card_sealed"] is None


async def _head(actor: Actor, home: int, person: int, on: date) -> None:
    version = (await get_household(actor, home)).version
    await heads.hand_over(
        actor,
        id=new_id(),
        household_id=home,
        version=version,
        person_id=person,
        on=on,
        reason=HeadReason.AGREEMENT,
        now=NOW,
    )


async def test_nobody_is_left_heading_a_household_they_do_not_live_in(registry: Registry) -> None:
    clerk = registry.clerk_a
    one = await household(clerk, registry.baoping, "罗大山")
    other = await household(clerk, registry.baoping, "何素芳")
    made = await merge(clerk, one.id, other.id)
    await _head(clerk, one.id, other.head_id, TODAY - timedelta(days=2))
    with pytest.raises(Refused, match="Choose another head"):
        await undo(clerk, made)
    await _head(clerk, one.id, one.head_id, TODAY - timedelta(days=1))
    home = await get_household(clerk, one.id)
    place: dict[str, Any] = {
        "village_id": home.village_id,
        "group_number": None,
        "address": None,
        "note": None,
    }
    await households.change(
        clerk, id=one.id, version=home.version, **place, contact_person_id=other.head_id, now=NOW
    )
    undone = await undo(clerk, made)
    assert ["directory_household", "contact_person_id"] in undone.kept
    assert (await get_household(clerk, one.id)).contact_person_id is None
    assert (await get_household(clerk, other.id)).head_id == other.head_id


async def test_a_later_merge_is_undone_before_an_earlier_one(registry: Registry) -> None:
    clerk = registry.clerk_a
    ids = [(await household(clerk, registry.baoping, name)).id for name in ("罗大山", "何素芳", "仇玉兰")]
    before = await dump()
    first = await merge(clerk, ids[1], ids[0])
    second = await merge(clerk, ids[2], ids[1])
    # What was merged into what was merged is what the last one is: there are no chains.
    assert (
        await db.scalar("SELECT merged_into_id FROM directory_household WHERE id = :id", id=ids[0]) == ids[2]
    )
    assert await merge_queries.survivor_of(clerk, ids[0]) == ids[2]
    with pytest.raises(Refused, match="later merge"):
        await undo(clerk, first)
    await undo(clerk, second)
    assert await merge_queries.survivor_of(clerk, ids[0]) == ids[1]
    await undo(clerk, first)
    assert difference(before, await dump()) == {}


async def test_what_cannot_be_one_is_refused(registry: Registry) -> None:
    one, other = await twins(registry)
    clerk = registry.clerk_a
    foreign = await household(registry.leader_b, registry.shageng, "解云岭")
    with pytest.raises(Refused, match="with itself"):
        await merge(clerk, one, one)
    with pytest.raises(Missing):
        await merge(clerk, one, foreign.id)
    with pytest.raises(NotYours):
        await merge(COMMITTEE, one, other)
    with pytest.raises(Refused, match="second person"):
        await merge(ADMIN, one, foreign.id)
    everyone = [person.id for person in await people_of(clerk, other)]
    head = (await people_of(clerk, one))[0].id
    with pytest.raises(Refused, match="same third"):
        await merge(clerk, one, other, same=dict.fromkeys(everyone, head))
    with pytest.raises(Refused, match="people of the two"):
        await merge(clerk, one, other, same={foreign.head_id: head})
    await merge(clerk, one, other)
    for pair in ((one, other), (other, one)):  # merged already; in a circle
        with pytest.raises(Missing):
            await merge(clerk, *pair)


async def test_what_was_changed_since_it_was_looked_at_is_looked_at_again(registry: Registry) -> None:
    one, other = await twins(registry)
    clerk = registry.clerk_a
    decision = await decided(clerk, one, other)
    await more_people(clerk, other, "罗小草")
    with pytest.raises(Conflict):
        await merges.merge_households(clerk, id=new_id(), decision=decision, movers=(), now=NOW)


async def _try(actor: Actor, id: UUID, decision: Decision) -> object:
    try:
        return await merges.merge_households(actor, id=id, decision=decision, movers=(), now=NOW)
    except (Missing, Conflict, Refused) as refused:
        return refused


async def test_the_same_form_is_one_merge_and_of_two_stewards_one_is_told(registry: Registry) -> None:
    one, other = await twins(registry)
    clerk, leader = registry.clerk_a, registry.leader_a
    decision, reverse = await decided(clerk, one, other), await decided(leader, other, one)
    tried = await asyncio.gather(_try(clerk, new_id(), decision), _try(leader, new_id(), reverse))
    assert sum(isinstance(each, merges.Merged) for each in tried) == 1
    assert await db.scalar("SELECT COUNT(*) FROM directory_merge") == 1
    three = await household(clerk, registry.baoping, "仇玉兰")
    left = (await queries.list_households(clerk, limit=9))[-1].id
    again, id = await decided(clerk, left, three.id), new_id()
    first = await merges.merge_households(clerk, id=id, decision=again, movers=(), now=NOW)
    second = await merges.merge_households(clerk, id=id, decision=again, movers=(), now=NOW)
    assert (first.id, first.repeated, second.repeated) == (second.id, False, True)


async def test_a_cooperative_undoes_its_own_and_sees_no_others(registry: Registry) -> None:
    one, other = await twins(registry)
    made = await merge(registry.clerk_a, one, other)
    for actor in (registry.leader_b, registry.technician):
        with pytest.raises((Missing, NotYours)):
            await undo(actor, made)
    assert await merge_queries.list_merges(registry.leader_b, limit=9) == []
    assert [row.id for row in await merge_queries.list_merges(COMMITTEE, limit=9)] == [made]
    for _ in range(2):
        assert (await undo(registry.leader_a, made)).state == "undone"
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'household.merge_undone'") == 1


async def test_two_people_of_one_household_become_one_and_two_again(registry: Registry) -> None:
    clerk = registry.clerk_a
    home = await household(clerk, registry.baoping, "罗大山", "19900020001")
    [other] = await more_people(clerk, home.id, "罗大杉")
    for survivor, loser in ((home.head_id, other), (other, home.head_id)):
        before = await dump()
        found = await merge_queries.people_compared(clerk, survivor, loser)
        decision = Decision(
            survivor_id=survivor,
            loser_id=loser,
            take=frozenset({"name"}),
            same={},
            reason="一人",
            seen=found.seen,
        )
        made = await merges.merge_people(clerk, id=new_id(), decision=decision, movers=(), now=NOW)
        [stays] = await people_of(clerk, home.id, left=True)
        assert (stays.id, stays.is_head, stays.name) == (survivor, True, found.other.name)
        assert (await get_household(clerk, home.id)).people == 1
        with pytest.raises(Missing):
            await get_person(clerk, loser)
        assert (await merge_queries.person_survivor_of(clerk, loser)).id == survivor
        assert (await undo(clerk, made.id)).kept == []
        assert difference(before, await dump()) == {}


async def test_a_person_of_another_household_is_merged_unless_they_head_it(registry: Registry) -> None:
    clerk = registry.clerk_a
    home = await household(clerk, registry.baoping, "罗大山")
    away = await household(clerk, registry.baoping, "何素芳")
    [bride] = await more_people(clerk, away.id, "罗小花")
    [here] = await more_people(clerk, home.id, "罗小花")
    before = await dump()

    async def made(survivor: int, loser: int) -> int:
        found = await merge_queries.people_compared(clerk, survivor, loser)
        decision = Decision(survivor_id=survivor, loser_id=loser, same={}, reason="出嫁", seen=found.seen)
        return (await merges.merge_people(clerk, id=new_id(), decision=decision, movers=(), now=NOW)).id

    with pytest.raises(Refused, match="whole household"):
        await made(here, away.head_id)
    id = await made(bride, here)
    assert [each.name for each in await people_of(clerk, home.id, left=True)] == ["罗大山"]
    await undo(clerk, id)
    assert difference(before, await dump()) == {}


async def test_memberships_that_come_and_go_after_a_merge_do_not_break_its_undo(registry: Registry) -> None:
    one, other = await twins(registry)
    made = await merge(ADMIN, one, other)
    tomorrow = NOW + timedelta(days=1)
    await memberships.leave(ADMIN, household_id=one, on=tomorrow.date(), now=tomorrow)
    await memberships.join(
        ADMIN,
        id=new_id(),
        household_id=one,
        organization_id=registry.cooperative_b,
        on=tomorrow.date(),
        now=tomorrow,
    )
    await undo(ADMIN, made)
    homes = [await get_household(ADMIN, id) for id in (one, other)]
    assert [home.cooperative_id for home in homes] == [registry.cooperative_b, registry.cooperative_a]
    owners = await db.tuples(
        "SELECT DISTINCT household_id, cooperative_id FROM directory_person ORDER BY household_id"
    )
    assert owners == [(one, registry.cooperative_b), (other, registry.cooperative_a)]
