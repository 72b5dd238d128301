"""Two households, or two people, that are one: merged with a journal of everything that changes, and taken apart again by it.

What is merged keeps its row, its cards and its number, and says what it is now; nobody finds it but through that.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.words import N_
from pepperchain.directory import merge_queries, people, tallies, terms
from pepperchain.directory.household_queries import get_household
from pepperchain.directory.merge_journals import Journal, play_back
from pepperchain.directory.merge_queries import (
    Comparison,
    MergeRow,
    PeopleCompared,
    compared,
    get_merge,
    people_compared,
    plain_references,
)
from pepperchain.directory.merge_rules import HOUSEHOLD, HOUSEHOLD_FIELDS, PERSON, Mover, taken
from pepperchain.directory.merging_people import BOTH_SIDES, Union, unite

TABLE = "directory_merge"
STALE = N_("Something of the two was changed since you looked at them. Look again, then decide.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided of two households or people: which values come from the one that is merged, and why it is merged.

    `same` says who of the merged household is whom of the other; everybody else moves in. `seen` is the comparison's.
    """

    survivor_id: int
    loser_id: int
    take: frozenset[str] = frozenset()
    same: Mapping[int, int]
    reason: str
    seen: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The merge that a form made; `repeated` if it was made when the same form came before."""

    id: int
    repeated: bool


@db.unit_of_work
async def merge_households(
    actor: Actor, *, id: UUID, decision: Decision, movers: Sequence[Mover], now: datetime
) -> Merged:
    """Two households of one scope become one. Missing: one of them is not the actor's or was merged; Conflict: it was changed since.

    Refused: it needs a second person, since two cooperatives are concerned.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    before = await made(actor, id)
    if before is not None:
        return Merged(before, True)
    comparison = await checked(actor, decision)
    if comparison.needs_two:
        raise Refused(N_("They belong to two cooperatives, so a second person decides too."))
    return await _carried_out(actor, id, decision, comparison, movers, now=now)


async def made(actor: Actor, id: UUID) -> int | None:
    """The merge that this form made already, if it did. Missing: it is none of the actor's."""
    found = await registry.made(TABLE, id)
    return None if found is None else (await get_merge(actor, found)).id


@db.unit_of_work
async def merge_approved(
    actor: Actor, *, id: UUID, decision: Decision, proposed_by: int, movers: Sequence[Mover], now: datetime
) -> Merged:
    """The same across cooperatives, as a second person who may decide on it has approved."""
    actor.require(Capability.DIRECTORY_MERGE)
    comparison = await checked(actor, decision)
    return await _carried_out(actor, id, decision, comparison, movers, proposed_by=proposed_by, now=now)


async def checked(actor: Actor, decision: Decision) -> Comparison:
    """The two as they are, held so that two stewards wait for each other. Refused for what cannot be one."""
    if decision.survivor_id == decision.loser_id:
        raise Refused(N_("A household cannot be merged with itself."))
    await db.lock(HOUSEHOLD, [decision.survivor_id, decision.loser_id])
    found = await compared(actor, decision.survivor_id, decision.loser_id)
    if found.one.home.ended_on is not None or found.other.home.ended_on is not None:
        raise Refused(N_("This household has ended."))
    if found.seen != decision.seen:
        raise Conflict(STALE)
    ours = {person.id for person in found.one.people}
    theirs = {person.id for person in found.other.people}
    if not (theirs.issuperset(decision.same) and ours.issuperset(decision.same.values())):
        raise Refused(N_("Choose people of the two households."), "same")
    if len(set(decision.same.values())) < len(decision.same):
        raise Refused(N_("Two people cannot both be the same third one. Merge them first."), "same")
    if len(ours) + len(theirs) - len(decision.same) > people.PEOPLE_MAX:
        raise Refused(N_("A household has at most %(most)s people."), most=people.PEOPLE_MAX)
    return found


