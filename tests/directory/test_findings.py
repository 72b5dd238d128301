"""Households entered twice are found, set before those who may decide, and told apart for good."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours
from pepperchain.core.ids import new_id
from pepperchain.directory import findings, household_returns, households, people
from pepperchain.directory.block_queries import everywhere, in_township
from pepperchain.directory.duplicate_queries import (
    DuplicateRow,
    State,
    count_duplicates,
    get_duplicate,
    list_duplicates,
    same_numbers,
    villages_with,
)
from pepperchain.directory.household_queries import get_household
from pepperchain.directory.matching_rules import Evidence, bounds
from pepperchain.directory.people import Particulars
from pepperchain.directory.queries import villages
from tests.directory.registry import (
    ADMIN,
    BANK_CARD,
    COMMITTEE,
    ID_NUMBER,
    NOW,
    TODAY,
    Registry,
    grower,
    household,
)

PHONE = "19900000010"
BORN = date(1962, 4, 18)
LATER = NOW + timedelta(days=1)


async def searched(now: datetime = LATER) -> list[DuplicateRow]:
    """What waits after a search."""
    await findings.search(SYSTEM, now=now)
    return await list_duplicates(ADMIN, limit=50)


async def twins(registry: Registry, **more: Any) -> tuple[int, int]:
    """One household entered twice by the same cooperative."""
    one = await household(registry.leader_a, registry.baoping, "罗大山", PHONE, **more)
    two = await household(registry.leader_a, registry.baoping, "罗大山", PHONE, **more)
    return one.id, two.id


async def test_a_household_entered_twice_is_found_with_its_reasons(registry: Registry) -> None:
    one, two = await twins(registry)
    await household(registry.leader_a, registry.baoping, "何素芳")
    [pair] = await searched()
    assert (pair.one.household_id, pair.other.household_id) == (one, two)
    assert set(pair.evidence) == {Evidence.PHONE, Evidence.NAME, Evidence.VILLAGE}
    assert pair.state is State.OPEN


@pytest.mark.parametrize("key", ["id_number", "bank_card", "phone", "spoken", "named"])
async def test_every_key_finds_on_its_own(registry: Registry, key: str) -> None:
    elsewhere = next(area for area in await villages(registry.xianfeng) if area.id != registry.baoping)
    facts: dict[str, tuple[dict[str, Any], dict[str, Any], str, int]] = {
        "id_number": ({"id_number": ID_NUMBER}, {"id_number": ID_NUMBER}, "罗大山", registry.shageng),
        "bank_card": ({"bank_card": BANK_CARD}, {"bank_card": BANK_CARD}, "骆大善", registry.shageng),
        "phone": ({"phone": PHONE}, {"phone": PHONE}, "罗大山", registry.shageng),
        "spoken": ({"group_number": 3}, {"group_number": 3}, "羅大山", registry.baoping),
        "named": ({"born_on": BORN}, {"born_on": BORN}, "罗大山", elsewhere.id),
    }
    first, second, name, village = facts[key]
    await household(ADMIN, registry.baoping, "罗大山", **first)
    await household(ADMIN, village, name, **second)
    assert len(await searched()) == 1


async def test_a_family_and_strangers_are_left_in_peace(registry: Registry) -> None:
    home = await household(registry.leader_a, registry.baoping, "罗大山", PHONE)
    for name in ("罗大山", "何素芳"):
        await people.enter(
            registry.leader_a,
            id=new_id(),
            household_id=home.id,
            person=Particulars(name, phone=PHONE),
            confirmed=True,
            now=NOW,
        )
    await household(registry.leader_a, registry.baoping, "韦青禾", PHONE)
    await household(registry.leader_a, registry.baoping, "罗大山")
    assert await searched() == []


async def test_two_people_who_are_alike_bring_two_households_together(registry: Registry) -> None:
    homes = [await household(registry.leader_a, registry.baoping, "罗大山") for _ in range(2)]
    for home in homes:
        await people.enter(
            registry.leader_a,
            id=new_id(),
            household_id=home.id,
            person=Particulars("何素芳"),
            confirmed=True,
            now=NOW,
        )
    [pair] = await searched()
    assert pair.people == 2


async def test_a_phone_that_half_the_village_shares_makes_no_pairs(registry: Registry) -> None:
    for _ in range(bounds().block_max + 1):
        await household(registry.leader_a, registry.baoping, "罗大山", PHONE)
    judged = [block async for blocks in everywhere() for block in blocks]
    judged += [block async for blocks in in_township(registry.xianfeng) for block in blocks]
    assert judged == []
    assert await searched() == []


async def test_those_who_left_and_households_that_ended_are_not_compared(registry: Registry) -> None:
    one, two = await twins(registry)
    assert len(await searched()) == 1
    detail = await get_household(ADMIN, two)
    await households.end(ADMIN, id=two, version=detail.version, on=TODAY, now=NOW)
    assert await list_duplicates(ADMIN, limit=50) == []
    assert await searched(LATER + timedelta(days=1)) == []
    assert await db.scalar("SELECT COUNT(*) FROM directory_duplicate") == 0
    assert (await get_household(ADMIN, one)).ended_on is None


async def test_searching_again_changes_nothing_and_asks_nobody_twice(registry: Registry) -> None:
    await twins(registry)
    first = await findings.search(SYSTEM, now=LATER)
    again = await findings.search(SYSTEM, now=LATER + timedelta(days=1))
    assert (first.open, first.new, again.open, again.new, again.dropped) == (1, 1, 1, 0, 0)


async def test_what_was_corrected_waits_no_longer(registry: Registry) -> None:
    await twins(registry)
    [pair] = await searched()
    await people.change(
        ADMIN,
        id=pair.other.person_id,
        version=1,
        person=Particulars("罗大山", phone="19900000011"),
        confirmed=True,
        now=NOW,
    )
    assert (await findings.search(SYSTEM, now=LATER + timedelta(days=1))).dropped == 1


async def test_a_dismissed_pair_comes_back_only_with_something_new(registry: Registry) -> None:
    await twins(registry)
    [pair] = await searched()
    await findings.dismiss(registry.clerk_a, id=pair.id, version=pair.version, now=LATER)
    assert await searched(LATER + timedelta(days=1)) == []
    assert await count_duplicates(registry.leader_a, state=State.DISMISSED) == 1
    for person_id in (pair.one.person_id, pair.other.person_id):
        person = Particulars("罗大山", phone=PHONE, born_on=BORN)
        await people.change(ADMIN, id=person_id, version=1, person=person, confirmed=True, now=NOW)
    [again] = await searched(LATER + timedelta(days=2))
    assert again.id == pair.id
    assert Evidence.BORN_ON in again.evidence


async def test_a_decision_said_twice_is_one_and_can_be_taken_back(registry: Registry) -> None:
    await twins(registry)
    [pair] = await searched()
    for _ in range(2):
        await findings.dismiss(registry.leader_a, id=pair.id, version=pair.version, now=LATER)
    assert await _told("duplicate.dismissed") == 1
    for _ in range(2):
        await findings.reopen(registry.leader_a, id=pair.id, now=LATER)
    assert await _told("duplicate.reopened") == 1
    assert (await get_duplicate(ADMIN, pair.id)).state is State.OPEN
    with pytest.raises(Conflict):
        await findings.dismiss(registry.leader_a, id=pair.id, version=pair.version, now=LATER)


async def test_who_sees_and_decides_on_which_pairs(registry: Registry) -> None:
    one, _ = await twins(registry)
    await household(registry.leader_b, registry.baoping, "罗大山", PHONE)
    pairs = await searched()
    assert len(pairs) == 3
    assert [pair.needs_both for pair in sorted(pairs, key=lambda pair: pair.id)] == [False, True, True]
    own = await list_duplicates(registry.leader_a, limit=50)
    assert len(own) == 1
    for stranger in (registry.leader_b, registry.technician, registry.buyer, grower(one)):
        assert await list_duplicates(stranger, limit=50) == []
        with pytest.raises(Missing):
            await get_duplicate(stranger, own[0].id)
    across = next(pair for pair in pairs if pair.needs_both)
    with pytest.raises(Missing):
        await findings.dismiss(registry.leader_a, id=across.id, version=1, now=LATER)
    assert len(await list_duplicates(COMMITTEE, limit=50)) == 3
    with pytest.raises(NotYours):
        await findings.dismiss(COMMITTEE, id=across.id, version=1, now=LATER)
    with pytest.raises(NotYours):
        await findings.search(COMMITTEE, now=LATER)
    await findings.dismiss(ADMIN, id=across.id, version=1, now=LATER)


async def test_a_member_who_left_takes_the_pair_out_of_sight(registry: Registry) -> None:
    await twins(registry)
    [pair] = await searched()
    await db.unit_of_work(_leave)(pair.other.household_id)
    assert await list_duplicates(registry.leader_a, limit=50) == []


async def test_the_list_goes_by_points_page_by_page_and_by_place(registry: Registry) -> None:
    await twins(registry, born_on=BORN)
    for name, village in (("何素芳", registry.baoping), ("韦青禾", registry.shageng)):
        for _ in range(2):
            await household(ADMIN, village, name, group_number=2)
    everything = await searched()
    assert [pair.points for pair in everything] == sorted((pair.points for pair in everything), reverse=True)
    paged: list[int] = []
    before = None
    while rows := await list_duplicates(ADMIN, before=before, limit=1):
        paged.append(rows[0].id)
        before = (rows[0].points, rows[0].id)
    assert paged == [pair.id for pair in everything]
    assert await count_duplicates(ADMIN, village_id=registry.baoping) == 2
    assert await count_duplicates(ADMIN, township_id=registry.lishi) == 1
    assert {village.id for village in await villages_with(ADMIN)} == {registry.baoping, registry.shageng}
    assert [village.id for village in await villages_with(registry.leader_a)] == [registry.baoping]


async def test_hints_that_look_alike_are_not_taken_for_the_same_number(registry: Registry) -> None:
    await household(registry.leader_a, registry.baoping, "罗大山", PHONE, bank_card="6200000000000000018")
    await household(registry.leader_a, registry.baoping, "罗大山", PHONE, bank_card="6210000000000000018")
    [pair] = await searched()
    assert await same_numbers(pair) == (False, False)


async def _told(verb: str) -> int:
    return int(await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = :verb", verb=verb))


async def _leave(household_id: int) -> None:
    await db.execute("UPDATE directory_household SET cooperative_id = NULL WHERE id = :id", id=household_id)


async def test_an_import_that_brought_a_second_entry_can_still_be_undone(registry: Registry) -> None:
    _, two = await twins(registry)
    assert len(await searched()) == 1
    await household_returns.remove_households(ADMIN, [two], now=LATER)
    assert await db.scalar("SELECT COUNT(*) FROM directory_household WHERE id = :id", id=two) == 0
    assert await list_duplicates(ADMIN, limit=50) == []
