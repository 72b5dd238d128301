"""Where households moved from and to, and who went to another household."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.directory.models import Household


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A household that lives elsewhere from a day on: done, still to come, called off, or taken back."""

    id: int
    household_id: int
    from_village_id: int
    from_village: str
    from_village_en: str
    from_group: int | None
    from_address: str | None
    to_village_id: int
    to_village: str
    to_village_en: str
    to_group: int | None
    to_address: str | None
    moved_on: str
    keeps_membership: bool
    membership_id: int | None
    state: str
    ended_reason: str | None


def _move(*row: Any) -> MoveRow:
    return MoveRow(*(*row[:13], bool(row[13]), *row[14:]))


_MOVE = (
    "SELECT m.id, m.household_id, m.from_village_id, f.name, f.name_en, m.from_group, m.from_address, m.to_village_id, t.name,"
    " t.name_en, m.to_group, m.to_address, m.moved_on, m.keeps_membership, m.membership_id, m.state, m.ended_reason"
    " FROM directory_move m JOIN directory_area f ON f.id = m.from_village_id JOIN directory_area t ON t.id = m.to_village_id"
    " JOIN directory_household h ON h.id = m.household_id"
)


async def moves_of(actor: Actor, household_id: int) -> list[MoveRow]:
    """The moves of a household the actor sees, the latest first."""
    scope = Household.visible_to(actor, "h")
    return await db.fetch(
        _move,
        f"{_MOVE} WHERE m.household_id = :household AND {scope.sql} ORDER BY m.moved_on DESC, m.id DESC",
        household=household_id,
        **scope.params,
    )


async def moves_by_id(actor: Actor, ids: Sequence[int]) -> list[MoveRow]:
    """The given moves, as far as the actor sees their households."""
    scope = Household.visible_to(actor, "h")
    return await db.fetch(_move, f"{_MOVE} WHERE m.id IN :ids AND {scope.sql}", ids=list(ids), **scope.params)


async def due(today: date, *, limit: int) -> list[tuple[int, int]]:
    """Moves whose day has come, with their households, the earliest first. One that a merge left behind waits for its undo."""
    rows = await db.tuples(
        "SELECT m.id, m.household_id FROM directory_move m JOIN directory_household h ON h.id = m.household_id"
        " WHERE m.state = 'due' AND m.moved_on <= :today AND h.merged_into_id IS NULL"
        " ORDER BY m.moved_on, m.id LIMIT :limit",
        today=today,
        limit=limit,
    )
    return [(int(id), int(household_id)) for id, household_id in rows]


def coming(moves: Sequence[MoveRow]) -> MoveRow | None:
    """The move that is still to come."""
    return next((each for each in moves if each.state == "due"), None)


def latest(moves: Sequence[MoveRow]) -> MoveRow | None:
    """The move that brought it where it is; only it can be taken back."""
    return next((each for each in moves if each.state == "done"), None)


@dataclass(frozen=True, slots=True)
class PersonMoveRow:
    """Somebody who went from one household to another; the head of a household that the actor does not see is None."""

    id: int
    person_id: int
    name: str
    from_household_id: int
    from_head: str | None
    to_household_id: int
    to_head: str | None
    moved_on: str
    reason: str


async def person_moves_by_id(actor: Actor, ids: Sequence[int]) -> list[PersonMoveRow]:
    """The given ones, as far as the actor sees one of the two households."""
    one, other = Household.visible_to(actor, "f"), Household.visible_to(actor, "t")
    return await db.fetch(
        PersonMoveRow,
        "SELECT m.id, m.person_id, p.name, m.from_household_id, fp.name, m.to_household_id, tp.name, m.moved_on, m.reason"
        " FROM directory_person_move m JOIN directory_person p ON p.id = m.person_id"
        f" LEFT JOIN directory_household f ON f.id = m.from_household_id AND {one.sql}"
        " LEFT JOIN directory_person fp ON fp.id = f.head_id"
        f" LEFT JOIN directory_household t ON t.id = m.to_household_id AND {other.sql}"
        " LEFT JOIN directory_person tp ON tp.id = t.head_id"
        " WHERE m.id IN :ids AND (f.id IS NOT NULL OR t.id IS NOT NULL)",
        ids=list(ids),
        **{**one.params, **other.params},
    )
