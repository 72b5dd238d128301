"""Exports: rows into an .xlsx or .csv file, in constant memory, without stalling anyone else.

What is written here is read back by `reader` to the same values. Nothing in a cell is ever a formula or a link.
"""

import asyncio
import csv
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from pepperchain.core import clock
from pepperchain.core.units import Centimu, Fen, Grams
from pepperchain.excel import furniture, measures
from pepperchain.excel.columns import Column, Kind

BATCH = 500
SHEET_NAME_MAX = 31
SHEET_ROWS_MAX = 1_048_576
"""Rows of a sheet that Excel opens, the headings among them; what is more goes on in another sheet."""

CELL_CHARACTERS_MAX = 32_767

Unwritable = XlsxWriterException
"""The workbook could not be put on the disk."""

Row = Mapping[str, Any]
Rows = Iterable[Row] | AsyncIterable[Row]

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_GUARDED = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_BAD_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.WEIGHT, Kind.MONEY, Kind.PRICE, Kind.AREA})
_FORMATS = {
    Kind.WEIGHT: "#,##0.00#",
    Kind.MONEY: "#,##0.00",
    Kind.PRICE: "0.00",
    Kind.AREA: "#,##0.00",
    Kind.DAY: "yyyy-mm-dd",
    Kind.CLOCK: "hh:mm",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.INTEGER: "0",
    Kind.DECIMAL: "General",
}


async def export_xlsx(
    target: Path, columns: Sequence[Column], rows: Rows, *, language: str, title: str = "pepperchain"
) -> int:
    """Writes a sheet of `rows` (mappings by column key) to `target`. Returns how many there were.

    Values are those of the domain: Grams, Fen, Centimu, days, aware moments (written on the local wall clock), choice
    values, bools; or the plain ones a staged row holds. Absent and None are empty cells.
    """
    sheet = await asyncio.to_thread(Sheets, target, tuple(columns), language, title)
    try:
        async for batch in _batches(rows):
            await asyncio.to_thread(sheet.write, batch)
    finally:
        await asyncio.to_thread(sheet.close)
    return sheet.count


async def export_csv(target: Path, columns: Sequence[Column], rows: Rows, *, language: str) -> int:
    """The same as a text table: UTF-8 with the mark Excel looks for, and no cell that it would take for a formula."""
    known = tuple(columns)
    count = 0
    with await asyncio.to_thread(target.open, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guarded(heading(column, language)) for column in known])
        async for batch in _batches(rows):
            lines = csv_lines(known, batch, language)
            await asyncio.to_thread(writer.writerows, lines)
            count += len(batch)
    return count


def csv_lines(columns: Sequence[Column], batch: Iterable[Row], language: str) -> list[list[str]]:
    """Rows as the cells of a text table."""
    return [[_csv_text(column, row.get(column.key), language) for column in columns] for row in batch]


def plain_row(columns: Sequence[Column], row: Row) -> list[Any]:
    """A row as JSON can hand it to another process, which writes the same from it."""
    return [_plain(column.kind, row.get(column.key)) for column in columns]


