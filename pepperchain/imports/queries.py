"""Reading batches and their rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.excel.judging import Change, Done, Verdict
from pepperchain.excel.problems import Mistake, Problem
from pepperchain.imports.models import Batch
from pepperchain.imports.rules import State


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as lists and its own page show it."""

    id: str
    kind: str
    state: State
    file_name: str
    file_token: str | None
    file_bytes: int
    language: str
    organization_id: int | None
    organization: str | None
    uploaded_by: int | None
    uploaded_by_name: str
    acting_id: int | None
    created_at: int
    checked_at: int | None
    committed_at: int | None
    undone_at: int | None
    total_rows: int | None
    done_rows: int
    creates: int
    updates: int
    unchanged: int
    wrong: int
    problems: int
    conflicts: int
    notes: Mapping[str, Any]
    message: str | None
    facts: Mapping[str, Any]
    attempts: int

    def count(self, verdict: Verdict) -> int:
        """How many rows have a verdict."""
        return {
            Verdict.CREATE: self.creates,
            Verdict.UPDATE: self.updates,
            Verdict.UNCHANGED: self.unchanged,
            Verdict.WRONG: self.wrong,
        }[verdict]

    @property
    def writes(self) -> int:
        """How many rows would be written, or were."""
        return self.creates + self.updates


_BATCH = (
    "SELECT b.id, b.kind, b.state, b.file_name, b.file_token, b.file_bytes, b.language, b.organization_id, o.short_name,"
    " b.uploaded_by, b.uploaded_by_name, b.acting_id, b.created_at, b.checked_at, b.committed_at, b.undone_at, b.total_rows,"
    " b.done_rows, b.creates, b.updates, b.unchanged, b.wrong, b.problems, b.conflicts, b.notes, b.message, b.facts, b.attempts"
    " FROM imports_batch b LEFT JOIN directory_organization o ON o.id = b.organization_id"
)


def _batch(*row: Any) -> BatchRow:
    values = list(row)
    values[0], values[2] = str(values[0]), State(values[2])
    values[24], values[26] = json.loads(values[24]), json.loads(values[26]) if values[26] else {}
    return BatchRow(*values)


async def batch(actor: Actor, id: UUID | str, *, kinds: Sequence[str]) -> BatchRow:
    """One batch of these kinds. Missing: there is none, or it is not the actor's to see."""
    seen = Batch.visible_to(actor)
    found = await db.fetch_one(
        _batch,
        f"{_BATCH} WHERE b.id = :id AND b.kind IN :kinds AND {seen.sql}",
        id=id,
        kinds=list(kinds),
        **seen.params,
    )
    if found is None:
        raise Missing()
    return found


async def batches(
    actor: Actor, *, kinds: Sequence[str], kind: str | None = None, before: str | None = None, limit: int
) -> list[BatchRow]:
    """Batches from the latest back; `before` is the last id of the page before."""
    where = Batch.visible_to(actor) & Clause(
        "b.kind IN :kinds", {"kinds": list(kinds) if kind is None else [kind]}
    )
    if before is not None:
        where &= Clause("b.id < :before", {"before": before})
    return await db.fetch(
        _batch, f"{_BATCH} WHERE {where.sql} ORDER BY b.id DESC LIMIT :limit", limit=limit, **where.params
    )


async def at_work(id: UUID | str) -> BatchRow | None:
    """A batch as the timer sees it."""
    return await db.fetch_one(_batch, f"{_BATCH} WHERE b.id = :id", id=id)


async def due(*, now: datetime, limit: int) -> list[str]:
    """Batches that wait for a worker, oldest first."""
    return await db.fetch(
        str,
        "SELECT id FROM imports_batch WHERE state IN ('uploaded', 'checking', 'committing', 'undoing')"
        " AND (lease_until_at IS NULL OR lease_until_at < :now) ORDER BY id LIMIT :limit",
        now=now,
        limit=limit,
    )


async def stale_files(*, created_before: datetime, limit: int) -> list[tuple[str, str]]:
    """Batches with files that have been kept long enough, and the files' names on disk."""
    return await db.fetch(
        lambda id, token: (str(id), token),
        "SELECT id, file_token FROM imports_batch WHERE file_token IS NOT NULL AND created_at < :before"
        " ORDER BY created_at LIMIT :limit",
        before=created_before,
        limit=limit,
    )


