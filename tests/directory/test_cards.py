"""A household's card: a lost one is refused wherever it is shown, a new one belongs to the same household."""

import asyncio

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import cards, heads, households, matching_queries, people, queries, rules
from pepperchain.directory.card_queries import cards_of, holder, holders, lost_at
from pepperchain.directory.household_queries import get_household
from pepperchain.directory.households import EnteredHousehold
from pepperchain.directory.people import Particulars
from pepperchain.directory.relation_rules import HeadReason
from tests.directory.registry import ADMIN, COMMITTEE, NOW, TODAY, Registry, household

WHAT_HAPPENED = "SELECT verb FROM audit_entry WHERE verb LIKE 'card.%' ORDER BY id"


async def entered(registry: Registry, name: str = "罗大山") -> EnteredHousehold:
    return await household(registry.leader_a, registry.baoping, name)


async def told() -> list[str]:
    return [verb for (verb,) in await db.tuples(WHAT_HAPPENED)]


async def test_a_lost_card_is_refused_with_its_day_and_the_household_is_found_by_name_alone(
    registry: Registry,
) -> None:
    home, clerk = await entered(registry), registry.clerk_a
    await cards.report_lost(clerk, household_id=home.id, number=home.card_number, now=NOW)
    with pytest.raises(Refused) as refused:
        await queries.household_by_card(clerk, home.card_number)
    assert refused.value.facts["on"] == TODAY
    assert await queries.search_growers(clerk, home.card_number) == []
    assert await lost_at(clerk, f" {home.card_number[:4]} {home.card_number[4:]}") is not None
    assert [hit.household_id for hit in await queries.search_growers(clerk, "罗大山")] == [home.id]
    (match,) = (await matching_queries.by_card(clerk, [home.card_number]))[home.card_number]
    with pytest.raises(Refused):
        match.check_card()
    assert (await matching_queries.households_as_they_are([home.id]))[home.id]["card_number"] is None


async def test_a_new_card_belongs_to_the_household_and_the_old_one_stays_refused(registry: Registry) -> None:
    home, clerk = await entered(registry), registry.clerk_a
    await cards.report_lost(clerk, household_id=home.id, number=home.card_number, now=NOW)
    new = await cards.reissue(clerk, household_id=home.id, number=home.card_number, now=NOW)
    assert (rules.is_card_number(new), new) == (True, rules.card_number(home.id, 1))
    hit = await queries.household_by_card(clerk, new)
    assert hit is not None
    assert (hit.household_id, hit.card_number) == (home.id, new)
    assert [found.household_id for found in await queries.search_growers(clerk, new)] == [home.id]
    with pytest.raises(Refused):
        await queries.household_by_card(clerk, home.card_number)
    with pytest.raises(Refused, match="new card was issued"):
        await cards.found(clerk, household_id=home.id, number=home.card_number, now=NOW)
    with pytest.raises(Conflict):
        await cards.report_lost(clerk, household_id=home.id, number=home.card_number, now=NOW)
    assert [(card.number, card.state) for card in await cards_of(home.id)] == [
        (new, "active"),
        (home.card_number, "replaced"),
    ]


async def test_the_next_one_can_be_lost_too(registry: Registry) -> None:
    home, clerk = await entered(registry), registry.clerk_a
    number = home.card_number
    for serial in (1, 2, 3):
        await cards.report_lost(clerk, household_id=home.id, number=number, now=NOW)
        number = await cards.reissue(clerk, household_id=home.id, number=number, now=NOW)
        assert number == rules.card_number(home.id, serial)
    assert len(await cards_of(home.id)) == 4


async def test_a_card_that_turns_up_is_valid_again(registry: Registry) -> None:
    home, clerk = await entered(registry), registry.clerk_a
    for _ in range(2):
        await cards.report_lost(clerk, household_id=home.id, number=home.card_number, now=NOW)
    for _ in range(2):
        await cards.found(clerk, household_id=home.id, number=home.card_number, now=NOW)
    assert [hit.household_id for hit in await queries.search_growers(clerk, home.card_number)] == [home.id]
    assert await told() == ["card.lost", "card.found"]


