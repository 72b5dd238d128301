"""Writing the trail."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.audit.chains import Chain
from pepperchain.core import db
from pepperchain.core.sql import to_db

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
    await db.insert(
        "audit_entry",
        at=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        role=actor.role.value,
        verb=verb,
        subject=subject,
        subject_id=str(subject_id),
        township_id=township_id,
        organization_id=actor.organization_id,
        facts=json.dumps(
            facts or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
        ),
    )


def _plain(value: object) -> object:
    plain = to_db(value, "sqlite")
    return plain if isinstance(plain, str | int) else str(plain)
