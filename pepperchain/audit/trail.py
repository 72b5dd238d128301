"""Writing the trail. Personal facts are sealed (`audit.personal`); the names of users stand in their own rows alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.audit import keys, personal
from pepperchain.audit.chains import Chain
from pepperchain.audit.keys import Keys, Owner
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
    person_id: int | None = None,
) -> None:
    """One entry, in the unit of work of what it tells. `facts` hold old and new values, never an ID number or a bank card.

    `person_id` is whose name, phone and birthday they hold where the subject is a household.
    """
    entry = Told(verb, subject, subject_id, township_id, facts or {}, person_id)
    (columns,) = await _rows(actor, [entry], now)
    await db.insert("audit_entry", **columns)


@dataclass(frozen=True, slots=True)
class Told:
    """What one of many entries tells; see `record`."""

    verb: str
    subject: str
    subject_id: object
    township_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    person_id: int | None = None


async def record_many(actor: Actor, entries: Sequence[Told], *, now: datetime) -> None:
    """Many entries at once, for verbs that change many subjects, each of which has a history of its own."""
    rows = await _rows(actor, entries, now)
    if rows:
        await db.execute_many(insert_text("audit_entry", tuple(rows[0])), rows)


async def _rows(actor: Actor, entries: Sequence[Told], now: datetime) -> list[dict[str, Any]]:
    parted = [
        personal.parted(entry.subject, str(entry.subject_id), entry.person_id, entry.facts)
        for entry in entries
    ]
    owners = {owner for _, sealed in parted for owner in sealed}
    found = await keys.made(owners) if owners else {}
    return [
        _columns(actor, entry, _sealed(plain, sealed, found), now)
        for entry, (plain, sealed) in zip(entries, parted, strict=True)
    ]


def _sealed(
    plain: dict[str, Any], sealed: Mapping[Owner, Mapping[str, Any]], found: Keys
) -> Mapping[str, Any]:
    """Of whoever was erased nothing is written, not even sealed."""
    parts = {
        f"{owner.kind}:{owner.id}": personal.sealed_facts(_text(facts), found[owner])
        for owner, facts in sealed.items()
        if owner in found
    }
    return plain | {personal.SEALED: parts} if parts else plain


def _columns(actor: Actor, entry: Told, facts: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "actor_id": actor.user_id,
        "actor_name": actor.name if actor.user_id is None else "",
        "role": actor.role.value,
        "verb": entry.verb,
        "subject": entry.subject,
        "subject_id": str(entry.subject_id),
        "township_id": entry.township_id,
        "organization_id": actor.organization_id,
        "facts": _text(facts),
    }


def _text(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    plain = to_db(value, "sqlite")
    return plain if isinstance(plain, str | int) else str(plain)
