"""The tables in an inspected file as rows of raw cells: sheets of a workbook, or the one table of a text file."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook

from pepperchain.core.errors import Refused
from pepperchain.excel.cells import Raw
from pepperchain.excel.inspection import Inspected, Limits, damaged, too_far
from pepperchain.excel.scanning import Traces

TEXT_TABLE = "CSV"
CSV_FIELD_MAX = 100_000
# What a spreadsheet would take for a formula; our own CSV export puts an apostrophe before it.
FORMULA_STARTS = "=+-@\t\r＝＋－＠"
_DELIMITERS = ",\t;，"


@dataclass(slots=True)
class Table:
    """One visible sheet. Merged cells are (row, column) of every cell but the first, row from 1, column from 0."""

    name: str
    traces: Traces
    _source: CalamineSheet | list[list[str]]
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, list[Raw]]]:
        """Every row with its number; the first cell is always column A."""
        if isinstance(self._source, list):
            yield from ((number, list[Raw](cells)) for number, cells in enumerate(self._source, 1))
            return
        start = self._source.start
        if start is None:
            return
        lead: list[Raw] = [""] * start[1]
        for number, cells in enumerate(self._source.iter_rows(), 1):
            yield number, lead + cells if lead else cells

    def first_rows(self, count: int) -> list[list[Raw]]:
        """The first rows, a heading merged over several rows repeated in each of them."""
        rows = [list(cells) for _, cells in islice(self.rows(), count)]
        for (row, column), (from_row, from_column) in self.merged.items():
            if row <= len(rows) and column == from_column and column < len(rows[row - 1]):
                rows[row - 1][column] = rows[from_row - 1][column]
        return rows


def tables(path: Path, inspected: Inspected, limits: Limits) -> list[Table]:
    """The visible sheets that hold anything. Refused: a file that calamine or the CSV reader cannot take."""
    if not inspected.is_workbook:
        return [_text_table(path, limits)]
    try:
        return _sheets(path, inspected, limits)
    except python_calamine.PasswordError:
        raise Refused(
            "This workbook is protected with a password. Save it without a password and try again."
        ) from None
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError):
        raise damaged() from None
    except (OSError, ValueError, OverflowError, UnicodeError):
        # Calamine's own words for missing parts and for dates no calendar has.
        raise damaged() from None


def _sheets(path: Path, inspected: Inspected, limits: Limits) -> list[Table]:
    found: list[Table] = []
    with CalamineWorkbook.from_path(path) as book:
        for meta in book.sheets_metadata:
            if meta.visible is not python_calamine.SheetVisibleEnum.Visible:
                continue
            if meta.typ is not python_calamine.SheetTypeEnum.WorkSheet or meta.name not in inspected.traces:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.total_height > limits.rows + 1000 or sheet.total_width > limits.columns:
                raise too_far(meta.name, limits)
            if sheet.start is not None:
                found.append(Table(meta.name, inspected.traces[meta.name], sheet, _merged(sheet, limits)))
    return found


def _merged(sheet: CalamineSheet, limits: Limits) -> dict[tuple[int, int], tuple[int, int]]:
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom, sheet.total_height) + 1):
            for column in range(left, min(right, limits.columns) + 1):
                if (row, column) != (top, left):
                    covered[row + 1, column] = (top + 1, left)
                if len(covered) > limits.cells // 20:
                    raise damaged()
    return covered


def _text_table(path: Path, limits: Limits) -> Table:
    text = _decoded(path.read_bytes())
    csv.field_size_limit(CSV_FIELD_MAX)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(rows) >= limits.rows + 1000 or len(cells) > limits.columns:
                raise too_far(TEXT_TABLE, limits)
            rows.append([_without_guard(cell) for cell in cells])
    except csv.Error:
        raise damaged() from None
    return Table(TEXT_TABLE, Traces(), rows)


def _without_guard(cell: str) -> str:
    if cell[:1] == "'" and cell.lstrip("'")[:1] in FORMULA_STARTS and len(cell) > 1:
        return cell[1:]
    return cell


def _decoded(data: bytes) -> str:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Binary files decode by chance; tables have none of these characters.
        if not any(mark in text[:65_536] for mark in "\0\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\x1b"):
            return text
        break
    raise Refused("This is neither an Excel workbook (.xlsx) nor a text table (.csv).")
