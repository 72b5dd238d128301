"""Pairs of households that may be one, in the actor's scope: the list by how much speaks for it, and one pair."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.directory.matching_rules import Evidence, kept
from pepperchain.directory.models import Duplicate
from pepperchain.directory.queries import AreaRow

COUNT_MAX = 1000


class State(StrEnum):
    """What was decided of a pair."""

    OPEN = "open"
    DISMISSED = "dismissed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the household, and who of it resembles somebody of the other."""

    household_id: int
    person_id: int
    name: str
    card_number: str
    village: str
    village_en: str
    group_number: int | None
    cooperative: str | None


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """A pair as the list shows it."""

    id: int
    points: int
    evidence: tuple[Evidence, ...]
    people: int
    state: State
    township_id: int
    version: int
    decided_at: int | None
    decided_by_name: str | None
    one: Side
    other: Side

    @property
    def needs_both(self) -> bool:
        """Whether two cooperatives are concerned."""
        return (
            self.one.cooperative is not None
            and self.other.cooperative is not None
            and self.one.cooperative != self.other.cooperative
        )


_SIDE = "{h}.id, {p}.id, {p}.name, {h}.card_number, {v}.name, {v}.name_en, {h}.group_number, {o}.short_name"
_JOINS = (
    " JOIN directory_household {h} ON {h}.id = d.{household} JOIN directory_person {p} ON {p}.id = d.{person}"
    " JOIN directory_area {v} ON {v}.id = {h}.village_id LEFT JOIN directory_organization {o} ON {o}.id = {h}.cooperative_id"
)
_ONE = {"h": "h", "p": "p", "v": "v", "o": "o", "household": "household_id", "person": "person_id"}
_OTHER = {"h": "g", "p": "q", "v": "w", "o": "r", "household": "other_id", "person": "other_person_id"}
_SIDE_COLUMNS = 8
_COLUMNS = (
    "d.id, d.points, d.evidence, d.people, d.state, d.township_id, d.version, d.decided_at, d.decided_by_name, "
    + f"{_SIDE.format_map(_ONE)}, {_SIDE.format_map(_OTHER)}"
)
_FROM = f" FROM directory_duplicate d{_JOINS.format_map(_ONE)}{_JOINS.format_map(_OTHER)}"


def _row(*row: Any) -> DuplicateRow:
    id, points, evidence, people, state, *rest = row
    township, version, at, by, *sides = rest
    one, other = Side(*sides[:_SIDE_COLUMNS]), Side(*sides[_SIDE_COLUMNS:])
    return DuplicateRow(
        id, points, kept(evidence), people, State(state), township, version, at, by, one, other
    )


_LIVING = Clause(
    "NOT EXISTS (SELECT 1 FROM directory_household e WHERE e.id IN (d.household_id, d.other_id) AND e.ended_on IS NOT NULL)"
)


def _clause(actor: Actor, state: State, township_id: int | None, village_id: int | None) -> Clause:
    clause = Clause(f"d.state = '{state.value}'") & _LIVING & Duplicate.visible_to(actor, "d")
    if village_id is not None:
        clause &= Clause("d.village_id = :village", {"village": village_id})
    elif township_id is not None:
        clause &= Clause("d.township_id = :township", {"township": township_id})
    return clause


async def list_duplicates(
    actor: Actor,
    *,
    state: State = State.OPEN,
    township_id: int | None = None,
    village_id: int | None = None,
    before: tuple[int, int] | None = None,
    limit: int,
) -> list[DuplicateRow]:
    """Pairs that wait for somebody, or that were dismissed; what most speaks for comes first."""
    clause = _clause(actor, state, township_id, village_id)
    if before is not None:
        clause &= Clause(
            "(d.points, d.id) < (CAST(:points AS BIGINT), :id)", {"points": before[0], "id": before[1]}
        )
    return await db.fetch(
        _row,
        f"SELECT {_COLUMNS}{_FROM} WHERE {clause.sql} ORDER BY d.points DESC, d.id DESC LIMIT :limit",
        limit=limit,
        **clause.params,
    )


async def count_duplicates(
    actor: Actor,
    *,
    state: State = State.OPEN,
    township_id: int | None = None,
    village_id: int | None = None,
    most: int = COUNT_MAX,
) -> int:
    """How many there are, counted no further than one above `most`."""
    clause = _clause(actor, state, township_id, village_id)
    return int(
        await db.scalar(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM directory_duplicate d WHERE {clause.sql} LIMIT :most) counted",
            most=most + 1,
            **clause.params,
        )
    )


async def get_duplicate(actor: Actor, id: int) -> DuplicateRow:
    """One pair. Raises Missing for those that the actor does not see."""
    scope = Duplicate.visible_to(actor, "d")
    row = await db.fetch_one(
        _row, f"SELECT {_COLUMNS}{_FROM} WHERE d.id = :id AND {scope.sql}", id=id, **scope.params
    )
    if row is None:
        raise Missing()
    return row


async def villages_with(actor: Actor) -> list[AreaRow]:
    """The villages where pairs wait: what the list can be narrowed to."""
    scope = Duplicate.visible_to(actor, "d")
    return await db.fetch(
        AreaRow,
        "SELECT a.id, a.kind, a.code, a.name, a.name_en, a.township_id, a.band, a.altitude_m, a.tile_column, a.tile_row"
        " FROM directory_area a WHERE a.kind = 'village' AND EXISTS (SELECT 1 FROM directory_duplicate d"
        f" WHERE d.village_id = a.id AND d.state = 'open' AND {scope.sql}) ORDER BY a.code",
        **scope.params,
    )


async def same_numbers(pair: DuplicateRow) -> tuple[bool, bool]:
    """Whether the two people of a pair have one ID number, and one bank card: what their hints alone cannot tell."""
    found = await db.fetch_one(
        lambda one, other: (bool(one), bool(other)),
        "SELECT p.id_number_hash = q.id_number_hash, p.bank_card_hash = q.bank_card_hash FROM directory_person p, directory_person q"
        " WHERE p.id = :one AND q.id = :other",
        one=pair.one.person_id,
        other=pair.other.person_id,
    )
    return found or (False, False)
