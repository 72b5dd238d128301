"""Making a file: rows as the list reads them, for its owner and with the rights that they have while it is made."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.accounts.queries import actor_of_user, secret_of_user
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.clock import Stopwatch
from pepperchain.core.errors import NotYours, Refused
from pepperchain.core.words import N_
from pepperchain.excel import export_process, writing
from pepperchain.excel.export_child import DISK
from pepperchain.excel.export_process import Format
from pepperchain.excel.exporting import WHO, Chunks, Exportable, Row
from pepperchain.exports import folder, release, turns
from pepperchain.exports.queries import ExportRow
from pepperchain.exports.rules import State, bounds, scope_of
from pepperchain.exports.turns import Lost, Turn
from pepperchain.web.forms import read_query
from pepperchain.web.i18n import Reader, reading_as

CHUNKS_A_LOOK = 25
"""After so many reads it is asked again whether the owner may still see these rows."""

PEOPLE_COUNTED_MAX = 200_000
"""Beyond so many it is enough to know that there are as many."""


@dataclass(slots=True)
class _Tally:
    """What went by."""

    tells_of_people: bool
    rows: int = 0
    people: set[int] = field(default_factory=set)

    def add(self, chunk: Sequence[Row]) -> None:
        self.rows += len(chunk)
        if self.tells_of_people and len(self.people) < PEOPLE_COUNTED_MAX:
            self.people.update(hash(row[WHO]) for row in chunk if row.get(WHO))


async def owner_of(exportable: Exportable, export: ExportRow) -> Actor:
    """Whoever asked for it, as they may see now. NotYours: they may see something else than when they asked."""
    kept = await secret_of_user(export.user_id)
    actor = await actor_of_user(export.user_id)
    if (
        kept is None
        or kept.disabled_at is not None
        or scope_of(actor) != export.scope
        or not actor.may(exportable.capability)
    ):
        raise NotYours(
            N_("What you may see has changed since you asked for this file. Ask for it once more.")
        )
    return replace(actor, language=_language(export))


def _language(export: ExportRow) -> Any:
    return "en" if export.language == "en" else "zh"


async def at_once(exportable: Exportable, export: ExportRow, *, now: datetime) -> bool:
    """Makes a short list's file right away. False: it is long, or at work already, and a timer makes it."""
    if export.state is not State.WAITING or not await turns.claim(export.id, now=now):
        return False
    turn = Turn(export.id, Stopwatch(now))
    try:
        if await make(exportable, export, turn, rows_max=bounds().at_once_rows):
            return True
    except BaseException:
        await turns.give_back(turn)
        raise
    await turns.give_back(turn)
    return False


async def make(exportable: Exportable, export: ExportRow, turn: Turn, *, rows_max: int | None = None) -> bool:
    """Makes the file and keeps it. False: there are more than `rows_max` rows, and nothing was made.

    NotYours: its owner's rights changed. Refused: no room. Lost: another worker has taken over.
    """
    actor = await owner_of(exportable, export)
    chosen = read_query(exportable.form, export.choices)
    tally = _Tally(export.is_personal)
    part = await folder.part_of(export.id)
    try:
        with reading_as(Reader(actor.language, actor.unit)):
            chunks = exportable.chunks(actor, chosen, turn.watch.now())
            if rows_max is None:
                if exportable.count is not None:
                    turn.total = await exportable.count(actor, chosen)
                async with turns.beating(turn):
                    await _by_child(
                        part, exportable, export, _watched(chunks, exportable, export, turn, tally)
                    )
            else:
                rows = await _few(chunks, rows_max)
                if rows is None:
                    return False
                tally.add(rows)
                await _by_thread(part, exportable, rows, format=export.format, language=export.language)
        kept = await folder.keep(part)
    finally:
        await folder.clear(export.id)
    try:
        await _settle(actor, export, turn, kept, tally, now=turn.watch.now())
    except BaseException:
        await folder.remove(kept.token)
        raise
    return True


async def _watched(
    chunks: Chunks, exportable: Exportable, export: ExportRow, turn: Turn, tally: _Tally
) -> Chunks:
    """The rows, counted; broken off when their owner may no longer see them, or the turn is somebody else's."""
    count = 0
    async for chunk in chunks:
        count += 1
        if count % CHUNKS_A_LOOK == 0:
            await owner_of(exportable, export)
            await turns.renew(turn)
        tally.add(chunk)
        turn.done = tally.rows
        yield chunk