async def test_each_act_sent_twice_or_by_two_at_once_is_done_once(registry: Registry) -> None:
    home = await entered(registry)
    both = (registry.clerk_a, registry.leader_a)
    await asyncio.gather(
        *(cards.report_lost(who, household_id=home.id, number=home.card_number, now=NOW) for who in both)
    )
    issued = await asyncio.gather(
        *(cards.reissue(who, household_id=home.id, number=home.card_number, now=NOW) for who in both)
    )
    assert len(set(issued)) == 1
    assert await told() == ["card.lost", "card.reissued"]


async def test_a_card_that_is_not_lost_is_not_replaced(registry: Registry) -> None:
    home = await entered(registry)
    with pytest.raises(Refused, match="lost first"):
        await cards.reissue(registry.clerk_a, household_id=home.id, number=home.card_number, now=NOW)
    with pytest.raises(Conflict):
        await cards.reissue(registry.clerk_a, household_id=home.id, number="00000000", now=NOW)


async def test_what_is_done_to_the_household_later_does_not_revive_a_lost_number(registry: Registry) -> None:
    home, clerk = await entered(registry), registry.clerk_a
    await cards.report_lost(clerk, household_id=home.id, number=home.card_number, now=NOW)
    before = await get_household(clerk, home.id)
    son = await people.enter(clerk, id=new_id(), household_id=home.id, person=Particulars("罗小川"), now=NOW)
    await households.change(
        clerk, id=home.id, version=before.version, village_id=registry.baoping, group_number=2, address=None,
        note=None, contact_person_id=None, now=NOW,
    )  # fmt: skip
    await heads.hand_over(
        clerk, id=new_id(), household_id=home.id, version=before.version + 1, person_id=son.id, on=TODAY,
        reason=HeadReason.AGE, now=NOW,
    )  # fmt: skip
    await people.change(
        clerk, id=son.id, version=1, person=Particulars("罗小川", phone="19900000021"), now=NOW
    )
    assert await queries.search_growers(clerk, home.card_number) == []


async def test_others_cards_are_nobodys(registry: Registry) -> None:
    home = await entered(registry)
    for act in (cards.report_lost, cards.found, cards.reissue):
        with pytest.raises(Missing):
            await act(registry.leader_b, household_id=home.id, number=home.card_number, now=NOW)
        for who in (COMMITTEE, registry.technician):
            with pytest.raises(NotYours):
                await act(who, household_id=home.id, number=home.card_number, now=NOW)
    await cards.report_lost(ADMIN, household_id=home.id, number=home.card_number, now=NOW)
    assert await lost_at(registry.leader_b, home.card_number) is None
    assert await holder(registry.leader_b, home.card_number) is None
    with pytest.raises(Missing):
        await cards.print_out(registry.leader_b, household_ids=[home.id], now=NOW)


@pytest.mark.parametrize("text", ["", "0", "花椒", "1" * 400, "0000000'; --", "²³²³²³²³", "\x00"])
async def test_what_is_no_card_number_is_nobodys(registry: Registry, text: str) -> None:
    assert await holders(registry.leader_a, [text]) == {}


async def test_an_ended_household_has_no_card_to_report(registry: Registry) -> None:
    home = await entered(registry)
    await households.end(registry.leader_a, id=home.id, version=1, on=TODAY, now=NOW)
    with pytest.raises(Refused):
        await cards.report_lost(ADMIN, household_id=home.id, number=home.card_number, now=NOW)


async def test_a_village_is_printed_without_lost_cards_and_leaves_one_line_in_the_trail(
    registry: Registry,
) -> None:
    homes = [await entered(registry, name) for name in ("罗大山", "何素芳", "覃大海")]
    other = await household(registry.leader_b, registry.shageng, "邓九叶")
    clerk = registry.clerk_a
    await cards.report_lost(clerk, household_id=homes[1].id, number=homes[1].card_number, now=NOW)
    printed = await cards.print_out(clerk, village_id=registry.baoping, now=NOW)
    assert [card.household_id for card in printed] == [homes[0].id, homes[2].id]
    chosen = await cards.print_out(clerk, household_ids=[homes[0].id, homes[1].id, other.id], now=NOW)
    assert [card.household_id for card in chosen] == [homes[0].id]
    with pytest.raises(Refused, match="issued anew"):
        await cards.print_out(clerk, household_ids=[homes[1].id], now=NOW)
    with pytest.raises(Missing):
        await cards.print_out(clerk, village_id=registry.shageng, now=NOW)
    assert await told() == ["card.lost", "card.printed", "card.printed"]
