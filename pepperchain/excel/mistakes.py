"""The workbook that tells people what is wrong with theirs, and how to put it right."""

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from pepperchain.excel.child_process import child
from pepperchain.excel.columns import SheetSpec, to_plain
from pepperchain.excel.inspection import Limits
from pepperchain.excel.problems import Mistake

PIECE = 500
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
    with tempfile.TemporaryDirectory(prefix="pepperchain-") as folder:
        target = Path(folder) / "mistakes.xlsx"
        job = {
            "path": str(path),
            "target": str(target),
            "specs": [to_plain(spec) for spec in known],
            "language": language,
            "limits": limits.as_plain(),
        }
        async with child("marking", job, limits, _marks(mistakes, titles, translate)) as writing:
            await writing.message()
        return await asyncio.to_thread(target.read_bytes)


def _marks(
    mistakes: Iterable[Mistake], titles: Mapping[str, str], translate: Callable[[str], str]
) -> Iterator[list[list[Any]]]:
    coming = iter(mistakes)
    while piece := list(islice(coming, PIECE)):
        yield [_mark(mistake, titles, translate) for mistake in piece]


def _mark(mistake: Mistake, titles: Mapping[str, str], translate: Callable[[str], str]) -> list[Any]:
    problem = mistake.problem
    reason = translate(problem.message)
    if problem.facts:
        reason %= dict(problem.facts)
    return [mistake.sheet, mistake.row_number, problem.letter, titles.get(problem.column_key, ""), reason]
