"""Reading exports."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.excel.export_process import Format
from pepperchain.exports.models import Export
from pepperchain.exports.rules import State


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export as its page and the list show it."""

    id: str
    kind: str
    format: Format
    choices: str
    reason: str | None
    is_personal: bool
    state: State
    language: str
    user_id: int
    scope: str
    asked_at: int
    made_at: int | None
    fetched_at: int | None
    total_rows: int | None
    done_rows: int
    people: int | None
    file_token: str | None
    file_bytes: int | None
    message: str | None
    attempts: int


_EXPORT = (
    "SELECT x.id, x.kind, x.format, x.choices, x.reason, x.is_personal, x.state, x.language, x.user_id, x.scope, x.asked_at, x.made_at,"
    " x.fetched_at, x.total_rows, x.done_rows, x.people, x.file_token, x.file_bytes, x.message, x.attempts FROM exports_export x"
)


def _export(*row: Any) -> ExportRow:
    values = list(row)
    values[0], values[5], values[6] = str(values[0]), bool(values[5]), State(values[6])
    return ExportRow(*values)


async def export(actor: Actor, id: UUID | str) -> ExportRow:
    """One's own export. Missing: there is none, or somebody else asked for it."""
    seen = Export.visible_to(actor)
    found = await db.fetch_one(_export, f"{_EXPORT} WHERE x.id = :id AND {seen.sql}", id=id, **seen.params)
    if found is None:
        raise Missing()
    return found


async def exports(actor: Actor, *, before: str | None = None, limit: int) -> list[ExportRow]:
    """One's own, from the latest back; `before` is the last id of the page before."""
    where = Export.visible_to(actor)
    if before is not None:
        where &= Clause("x.id < :before", {"before": before})
    return await db.fetch(
        _export, f"{_EXPORT} WHERE {where.sql} ORDER BY x.id DESC LIMIT :limit", limit=limit, **where.params
    )


async def at_work(id: UUID | str) -> ExportRow | None:
    """An export as the timer sees it."""
    return await db.fetch_one(_export, f"{_EXPORT} WHERE x.id = :id", id=id)


async def due(*, now: datetime, limit: int) -> list[str]:
    """Exports that wait for a worker, oldest first."""
    return await db.fetch(
        str,
        "SELECT id FROM exports_export WHERE state IN ('waiting', 'making')"
        " AND (lease_until_at IS NULL OR lease_until_at < :now) ORDER BY id LIMIT :limit",
        now=now,
        limit=limit,
    )


async def waiting_of(user_id: int, *, most: int) -> int:
    """How many of a person's exports wait to be made; counted to `most`."""
    return int(
        await db.scalar(
            "SELECT COUNT(*) FROM (SELECT 1 FROM exports_export WHERE user_id = :user AND state IN ('waiting', 'making')"
            " LIMIT :most) counted",
            user=user_id,
            most=most,
        )
    )


async def stale(*, asked_before: datetime, limit: int) -> list[tuple[str, str]]:
    """Exports whose files were kept long enough, and the files' names on disk."""
    return await db.fetch(
        lambda id, token: (str(id), token),
        "SELECT id, file_token FROM exports_export WHERE file_token IS NOT NULL AND asked_at < :before"
        " ORDER BY asked_at LIMIT :limit",
        before=asked_before,
        limit=limit,
    )


async def dropped(*, limit: int) -> list[tuple[str, str]]:
    """The same for exports that their owners dropped."""
    return await db.fetch(
        lambda id, token: (str(id), token),
        "SELECT id, file_token FROM exports_export WHERE file_token IS NOT NULL AND state = 'removed' LIMIT :limit",
        limit=limit,
    )
