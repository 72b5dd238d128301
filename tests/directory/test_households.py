"""Households are entered once, changed by whoever saw their latest version, and ended with what hangs on them."""

from datetime import date, timedelta
from typing import Any

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu
from pepperchain.directory import households, queries
from pepperchain.directory.household_queries import get_household, memberships_of, people_of, plots_of
from pepperchain.directory.plots import Orchard
from tests.directory.registry import (
    ADMIN,
    BANK_CARD,
    COMMITTEE,
    DEPARTMENT,
    ID_NUMBER,
    NOW,
    TODAY,
    Registry,
    grower,
    household,
)


async def test_a_household_is_entered_with_head_plots_and_membership(registry: Registry) -> None:
    plots = (
        Orchard("屋后坡", Centimu(320), "jiuyeqing", practice="light_simplified"),
        Orchard("大石坝", Centimu(245), "jiuyeqing"),
    )
    entered = await household(
        registry.leader_a,
        registry.baoping,
        "罗大山",
        "19900000010",
        plots=plots,
        group_number=3,
        joined_on=date(2018, 3, 6),
    )
    found = await get_household(registry.leader_a, entered.id)
    assert (found.village, found.township_id, found.cooperative_id) == (
        "保坪村",
        registry.xianfeng,
        registry.cooperative_a,
    )
    assert (found.people, found.plots, found.area_centimu, found.card_number) == (
        1,
        2,
        565,
        entered.card_number,
    )
    (head,) = await people_of(registry.leader_a, entered.id)
    assert (head.id, head.name, head.is_head) == (entered.head_id, "罗大山", True)
    first, second = await plots_of(registry.leader_a, entered.id)
    assert (first.practice, first.season, second.practice) == ("light_simplified", 2026, None)
    (membership,) = await memberships_of(registry.leader_a, entered.id)
    assert membership.started_on == "2018-03-06"


async def test_the_same_form_twice_is_one_household(registry: Registry) -> None:
    request = new_id()
    first = await household(
        registry.leader_a, registry.baoping, "罗大山", "19900000010", id=request, confirmed=False
    )
    again = await household(
        registry.leader_a, registry.baoping, "罗大山", "19900000010", id=request, confirmed=False
    )
    assert (again.id, again.card_number, again.repeated, first.repeated) == (
        first.id,
        first.card_number,
        True,
        False,
    )
    assert await db.scalar("SELECT COUNT(*) FROM directory_person") == 1


async def test_somebody_elses_form_is_not_answered_with_their_household(registry: Registry) -> None:
    request = new_id()
    await household(registry.leader_a, registry.baoping, "罗大山", id=request)
    with pytest.raises(Missing):
        await household(registry.leader_b, registry.baoping, "罗大山", id=request)


async def test_a_leader_enters_members_of_the_own_cooperative_only(registry: Registry) -> None:
    with pytest.raises(NotYours):
        await household(registry.leader_a, registry.baoping, "罗大山", cooperative_id=registry.cooperative_b)
    with pytest.raises(Refused):
        await household(ADMIN, registry.baoping, "罗大山", cooperative_id=registry.processor)


async def test_those_who_only_read_enter_nothing(registry: Registry) -> None:
    for actor in (
        COMMITTEE,
        DEPARTMENT,
        registry.technician,
        registry.buyer,
        registry.storekeeper,
        grower(1),
    ):
        with pytest.raises(NotYours):
            await household(actor, registry.baoping, "罗大山")


async def test_each_role_sees_its_own_households(registry: Registry) -> None:
    ours = (await household(registry.leader_a, registry.baoping, "罗大山")).id
    theirs = (await household(registry.leader_b, registry.shageng, "邓九叶")).id
    for actor in (
        registry.leader_a,
        registry.clerk_a,
        registry.technician,
        ADMIN,
        COMMITTEE,
        SYSTEM,
        grower(ours),
    ):
        assert (await get_household(actor, ours)).id == ours
    for actor in (
        registry.leader_a,
        registry.clerk_a,
        registry.buyer,
        registry.storekeeper,
        DEPARTMENT,
        grower(ours),
    ):
        with pytest.raises(Missing):
            await get_household(actor, theirs)
        assert [row.id for row in await queries.list_households(actor, limit=9)] in ([], [ours])
        assert await queries.count_households(actor) <= 1
        assert await people_of(actor, theirs) == []
        assert await plots_of(actor, theirs) == []


async def test_lists_are_paged_by_key_for_every_scope(registry: Registry) -> None:
    made = [(await household(registry.leader_a, registry.baoping, f"罗{name}")).id for name in "甲乙丙丁戊"]
    made += [(await household(registry.leader_b, registry.shageng, f"邓{name}")).id for name in "甲乙"]
    for actor, theirs in ((registry.leader_a, made[:5]), (registry.technician, made), (ADMIN, made)):
        found, before = [], None
        while rows := await queries.list_households(actor, before=before, limit=2):
            found += [row.id for row in rows]
            before = rows[-1].id
        assert found == sorted(theirs, reverse=True)
        assert await queries.count_households(actor) == len(theirs)


