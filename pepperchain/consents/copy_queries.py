"""Reads of copies that were made."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.consents.models import Copy
from pepperchain.core import db


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy: of whom, for what, by whom, and until when its file is there."""

    id: str
    person_id: int
    reason: str | None
    user_id: int
    user_name: str
    made_at: int
    rows: int
    token: str
    expires_at: int
    swept_at: int | None


_SELECT = (
    "SELECT k.id, k.person_id, k.reason, k.user_id, k.user_name, k.made_at, k.rows_told, k.token, k.expires_at, k.swept_at"
    " FROM consents_copy k"
)


async def copies_of(actor: Actor, person_id: int, *, limit: int) -> list[CopyRow]:
    """The copies of somebody's data, as far as the actor may know of them, the latest first."""
    scope = Copy.visible_to(actor, "k")
    return await db.fetch(
        CopyRow,
        f"{_SELECT} WHERE k.person_id = :person AND {scope.sql} ORDER BY k.made_at DESC, k.id DESC LIMIT :limit",
        person=person_id,
        limit=limit,
        **scope.params,
    )


async def copy_by_id(id: UUID) -> CopyRow | None:
    """One copy by its form's id, whoever made it."""
    return await db.fetch_one(CopyRow, f"{_SELECT} WHERE k.id = :id", id=id)


async def kept_copies(person_id: int, user_id: int) -> int:
    """How many files of one person's data lie there for one user."""
    found = await db.scalar(
        "SELECT COUNT(*) FROM consents_copy k WHERE k.person_id = :person AND k.user_id = :user AND k.swept_at IS NULL",
        person=person_id,
        user=user_id,
    )
    return int(found or 0)


async def due_copies(*, now: datetime, limit: int) -> list[CopyRow]:
    """Copies whose file is to be removed."""
    return await db.fetch(
        CopyRow,
        f"{_SELECT} WHERE k.swept_at IS NULL AND k.expires_at <= :now ORDER BY k.expires_at LIMIT :limit",
        now=now,
        limit=limit,
    )
