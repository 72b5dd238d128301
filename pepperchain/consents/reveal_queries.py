"""Reads of looks at sealed numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.consents.models import Reveal
from pepperchain.core import db


@dataclass(frozen=True, slots=True)
class RevealRow:
    """One look: who, when, at which number of whom, and why."""

    id: str
    person_id: int
    person: str
    number: str
    reason: str
    words: str
    user_id: int
    user_name: str
    organization: str | None
    at: int


_SELECT = (
    "SELECT r.id, r.person_id, p.name, r.number, r.reason, r.words, r.user_id, r.user_name, o.short_name, r.at FROM consents_reveal r"
    " JOIN directory_person p ON p.id = r.person_id LEFT JOIN directory_organization o ON o.id = r.organization_id"
)


async def reveals_of(
    actor: Actor, person_id: int, *, before: Sequence[object] | None = None, limit: int
) -> list[RevealRow]:
    """Who looked at the numbers of a person, as far as the actor may know of it, the latest first; `before` is (at, id)."""
    scope = Reveal.visible_to(actor, "r")
    after = "" if before is None else " AND (r.at, r.id) < (:before_at, :before_id)"
    return await db.fetch(
        RevealRow,
        f"{_SELECT} WHERE r.person_id = :person AND {scope.sql}{after} ORDER BY r.at DESC, r.id DESC LIMIT :limit",
        person=person_id,
        limit=limit,
        **({} if before is None else {"before_at": before[0], "before_id": before[1]}),
        **scope.params,
    )


async def reveal(id: UUID) -> RevealRow | None:
    """One look by its form's id, for the verb that makes it."""
    return await db.fetch_one(RevealRow, f"{_SELECT} WHERE r.id = :id", id=id)


async def looked_since(user_id: int, since: datetime) -> int:
    """How many numbers a user saw since then."""
    found = await db.scalar(
        "SELECT COUNT(*) FROM consents_reveal r WHERE r.user_id = :user AND r.at > :since",
        user=user_id,
        since=since,
    )
    return int(found or 0)


async def leave_for(user_id: int, person_id: int, number: str, *, now: datetime) -> int | None:
    """The leave for one look that a second person gave and nobody used yet."""
    found = await db.scalar(
        "SELECT l.id FROM consents_reveal_leave l WHERE l.user_id = :user AND l.person_id = :person AND l.number = :number"
        " AND l.reveal_id IS NULL AND l.expires_at > :now ORDER BY l.id LIMIT 1",
        user=user_id,
        person=person_id,
        number=number,
        now=now,
    )
    return None if found is None else int(found)


async def sealed_of(person_id: int, number: str) -> tuple[str, bytes] | None:
    """What a number is bound to, and the sealed number; None where there is none."""
    column = {"id_number": "id_number_sealed", "bank_card": "bank_card_sealed"}[number]
    rows = await db.tuples(
        f"SELECT p.request_id, p.{column} FROM directory_person p WHERE p.id = :id", id=person_id
    )
    if not rows or rows[0][1] is None:
        return None
    return str(rows[0][0]), bytes(rows[0][1])
