"""Many households of the village, with slips, plots, visits, notes and accounts, made one in any order: undone, all is as it was."""

from random import Random

import pytest

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.app import MOVERS
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.directory import findings, merge_queries, merges
from pepperchain.directory.household_queries import get_household
from pepperchain.directory.merge_rules import HOUSEHOLD_FIELDS, PERSON_FIELDS
from pepperchain.directory.merges import Decision
from pepperchain.storage import doctor
from tests.harness import cast
from tests.harness.dumps import difference, dump

FIELDS = [*HOUSEHOLD_FIELDS, *PERSON_FIELDS]


async def _homes() -> list[int]:
    return await db.fetch(
        int, "SELECT h.id FROM directory_household h WHERE h.ended_on IS NULL ORDER BY h.id"
    )


async def _merge(chance: Random, officer: Actor, one: int, other: int) -> int:
    """Two households, of which a few people are said to be the same, with values from either."""
    found = await merge_queries.compared(officer, one, other)
    ours = chance.sample(found.one.people, len(found.one.people))
    theirs = chance.sample(found.other.people, len(found.other.people))
    same = {b.id: a.id for a, b in zip(ours, theirs, strict=False) if chance.random() < 0.6}
    take = frozenset(chance.sample(FIELDS, 4))
    decision = Decision(
        survivor_id=one, loser_id=other, take=take, same=same, reason="同一户", seen=found.seen
    )
    made = await merges.merge_approved(
        officer, id=new_id(), decision=decision, proposed_by=1, movers=MOVERS, now=clock.now()
    )
    return made.id


async def _merge_people(chance: Random, admin: Actor, home: int) -> int | None:
    people = await db.fetch(
        int,
        "SELECT p.id FROM directory_person p WHERE p.household_id = :home AND p.left_on IS NULL ORDER BY p.id",
        home=home,
    )
    if len(people) < 2:
        return None
    one, other = chance.sample(people, 2)
    found = await merge_queries.people_compared(admin, one, other)
    decision = Decision(survivor_id=one, loser_id=other, same={}, reason="一人", seen=found.seen)
    return (
        await merges.merge_people(admin, id=new_id(), decision=decision, movers=MOVERS, now=clock.now())
    ).id


async def _sums_are_right() -> None:
    """The day sums are those of the slips, for every household."""
    counted = await db.tuples(
        "SELECT w.site_id, w.day, w.household_id, COUNT(*), CAST(SUM(w.net_grams) AS BIGINT) FROM harvest_weighin w"
        " WHERE w.voided_at IS NULL GROUP BY w.site_id, w.day, w.household_id ORDER BY 1, 2, 3"
    )
    kept = await db.tuples(
        "SELECT s.site_id, s.day, s.household_id, s.slips, s.net_grams FROM harvest_day_household s"
        " WHERE s.slips > 0 ORDER BY 1, 2, 3"
    )
    assert kept == counted
    assert await doctor.findings() == []


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_merges_undone_leave_the_database_as_it_was(village: str, seed: int) -> None:
    chance, officer, admin = Random(seed), await cast.actor(cast.COMMITTEE), await cast.actor(cast.ADMIN)
    before = await dump()
    made = []
    for _ in range(6):
        one, other = chance.sample(await _homes(), 2)
        made.append(await _merge(chance, officer, one, other))
        also = await _merge_people(chance, admin, one)
        if also is not None:
            made.append(also)
    await _sums_are_right()
    named = await db.scalar(
        "SELECT COUNT(*) FROM harvest_weighin w JOIN directory_household h ON h.id = w.household_id"
        " WHERE h.merged_into_id IS NOT NULL"
    )
    assert named == 0
    for id in reversed(made):
        assert (await merges.undo(admin, id=id, movers=MOVERS, now=clock.now())).kept == []
    assert difference(before, await dump()) == {}
    await _sums_are_right()


async def test_the_pair_is_settled_and_waits_again_after_the_undo(village: str) -> None:
    admin = await cast.actor(cast.ADMIN)
    [(one, other)] = await db.tuples(
        "SELECT MIN(h.id), MAX(h.id) FROM directory_household h WHERE h.cooperative_id ="
        " (SELECT MIN(g.cooperative_id) FROM directory_household g)"
    )
    await _pair(one, other)
    found = await merge_queries.compared(admin, one, other)
    decision = Decision(survivor_id=other, loser_id=one, same=found.same, reason="同一户", seen="")
    found = await merge_queries.compared(admin, other, one)
    decision = Decision(survivor_id=other, loser_id=one, same=found.same, reason="同一户", seen=found.seen)
    made = await merges.merge_households(
        admin, id=new_id(), decision=decision, movers=MOVERS, now=clock.now()
    )
    assert await db.scalar("SELECT state FROM directory_duplicate") == "merged"
    await findings.search(SYSTEM, now=clock.now())
    assert (
        await db.scalar("SELECT state FROM directory_duplicate WHERE household_id = :one", one=one)
        == "merged"
    )
    await merges.undo(admin, id=made.id, movers=MOVERS, now=clock.now())
    assert (
        await db.scalar("SELECT state FROM directory_duplicate WHERE household_id = :one", one=one) == "open"
    )
    assert (await get_household(admin, one)).id == one


@db.unit_of_work
async def _pair(one: int, other: int) -> None:
    heads = dict(
        await db.tuples("SELECT id, head_id FROM directory_household WHERE id IN :ids", ids=[one, other])
    )
    [(village, township)] = await db.tuples(
        "SELECT village_id, township_id FROM directory_household WHERE id = :id", id=one
    )
    await db.insert(
        "directory_duplicate", household_id=one, other_id=other, person_id=heads[one], other_person_id=heads[other],
        village_id=village, township_id=township, points=80, evidence="name village", people=1, state="open", found_at=1, seen_at=1,
    )  # fmt: skip
