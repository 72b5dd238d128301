"""Committing: a checked file written as a whole, in one unit of work, or not at all."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.audit import trail
from pepperchain.core import db, vault
from pepperchain.excel.judging import Importable, Ready, Verdict, Written
from pepperchain.imports import kinds, queries
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import bounds
from pepperchain.imports.turns import Lost, Turn


async def commit(actor: Actor, batch: BatchRow, turn: Turn, *, now: datetime) -> None:
    """Writes every row that creates or changes something, or none.

    Told: something is no longer as it was when the rows were checked. Lost: another worker has taken over.
    """
    importable = kinds.kind_of(actor, batch.kind)
    turn.in_unit = True
    try:
        await _commit(actor, importable, batch, turn, now=now)
    finally:
        turn.in_unit = False


@db.unit_of_work
async def _commit(
    actor: Actor, importable: Importable, batch: BatchRow, turn: Turn, *, now: datetime
) -> None:
    writer = importable.writer(actor, now=now)
    turn.done = 0
    after = 0
    while rows := await queries.ready(batch.id, after=after, limit=bounds().rows_a_step):
        some = [_ready(batch.id, *row) for row in rows]
        await _note(batch.id, some, await writer.write(some))
        after = some[-1].position
        turn.done += len(some)
        # The statements of a unit run in the event loop's own thread: between two steps, pages are served.
        await asyncio.sleep(0)
    await writer.finish()
    await _settle(batch, turn, now=now)
    await trail.record(
        actor, "import.committed", subject="import", subject_id=batch.id, now=now,
        facts={"kind": batch.kind, "file": batch.file_name, "creates": batch.creates, "updates": batch.updates},
    )  # fmt: skip


def _ready(
    batch_id: str, position: int, verdict: str, target_id: str | None, ready: str, secrets: str | None
) -> Ready:
    return Ready(
        position=position,
        verdict=Verdict(verdict),
        target_id=target_id,
        ready=json.loads(ready or "{}"),
        secrets=opened(batch_id, position, json.loads(secrets)) if secrets else {},
        batch=UUID(batch_id),
    )


def opened(batch_id: str, position: int, secrets: Mapping[str, str]) -> dict[str, str]:
    """What was sealed when the row was checked."""
    return {
        key: vault.unseal(b64decode(value), about=f"imports_row.{key}:{batch_id}:{position}")
        for key, value in secrets.items()
    }


async def _note(batch_id: str, rows: Sequence[Ready], written: Sequence[Written]) -> None:
    """What became of the rows, as far as it was not known before, for undoing; what was sealed is no longer needed."""
    assert [each.position for each in written] == [row.position for row in rows], "a row was not written"
    columns: list[dict[str, Any]] = [
        {
            "batch_id": batch_id,
            "position": each.position,
            "target_id": each.target_id,
            "before": json.dumps(each.before, ensure_ascii=False, separators=(",", ":"))
            if each.before
            else None,
        }
        for row, each in zip(rows, written, strict=True)
        if each.before or row.secrets or each.target_id != row.target_id
    ]
    await db.execute_many(
        "UPDATE imports_row SET target_id = :target_id, before = :before, ready = NULL, secrets = NULL"
        " WHERE batch_id = :batch_id AND position = :position",
        columns,
    )


async def _settle(batch: BatchRow, turn: Turn, *, now: datetime) -> None:
    settled = await db.execute(
        "UPDATE imports_batch SET state = 'committed', committed_at = :now, done_rows = :done, worker = NULL, lease_until_at = NULL,"
        " attempts = 0 WHERE id = :id AND worker = :worker AND state = 'committing'",
        now=now,
        done=turn.done,
        id=batch.id,
        worker=turn.worker,
    )
    if settled == 0:
        raise Lost()
