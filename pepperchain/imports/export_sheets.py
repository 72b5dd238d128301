"""Files that were brought, as a file."""

from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.excel.columns import Column, Kind, Words
from pepperchain.excel.exporting import Chunks, Exportable, steps
from pepperchain.imports import kinds, queries
from pepperchain.imports.forms import BatchFilter
from pepperchain.imports.queries import BatchRow
from pepperchain.web.i18n import gettext


async def _batches(actor: Actor, chosen: BatchFilter, _now: datetime) -> Chunks:
    codes = kinds.codes_of(actor)

    async def read(before: str | None, most: int) -> list[BatchRow]:
        kind = chosen.kind if chosen.kind in codes else None
        return await queries.batches(actor, kinds=codes, kind=kind, before=before, limit=most)

    async for rows in steps(read, lambda row: row.id):
        yield [_batch(actor, row) for row in rows]


def _batch(actor: Actor, row: BatchRow) -> dict[str, Any]:
    moments = ("created_at", "committed_at", "undone_at")
    found: dict[str, Any] = {
        name: None if getattr(row, name) is None else clock.from_ms(getattr(row, name)) for name in moments
    }
    return found | {
        "kind": kinds.KINDS[row.kind].words.in_language(actor.language), "file": row.file_name, "state": gettext(row.state.label),
        "organization": row.organization, "by": row.uploaded_by_name, "rows": row.total_rows, "creates": row.creates,
        "updates": row.updates, "unchanged": row.unchanged, "wrong": row.wrong,
    }  # fmt: skip


BATCHES = Exportable(
    code="imports", words=Words("导入记录", "Imports"), capability=Capability.IMPORT_RUN, at="/imports", form=BatchFilter,
    columns=(
        Column("created_at", Words("上传时间", "Brought"), Kind.MOMENT), Column("kind", Words("内容", "What is in it")),
        Column("file", Words("文件", "File"), width=32), Column("state", Words("状态", "State")), Column("organization", Words("单位",
        "Organization")),
        Column("by", Words("上传人", "By")), Column("rows", Words("行数", "Rows"), Kind.INTEGER), Column("creates", Words("新增",
        "New"), Kind.INTEGER),
        Column("updates", Words("更新", "Changed"), Kind.INTEGER), Column("unchanged", Words("未变", "Unchanged"), Kind.INTEGER),
        Column("wrong", Words("有错", "Wrong"), Kind.INTEGER), Column("committed_at", Words("导入时间", "Imported"), Kind.MOMENT),
        Column("undone_at", Words("撤销时间", "Undone"), Kind.MOMENT),
    ),
    chunks=_batches,
)  # fmt: skip