async def _carried_out(
    actor: Actor,
    id: UUID,
    decision: Decision,
    comparison: Comparison,
    movers: Sequence[Mover],
    *,
    proposed_by: int | None = None,
    now: datetime,
) -> Merged:
    one, other, journal = comparison.one.home, comparison.other.home, Journal()
    today = clock.local_day(now)
    try:
        await _unite_people(journal, decision, comparison, today)
        await _unite_homes(journal, decision, comparison, today)
        await _close_pair(journal, actor, one.id, other.id, now=now)
    except db.Violation as violation:
        raise Refused(BOTH_SIDES) from violation
    both = None if one.cooperative_id != other.cooperative_id else one.cooperative_id
    merge_id = await registry.enter_once(
        TABLE, id, kind="household", household_id=one.id, loser_household_id=other.id, township_id=one.township_id,
        cooperative_id=both, reason=decision.reason, moved=json.dumps(_told(journal.moved())),
        decided=json.dumps(_decided(comparison, decision), ensure_ascii=False), made_at=now, made_by=actor.user_id,
        made_by_name=actor.name, proposed_by=proposed_by,
    )  # fmt: skip
    await journal.write(merge_id)
    await _settle([one.id, other.id], movers)
    await trail.record(
        actor, "household.merged", subject="household", subject_id=one.id, township_id=one.township_id,
        facts={"household": other.id, "reason": decision.reason, "proposed_by": proposed_by}, now=now,
    )  # fmt: skip
    return Merged(merge_id, False)


async def _unite_people(journal: Journal, decision: Decision, comparison: Comparison, today: date) -> None:
    """Those who are the same become one, everybody else of the merged household moves in; the head stays who it is."""
    references = await plain_references(PERSON)
    alike = next(iter(comparison.same), None)
    for loser_id, survivor_id in decision.same.items():
        union = Union(comparison.rows[survivor_id], comparison.rows[loser_id], today)
        # The side-by-side page shows the values of the two who were found alike; of others, what is missing is filled in.
        await unite(journal, union, decision.take if loser_id == alike else (), references)
    for person_id, household_id, is_head in await db.tuples(
        "SELECT p.id, p.household_id, p.is_head FROM directory_person p WHERE p.household_id = :household"
        " AND p.merged_into_id IS NULL ORDER BY p.id",
        household=comparison.other.home.id,
    ):
        before = {"household_id": household_id, "is_head": is_head}
        after = {"household_id": comparison.one.home.id, "is_head": False}
        await journal.put(PERSON, person_id, before, after)


async def _unite_homes(journal: Journal, decision: Decision, comparison: Comparison, today: date) -> None:
    """The household that stays takes what was chosen, and everything that names the other names it."""
    one, other = comparison.one.home, comparison.other.home
    rows = {each.id: {name: getattr(each, name) for name in _HOME} for each in (one, other)}
    chosen = taken(HOUSEHOLD_FIELDS, rows[one.id], rows[other.id], decision.take)
    columns = [column for name in sorted(chosen) for column in HOUSEHOLD_FIELDS[name]]
    await journal.put(HOUSEHOLD, one.id, rows[one.id], {name: rows[other.id][name] for name in columns})
    for each in comparison.other.memberships:
        clashes = each.ended_on is None and comparison.one.open_membership is not None
        before = {"household_id": other.id, "ended_on": each.ended_on}
        after = {"household_id": one.id, "ended_on": today if clashes else each.ended_on}
        await journal.put("directory_membership", each.id, before, after)
    for reference in await plain_references(HOUSEHOLD):
        await journal.move(reference, other.id, one.id)
    before = {"merged_into_id": None, "ended_on": None}
    await journal.put(HOUSEHOLD, other.id, before, {"merged_into_id": one.id, "ended_on": today})


_HOME = ("village_id", "township_id", "group_number", "address", "note")


async def _close_pair(journal: Journal, actor: Actor, one: int, other: int, *, now: datetime) -> None:
    columns = ("state", "decided_at", "decided_by", "decided_by_name")
    for id, *values in await db.tuples(
        f"SELECT d.id, d.{', d.'.join(columns)} FROM directory_duplicate d WHERE d.household_id = :one AND d.other_id = :other",
        one=min(one, other),
        other=max(one, other),
    ):
        after = dict(zip(columns, ("merged", now, actor.user_id, actor.name), strict=True))
        await journal.put("directory_duplicate", id, dict(zip(columns, values, strict=True)), after)


