"""Two households or people side by side, and the merges there were, in the actor's scope."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db, references
from pepperchain.core.errors import Missing
from pepperchain.core.references import Reference
from pepperchain.core.words import N_
from pepperchain.directory import matching_queries
from pepperchain.directory.household_queries import (
    HouseholdDetail,
    MembershipRow,
    PersonRow,
    get_household,
    get_person,
    memberships_of,
    people_of,
)
from pepperchain.directory.matching_queries import Snapshot
from pepperchain.directory.merge_models import Merge
from pepperchain.directory.merge_rules import BY_HAND, HOUSEHOLD, PERSON, STAYS, contradict
from pepperchain.directory.models import Household
from pepperchain.directory.reading_rules import tidy

SEEN_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Side:
    """A household with its people and memberships."""

    home: HouseholdDetail
    people: Sequence[PersonRow]
    memberships: Sequence[MembershipRow]

    @property
    def open_membership(self) -> MembershipRow | None:
        return next((each for each in self.memberships if each.ended_on is None), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two households as they are now; `same` says who of the other is whom of the one, as far as it can be told."""

    one: Side
    other: Side
    rows: Mapping[int, Snapshot]
    same: Mapping[int, int]
    seen: str

    @property
    def needs_two(self) -> bool:
        """Whether two cooperatives are concerned, so that a second person decides too."""
        concerned = {self.one.home.cooperative_id, self.other.home.cooperative_id} - {None}
        return len(concerned) > 1


async def compared(actor: Actor, one_id: int, other_id: int) -> Comparison:
    """Two households that the actor sees. Raises Missing for others, and for what is merged already."""
    one, other = await _side(actor, one_id), await _side(actor, other_id)
    everyone = [*one.people, *other.people]
    rows = await matching_queries.people_as_they_are([person.id for person in everyone])
    parts = [
        *((side.home.id, side.home.version, side.home.ended_on) for side in (one, other)),
        *((row["id"], row["version"], row["household_id"]) for _, row in sorted(rows.items())),
        *((each.id, each.version, each.ended_on) for side in (one, other) for each in side.memberships),
    ]
    return Comparison(one, other, rows, await _same(one, other, rows), _fingerprint(parts))


async def _side(actor: Actor, household_id: int) -> Side:
    return Side(
        await get_household(actor, household_id),
        await people_of(actor, household_id),
        await memberships_of(actor, household_id),
    )


async def _same(one: Side, other: Side, rows: Mapping[int, Snapshot]) -> dict[int, int]:
    """Whom the search for doubles found alike, then who has the same ID number or the same name and nothing that speaks against it."""
    found: dict[int, int] = {}
    pair = await db.fetch_one(
        lambda person, other_person: {person, other_person},
        "SELECT d.person_id, d.other_person_id FROM directory_duplicate d WHERE d.household_id = :one AND d.other_id = :other",
        one=min(one.home.id, other.home.id),
        other=max(one.home.id, other.home.id),
    )
    for theirs in other.people:
        free = [ours for ours in one.people if ours.id not in found.values()]
        for ours in free:
            mine, its = rows[ours.id], rows[theirs.id]
            numbered = mine["id_number_hash"] is not None and mine["id_number_hash"] == its["id_number_hash"]
            named = tidy(ours.name) == tidy(theirs.name) and not contradict(mine, its)
            if {ours.id, theirs.id} == pair or numbered or named:
                found[theirs.id] = ours.id
                break
    return found


@dataclass(frozen=True, slots=True)
class PeopleCompared:
    """Two people as they are now, with their households."""

    one: PersonRow
    other: PersonRow
    homes: tuple[HouseholdDetail, HouseholdDetail]
    rows: Mapping[int, Snapshot]
    seen: str


async def people_compared(actor: Actor, one_id: int, other_id: int) -> PeopleCompared:
    """Two people whom the actor sees. Raises Missing for others, and for those who are merged already."""
    one, other = await get_person(actor, one_id), await get_person(actor, other_id)
    homes = await get_household(actor, one.household_id), await get_household(actor, other.household_id)
    rows = await matching_queries.people_as_they_are([one.id, other.id])
    parts = [(home.id, home.version, home.head_id) for home in homes]
    parts += [(row["id"], row["version"], row["household_id"]) for _, row in sorted(rows.items())]
    return PeopleCompared(one, other, homes, rows, _fingerprint(parts))


def _fingerprint(parts: Sequence[Any]) -> str:
    """What a form sends back, so that nothing is merged that looked otherwise when somebody decided."""
    return hashlib.sha256(repr(list(parts)).encode()).hexdigest()[:SEEN_CHARACTERS]


async def plain_references(table: str) -> list[Reference]:
    """The columns of the whole schema that name a household, or a person, and are simply moved with it."""
    return [
        each for each in await references.referring(table) if (each.table, each.column) not in BY_HAND | STAYS
    ]


async def would_move(household_id: int) -> dict[str, int]:
    """What would go along with a household: rows of each table, without its people and memberships."""
    return await references.count(await plain_references(HOUSEHOLD), household_id)


async def person_would_move(person_id: int) -> dict[str, int]:
    """The same for a person."""
    return await references.count(await plain_references(PERSON), person_id)


async def survivor_of(actor: Actor, household_id: int) -> int:
    """What a household that was merged is now. Raises Missing if it was not, or the actor does not see it."""
    scope = Household.visible_to(actor, "h")
    found = await db.scalar(
        "SELECT h.id FROM directory_household gone JOIN directory_household h ON h.id = gone.merged_into_id"
        f" WHERE gone.id = :id AND {scope.sql}",
        id=household_id,
        **scope.params,
    )
    if found is None:
        raise Missing()
    return int(found)


