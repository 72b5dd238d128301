"""The writing process: takes a job and then rows, line by line, on its standard input, and writes them to one file.

Laying out a million rows takes minutes of a processor; here they are nobody else's. It says at its end how many rows there were.
"""

import csv
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pepperchain.core.words import N_
from pepperchain.excel import writing
from pepperchain.excel.child import Job, Message, restrain
from pepperchain.excel.columns import Column, from_plain
from pepperchain.excel.inspection import Limits

DISK = N_("The file could not be written: the server's disk is full. Tell the administrator.")

Batch = Sequence[dict[str, Any]]


def made(job: Job, lines: Iterable[bytes]) -> Message:
    """Writes the file that the job names; how many rows, or that there was no room for them."""
    columns = from_plain(job["spec"]).columns
    keys = [column.key for column in columns]
    batches = ([dict(zip(keys, row, strict=True)) for row in json.loads(line)] for line in lines)
    work: Callable[[Job, tuple[Column, ...], Iterator[Batch]], int]
    work = _csv if job["format"] == "csv" else _xlsx
    try:
        return {"end": True, "rows": work(job, columns, batches)}
    except (OSError, writing.Unwritable):
        return {"refused": DISK, "facts": {}}


def _csv(job: Job, columns: tuple[Column, ...], batches: Iterator[Batch]) -> int:
    count = 0
    with Path(job["target"]).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([writing.guarded(writing.heading(column, job["language"])) for column in columns])
        for batch in batches:
            writer.writerows(writing.csv_lines(columns, batch, job["language"]))
            count += len(batch)
    return count


def _xlsx(job: Job, columns: tuple[Column, ...], batches: Iterator[Batch]) -> int:
    scratch = Path(f"{job['target']}.parts")
    scratch.mkdir(exist_ok=True, mode=0o700)
    try:
        sheets = writing.Sheets(
            Path(job["target"]), columns, job["language"], job["title"], scratch=scratch, rows_max=job["sheet_rows"],
        )  # fmt: skip
        for batch in batches:
            sheets.write(batch)
        sheets.close()
        return sheets.count
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    first, rest = sys.stdin.buffer.readline(), sys.stdin.buffer
    todo: Job = json.loads(first)
    restrain(Limits.from_plain(todo["limits"]))
    said = made(todo, rest)
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()
