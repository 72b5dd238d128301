"""Reads of what people say is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.consents.models import Correction
from pepperchain.core import db
from pepperchain.core.errors import Missing

COUNTED_MAX = 100


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """What somebody says is wrong, and what was answered."""

    id: int
    person_id: int
    household_id: int
    person: str
    what: str
    proposed: str | None
    words: str
    user_name: str
    asked_at: int
    due_on: str
    state: str
    answer: str | None
    decided_by_name: str | None
    decided_at: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many are open and how many of those are over their day; counted to a hundred."""

    open: int
    overdue: int


_SELECT = (
    "SELECT x.id, x.person_id, p.household_id, p.name, x.what, x.proposed, x.words, x.user_name, x.asked_at, x.due_on, x.state, x.answer,"
    " x.decided_by_name, x.decided_at FROM consents_correction x JOIN directory_person p ON p.id = x.person_id"
)


async def open_corrections(actor: Actor, *, after: Sequence[Any] | None, limit: int) -> list[CorrectionRow]:
    """What waits for an answer, the soonest due first; `after` is (due_on, id)."""
    scope = Correction.visible_to(actor, "x")
    more = "" if after is None else " AND (x.due_on, x.id) > (:after_on, :after_id)"
    return await db.fetch(
        CorrectionRow,
        f"{_SELECT} WHERE x.state = 'open' AND {scope.sql}{more} ORDER BY x.due_on, x.id LIMIT :limit",
        limit=limit,
        **({} if after is None else {"after_on": after[0], "after_id": after[1]}),
        **scope.params,
    )


async def decided_corrections(
    actor: Actor, *, before: Sequence[Any] | None, limit: int
) -> list[CorrectionRow]:
    """What was answered, the latest first; `before` is (decided_at, id)."""
    scope = Correction.visible_to(actor, "x")
    more = "" if before is None else " AND (x.decided_at, x.id) < (:before_at, :before_id)"
    return await db.fetch(
        CorrectionRow,
        f"{_SELECT} WHERE x.state <> 'open' AND {scope.sql}{more} ORDER BY x.decided_at DESC, x.id DESC LIMIT :limit",
        limit=limit,
        **({} if before is None else {"before_at": before[0], "before_id": before[1]}),
        **scope.params,
    )


async def corrections_of(actor: Actor, person_id: int, *, limit: int) -> list[CorrectionRow]:
    """What was said to be wrong of a person, as far as the actor may know of it, the latest first."""
    scope = Correction.visible_to(actor, "x")
    return await db.fetch(
        CorrectionRow,
        f"{_SELECT} WHERE x.person_id = :person AND {scope.sql} ORDER BY x.id DESC LIMIT :limit",
        person=person_id,
        limit=limit,
        **scope.params,
    )


async def get_correction(actor: Actor, id: int) -> CorrectionRow:
    """One of them. Raises Missing for those that the actor does not see."""
    scope = Correction.visible_to(actor, "x")
    row = await db.fetch_one(
        CorrectionRow, f"{_SELECT} WHERE x.id = :id AND {scope.sql}", id=id, **scope.params
    )
    if row is None:
        raise Missing()
    return row


async def asked_before(request_id: UUID) -> tuple[int, int, int] | None:
    """The id, person and user of the one that the same form made."""
    rows = await db.tuples(
        "SELECT x.id, x.person_id, x.user_id FROM consents_correction x WHERE x.request_id = :id",
        id=request_id,
    )
    return (int(rows[0][0]), int(rows[0][1]), int(rows[0][2])) if rows else None


async def open_of(person_id: int) -> int:
    """How many of one person's wait for an answer."""
    found = await db.scalar(
        "SELECT COUNT(*) FROM consents_correction x WHERE x.person_id = :person AND x.state = 'open'",
        person=person_id,
    )
    return int(found or 0)


async def waiting_corrections(actor: Actor, *, today: date) -> Waiting:
    """What waits for an answer in the actor's scope."""
    scope = Correction.visible_to(actor, "x")
    rows = await db.tuples(
        "SELECT w.due_on FROM (SELECT x.due_on FROM consents_correction x"
        f" WHERE x.state = 'open' AND {scope.sql} ORDER BY x.due_on LIMIT :most) w",
        most=COUNTED_MAX,
        **scope.params,
    )
    return Waiting(len(rows), sum(str(due_on) < today.isoformat() for (due_on,) in rows))