async def person_survivor_of(actor: Actor, person_id: int) -> PersonRow:
    """Who a person that was merged is now. Raises Missing like `survivor_of`."""
    found = await db.scalar(
        "SELECT p.merged_into_id FROM directory_person p WHERE p.id = :id AND p.merged_into_id IS NOT NULL",
        id=person_id,
    )
    if found is None:
        raise Missing()
    return await get_person(actor, int(found))


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge as lists show it: who stayed, who was merged, and what each is called."""

    id: int
    kind: str
    household_id: int
    loser_household_id: int
    person_id: int | None
    loser_person_id: int | None
    name: str
    loser_name: str
    card_number: str
    loser_card_number: str
    township_id: int
    cooperative_id: int | None
    reason: str
    moved: Mapping[str, int]
    decided: Sequence[Sequence[str]]
    made_at: int
    made_by_name: str
    proposed_by: int | None
    state: str
    undone_at: int | None
    undone_by_name: str | None
    kept: Sequence[Sequence[str]]


_MERGE = (
    "SELECT m.id, m.kind, m.household_id, m.loser_household_id, m.person_id, m.loser_person_id, COALESCE(ps.name, hp.name),"
    " COALESCE(pl.name, lp.name), h.card_number, l.card_number, m.township_id, m.cooperative_id, m.reason, m.moved, m.decided,"
    " m.made_at, m.made_by_name, m.proposed_by, m.state, m.undone_at, m.undone_by_name, m.kept FROM directory_merge m"
    " JOIN directory_household h ON h.id = m.household_id JOIN directory_household l ON l.id = m.loser_household_id"
    " LEFT JOIN directory_person hp ON hp.id = h.head_id LEFT JOIN directory_person lp ON lp.id = l.head_id"
    " LEFT JOIN directory_person ps ON ps.id = m.person_id LEFT JOIN directory_person pl ON pl.id = m.loser_person_id"
)


def _merge(*row: Any) -> MergeRow:
    values = list(row)
    values[13], values[14] = json.loads(values[13]), json.loads(values[14])
    values[21] = [] if values[21] is None else json.loads(values[21])
    return MergeRow(*values)


async def list_merges(actor: Actor, *, before: int | None = None, limit: int) -> list[MergeRow]:
    """The merges in the actor's scope, the latest first."""
    scope = Merge.visible_to(actor, "m")
    after = "" if before is None else " AND m.id < :before"
    return await db.fetch(
        _merge,
        f"{_MERGE} WHERE {scope.sql}{after} ORDER BY m.id DESC LIMIT :limit",
        limit=limit,
        **({} if before is None else {"before": before}),
        **scope.params,
    )


async def get_merge(actor: Actor, id: int) -> MergeRow:
    """One merge. Raises Missing for those that the actor does not see."""
    scope = Merge.visible_to(actor, "m")
    row = await db.fetch_one(_merge, f"{_MERGE} WHERE m.id = :id AND {scope.sql}", id=id, **scope.params)
    if row is None:
        raise Missing()
    return row


async def is_final(merge: MergeRow) -> bool:
    """Whether somebody of the two households was erased since, and the journal with them."""
    found = await db.scalar(
        "SELECT 1 FROM directory_person p WHERE p.household_id IN :homes AND p.erased_at >= :made_at LIMIT 1",
        homes=[merge.household_id, merge.loser_household_id],
        made_at=merge.made_at,
    )
    return found is not None


async def later_than(merge: MergeRow) -> int | None:
    """The latest merge that stands and concerns a household of an earlier one, which is undone first."""
    found = await db.scalar(
        "SELECT MAX(m.id) FROM directory_merge m WHERE m.state = 'standing' AND m.id > :id"
        " AND (m.household_id IN :homes OR m.loser_household_id IN :homes)",
        id=merge.id,
        homes=[merge.household_id, merge.loser_household_id],
    )
    return None if found is None else int(found)


def column_words(what: str) -> str:
    """What a column that an undo left is called: a message id."""
    return _COLUMNS.get(what, _OTHERWISE)


_COLUMNS = {
    "household_id": N_("which household it belongs to"), "person_id": N_("whose it is"), "deliverer_id": N_("who brought it"),
    "place": N_("the place"), "address": N_("the address"), "note": N_("the note"), "name": N_("the name"), "sex": N_("the sex"),
    "born_on": N_("the birthday"), "phone": N_("the phone"), "has_smartphone": N_("the smartphone"),
    "id_number": N_("the ID number"), "bank_card": N_("the bank card"), "head_id": N_("the head"),
    "contact_person_id": N_("whom to call"), "ended_on": N_("the last day"), "merged_into_id": N_("whether it is in use"),
}  # fmt: skip
_OTHERWISE = N_("something of it")


@dataclass(frozen=True, slots=True)
class MergedHome:
    """A household that was merged, with its card, which finds the one that stayed; `merge_id` for those who see the merge."""

    merge_id: int | None
    card_number: str
    card_lost_at: int | None
    made_at: int
    made_by_name: str
    reason: str


async def merged_into(actor: Actor, household_id: int) -> list[MergedHome]:
    """What was merged into a household that the actor was found to see."""
    scope = Merge.visible_to(actor, "m")
    return await db.fetch(
        MergedHome,
        f"SELECT CASE WHEN {scope.sql} THEN m.id END, l.card_number, k.lost_at, m.made_at, m.made_by_name, m.reason"
        " FROM directory_household l"
        " JOIN directory_merge m ON m.loser_household_id = l.id AND m.kind = 'household' AND m.state = 'standing'"
        " LEFT JOIN directory_card k ON k.number = l.card_number WHERE l.merged_into_id = :household ORDER BY m.id DESC",
        household=household_id,
        **scope.params,
    )