async def test_lists_are_narrowed_to_a_place_and_to_what_is_missing(registry: Registry) -> None:
    plots = (Orchard("屋后坡", Centimu(320), "jiuyeqing"),)
    whole = (await household(registry.leader_a, registry.baoping, "罗大山", "19900000010", plots=plots)).id
    bare = (await household(registry.leader_a, registry.baoping, "何素芳")).id
    for actor in (registry.leader_a, registry.technician, ADMIN):
        for lacking in queries.LACKING:
            assert [row.id for row in await queries.list_households(actor, lacking=lacking, limit=9)] == [
                bare
            ]
        in_village = await queries.list_households(actor, village_id=registry.baoping, limit=9)
        assert [row.id for row in in_village] == [bare, whole]
        assert await queries.list_households(actor, township_id=registry.lishi, limit=9) == []


async def test_an_older_version_does_not_overwrite_a_newer_one(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    changes: dict[str, Any] = {
        "village_id": registry.baoping,
        "address": None,
        "note": None,
        "contact_person_id": None,
    }
    await households.change(registry.leader_a, id=entered.id, version=1, group_number=5, now=NOW, **changes)
    with pytest.raises(Conflict):
        await households.change(
            registry.clerk_a, id=entered.id, version=1, group_number=7, now=NOW, **changes
        )
    assert (await get_household(registry.leader_a, entered.id)).group_number == 5


async def test_whom_to_call_is_somebody_of_the_household(registry: Registry) -> None:
    ours, other = [
        await household(registry.leader_a, registry.baoping, name) for name in ("罗大山", "何素芳")
    ]
    with pytest.raises(Refused):
        await households.change(
            registry.leader_a, id=ours.id, version=1, village_id=registry.baoping, group_number=None, address=None, note=None,
            contact_person_id=other.head_id, now=NOW,
        )  # fmt: skip


async def test_a_village_entered_wrongly_is_corrected_for_everybody_of_the_household(
    registry: Registry,
) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    await households.change(
        registry.leader_a, id=entered.id, version=1, village_id=registry.shageng, group_number=None, address=None, note=None,
        contact_person_id=None, now=NOW,
    )  # fmt: skip
    (hit,) = await queries.search_growers(ADMIN, "罗", township_id=registry.lishi)
    assert hit.village == "沙埂村"
    assert await queries.search_growers(ADMIN, "罗", township_id=registry.xianfeng) == []


async def test_an_ended_household_is_found_no_longer(registry: Registry) -> None:
    plots = (Orchard("屋后坡", Centimu(320), "jiuyeqing"),)
    entered = await household(registry.leader_a, registry.baoping, "罗大山", "19900000010", plots=plots)
    await households.end(registry.leader_a, id=entered.id, version=1, on=TODAY, now=NOW)
    assert await queries.search_growers(ADMIN, "罗大山") == []
    assert await queries.household_by_card(ADMIN, entered.card_number) is None
    assert await queries.list_households(ADMIN, limit=9) == []
    assert await plots_of(ADMIN, entered.id) == []
    with pytest.raises(Missing):  # with its membership it left the cooperative's scope
        await get_household(registry.leader_a, entered.id)
    with pytest.raises(Refused):
        await households.end(ADMIN, id=entered.id, version=2, on=TODAY, now=NOW)


async def test_days_to_come_and_impossible_groups_are_refused(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    with pytest.raises(Refused):
        await households.end(
            registry.leader_a, id=entered.id, version=1, on=TODAY + timedelta(days=1), now=NOW
        )
    with pytest.raises(Refused):
        await household(registry.leader_a, registry.baoping, "何素芳", group_number=100)
    with pytest.raises(Refused):
        await household(registry.leader_a, registry.xianfeng, "何素芳")
    with pytest.raises(Missing):
        await household(registry.leader_a, 10**9, "何素芳")


async def test_the_database_holds_no_id_number_and_no_bank_card_in_the_clear(registry: Registry) -> None:
    await household(registry.leader_a, registry.baoping, "罗大山", id_number=ID_NUMBER, bank_card=BANK_CARD)
    tables = [
        name for (name,) in await db.tuples(
            "SELECT name FROM sqlite_master WHERE type = 'table'" if db.dialect() == "sqlite"
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
    ]  # fmt: skip
    for table in tables:
        for row in await db.tuples(f"SELECT * FROM {table}"):
            for value in row:
                kept = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                assert ID_NUMBER.encode() not in kept, table
                assert BANK_CARD.encode() not in kept, table
