"""Heads, moves and proxies of households and people that are made one: who headed what, who went where, who acted for whom."""

from datetime import timedelta

import pytest

from pepperchain.app import MOVERS
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import (
    head_queries,
    heads,
    household_lists,
    jobs,
    merge_queries,
    merges,
    moves,
    person_moves,
    proxies,
    proxy_queries,
)
from pepperchain.directory.household_queries import get_household, get_person
from pepperchain.directory.move_queries import moves_of
from pepperchain.directory.relation_rules import HeadReason, LeavingReason
from tests.directory.registry import ADMIN, NOW, TODAY, Registry, household
from tests.directory.test_merges import decided, merge, more_people, undo
from tests.harness.dumps import difference, dump

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)


async def move(one: int, village_id: int, *, days: int) -> int:
    version = (await get_household(ADMIN, one)).version
    on = TODAY + days * DAY
    made = await moves.move(
        ADMIN, id=new_id(), household_id=one, version=version, village_id=village_id, on=on, now=NOW
    )
    return made.id


async def pair(registry: Registry) -> tuple[int, int]:
    one = await household(registry.clerk_a, registry.baoping, "罗大山")
    other = await household(registry.clerk_a, registry.baoping, "唐二水")
    return one.id, other.id


async def test_where_the_merged_one_moved_is_told_of_the_one_that_stays(registry: Registry) -> None:
    one, other = await pair(registry)
    done = await move(other, registry.shageng, days=-9)
    coming = await move(other, registry.baoping, days=9)
    before = await dump()
    made = await merge(ADMIN, one, other)
    assert [each.id for each in await moves_of(ADMIN, one)] == [coming, done]
    await undo(ADMIN, made)
    assert difference(before, await dump()) == {}


async def test_of_two_planned_moves_that_of_the_one_that_stays_is_carried_out(registry: Registry) -> None:
    one, other = await pair(registry)
    ours = await move(one, registry.shageng, days=3)
    theirs = await move(other, registry.shageng, days=2)
    made = await merge(ADMIN, one, other)
    assert [each.id for each in await moves_of(ADMIN, one)] == [ours]
    assert await jobs.carry_out_moves(now=NOW + 2 * DAY) == 0
    await undo(ADMIN, made)
    assert await jobs.carry_out_moves(now=NOW + 2 * DAY) == 1
    assert [(each.id, each.state) for each in await moves_of(ADMIN, other)] == [(theirs, "done")]


async def test_who_split_off_can_be_made_one_with_them_again(registry: Registry) -> None:
    clerk = registry.clerk_a
    one, _ = await pair(registry)
    [son] = await more_people(clerk, one, "罗小山")
    version = (await get_household(clerk, one)).version
    split = await person_moves.split(
        clerk, id=new_id(), household_id=one, version=version, head_id=son, village_id=registry.baoping, on=TODAY, now=NOW
    )  # fmt: skip
    before = await dump()
    made = await merge(clerk, one, split.id)
    assert (await get_person(clerk, son)).household_id == one
    [ends] = await db.tuples("SELECT from_household_id, to_household_id FROM directory_person_move")
    assert ends == (one, split.id)
    await undo(clerk, made)
    assert difference(before, await dump()) == {}


async def test_where_a_person_went_is_told_of_whoever_they_are_now(registry: Registry) -> None:
    clerk = registry.clerk_a
    one, other = await pair(registry)
    first, second = [(await more_people(clerk, home, "罗小花"))[0] for home in (one, other)]
    version = (await get_person(clerk, second)).version
    await person_moves.go(
        clerk, id=new_id(), person_id=second, version=version, household_id=one, on=TODAY, reason=LeavingReason.MARRIAGE, now=NOW
    )  # fmt: skip
    before = await dump()
    found = await merge_queries.people_compared(clerk, first, second)
    decision = merges.Decision(survivor_id=first, loser_id=second, same={}, reason="一人", seen=found.seen)
    made = await merges.merge_people(clerk, id=new_id(), decision=decision, movers=MOVERS, now=NOW)
    assert await db.scalar("SELECT person_id FROM directory_person_move") == first
    await merges.undo(clerk, id=made.id, movers=MOVERS, now=NOW)
    assert difference(before, await dump()) == {}


