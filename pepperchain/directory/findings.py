"""Pairs of households that may be one: found among all of the district, and told apart by whoever keeps the registry."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.core.words import N_
from pepperchain.directory import block_queries
from pepperchain.directory.block_queries import Block
from pepperchain.directory.duplicate_queries import State, get_duplicate
from pepperchain.directory.matching_rules import Judged, bounds, is_new, judge, kept, stored, together

PAIRS_A_WRITE = 200

Progress = Callable[[str, int, int], None]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to: pairs that wait for somebody, how many of them were not known before, and how many were dropped."""

    open: int
    new: int
    dropped: int


@dataclass(slots=True)
class _Suspicions:
    """Pairs of households with the pairs of their people that have something in common."""

    pairs: dict[Pair, dict[Pair, Judged]] = field(default_factory=dict)
    judged: int = 0

    async def weigh(self, blocks: Iterable[Block]) -> None:
        """Judges whoever shares a block, and lets others have their turn now and then."""
        turn = bounds().turn_pairs
        for block in blocks:
            ordered = sorted(block.people, key=lambda person: (person.household_id, person.person_id))
            for one, other in combinations(ordered, 2):
                if one.household_id == other.household_id:
                    continue
                found = judge(one, other)
                self.judged += 1
                if found.points >= bounds().support:
                    homes = (one.household_id, other.household_id)
                    self.pairs.setdefault(homes, {})[one.person_id, other.person_id] = found
                if self.judged % turn == 0:
                    await asyncio.sleep(0)

    def suspected(self) -> "list[_Suspected]":
        """Those that somebody should look at."""
        found = []
        for homes, people in self.pairs.items():
            (person, other), whole, count = together(list(people.items()))
            if whole.points >= bounds().suspect:
                found.append(_Suspected(homes, person, other, whole, count))
        return sorted(found, key=lambda each: each.homes)


@dataclass(frozen=True, slots=True)
class _Suspected:
    homes: Pair
    person_id: int
    other_person_id: int
    judged: Judged
    people: int


async def search(actor: Actor, *, progress: Progress | None = None, now: datetime) -> Searched:
    """Compares whoever is worth comparing. Pairs that nobody has decided on and that are alike no longer are dropped;
    one that was dismissed comes back only when something new speaks for it."""
    actor.require(Capability.DIRECTORY_EDIT)
    suspicions = _Suspicions()
    townships = await block_queries.townships()
    for done, township in enumerate(townships):
        if progress:
            progress("names and birthdays", done, len(townships))
        async for blocks in block_queries.in_township(township):
            await suspicions.weigh(blocks)
    if progress:
        progress("names and birthdays", len(townships), len(townships))
    async for blocks in block_queries.everywhere():
        await suspicions.weigh(blocks)
    found = suspicions.suspected()
    new = 0
    for done in range(0, len(found), PAIRS_A_WRITE):
        if progress:
            progress("pairs written", done, len(found))
        new += await _note(found[done : done + PAIRS_A_WRITE], now=now)
    if progress:
        progress("pairs written", len(found), len(found))
    return await _conclude(actor, new, now=now)


@db.unit_of_work
async def _conclude(actor: Actor, new: int, *, now: datetime) -> Searched:
    dropped = await db.execute(
        "DELETE FROM directory_duplicate WHERE state = 'open' AND seen_at < :now", now=now
    )
    waiting = await db.scalar("SELECT COUNT(*) FROM directory_duplicate WHERE state = 'open'")
    if new or dropped:
        district = await db.scalar("SELECT id FROM directory_area WHERE kind = 'district'")
        await trail.record(
            actor, "duplicates.searched", subject="area", subject_id=district, facts={"new": new, "pairs": waiting}, now=now
        )  # fmt: skip
    return Searched(waiting, new, dropped)