async def _few(chunks: Chunks, most: int) -> list[Row] | None:
    rows: list[Row] = []
    async with aclosing(chunks) as reading:
        async for chunk in reading:
            rows += chunk
            if len(rows) > most:
                return None
    return rows


async def _by_child(part: Path, exportable: Exportable, export: ExportRow, chunks: Chunks) -> None:
    async with aclosing(chunks) as reading:
        await export_process.write(
            part,
            exportable,
            reading,
            format=export.format,
            language=export.language,
            sheet_rows=bounds().rows_a_sheet,
        )


async def _by_thread(
    part: Path,
    exportable: Exportable,
    rows: Sequence[Row],
    *,
    format: Format,  # noqa: A002  (what people call it)
    language: str,
) -> None:
    """So few rows cost less than a process would."""
    try:
        if format == "csv":
            await writing.export_csv(part, exportable.columns, rows, language=language)
        else:
            title = exportable.words.in_language(language)
            await writing.export_xlsx(part, exportable.columns, rows, language=language, title=title)
    except (OSError, writing.Unwritable):
        raise Refused(DISK) from None


@db.unit_of_work
async def _settle(
    actor: Actor, export: ExportRow, turn: Turn, kept: folder.Kept, tally: _Tally, *, now: datetime
) -> None:
    people = len(tally.people) if export.is_personal else None
    held = people is not None and bounds().wants_two(people)
    settled = await db.execute(
        "UPDATE exports_export SET state = :state, made_at = :now, total_rows = :rows, done_rows = :rows, people = :people,"
        " file_token = :token, file_bytes = :size, message = NULL, worker = NULL, lease_until_at = NULL, attempts = 0"
        " WHERE id = :id AND worker = :worker AND state = 'making'",
        state=State.HELD if held else State.READY,
        now=now,
        rows=tally.rows,
        people=people,
        token=kept.token,
        size=kept.size,
        id=export.id,
        worker=turn.worker,
    )
    if settled == 0:
        raise Lost()
    await trail.record(
        actor, "export.made", subject="export", subject_id=export.id, now=now,
        facts={
            "kind": export.kind, "format": export.format, "choices": export.choices or None, "rows": tally.rows, "people": people,
            "reason": export.reason, "bytes": kept.size,
        },
    )  # fmt: skip
    if held:
        await release.propose(actor, export, rows=tally.rows, people=people or 0, now=now)


async def to_path(
    actor: Actor,
    exportable: Exportable,
    path: Path,
    *,
    choices: str = "",
    reason: str | None = None,
    now: datetime,
) -> int:
    """Writes a list to a new .xlsx or .csv file for whoever sits at the server, and tells the trail; how many rows."""
    actor.require(exportable.capability)
    tally = _Tally(exportable.is_personal(actor))
    format: Format = "csv" if path.suffix.lower() == ".csv" else "xlsx"  # noqa: A001  (what people call it)
    chosen = read_query(exportable.form, choices)

    async def counted() -> Chunks:
        async for chunk in exportable.chunks(actor, chosen, now):
            tally.add(chunk)
            yield chunk

    with reading_as(Reader(actor.language, actor.unit)):
        async with aclosing(counted()) as reading:
            await export_process.write(
                path,
                exportable,
                reading,
                format=format,
                language=actor.language,
                sheet_rows=bounds().rows_a_sheet,
            )
    await _tell(actor, exportable, tally, format=format, choices=choices, reason=reason, now=now)
    return tally.rows


@db.unit_of_work
async def _tell(
    actor: Actor,
    exportable: Exportable,
    tally: _Tally,
    *,
    format: Format,  # noqa: A002  (what people call it)
    choices: str,
    reason: str | None,
    now: datetime,
) -> None:
    await trail.record(
        actor, "export.made", subject="export", subject_id=exportable.code, now=now,
        facts={
            "kind": exportable.code, "format": format, "choices": choices or None, "rows": tally.rows,
            "people": len(tally.people) if exportable.is_personal(actor) else None, "reason": reason,
        },
    )  # fmt: skip