def _decided(comparison: Comparison, decision: Decision) -> list[list[str]]:
    """What both had and only one can have, and how it was decided: a code of the page's, and whose it was."""
    one, other, found = comparison.one, comparison.other, []
    if one.open_membership is not None and other.open_membership is not None:
        found.append(["membership", other.open_membership.organization])
    heads = {person.id: person.name for person in other.people if person.is_head}
    found += [["head", name] for id, name in heads.items() if id not in decision.same]
    found.append(["card", other.home.card_number])
    return found


def _told(moved: Mapping[str, int]) -> dict[str, int]:
    """What came along: not the two households themselves, nor their pair."""
    return {table: rows for table, rows in moved.items() if table not in (HOUSEHOLD, "directory_duplicate")}


@db.unit_of_work
async def merge_people(
    actor: Actor, *, id: UUID, decision: Decision, movers: Sequence[Mover], now: datetime
) -> Merged:
    """Two people become one: of one household, or of two where the one that is merged does not head its own.

    Missing and Conflict as for households. Refused: two cooperatives are concerned.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    before = await made(actor, id)
    if before is not None:
        return Merged(before, True)
    if decision.survivor_id == decision.loser_id:
        raise Refused(N_("A person cannot be merged with themselves."))
    found = await people_compared(actor, decision.survivor_id, decision.loser_id)
    homes = sorted({home.id for home in found.homes})
    await db.lock(HOUSEHOLD, homes)
    found = await people_compared(actor, decision.survivor_id, decision.loser_id)
    _check_people(found, decision)
    journal = Journal()
    try:
        await _hand_over(journal, found)
        union = Union(found.rows[found.one.id], found.rows[found.other.id], clock.local_day(now))
        await unite(journal, union, decision.take, await plain_references(PERSON))
        await _hand_over_head(journal, found)
    except db.Violation as violation:
        raise Refused(BOTH_SIDES) from violation
    home, other = found.homes
    merge_id = await registry.enter_once(
        TABLE, id, kind="person", household_id=home.id, loser_household_id=other.id, person_id=found.one.id,
        loser_person_id=found.other.id, township_id=home.township_id, cooperative_id=home.cooperative_id,
        reason=decision.reason, moved=json.dumps(_without_people(journal.moved())), decided="[]", made_at=now,
        made_by=actor.user_id, made_by_name=actor.name,
    )  # fmt: skip
    await journal.write(merge_id)
    await _settle(homes, movers)
    await trail.record(
        actor, "person.merged", subject="person", subject_id=found.one.id, township_id=home.township_id,
        facts={"person": found.other.id, "reason": decision.reason}, now=now,
    )  # fmt: skip
    return Merged(merge_id, False)


def _without_people(moved: Mapping[str, int]) -> dict[str, int]:
    return {table: rows for table, rows in _told(moved).items() if table != PERSON}


def _check_people(found: PeopleCompared, decision: Decision) -> None:
    home, other = found.homes
    if found.one.left_on is not None or found.other.left_on is not None:
        raise Refused(N_("This person has left already."))
    if home.ended_on is not None or other.ended_on is not None:
        raise Refused(N_("This household has ended."))
    if home.id != other.id and found.other.is_head:
        raise Refused(N_("A head goes with the whole household: merge the two households instead."))
    if home.id != other.id and None is not home.cooperative_id != other.cooperative_id is not None:
        raise Refused(N_("They belong to two cooperatives. Let one note that the person has left."))
    if found.seen != decision.seen:
        raise Conflict(STALE)


async def _hand_over(journal: Journal, found: PeopleCompared) -> None:
    """Whom to call: the one who stays, or in another household nobody but the head."""
    other = found.homes[1]
    if other.contact_person_id == found.other.id:
        stays = found.one.id if found.homes[0].id == other.id else None
        before = {"contact_person_id": other.contact_person_id}
        await journal.put(HOUSEHOLD, other.id, before, {"contact_person_id": stays})


async def _hand_over_head(journal: Journal, found: PeopleCompared) -> None:
    """Of one household: whoever stays is the head if either was."""
    if not found.other.is_head:
        return
    await journal.put(PERSON, found.other.id, {"is_head": True}, {"is_head": False})
    await journal.put(PERSON, found.one.id, {"is_head": False}, {"is_head": True})
    home = found.homes[0]
    await journal.put(HOUSEHOLD, home.id, {"head_id": found.other.id}, {"head_id": found.one.id})


@db.unit_of_work
async def undo(actor: Actor, *, id: int, movers: Sequence[Mover], now: datetime) -> MergeRow:
    """Takes a merge apart: everything is as it was, but for what was changed since, which stays and is named. Twice is once.

    Refused: a later merge of one of the two stands, or somebody who came with it heads the household now.
    """
    actor.require(Capability.DIRECTORY_EDIT)
    merge = await get_merge(actor, id)
    homes = sorted({merge.household_id, merge.loser_household_id})
    await db.lock(HOUSEHOLD, homes)
    merge = await get_merge(actor, id)
    if merge.state == "undone":
        return merge
    if await merge_queries.later_than(merge) is not None:
        raise Refused(N_("A later merge of the same household stands. Undo that one first."))
    if await merge_queries.is_final(merge):
        raise Refused(
            N_("Somebody of these was erased since, and with them what they were before. The merge stays.")
        )
    try:
        kept = await play_back(id)
    except db.Violation as violation:
        raise Refused(
            N_("What was changed since does not allow it any more. Put right by hand what is wrong.")
        ) from violation
    kept += await _without_strangers(homes)
    await db.execute(
        "UPDATE directory_merge SET state = 'undone', undone_at = :now, undone_by = :by, undone_by_name = :name, kept = :kept"
        " WHERE id = :id",
        id=id,
        now=now,
        by=actor.user_id,
        name=actor.name,
        kept=json.dumps(kept),
    )
    await _settle(homes, movers)
    subject = "household" if merge.kind == "household" else "person"
    stayed = merge.household_id if merge.kind == "household" else merge.person_id
    other = merge.loser_household_id if merge.kind == "household" else merge.loser_person_id
    await trail.record(
        actor, f"{subject}.merge_undone", subject=subject, subject_id=stayed, township_id=merge.township_id,
        facts={subject: other}, now=now,
    )  # fmt: skip
    return await get_merge(actor, id)


async def _without_strangers(homes: Sequence[int]) -> list[tuple[str, str]]:
    """No household may be left with a head of the other; whom to call is the head where it was somebody of the other."""
    stranger = (
        "SELECT h.id FROM directory_household h JOIN directory_person p ON p.id = h.{column} WHERE h.id IN :homes"
        " AND h.merged_into_id IS NULL AND p.household_id <> h.id"
    )
    if await db.scalar(stranger.format(column="head_id"), homes=list(homes)) is not None:
        raise Refused(
            N_(
                "Somebody who came with the merge heads a household now. Choose another head first, then undo."
            )
        )
    found = await db.fetch(int, stranger.format(column="contact_person_id"), homes=list(homes))
    if found:
        await db.execute(
            "UPDATE directory_household SET contact_person_id = NULL, version = version + 1 WHERE id IN :ids",
            ids=found,
        )
    return [(HOUSEHOLD, "contact_person_id") for _ in found]


async def _settle(homes: Iterable[int], movers: Collection[Mover]) -> None:
    """What follows from the rows: scope, counts, what people are found by, and the sums of rooms further up."""
    ids = sorted(set(homes))
    await tallies.settle(ids)
    for id, merged_into, ended_on in await db.tuples(
        "SELECT h.id, h.merged_into_id, h.ended_on FROM directory_household h WHERE h.id IN :ids", ids=ids
    ):
        await terms.forget_household(id)
        if merged_into is None and ended_on is None:
            await people.reindex(await get_household(SYSTEM, id))
    for mover in movers:
        if mover.settle is not None:
            await mover.settle(ids)