@db.unit_of_work
async def _note(found: Sequence[_Suspected], *, now: datetime) -> int:
    """Writes pairs; how many are new to whoever decides."""
    lower = [each.homes[0] for each in found]
    known = {
        (row[1], row[2]): row
        for row in await db.tuples(
            "SELECT id, household_id, other_id, state, evidence FROM directory_duplicate WHERE household_id IN :lower",
            lower=lower,
        )
    }
    places = {
        row[0]: row[1:]
        for row in await db.tuples(
            "SELECT id, village_id, township_id, cooperative_id FROM directory_household WHERE id IN :ids",
            ids=sorted({home for each in found for home in each.homes}),
        )
    }
    new = 0
    for each in found:
        village, township, cooperative = places[each.homes[0]]
        columns = {
            "person_id": each.person_id,
            "other_person_id": each.other_person_id,
            "village_id": village,
            "township_id": township,
            "cooperative_id": cooperative if places[each.homes[1]][2] == cooperative else None,
            "points": each.judged.points,
            "evidence": stored(each.judged.evidence),
            "people": each.people,
            "seen_at": now,
        }
        there = known.get(each.homes)
        if there is None:
            new += await _enter(each.homes, columns, now=now)
        elif there[3] == State.OPEN or (
            there[3] == State.DISMISSED and is_new(each.judged.evidence, kept(there[4]))
        ):
            new += there[3] == State.DISMISSED
            await _look_again(there[0], there[3], columns)
    return new


async def _enter(homes: Pair, columns: dict[str, object], *, now: datetime) -> int:
    row = {"household_id": homes[0], "other_id": homes[1], **columns, "found_at": now, "state": State.OPEN}
    names = ", ".join(row)
    places = ", ".join(f":{name}" for name in row)
    return await db.execute(
        f"INSERT INTO directory_duplicate ({names}) VALUES ({places}) ON CONFLICT (household_id, other_id) DO NOTHING",
        **row,
    )


async def _look_again(id: int, state: str, columns: dict[str, object]) -> None:
    """What speaks for a known pair now; one that was dismissed waits again. Somebody who decides meanwhile is left the word."""
    sets = ", ".join(f"{name} = :{name}" for name in columns)
    await db.execute(
        f"UPDATE directory_duplicate SET {sets}, state = 'open', decided_at = NULL, decided_by = NULL, decided_by_name = NULL"
        " WHERE id = :id AND state = :state",
        id=id,
        state=state,
        **columns,
    )


async def forget(household_ids: Sequence[int]) -> None:
    """Pairs of households that are about to be gone for good: they are no longer alike to anybody. A building block."""
    for column in ("household_id", "other_id"):
        await db.execute(
            f"DELETE FROM directory_duplicate WHERE {column} IN :ids AND state <> 'merged'",
            ids=list(household_ids),
        )


async def forget_people(person_ids: Sequence[int]) -> None:
    """Pairs that only speak of people who are about to be gone for good. A building block."""
    for column in ("person_id", "other_person_id"):
        await db.execute(
            f"DELETE FROM directory_duplicate WHERE {column} IN :ids AND state <> 'merged'",
            ids=list(person_ids),
        )


@db.unit_of_work
async def dismiss(actor: Actor, *, id: int, version: int, now: datetime) -> None:
    """These two are not the same. Said twice, it is said once; it comes back when something new speaks for it."""
    actor.require(Capability.DIRECTORY_EDIT)
    pair = await get_duplicate(actor, id)
    if pair.state is State.DISMISSED:
        return
    changed = await db.execute(
        "UPDATE directory_duplicate SET state = 'dismissed', decided_at = :now, decided_by = :by, decided_by_name = :name,"
        " version = version + 1 WHERE id = :id AND version = :version AND state = 'open'",
        id=id,
        version=version,
        now=now,
        by=actor.user_id,
        name=actor.name,
    )
    if not changed:
        raise Conflict(N_("Somebody else has decided on this pair in the meantime."))
    await trail.record(
        actor, "duplicate.dismissed", subject="household", subject_id=pair.one.household_id, township_id=pair.township_id,
        facts={"household": pair.other.household_id}, now=now,
    )  # fmt: skip


@db.unit_of_work
async def reopen(actor: Actor, *, id: int, now: datetime) -> None:
    """It was said by mistake that they are not the same: they wait again."""
    actor.require(Capability.DIRECTORY_EDIT)
    pair = await get_duplicate(actor, id)
    if pair.state is State.OPEN:
        return
    changed = await db.execute(
        "UPDATE directory_duplicate SET state = 'open', decided_at = NULL, decided_by = NULL, decided_by_name = NULL,"
        " seen_at = :now, version = version + 1 WHERE id = :id AND state = 'dismissed'",
        id=id,
        now=now,
    )
    if not changed:
        raise Conflict(N_("Somebody else has decided on this pair in the meantime."))
    await trail.record(
        actor, "duplicate.reopened", subject="household", subject_id=pair.one.household_id, township_id=pair.township_id,
        facts={"household": pair.other.household_id}, now=now,
    )  # fmt: skip
