"""Stages a file: reads it row by row in a process of its own, and writes nothing.

async with stage(path, [GROWERS], today=today) as staged:
    async for row in staged.rows():
        row.values, row.problems
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pepperchain.core.units import Centimu, Fen, Grams
from pepperchain.excel.child_process import Child, child
from pepperchain.excel.columns import Kind, SheetSpec, to_plain
from pepperchain.excel.inspection import Limits
from pepperchain.excel.problems import Problem

LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class StagedSheet:
    """One sheet that was recognised.

    `letters` tells the spreadsheet column of each key that was found; `units` what a bare number was taken to mean, and
    `assumed_units` the keys whose heading did not say so; `ignored_headings` the columns nobody reads.
    """

    name: str
    spec: SheetSpec
    header_row: int
    letters: Mapping[str, str]
    units: Mapping[str, str]
    assumed_units: frozenset[str]
    ignored_headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One row with data: a value (see `Kind`) or None for every key of the sheet's columns that was found.

    A key with a problem has the value None. `row_number` counts from 1 as the spreadsheet does.
    """

    sheet: StagedSheet
    row_number: int
    values: Mapping[str, str | int | bool | None]
    problems: tuple[Problem, ...] = ()

    def typed(self) -> dict[str, str]:
        """The values as a person would type them into the same form on the web: kilograms, yuan, mu; no empty ones."""
        kinds = {column.key: column.kind for column in self.sheet.spec.columns}
        return {key: spelled(kinds[key], value) for key, value in self.values.items() if value is not None}

    def problem(self, key: str, message: str, code: str = "form", **facts: str) -> Problem:
        """A problem of this row that a higher room found, at the column of `key`."""
        return Problem(key, self.sheet.letters.get(key, ""), code, message, facts)


@dataclass(slots=True)
class Staged:
    """A file that is being read. `row_count` and `skipped` are known when the last row has been."""

    sheets: tuple[StagedSheet, ...]
    ignored_sheets: tuple[str, ...]
    _child: Child
    row_count: int | None = None
    # Sheet, row number, and why: "example", "total" or "signature".
    skipped: list[tuple[str, int, str]] = field(default_factory=list)

    async def rows(self) -> AsyncIterator[StagedRow]:
        """Every row with data, once, in order. Refused: the file turned out larger than allowed while being read."""
        async for message in self._child.messages():
            if "end" in message:
                self.row_count = message["end"]["rows"]
                self.skipped = [(sheet, row, why) for sheet, row, why in message["end"]["skipped"]]
            for row in message.get("rows", ()):
                yield self._row(row)

    def _row(self, plain: list[Any]) -> StagedRow:
        index, number, values, problems = plain
        sheet = self.sheets[index]
        told = tuple(map(Problem.from_plain, problems)) if problems else ()
        return StagedRow(sheet, number, dict(zip(sheet.letters, values, strict=True)), told)


@asynccontextmanager
async def stage(
    path: Path, specs: Iterable[SheetSpec], *, today: date, language: str = "zh", limits: Limits = LIMITS
) -> AsyncIterator[Staged]:
    """Opens a file of people's for reading; `today` gives days without a year their year.

    Refused: what is no workbook or text table, what is locked, has macros or links, is too large, or has in no sheet
    the headings of any of `specs`. The reading process ends with the block, however it is left.
    """
    known = {spec.key: spec for spec in specs}
    job = {
        "path": str(path),
        "specs": [to_plain(spec) for spec in known.values()],
        "today": today.isoformat(),
        "language": language,
        "limits": limits.as_plain(),
    }
    async with child("child", job, limits) as reading:
        first = await reading.message()
        sheets = tuple(_sheet(each, known[each["key"]]) for each in first["sheets"])
        yield Staged(sheets, tuple(first["ignored_sheets"]), reading)


def _sheet(plain: Mapping[str, Any], spec: SheetSpec) -> StagedSheet:
    # Values come in the order of the declaration, so the letters are kept in it too.
    letters = {
        column.key: plain["letters"][column.key] for column in spec.columns if column.key in plain["letters"]
    }
    return StagedSheet(
        plain["name"],
        spec,
        plain["header_row"],
        letters,
        plain["units"],
        frozenset(plain["assumed_units"]),
        tuple(plain["ignored_headings"]),
    )


def spelled(kind: Kind, value: str | int | bool) -> str:
    """One value as a person would type it: grams as kilograms, fen as yuan, centimu as mu, yes as "true"."""
    if kind is Kind.WEIGHT:
        return _plain(Grams(value).kg)
    if kind in (Kind.MONEY, Kind.PRICE):
        return _plain(Fen(value).yuan)
    if kind is Kind.AREA:
        return _plain(Centimu(value).mu)
    if kind is Kind.YES_NO:
        return "true" if value else "false"
    return str(value)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
