"""The workbook that tells people what is wrong with theirs, and how to put it right."""

import asyncio
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from pepperchain.excel.child_process import child
from pepperchain.excel.columns import SheetSpec, to_plain
from pepperchain.excel.inspection import Limits
from pepperchain.excel.problems import Mistake

# Writing takes ten times as long as reading.
LIMITS = Limits(cpu_seconds=120, silent_seconds=180)


async def error_workbook(
    path: Path,
    specs: Iterable[SheetSpec],
    mistakes: Iterable[Mistake],
    *,
    language: str,
    translate: Callable[[str], str],
    limits: Limits = LIMITS,
) -> bytes:
    """The .xlsx file that `path` (an upload that was staged before) becomes: same rows, wrong cells red, reasons added.

    `translate` puts a message id into `language`. A summary sheet in front lists sheet, row, column and reason, without
    repeating any value. Uploaded again, both additions are passed over. Refused like `reader.stage`.
    """
    known = tuple(specs)
    titles = {column.key: column.title.in_language(language) for spec in known for column in spec.columns}
    marks = []
    for mistake in mistakes:
        problem = mistake.problem
        reason = translate(problem.message)
        if problem.facts:
            reason %= dict(problem.facts)
        heading = titles.get(problem.column_key, "")
        marks.append([mistake.sheet, mistake.row_number, problem.letter, heading, reason])
    with tempfile.TemporaryDirectory(prefix="pepperchain-") as folder:
        target = Path(folder) / "mistakes.xlsx"
        job = {
            "path": str(path),
            "target": str(target),
            "specs": [to_plain(spec) for spec in known],
            "marks": marks,
            "language": language,
            "limits": replace(limits).as_plain(),
        }
        async with child("marking", job, limits) as writing:
            await writing.message()
        return await asyncio.to_thread(target.read_bytes)