async def discarded_files(*, limit: int) -> list[tuple[str, str]]:
    """The same for batches that were thrown away."""
    return await db.fetch(
        lambda id, token: (str(id), token),
        "SELECT id, file_token FROM imports_batch WHERE file_token IS NOT NULL AND state = 'discarded' LIMIT :limit",
        limit=limit,
    )


async def undecided(*, checked_before: datetime, limit: int) -> list[str]:
    """Batches that were checked long ago and never decided on."""
    return await db.fetch(
        str,
        "SELECT id FROM imports_batch WHERE file_token IS NOT NULL AND state = 'checked' AND checked_at < :before LIMIT :limit",
        before=checked_before,
        limit=limit,
    )


async def stale_rows(*, committed_before: datetime, limit: int) -> list[str]:
    """Batches that can no longer be undone and still have their rows."""
    return await db.fetch(
        str,
        "SELECT b.id FROM imports_batch b WHERE b.state = 'committed' AND b.committed_at < :before AND EXISTS"
        " (SELECT 1 FROM imports_row r WHERE r.batch_id = b.id) ORDER BY b.committed_at LIMIT :limit",
        before=committed_before,
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the file as the preview shows it."""

    position: int
    sheet: str
    row_number: int
    verdict: Verdict
    title: str
    target_id: str | None
    changes: Sequence[Change]
    problems: Sequence[Problem]
    conflict: Sequence[Any]


_ROW = "SELECT r.position, r.sheet, r.row_number, r.verdict, r.title, r.target_id, r.changes, r.problems, r.conflict FROM imports_row r"


def _row(
    position: int, sheet: str, number: int, verdict: str, title: str, target: str | None, *said: str | None
) -> PreviewRow:
    changes, problems, conflict = (json.loads(each or "[]") for each in said)
    return PreviewRow(
        position,
        sheet,
        number,
        Verdict(verdict),
        title,
        target,
        tuple(Change(*each) for each in changes),
        tuple(Problem.from_plain(each) for each in problems),
        conflict,
    )


async def preview(
    batch_id: str, *, verdict: Verdict | None = None, conflicts: bool = False, after: int = 0, limit: int
) -> list[PreviewRow]:
    """Rows of a batch that the actor was found to see, in the order of the file."""
    where = EVERYTHING if verdict is None else Clause("r.verdict = :verdict", {"verdict": verdict})
    if conflicts:
        where &= Clause("r.conflict IS NOT NULL")
    return await db.fetch(
        _row,
        f"{_ROW} WHERE r.batch_id = :batch AND r.position > :after AND {where.sql} ORDER BY r.position LIMIT :limit",
        batch=batch_id,
        after=after,
        limit=limit,
        **where.params,
    )


async def mistakes(batch_id: str, *, limit: int) -> list[Mistake]:
    """Everything that is wrong with a file, in its order."""
    rows = await db.tuples(
        "SELECT r.sheet, r.row_number, r.problems FROM imports_row r WHERE r.batch_id = :batch AND r.verdict = 'wrong'"
        " ORDER BY r.position LIMIT :limit",
        batch=batch_id,
        limit=limit,
    )
    return [
        Mistake(sheet, number, Problem.from_plain(each))
        for sheet, number, problems in rows
        for each in json.loads(problems)
    ]


async def ready(batch_id: str, *, after: int, limit: int) -> list[tuple[Any, ...]]:
    """Rows that are to be written: position, verdict, target, what is ready and what is sealed."""
    return await db.tuples(
        "SELECT r.position, r.verdict, r.target_id, r.ready, r.secrets FROM imports_row r"
        " WHERE r.batch_id = :batch AND r.position > :after AND r.verdict IN ('create', 'update') ORDER BY r.position LIMIT :limit",
        batch=batch_id,
        after=after,
        limit=limit,
    )


async def done(batch_id: str, *, before: int, limit: int) -> list[Done]:
    """Rows that were written, the last ones first."""
    return await db.fetch(
        lambda position, verdict, target, said: Done(
            position, Verdict(verdict), target, json.loads(said or "{}")
        ),
        "SELECT r.position, r.verdict, r.target_id, r.before FROM imports_row r"
        " WHERE r.batch_id = :batch AND r.position < :before AND r.verdict IN ('create', 'update')"
        " ORDER BY r.position DESC LIMIT :limit",
        batch=batch_id,
        before=before,
        limit=limit,
    )
