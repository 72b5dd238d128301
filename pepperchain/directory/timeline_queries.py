"""One history out of many sources: each room hands in where its part of it stands, and this merges the first rows of each.

Nothing is written twice for a history: a slip is in it because it is a slip. A *source* gives *arms*, each a stretch of an index that
holds what is about one household, person or organization in the order of time; a page is the first rows of all arms, merged.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import get_household, get_person
from pepperchain.directory.models import Organization

DAMAGED = N_("The link to this page is damaged. Start from the first page.")
_BIGINT_MAX = 2**63 - 1


class EntryKind(StrEnum):
    """What an entry of a history tells of; entries of one moment stand in this order, the last first."""

    IMPORT = "import"
    CHANGE = "change"
    MEMBERSHIP = "membership"
    FAMILY = "family"
    MERGE = "merge"
    NOTE = "note"
    CALL = "call"
    VISIT = "visit"
    SLIP = "slip"
    VOID = "void"

    @property
    def words(self) -> str:
        """What people call it: a message id."""
        return _WORDS[self]

    @property
    def rank(self) -> int:
        return _RANKS[self]


_WORDS = {
    EntryKind.IMPORT: N_("From a sheet"),
    EntryKind.CHANGE: N_("Changes"),
    EntryKind.MEMBERSHIP: N_("Membership"),
    EntryKind.FAMILY: N_("Head and home"),
    EntryKind.MERGE: N_("Merges"),
    EntryKind.NOTE: N_("Notes"),
    EntryKind.CALL: N_("Calls"),
    EntryKind.VISIT: N_("Visits"),
    EntryKind.SLIP: N_("Slips"),
    EntryKind.VOID: N_("Voided slips"),
}
_RANKS = {kind: rank for rank, kind in enumerate(EntryKind)}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a history is about; a person is one of a household."""

    kind: Literal["household", "person", "organization"]
    id: int
    household_id: int | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """Rows of one kind: from where, at which moment (SQL, milliseconds), under which id, and which of them the actor sees.

    Ids are numbers, or UUIDs where not `numbered`; no two arms of a kind give the same id.
    """

    kind: EntryKind
    table: str
    at: str
    id: str
    where: Clause
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was; its source tells it in words."""

    kind: EntryKind
    at: int
    id: int | str

    @property
    def key(self) -> tuple[int, str, str]:
        """Where the next page begins."""
        return self.at, self.kind.value, str(self.id)


@dataclass(frozen=True, slots=True)
class Telling:
    """An entry in the reader's words; `lines` are said beneath, `mark` is a badge of (words, kind)."""

    title: str
    url: str | None = None
    by: str | None = None
    lines: Sequence[str] = ()
    mark: tuple[str, str] | None = None


Arms = Callable[[Actor, Subject], Sequence[Arm]]
Tell = Callable[[Actor, Subject, Sequence[Entry]], Awaitable[Mapping[Entry, Telling]]]


@dataclass(frozen=True, slots=True)
class Source:
    """What one room adds to histories."""

    kinds: frozenset[EntryKind]
    arms: Arms
    tell: Tell


async def subject_of(actor: Actor, kind: Literal["household", "person", "organization"], id: int) -> Subject:
    """Whose history is asked for. Raises Missing where the actor sees neither them nor their history."""
    if kind == "household":
        return Subject("household", (await get_household(actor, id)).id, id)
    if kind == "person":
        return Subject("person", id, (await get_person(actor, id)).household_id)
    scope = Organization.history_visible_to(actor, "o")
    sql = f"SELECT o.id FROM directory_organization o WHERE o.id = :id AND {scope.sql}"
    if await db.scalar(sql, id=id, **scope.params) is None:
        raise Missing()
    return Subject("organization", id)


