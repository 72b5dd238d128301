"""Batches: brought, decided on, thrown away. What takes long is only asked for here; timers do it."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.clock import from_ms
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.words import N_
from pepperchain.imports import kinds, queries, uploads
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import DISCARDABLE, UNDECIDED, State, bounds, plain_name

ROWS_A_DELETE = 5_000


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A batch that waits to be checked; `repeated` if the same form brought it before."""

    id: str
    repeated: bool


async def upload(
    actor: Actor,
    *,
    id: UUID,
    kind: str,
    file_name: str | None,
    chunks: AsyncIterator[bytes],
    language: str,
    now: datetime,
) -> Uploaded:
    """Keeps a file to be checked. Missing: a kind that is not the actor's. Refused: too many undecided batches. Writes no row of it."""
    importable = kinds.kind_of(actor, kind)
    kept = await uploads.keep(chunks)
    try:
        uploaded = await _enter(
            actor,
            id=id,
            kind=importable.code,
            file_name=plain_name(file_name),
            kept=kept,
            language=language,
            now=now,
        )
    except BaseException:
        await uploads.remove(kept.token)
        raise
    if uploaded.repeated:
        await uploads.remove(kept.token)
    return uploaded


@db.unit_of_work
async def _enter(
    actor: Actor, *, id: UUID, kind: str, file_name: str, kept: uploads.Kept, language: str, now: datetime
) -> Uploaded:
    there = await db.returning("SELECT file_hash, kind, uploaded_by FROM imports_batch WHERE id = :id", id=id)
    if there is not None:
        if tuple(there) != (kept.sha256, kind, actor.user_id):
            raise Conflict(N_("This form brought another file before. Open a new form."))
        return Uploaded(str(id), repeated=True)
    if kept.size == 0:
        raise Refused(N_("This file is empty."), "file")
    await _room_for_more(actor)
    await db.insert(
        "imports_batch", id=id, kind=kind, state=State.UPLOADED, file_name=file_name, file_token=kept.token,
        file_hash=kept.sha256, file_bytes=kept.size, language=language, organization_id=actor.organization_id,
        uploaded_by=actor.user_id, uploaded_by_name=actor.name, acting_id=actor.user_id, created_at=now, notes="{}",
    )  # fmt: skip
    await trail.record(
        actor, "import.uploaded", subject="import", subject_id=id, now=now,
        facts={"kind": kind, "file": file_name, "bytes": kept.size, "sha256": kept.sha256},
    )  # fmt: skip
    return Uploaded(str(id), repeated=False)


async def _room_for_more(actor: Actor) -> None:
    if actor.organization_id is None:
        return
    waiting = await db.scalar(
        "SELECT COUNT(*) FROM (SELECT 1 FROM imports_batch WHERE organization_id = :organization AND state IN :undecided"
        " LIMIT :most) counted",
        organization=actor.organization_id,
        undecided=[state.value for state in UNDECIDED],
        most=bounds().waiting_max,
    )
    if waiting >= bounds().waiting_max:
        raise Refused(
            N_("%(count)s files wait for a decision already. Import or discard some of them first."),
            "file",
            count=waiting,
        )


async def find(actor: Actor, id: UUID | str) -> BatchRow:
    """A batch that the actor may see. Missing otherwise."""
    return await queries.batch(actor, id, kinds=kinds.codes_of(actor))


@db.unit_of_work
async def approve(actor: Actor, *, id: UUID, now: datetime) -> BatchRow:
    """Has a checked batch written, as a whole, by the next worker. Refused while a row is wrong. Sent twice, it is written once."""
    batch = await find(actor, id)
    kinds.kind_of(actor, batch.kind)
    if batch.state in (State.COMMITTING, State.COMMITTED):
        return batch
    if batch.state is not State.CHECKED:
        raise Conflict(N_("This file is %(state)s: there is nothing to import."), state=batch.state)
    if batch.wrong:
        raise Refused(
            N_("Correct the wrong rows first, and bring the file again: all of it is imported, or nothing.")
        )
    if not batch.writes:
        raise Refused(N_("Everything in this file is there already."))
    await _move(batch, State.COMMITTING, acting_id=actor.user_id)
    await trail.record(
        actor, "import.approved", subject="import", subject_id=batch.id, now=now,
        facts={"kind": batch.kind, "creates": batch.creates, "updates": batch.updates},
    )  # fmt: skip
    return batch


@db.unit_of_work
async def take_back(actor: Actor, *, id: UUID, now: datetime) -> BatchRow:
    """Has a committed batch undone, as a whole, by the next worker. Refused: too long ago, or never imported."""
    batch = await find(actor, id)
    kinds.kind_of(actor, batch.kind)
    if batch.state in (State.UNDOING, State.UNDONE):
        return batch
    if batch.state is not State.COMMITTED or batch.committed_at is None:
        raise Conflict(N_("This file is %(state)s: there is nothing to undo."), state=batch.state)
    if not can_be_undone(batch, now=now):
        raise Refused(
            N_("This was imported more than %(days)s days ago and can no longer be undone."),
            days=bounds().undo_days,
        )
    await db.execute(
        "UPDATE imports_row SET conflict = NULL WHERE batch_id = :id AND conflict IS NOT NULL", id=batch.id
    )
    await _move(batch, State.UNDOING, acting_id=actor.user_id)
    await trail.record(
        actor, "import.taken_back", subject="import", subject_id=batch.id, facts={"kind": batch.kind}, now=now
    )
    return batch


def can_be_undone(batch: BatchRow, *, now: datetime) -> bool:
    """Whether what undoing needs is still kept."""
    if batch.state is not State.COMMITTED or batch.committed_at is None:
        return False
    return (now - from_ms(batch.committed_at)).days < bounds().undo_days


@db.unit_of_work
async def discard(actor: Actor, *, id: UUID, now: datetime) -> None:
    """Throws a batch away that was not imported: its rows at once, its file with the next tidying."""
    batch = await find(actor, id)
    if batch.state is State.DISCARDED:
        return
    if batch.state not in DISCARDABLE:
        raise Conflict(N_("This file is %(state)s: it cannot be discarded."), state=batch.state)
    await _move(batch, State.DISCARDED)
    await forget_rows(batch.id)
    await trail.record(
        actor, "import.discarded", subject="import", subject_id=batch.id, facts={"kind": batch.kind}, now=now
    )


async def forget_rows(batch_id: str) -> None:
    """Removes what was staged. A building block."""
    while await db.execute_long(
        "DELETE FROM imports_row WHERE batch_id = :id AND position IN"
        " (SELECT position FROM imports_row WHERE batch_id = :id ORDER BY position LIMIT :most)",
        id=batch_id,
        most=ROWS_A_DELETE,
    ):
        pass


async def _move(batch: BatchRow, to: State, **columns: Any) -> None:
    """Into another state, if it is still in the one that was seen."""
    places = "".join(f", {column} = :{column}" for column in columns)
    moved = await db.execute(
        "UPDATE imports_batch SET state = :to, worker = NULL, lease_until_at = NULL, attempts = 0, done_rows = 0, message = NULL,"
        f" facts = NULL, conflicts = 0{places} WHERE id = :id AND state = :seen",
        to=to,
        id=batch.id,
        seen=batch.state,
        **columns,
    )
    if moved == 0:
        raise Conflict(N_("Somebody else decided on this file a moment ago. Look at it again."))


def plain_facts(facts: Mapping[str, Any]) -> str:
    """Facts of a message as they are kept."""
    return json.dumps(
        {name: fact if isinstance(fact, int) else str(fact) for name, fact in facts.items()},
        ensure_ascii=False,
    )
