"""Reading the trail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.audit import personal
from pepperchain.audit.models import Entry
from pepperchain.core import db
from pepperchain.core.sql import Clause

ACTOR_NAME = (
    "COALESCE(NULLIF({0}.actor_name, ''), (SELECT u.name FROM accounts_user u WHERE u.id = {0}.actor_id), '')"
)
"""Who did it: users by the name that they have now, everybody else by the name in the entry."""
_SELECT = f"SELECT e.id, e.at, e.actor_id, {ACTOR_NAME.format('e')}, e.role, e.verb, e.subject, e.subject_id, e.facts FROM audit_entry e"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One act, as the trail's page shows it."""

    id: int
    at: int
    actor_id: int | None
    actor_name: str
    role: str
    verb: str
    subject: str
    subject_id: str
    facts: Mapping[str, Any]


async def entries(
    actor: Actor,
    *,
    subject: str | None = None,
    subject_id: str | None = None,
    actor_id: int | None = None,
    before: int | None = None,
    limit: int,
) -> list[EntryRow]:
    """The newest first, about one thing, or by one actor, or all; `before` is the last row's id.

    `subject` counts only with `subject_id`, since no index serves a kind of thing alone.
    """
    clause = Entry.visible_to(actor, "e")
    if subject is not None and subject_id is not None:
        clause &= Clause(
            "e.subject = :subject AND e.subject_id = :subject_id",
            {"subject": subject, "subject_id": subject_id},
        )
    if actor_id is not None:
        clause &= Clause("e.actor_id = :actor_id", {"actor_id": actor_id})
    if before is not None:
        clause &= Clause("e.id < :before", {"before": before})
    return await _opened(
        await db.fetch(
            _row,
            f"{_SELECT} WHERE {clause.sql} ORDER BY e.id DESC LIMIT :limit",
            **clause.params,
            limit=limit,
        )
    )


async def count(verb: str, *, subject: str, subject_id: object) -> int:
    """How often an act was done to one thing (that was looked up within its actor's scope)."""
    found: int = await db.scalar(
        "SELECT COUNT(*) FROM audit_entry WHERE subject = :subject AND subject_id = :subject_id AND verb = :verb",
        subject=subject,
        subject_id=str(subject_id),
        verb=verb,
    )
    return found


async def entries_by_id(actor: Actor, ids: Sequence[int]) -> list[EntryRow]:
    """Entries for a history; those that the actor is not told there are left out."""
    clause = Entry.visible_in_history_to(actor, "e")
    return await _opened(
        await db.fetch(
            _row,
            f"{_SELECT} WHERE e.id IN :ids AND {clause.sql}",
            ids=list(ids),
            **clause.params,
        )
    )


async def _opened(rows: Sequence[EntryRow]) -> list[EntryRow]:
    facts = await personal.opened([row.facts for row in rows])
    return [
        row if whole is row.facts else replace(row, facts=whole)
        for row, whole in zip(rows, facts, strict=True)
    ]


def _row(*columns: Any) -> EntryRow:
    return EntryRow(*[*columns[:-1], json.loads(columns[-1])])
