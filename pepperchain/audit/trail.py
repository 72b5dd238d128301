"""Writing the trail, sealing it, and proving that it is whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.sql import to_db

BATCH_ENTRIES_MAX = 5_000
FIRST_HASH = "0" * 64

_COLUMNS = "xact, id, at, actor_id, actor_name, role, verb, subject, subject_id, township_id, organization_id, facts"


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain stands: how many seals, the last one's hash, and the entry up to which it reaches."""

    seals: int
    hash: str
    last_xact: int
    last_entry_id: int


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
        facts=json.dumps(facts or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain),
    )


def _plain(value: object) -> object:
    plain = to_db(value, "sqlite")
    return plain if isinstance(plain, str | int) else str(plain)


@db.unit_of_work
async def seal_due(*, now: datetime) -> int:
    """Seals entries whose commits can no longer be overtaken; how many. Two workers at once make one chain: the loser's seal is refused."""
    head = await _head()
    entries = await _after(head, settled_only=True)
    if not entries:
        return 0
    await db.insert(
        "audit_seal",
        last_xact=entries[-1][0],
        last_entry_id=entries[-1][1],
        entries=len(entries),
        previous_hash=head.hash,
        hash=_hash(head.hash, entries),
        sealed_at=now,
    )
    return len(entries)


async def verify() -> list[str]:
    """Adds the whole chain up again; sentences for what does not fit, none if the trail is whole."""
    previous = Head(0, FIRST_HASH, 0, 0)
    while True:
        seal = await db.fetch_one(
            _Sealed,
            "SELECT id, last_xact, last_entry_id, entries, previous_hash, hash FROM audit_seal WHERE id > :id ORDER BY id LIMIT 1",
            id=previous.seals,
        )
        if seal is None:
            return await _strays(previous)
        entries = await _between(previous, seal)
        if seal.previous_hash != previous.hash:
            return [f"audit seal {seal.id} does not follow the one before it"]
        if len(entries) != seal.entries:
            return [f"audit seal {seal.id} covers {seal.entries} entries, but {len(entries)} are there"]
        if _hash(previous.hash, entries) != seal.hash:
            return [f"an audit entry under seal {seal.id} was changed"]
        previous = Head(seal.id, seal.hash, seal.last_xact, seal.last_entry_id)


@dataclass(frozen=True, slots=True)
class _Sealed:
    id: int
    last_xact: int
    last_entry_id: int
    entries: int
    previous_hash: str
    hash: str


async def _strays(last: Head) -> list[str]:
    """An entry that was slipped in under the last seal has no place in the count above; one whose number is reused has."""
    count = await db.scalar("SELECT COALESCE(SUM(entries), 0) FROM audit_seal")
    there = await db.scalar(
        "SELECT COUNT(*) FROM audit_entry WHERE (xact, id) <= (:xact, :id)", xact=last.last_xact, id=last.last_entry_id
    )
    return [] if count == there else [f"the seals cover {count} audit entries, but {there} are there"]


async def _head() -> Head:
    head = await db.fetch_one(Head, "SELECT id, hash, last_xact, last_entry_id FROM audit_seal ORDER BY id DESC LIMIT 1")
    return head or Head(0, FIRST_HASH, 0, 0)


async def _after(head: Head, *, settled_only: bool) -> list[tuple[Any, ...]]:
    # On PostgreSQL ids are given before commits; below the oldest transaction that still runs, nothing can slip in any more.
    settled = " AND xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint" if db.dialect() == "postgres" and settled_only else ""
    return await db.tuples(
        f"SELECT {_COLUMNS} FROM audit_entry WHERE (xact, id) > (:xact, :id){settled} ORDER BY xact, id LIMIT :limit",  # noqa: S608
        xact=head.last_xact,
        id=head.last_entry_id,
        limit=BATCH_ENTRIES_MAX,
    )


async def _between(previous: Head, seal: _Sealed) -> list[tuple[Any, ...]]:
    return await db.tuples(
        f"SELECT {_COLUMNS} FROM audit_entry WHERE (xact, id) > (:xact, :id) AND (xact, id) <= (:to_xact, :to_id) ORDER BY xact, id",  # noqa: S608
        xact=previous.last_xact,
        id=previous.last_entry_id,
        to_xact=seal.last_xact,
        to_id=seal.last_entry_id,
    )


def _hash(previous: str, entries: list[tuple[Any, ...]]) -> str:
    digest = hashlib.sha256(previous.encode())
    for entry in entries:
        digest.update(json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode())
    return digest.hexdigest()