async def test_who_headed_which_household_stays_with_each_number(registry: Registry) -> None:
    clerk = registry.clerk_a
    one, other = await pair(registry)
    head = (await get_household(clerk, one)).head_id
    [daughter] = await more_people(clerk, other, "唐小花")
    home = await get_household(clerk, other)
    await heads.hand_over(
        clerk, id=new_id(), household_id=other, version=home.version, person_id=daughter, on=TODAY - 5 * DAY,
        reason=HeadReason.AGE, now=NOW,
    )  # fmt: skip
    before = await dump()
    made = await merge(clerk, one, other)
    changes = await head_queries.head_changes_of(clerk, one)
    assert {head_queries.head_on(changes, head, TODAY + days * DAY) for days in (-9, -4, 0)} == {head}
    assert (await get_person(clerk, daughter)).is_head is False
    assert await db.scalar("SELECT household_id FROM directory_head_change") == other
    await undo(clerk, made)
    assert difference(before, await dump()) == {}


async def test_the_heads_of_one_household_may_be_one_person(registry: Registry) -> None:
    clerk = registry.clerk_a
    one, _ = await pair(registry)
    [again] = await more_people(clerk, one, "罗大山")
    home = await get_household(clerk, one)
    await heads.hand_over(
        clerk, id=new_id(), household_id=one, version=home.version, person_id=again, on=TODAY, reason=HeadReason.CORRECTION, now=NOW
    )  # fmt: skip
    before = await dump()
    found = await merge_queries.people_compared(clerk, home.head_id, again)
    decision = merges.Decision(
        survivor_id=home.head_id, loser_id=again, same={}, reason="一人", seen=found.seen
    )
    made = await merges.merge_people(clerk, id=new_id(), decision=decision, movers=MOVERS, now=NOW)
    assert (await get_household(clerk, one)).head_id == home.head_id
    await merges.undo(clerk, id=made.id, movers=MOVERS, now=NOW)
    assert difference(before, await dump()) == {}


async def proxy(registry: Registry, one: int, other: int) -> int:
    """The head of the other household may deliver for the one."""
    giver, taker = [(await get_household(ADMIN, home)).head_id for home in (one, other)]
    made = await proxies.give(
        registry.clerk_a, id=new_id(), household_id=one, person_id=taker, given_by_id=giver, may_deliver=True, may_sign=False,
        from_on=TODAY - DAY, until_on=TODAY + DAY, witness=None, now=NOW,
    )  # fmt: skip
    return made.id


async def test_two_of_whom_one_may_act_for_the_other_are_not_one(registry: Registry) -> None:
    one, other = await pair(registry)
    id = await proxy(registry, one, other)
    head, stranger = [(await get_household(ADMIN, home)).head_id for home in (one, other)]
    with pytest.raises(Refused, match="Something stands between the two"):
        await merge(registry.clerk_a, one, other, same={stranger: head})
    given = await proxy_queries.get_proxy(registry.clerk_a, one, id)
    await proxies.revoke(
        registry.clerk_a, household_id=one, id=id, version=given.version, reason="一人", now=NOW
    )
    before = await dump()
    made = await merge(registry.clerk_a, one, other, same={stranger: head})
    assert await db.tuples("SELECT person_id, given_by_id FROM directory_proxy") == [(stranger, head)]
    await undo(registry.clerk_a, made)
    assert difference(before, await dump()) == {}


async def test_a_proxy_is_the_township_s_where_the_household_lives_however_it_came_there(
    registry: Registry,
) -> None:
    one, other = await pair(registry)
    await proxy(registry, one, other)
    home = await get_household(ADMIN, one)
    correction = household_lists.Correction(
        household_id=one,
        version=home.version,
        head_version=(await get_person(ADMIN, home.head_id)).version,
        household={"village_id": registry.shageng},
    )
    await household_lists.change_many(ADMIN, [correction], now=NOW)
    assert await db.scalar("SELECT township_id FROM directory_proxy") == registry.lishi


async def test_what_was_decided_of_two_is_decided_of_what_was_seen(registry: Registry) -> None:
    one, other = await pair(registry)
    decision = await decided(ADMIN, one, other)
    await move(other, registry.shageng, days=5)
    with pytest.raises(Conflict):
        await merges.merge_households(ADMIN, id=new_id(), decision=decision, movers=(), now=NOW)
