"""The other end of `export_child`: rows go to the writing process as they are read, no faster than it takes them."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pepperchain.excel import writing
from pepperchain.excel.child_process import child
from pepperchain.excel.columns import SheetSpec, Words, to_plain
from pepperchain.excel.exporting import Exportable, Row
from pepperchain.excel.inspection import Limits

Format = Literal["xlsx", "csv"]

# A million rows of twenty columns are written in some minutes; packing them says nothing for as long.
LIMITS = replace(Limits(), memory_bytes=600_000_000, cpu_seconds=3_600, silent_seconds=3_600)


async def write(
    target: Path,
    exportable: Exportable,
    chunks: AsyncIterable[Sequence[Row]],
    *,
    format: Format,  # noqa: A002  (what people call it)
    language: str,
    sheet_rows: int = writing.SHEET_ROWS_MAX,
) -> int:
    """Writes a list to a new file by a process of its own; how many rows. Refused: no room on the disk. BrokenOff: it failed.

    What the chunks raise ends it. The caller removes what is left of the file then.
    """
    job = {
        "target": str(target),
        "spec": to_plain(SheetSpec(exportable.code, exportable.words, exportable.columns, Words("", ""))),
        "language": language,
        "title": exportable.words.in_language(language),
        "format": format,
        "sheet_rows": sheet_rows,
        "limits": LIMITS.as_plain(),
    }
    async with child("export_child", job, LIMITS, _plain(exportable, chunks)) as process:
        message = await process.message()
        return int(message["rows"])


async def _plain(exportable: Exportable, chunks: AsyncIterable[Sequence[Row]]) -> AsyncIterator[Any]:
    async for rows in chunks:
        yield [writing.plain_row(exportable.columns, row) for row in rows]
