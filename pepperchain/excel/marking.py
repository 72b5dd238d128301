"""Writes the workbook that shows people their mistakes: their own data, wrong cells in red, the reason beside each row.

Runs in the reading process, since it parses the same file again. Values only, row for row where they were, so that the
corrected workbook can be uploaded as it is; the column and the sheet added here are ones the reader passes over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter

from pepperchain.excel import furniture, headings, inspection
from pepperchain.excel.cells import Raw
from pepperchain.excel.child import Job, Message, run
from pepperchain.excel.columns import DIGIT_TEXTS, Words, from_plain
from pepperchain.excel.headings import Layout
from pepperchain.excel.inspection import Limits
from pepperchain.excel.problems import position_of
from pepperchain.excel.tables import Table, tables

# Comments and links are kept in memory until the end; the reasons beside the rows are not.
COMMENTS_MAX = 2000
LINKS_MAX = 2000
SUMMARY_MAX = 5000
SUMMARY_WIDTHS = (18, 8, 8, 22, 70)
REASONS_WIDTH = 70

_NUMBER_FORMATS = {
    datetime: "yyyy-mm-dd hh:mm",
    date: "yyyy-mm-dd",
    time: "hh:mm",
    timedelta: "[h]:mm",
    str: "@",
}


@dataclass(slots=True)
class Marks:
    """What is wrong in one row: reasons by position, and those that belong to no column."""

    cells: dict[int, list[str]] = field(default_factory=dict)
    row: list[str] = field(default_factory=list)

    def reasons(self) -> str:
        """All of them, in the order of the columns."""
        ordered = [reason for position in sorted(self.cells) for reason in self.cells[position]]
        return " ".join(dict.fromkeys(ordered + self.row))


def mark(job: Job, limits: Limits) -> Iterator[Message]:
    """Writes the marked copy of the file `job["path"]` to `job["target"]`; the one message says that it is there.

    `job["more"]` lists, in pieces, sheet, row number, column letters ("" for the whole row), heading and reason.
    """
    path = Path(job["path"])
    specs = tuple(from_plain(each) for each in job["specs"])
    marks: dict[str, dict[int, Marks]] = {}
    told = list(chain.from_iterable(job["more"]))
    for sheet, row, letters, heading, reason in told:
        found = marks.setdefault(sheet, {}).setdefault(row, Marks())
        if letters:
            found.cells.setdefault(position_of(letters), []).append(
                f"{heading}：{reason}" if heading else reason
            )
        else:
            found.row.append(reason)
    inspected = inspection.inspect(path, limits)
    # Beside the target, where the parent clears up even if this process is killed.
    folder = str(Path(job["target"]).parent)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "tmpdir": folder,
    }
    with xlsxwriter.Workbook(job["target"], options) as book:
        copy = _Copy(book, str(job["language"]))
        copy.summarise(told)
        for table in tables(path, inspected, limits):
            layout = headings.find(table.first_rows(headings.SEARCHED_ROWS), specs, table.name)
            if layout is not None:
                copy.sheet(table, layout, marks.get(table.name, {}))
    yield {"end": {}}


class _Copy:
    def __init__(self, book: xlsxwriter.Workbook, language: str) -> None:
        self._book = book
        self._language = language
        self._formats: dict[tuple[str, bool], Any] = {}
        self._comments_left = COMMENTS_MAX
        base = {"font_name": furniture.TITLE_FONT, "valign": "vcenter"}
        self._heading = book.add_format(
            {**base, "bold": True, "bg_color": f"#{furniture.PALE_GREEN}", "bottom": 1, "text_wrap": True}
        )
        self._title = book.add_format(
            {**base, "bold": True, "font_size": 14, "font_color": f"#{furniture.GREEN}"}
        )
        self._reason = book.add_format({**base, "font_color": f"#{furniture.RED}"})
        self._plain = book.add_format({**base, "valign": "top", "text_wrap": True})
        self._link = book.add_format({**base, "underline": 1, "font_color": "#1F5FA8", "valign": "top"})

    def summarise(self, marks: list[list[Any]]) -> None:
        """The first sheet: where every mistake is, and why. It repeats no value, so it may be shown to anyone."""
        sheet = self._book.add_worksheet(self._say(furniture.SUMMARY_SHEET))
        for position, width in enumerate(SUMMARY_WIDTHS):
            sheet.set_column(position, position, width)
        sheet.write_string(0, 0, self._say(furniture.SUMMARY_SHEET), self._title)
        sheet.write_string(1, 0, self._say(furniture.SUMMARY_ADVICE))
        if len(marks) > SUMMARY_MAX:
            capped = self._say(furniture.SUMMARY_CAPPED).format(shown=SUMMARY_MAX, total=len(marks))
            sheet.write_string(2, 0, capped)
        for position, words in enumerate(furniture.SUMMARY_HEADINGS):
            sheet.write_string(3, position, self._say(words), self._heading)
        sheet.freeze_panes(4, 0)
        for index, (name, row, letters, heading, reason) in enumerate(marks[:SUMMARY_MAX], 4):
            sheet.set_row(index, 16 * furniture.lines(reason, SUMMARY_WIDTHS[-1]))
            sheet.write_string(index, 0, name, self._plain)
            if index < LINKS_MAX:
                escaped = str(name).replace("'", "''")
                sheet.write_url(index, 1, f"internal:'{escaped}'!{letters or 'A'}{row}", self._link, str(row))
            else:
                sheet.write_number(index, 1, row, self._plain)
            for position, text in enumerate((letters, heading, reason), 2):
                sheet.write_string(index, position, text, self._plain)

    def sheet(self, table: Table, layout: Layout, marks: Mapping[int, Marks]) -> None:
        """One sheet of the upload, marked."""
        sheet = self._book.add_worksheet(table.name[:31])
        first = table.first_rows(layout.row_number)
        heading = first[-1]
        reasons = self._reasons_column(heading)
        columns = {position: layout.spec.column(key) for key, position in layout.positions.items()}
        for position, cell in enumerate(heading):
            sheet.set_column(position, position, furniture.width(columns.get(position), str(cell)))
        sheet.set_column(reasons, reasons, REASONS_WIDTH)
        sheet.freeze_panes(layout.row_number, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        digit_texts = {position for position, column in columns.items() if column.kind in DIGIT_TEXTS}
        last = layout.row_number
        for number, cells in table.rows():
            last = number
            found = marks.get(number)
            if number == layout.row_number:
                self._head(sheet, number, heading, reasons)
            else:
                self._row(sheet, number, cells, found, reasons, digit_texts)
        sheet.autofilter(layout.row_number - 1, 0, max(last - 1, layout.row_number - 1), reasons)

    def _head(self, sheet: Any, number: int, heading: list[Raw], reasons: int) -> None:
        for position, cell in enumerate(heading):
            if position != reasons:
                sheet.write_string(number - 1, position, str(cell), self._heading)
        sheet.write_string(number - 1, reasons, self._say(furniture.MISTAKES_HEADING), self._heading)

    def _row(
        self,
        sheet: Any,
        number: int,
        cells: list[Raw],
        found: Marks | None,
        reasons: int,
        digit_texts: set[int],
    ) -> None:
        wrong = found.cells if found else {}
        for position in range(max(len(cells), *(each + 1 for each in wrong), 0) if wrong else len(cells)):
            if position == reasons:
                continue
            cell = cells[position] if position < len(cells) else ""
            if cell == "" and position not in wrong:
                continue
            self._cell(sheet, number - 1, position, cell, position in wrong, position in digit_texts)
            if position in wrong and self._comments_left > 0:
                self._comments_left -= 1
                sheet.write_comment(
                    number - 1, position, "\n".join(wrong[position]), {"width": 240, "height": 90}
                )
        if found:
            sheet.write_string(number - 1, reasons, found.reasons(), self._reason)

    def _cell(self, sheet: Any, row: int, position: int, cell: Raw, wrong: bool, as_text: bool) -> None:
        look = self._format("@" if as_text else _NUMBER_FORMATS.get(type(cell), ""), wrong)
        if cell == "":
            sheet.write_blank(row, position, None, look)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, position, cell, look)
        elif isinstance(cell, str):
            sheet.write_string(row, position, cell, look)
        elif isinstance(cell, (date, time, timedelta)) and not (isinstance(cell, date) and cell.year < 1900):
            sheet.write_datetime(row, position, cell, look)
        elif isinstance(cell, (date, time, timedelta)):
            sheet.write_string(row, position, str(cell), look)
        else:
            sheet.write_number(row, position, cell, look)

    def _format(self, number_format: str, wrong: bool) -> Any:
        known = self._formats.get((number_format, wrong))
        if known is None:
            look: dict[str, Any] = {"num_format": number_format} if number_format else {}
            if wrong:
                red = f"#{furniture.RED}"
                look |= {
                    "bg_color": f"#{furniture.RED_FILL}",
                    "font_color": red,
                    "border": 1,
                    "border_color": red,
                }
            known = self._formats[number_format, wrong] = self._book.add_format(look)
        return known

    def _reasons_column(self, heading: list[Raw]) -> int:
        """The column of an earlier round of mistakes, or the first free one."""
        ours = {
            headings.normal(furniture.MISTAKES_HEADING.zh),
            headings.normal(furniture.MISTAKES_HEADING.en),
        }
        for position, cell in enumerate(heading):
            if isinstance(cell, str) and headings.normal(cell) in ours:
                return position
        return len(heading)

    def _say(self, words: Words) -> str:
        return words.in_language(self._language)


if __name__ == "__main__":
    run(mark)
