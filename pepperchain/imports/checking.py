"""Checking: every row of a file is read in a process of its own and judged by the room that it is for. Nothing of it is written."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db, vault
from pepperchain.core.errors import Refused
from pepperchain.excel import writing
from pepperchain.excel.columns import Column
from pepperchain.excel.judging import Judged, Verdict
from pepperchain.excel.problems import Problem
from pepperchain.excel.reader import Staged, StagedRow, stage
from pepperchain.imports import kinds, uploads
from pepperchain.imports.batches import forget_rows
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import TITLE_LENGTH_MAX, bounds, shortened
from pepperchain.imports.turns import Lost, Turn, renew
from pepperchain.web import filters
from pepperchain.web.i18n import Reader, reading_as

SHEET_LENGTH_MAX = 60
SKIPPED_TOLD = 20


@dataclass(slots=True)
class _Tally:
    position: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    problems: int = 0


async def check(actor: Actor, batch: BatchRow, turn: Turn, *, now: datetime) -> None:
    """Judges the whole file in small units of work of their own, and ends with the batch checked.

    Refused: the file as a whole cannot be taken. Lost: another worker has taken over.
    """
    importable = kinds.kind_of(actor, batch.kind)
    if batch.file_token is None:
        raise Refused("The file is no longer kept. Bring it again.")
    await _begin(turn)
    checker = importable.checker(actor, seed=kinds.seed_of(importable), now=now)
    tally = _Tally()
    today = clock.local_day(now)
    path = uploads.path_of(batch.file_token)
    with reading_as(Reader(language="en" if batch.language == "en" else "zh")):
        async with stage(path, importable.specs, today=today, language=batch.language) as staged:
            chunk: list[StagedRow] = []
            async for row in staged.rows():
                chunk.append(row)
                if len(chunk) == bounds().rows_a_step:
                    await _keep(turn, batch, chunk, await checker.judge(chunk), tally)
                    chunk = []
            if chunk:
                await _keep(turn, batch, chunk, await checker.judge(chunk), tally)
            notes = _notes(staged)
        if tally.position == 0:
            raise Refused(
                "There is no row with data below the headings. Fill in the template and bring it again."
            )
    await _end(turn, tally, notes, now=turn.watch.now())


@db.unit_of_work
async def _begin(turn: Turn) -> None:
    """What an earlier worker may have left goes."""
    await forget_rows(turn.batch_id)


_COLUMNS = (
    "batch_id", "position", "sheet", "row_number", "verdict", "title", "target_id", "ready", "secrets", "changes", "problems",
)  # fmt: skip
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@db.unit_of_work
async def _keep(
    turn: Turn, batch: BatchRow, rows: Sequence[StagedRow], judged: Sequence[Judged], tally: _Tally
) -> None:
    """Keeps the verdicts of some rows. The tally moves with them, so a retried unit counts once."""
    position, columns = tally.position, []
    verdicts, problems = Counter[Verdict](), 0
    for row, each in zip(rows, judged, strict=True):
        position += 1
        found = _problems(row, each)
        verdict = Verdict.WRONG if found else each.verdict
        verdicts[verdict] += 1
        problems += len(found)
        columns.append(_columns(batch.id, position, row, each, verdict, found))
    await db.insert_many("imports_row", _COLUMNS, columns)
    turn.done = position
    await renew(turn)
    tally.position, tally.problems = position, tally.problems + problems
    tally.verdicts.update(verdicts)


def _problems(row: StagedRow, judged: Judged) -> list[Problem]:
    """What the reader found and what the room says, each at its column; where both speak of one cell, the reader saw more."""
    if not judged.refusals:
        return list(row.problems)
    known = {problem.column_key for problem in row.problems}
    said = [
        row.problem(refused.field or "", refused.message, **_spelled(refused.facts))
        for refused in judged.refusals
        if refused.field is None or refused.field not in known
    ]
    return [*row.problems, *said]


def _spelled(facts: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(filters.spell(fact)) for name, fact in facts.items()}


def _columns(
    batch_id: str,
    position: int,
    row: StagedRow,
    judged: Judged,
    verdict: Verdict,
    problems: Sequence[Problem],
) -> tuple[Any, ...]:
    writes = verdict in (Verdict.CREATE, Verdict.UPDATE)
    changes = [[each.key, each.before, each.after] for each in judged.changes]
    return (
        batch_id,
        position,
        shortened(row.sheet.name, SHEET_LENGTH_MAX),
        row.row_number,
        verdict.value,
        shortened(judged.title, TITLE_LENGTH_MAX),
        judged.target_id,
        _json(judged.ready) if writes and judged.ready else None,
        _json(sealed(batch_id, position, judged.secrets)) if writes and judged.secrets else None,
        _json(changes) if writes and changes else None,
        _json([each.as_plain() for each in problems]) if problems else None,
    )


def sealed(batch_id: str, position: int, secrets: Mapping[str, str]) -> dict[str, str]:
    """ID numbers and bank cards of a row, as they are staged: bound to it, and gone when the batch is settled."""
    return {
        key: b64encode(vault.seal(value, about=f"imports_row.{key}:{batch_id}:{position}")).decode()
        for key, value in secrets.items()
    }


def _notes(staged: Staged) -> dict[str, Any]:
    """What people should know about how their file was read."""
    return {
        "sheets": [
            {
                "name": sheet.name,
                "assumed_units": [
                    _assumed(sheet.spec.column(key)) for key in sheet.letters if key in sheet.assumed_units
                ],
                "ignored_headings": list(sheet.ignored_headings),
            }
            for sheet in staged.sheets
        ],
        "ignored_sheets": list(staged.ignored_sheets),
        "skipped": [list(each) for each in staged.skipped[:SKIPPED_TOLD]],
    }


def _assumed(column: Column) -> dict[str, str]:
    """A column and the unit that its bare numbers were taken in, in both languages."""
    return {language: writing.heading(column, language) for language in ("zh", "en")}


@db.unit_of_work
async def _end(turn: Turn, tally: _Tally, notes: Mapping[str, Any], *, now: datetime) -> None:
    ended = await db.execute(
        "UPDATE imports_batch SET state = 'checked', checked_at = :now, total_rows = :total, done_rows = :total, creates = :creates,"
        " updates = :updates, unchanged = :unchanged, wrong = :wrong, problems = :problems, notes = :notes, worker = NULL,"
        " lease_until_at = NULL, attempts = 0 WHERE id = :id AND worker = :worker AND state = 'checking'",
        now=now,
        total=tally.position,
        creates=tally.verdicts[Verdict.CREATE],
        updates=tally.verdicts[Verdict.UPDATE],
        unchanged=tally.verdicts[Verdict.UNCHANGED],
        wrong=tally.verdicts[Verdict.WRONG],
        problems=tally.problems,
        notes=_json(notes),
        id=turn.batch_id,
        worker=turn.worker,
    )
    if ended == 0:
        raise Lost()
