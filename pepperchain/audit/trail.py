"""Writing the trail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.audit.chains import Chain
from pepperchain.core import db
from pepperchain.core.sql import insert_text, to_db

TRAIL = Chain(
    "audit",
    table="audit_entry e",
    xact="e.xact",
    number="e.id",
    columns="e.at, e.actor_id, e.actor_name, e.role, e.verb, e.subject, e.subject_id, e.township_id, e.organization_id, e.facts",
)


async def record(
    actor: Actor,
    verb: str,
    *,
    subject: str,
    subject_id: object,
    now: datetime,
    township_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """One entry, in the unit of work of what it tells. `facts` hold old and new values, never an ID number or a bank card."""
    entry = Told(verb, subject, subject_id, township_id, facts or {})
    await db.insert("audit_entry", **_columns(actor, entry, now))


@dataclass(frozen=True, slots=True)
class Told:
    """What one of many entries tells; see `record`."""

    verb: str
    subject: str
    subject_id: object
    township_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


async def record_many(actor: Actor, entries: Sequence[Told], *, now: datetime) -> None:
    """Many entries at once, for verbs that change many subjects, each of which has a history of its own."""
    rows = [_columns(actor, entry, now) for entry in entries]
    if rows:
        await db.execute_many(insert_text("audit_entry", tuple(rows[0])), rows)


def _columns(actor: Actor, entry: Told, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "role": actor.role.value,
        "verb": entry.verb,
        "subject": entry.subject,
        "subject_id": str(entry.subject_id),
        "township_id": entry.township_id,
        "organization_id": actor.organization_id,
        "facts": json.dumps(
            entry.facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
        ),
    }


def _plain(value: object) -> object:
    plain = to_db(value, "sqlite")
    return plain if isinstance(plain, str | int) else str(plain)