async def entries(
    actor: Actor,
    sources: Sequence[Source],
    subject: Subject,
    *,
    kind: EntryKind | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    before: tuple[int, str, str] | None = None,
    limit: int,
) -> list[Entry]:
    """The latest entries, newest first; `before` is the key of the last one of the page before."""
    arms = [
        arm for source in sources for arm in source.arms(actor, subject) if kind is None or arm.kind is kind
    ]
    if not arms:
        return []
    params: dict[str, Any] = {"limit": limit}
    texts = []
    edge = None if before is None else _edge(before)
    for place, arm in enumerate(arms):
        clause = arm.where & _span(arm, first_day, last_day)
        if edge is not None:
            clause &= _after(arm, edge)
        params |= clause.params
        # The order of the arm is that of its index; its rank and number tell the merge which of them a row came from.
        texts.append(
            f"SELECT * FROM (SELECT {arm.at} AS stands_at, {place} AS arm, CAST({arm.id} AS TEXT) AS ref FROM {arm.table}"
            f" WHERE {clause.sql} ORDER BY {arm.at} DESC, {arm.id} DESC LIMIT :limit) arm_{place}"
        )
    rows = await db.tuples(" UNION ALL ".join(texts), **params)
    found = [
        Entry(arms[place].kind, int(at), int(ref) if arms[place].numbered else str(ref).lower())
        for at, place, ref in rows
    ]
    return sorted(found, key=_order, reverse=True)[:limit]


def _order(entry: Entry) -> tuple[int, int, int, str]:
    numbered = isinstance(entry.id, int)
    return (
        entry.at,
        entry.kind.rank,
        entry.id if isinstance(entry.id, int) else 0,
        "" if numbered else str(entry.id),
    )


def _edge(before: tuple[int, str, str]) -> tuple[int, EntryKind, str]:
    """The key of a cursor, which anybody may have written. Raises Refused."""
    at, kind, ref = before
    if kind not in set(EntryKind) or not -_BIGINT_MAX <= at <= _BIGINT_MAX:
        raise Refused(DAMAGED)
    return at, EntryKind(kind), ref


def _after(arm: Arm, edge: tuple[int, EntryKind, str]) -> Clause:
    """The rows of an arm that come after the edge: those of its own kind by their ids too."""
    at, kind, ref = edge
    if arm.kind is not kind:
        sign = "<" if arm.kind.rank > kind.rank else "<="
        return Clause(f"{arm.at} {sign} :edge_at", {"edge_at": at})
    name = "edge_number" if arm.numbered else "edge_id"
    return Clause(
        f"({arm.at}, {arm.id}) < (:edge_at, :{name})", {"edge_at": at, name: _ref(ref, arm.numbered)}
    )


def _ref(ref: str, numbered: bool) -> int | UUID:
    if (
        numbered
        and ref.isascii()
        and ref.isdigit()
        and len(ref) <= len(str(_BIGINT_MAX))
        and int(ref) <= _BIGINT_MAX
    ):
        return int(ref)
    try:
        if numbered:
            raise ValueError(ref)
        return UUID(ref)
    except ValueError:
        raise Refused(DAMAGED) from None


def _span(arm: Arm, first_day: date | None, last_day: date | None) -> Clause:
    parts, params = ["TRUE"], {}
    if first_day is not None:
        parts.append(f"{arm.at} >= :first_at")
        params["first_at"] = clock.day_range(first_day)[0]
    if last_day is not None:
        parts.append(f"{arm.at} < :last_at")
        params["last_at"] = clock.day_range(last_day)[1]
    return Clause(" AND ".join(parts), params)


async def told(
    actor: Actor, sources: Sequence[Source], subject: Subject, found: Sequence[Entry]
) -> list[tuple[Entry, Telling]]:
    """The entries in words, in their order; what a source does not tell the actor is left out."""
    words: dict[Entry, Telling] = {}
    for source in sources:
        own = [entry for entry in found if entry.kind in source.kinds]
        if own:
            words |= await source.tell(actor, subject, own)
    return [(entry, words[entry]) for entry in found if entry in words]