def _plain(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind in (Kind.DAY, Kind.CLOCK, Kind.MOMENT):
        return value if isinstance(value, str) else moment_of(kind, value).isoformat()
    if kind is Kind.YES_NO:
        return bool(value)
    return value if type(value) is str or isinstance(value, int) else str(value)


def heading(column: Column, language: str) -> str:
    """A column's title with its unit, as templates and exports show it: 毛重(公斤)."""
    unit = measures.unit_words(column)
    title = column.title.in_language(language)
    return f"{title}({unit.in_language(language)})" if unit else title


def guarded(text: str) -> str:
    """Text that a spreadsheet opening a CSV file will not run: an apostrophe goes before what begins a formula."""
    return "'" + text if _GUARDED.match(text) else text


def plain_text(text: str) -> str:
    """Text without the characters that no workbook may hold."""
    return _FORBIDDEN.sub("", text)


def number_of(column: Column, value: Any) -> Decimal:
    """The number a cell shows, in the column's unit: grams as kilograms, or 斤 where the column says so."""
    if column.kind is Kind.WEIGHT:
        exact = Grams(value).kg
    elif column.kind in (Kind.MONEY, Kind.PRICE):
        exact = Fen(value).yuan
    elif column.kind is Kind.AREA:
        exact = Centimu(value).mu
    else:
        return Decimal(value)
    unit = measures.unit_words(column)
    assert unit is not None, "a quantity without a usual unit"
    return exact / measures.UNITS[column.kind][measures.unit_text(unit.zh)]


def moment_of(kind: Kind, value: Any) -> date | datetime | time:
    """A day, time or moment, of itself or of its ISO text; aware moments on the local wall clock, without zone."""
    if isinstance(value, str):
        value = _moment_of_text(kind, value)
    if isinstance(value, datetime):
        wall = clock.local(value).replace(tzinfo=None) if value.tzinfo else value
        return wall.date() if kind is Kind.DAY else wall.replace(microsecond=0)
    assert isinstance(value, (date, time)), f"no day or time: {type(value)}"
    return value


def _moment_of_text(kind: Kind, text: str) -> date | datetime | time:
    if kind is Kind.DAY:
        return date.fromisoformat(text)
    return time.fromisoformat(text) if kind is Kind.CLOCK else datetime.fromisoformat(text)


def text_of(column: Column, value: Any, language: str) -> str:
    """What a text cell shows: the words of a choice, Yes or No, digits as they are."""
    if column.kind is Kind.CHOICE:
        for choice in column.choices:
            if choice.value == value:
                return choice.words.in_language(language)
    if column.kind is Kind.YES_NO:
        return (furniture.YES if value else furniture.NO).in_language(language)
    return plain_text(str(value))


class Sheets:
    """A workbook being written, row after row and sheet after sheet; every method blocks and belongs in a thread or a process."""

    def __init__(
        self,
        target: Path,
        columns: tuple[Column, ...],
        language: str,
        title: str,
        *,
        scratch: Path | None = None,
        rows_max: int = SHEET_ROWS_MAX,
    ) -> None:
        self._columns = columns
        self._language = language
        self._title = _BAD_IN_NAMES.sub(" ", plain_text(title)).strip("' ")
        self._rows_max = rows_max
        self.count = 0
        options: dict[str, Any] = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        if scratch is not None:
            options["tmpdir"] = str(scratch)
        self._book = xlsxwriter.Workbook(str(target), options)
        self._book.use_zip64()
        self._formats = [
            self._book.add_format({"num_format": _FORMATS.get(each.kind, "@")}) for each in columns
        ]
        self._look = self._book.add_format(
            {"bold": True, "bg_color": f"#{furniture.PALE_GREEN}", "bottom": 1}
        )
        self._sheets = 0
        self._begin()

    def write(self, batch: Sequence[Row]) -> None:
        for row in batch:
            if self._line + 1 == self._rows_max:
                self._end()
                self._begin()
            self.count += 1
            self._line += 1
            for position, column in enumerate(self._columns):
                value = row.get(column.key)
                if value is not None:
                    self._cell(position, column, value)

    def close(self) -> None:
        self._end()
        self._book.close()

    def _begin(self) -> None:
        self._sheets += 1
        self._line = 0
        suffix = f" {self._sheets}" if self._sheets > 1 else ""
        self._sheet = self._book.add_worksheet(
            f"{self._title[: SHEET_NAME_MAX - len(suffix)]}{suffix}" if self._title else None
        )
        self._sheet.freeze_panes(1, 0)
        for position, column in enumerate(self._columns):
            text = heading(column, self._language)
            self._sheet.set_column(position, position, furniture.width(column, text), self._formats[position])
            self._sheet.write_string(0, position, text, self._look)

    def _end(self) -> None:
        if self._line:
            self._sheet.autofilter(0, 0, self._line, len(self._columns) - 1)

    def _cell(self, position: int, column: Column, value: Any) -> None:
        look = self._formats[position]
        if column.kind in _NUMBERS:
            self._sheet.write_number(self._line, position, number_of(column, value), look)
        elif column.kind in (Kind.DAY, Kind.CLOCK, Kind.MOMENT):
            moment = moment_of(column.kind, value)
            if column.kind is Kind.MOMENT and isinstance(moment, datetime) and moment.time() == time():
                # A workbook cannot tell midnight from a day without a time; as text it can be told.
                self._sheet.write_string(self._line, position, f"{moment:%Y-%m-%d %H:%M}", look)
            else:
                self._sheet.write_datetime(self._line, position, moment, look)
        else:
            text = text_of(column, value, self._language)
            self._sheet.write_string(self._line, position, text[:CELL_CHARACTERS_MAX], look)


def _csv_text(column: Column, value: Any, language: str) -> str:
    if value is None:
        return ""
    if column.kind in _NUMBERS:
        # A real negative number is no formula.
        return format(number_of(column, value), "f")
    if column.kind in (Kind.DAY, Kind.CLOCK, Kind.MOMENT):
        moment = moment_of(column.kind, value)
        return moment.isoformat(" ", "seconds") if isinstance(moment, datetime) else moment.isoformat()
    return guarded(text_of(column, value, language))


async def _batches(rows: Rows) -> AsyncIterator[list[Row]]:
    batch: list[Row] = []
    async for row in _each(rows):
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _each(rows: Rows) -> AsyncIterator[Row]:
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            yield row
        return
    for row in rows:
        yield row
