"""A workbook of several sheets for one reader: their own data, told in words, with quantities as numbers."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from pepperchain.excel import furniture
from pepperchain.excel.writing import SHEET_NAME_MAX, plain_text

_BAD_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its name, its headings, and rows of texts and exact numbers. None is an empty cell."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | Decimal | None]]


async def export_book(target: Path, pages: Sequence[Page]) -> None:
    """Writes the pages to `target`. Nothing in a cell is ever a formula or a link."""
    await asyncio.to_thread(_write, target, pages)


def _write(target: Path, pages: Sequence[Page]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(target), options) as book:
        head = book.add_format({"bold": True, "bg_color": f"#{furniture.PALE_GREEN}", "bottom": 1})
        text, number = book.add_format({"num_format": "@"}), book.add_format({"num_format": "#,##0.00#"})
        names: set[str] = set()
        for page in pages:
            sheet = book.add_worksheet(_name(page.name, names))
            sheet.freeze_panes(1, 0)
            for column, heading in enumerate(page.headings):
                sheet.set_column(column, column, furniture.width(None, heading) + 4)
                sheet.write_string(0, column, plain_text(heading), head)
            for place, row in enumerate(page.rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, Decimal):
                        sheet.write_number(place, column, value, number)
                    elif value is not None:
                        sheet.write_string(place, column, plain_text(value), text)


def _name(wanted: str, taken: set[str]) -> str:
    """A name that a sheet may have and no other sheet of the book has."""
    plain = _BAD_IN_NAMES.sub(" ", plain_text(wanted)).strip("' ")[: SHEET_NAME_MAX - 3] or "-"
    name, more = plain, 1
    while name.lower() in taken:
        more += 1
        name = f"{plain} {more}"
    taken.add(name.lower())
    return name
