"""Undoing: a committed file taken back as a whole, changes included; refused as a whole when somebody built on a part of it."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.clock import from_ms
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.excel.judging import Importable
from pepperchain.imports import kinds, queries, use_queries
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import bounds
from pepperchain.imports.turns import Lost, Turn, renew
from pepperchain.web import filters
from pepperchain.web.i18n import Reader, reading_as

_AFTER_ALL = 2**31 - 1


class InTheWay(Refused):
    """Some rows cannot be taken back, so none is; `conflicts` says why, by position."""

    def __init__(self, conflicts: Mapping[int, Refused]) -> None:
        super().__init__(
            N_("Nothing was undone: %(count)s rows were changed or used since. They are listed below."),
            count=len(conflicts),
        )
        self.conflicts = conflicts


async def undo(actor: Actor, batch: BatchRow, turn: Turn, *, now: datetime) -> None:
    """Restores what every row changed and removes what it created, or nothing. InTheWay: rows that somebody changed since."""
    importable = kinds.kind_of(actor, batch.kind)
    turn.in_unit = True
    try:
        await _undo(actor, importable, batch, turn, now=now)
    finally:
        turn.in_unit = False


@db.unit_of_work
async def _undo(actor: Actor, importable: Importable, batch: BatchRow, turn: Turn, *, now: datetime) -> None:
    assert batch.committed_at is not None, "only what was committed is undone"
    undoer = importable.undoer(actor, committed_at=from_ms(batch.committed_at), now=now)
    turn.done = 0
    conflicts: dict[int, Refused] = {}
    before = _AFTER_ALL
    while rows := await queries.done(batch.id, before=before, limit=bounds().rows_a_step):
        conflicts.update(await use_queries.in_use(batch.kind, rows))
        conflicts.update(await undoer.conflicts(rows))
        before = rows[-1].position
        await asyncio.sleep(0)
    if conflicts:
        raise InTheWay(conflicts)
    before = _AFTER_ALL
    while rows := await queries.done(batch.id, before=before, limit=bounds().rows_a_step):
        await undoer.undo(rows)
        before = rows[-1].position
        turn.done += len(rows)
        await asyncio.sleep(0)
    await undoer.finish()
    settled = await db.execute(
        "UPDATE imports_batch SET state = 'undone', undone_at = :now, done_rows = :done, worker = NULL, lease_until_at = NULL,"
        " attempts = 0 WHERE id = :id AND worker = :worker AND state = 'undoing'",
        now=now,
        done=turn.done,
        id=batch.id,
        worker=turn.worker,
    )
    if settled == 0:
        raise Lost()
    await db.execute_long(
        "UPDATE imports_row SET before = NULL, changes = NULL WHERE batch_id = :id", id=batch.id
    )
    await trail.record(
        actor, "import.undone", subject="import", subject_id=batch.id, now=now,
        facts={"kind": batch.kind, "file": batch.file_name, "creates": batch.creates, "updates": batch.updates},
    )  # fmt: skip


@db.unit_of_work
async def leave(batch: BatchRow, turn: Turn, refused: InTheWay) -> None:
    """Nothing was undone: the batch stays committed, and its rows that are in the way say why."""
    await renew(turn)
    with reading_as(Reader(language="en" if batch.language == "en" else "zh")):
        rows = [
            {
                "id": batch.id,
                "position": position,
                "said": json.dumps(
                    [why.message, {name: str(filters.spell(fact)) for name, fact in why.facts.items()}],
                    ensure_ascii=False,
                ),
            }
            for position, why in refused.conflicts.items()
        ]
    await db.execute_many(
        "UPDATE imports_row SET conflict = :said WHERE batch_id = :id AND position = :position", rows
    )
    await db.execute(
        "UPDATE imports_batch SET state = 'committed', conflicts = :count, message = :message, facts = :facts, worker = NULL,"
        " lease_until_at = NULL, attempts = 0 WHERE id = :id",
        count=len(rows),
        message=refused.message,
        facts=json.dumps({"count": len(rows)}),
        id=batch.id,
    )
