"""The workbook people fill in: headings with units, drop-downs, text cells for long numbers, an example, and advice."""

from functools import lru_cache
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins

from pepperchain.excel import furniture, writing
from pepperchain.excel.columns import DIGIT_TEXTS, Column, Kind, SheetSpec

TITLE_ROW, NOTE_ROW, HEADING_ROW, EXAMPLE_ROW = 1, 2, 3, 4
LAST_ROW = 5000
ROW_HEIGHT = 20
ADVICE_WIDTHS = (24, 8, 44, 36, 26)
# Rows that are ruled, so that an empty template looks like a form.
RULED_ROWS = 40
# Excel keeps a list of at most 255 characters in the cell's own rule; longer ones stand on a hidden sheet.
INLINE_LIST_MAX = 200

_NUMBER_FORMATS = {
    Kind.DAY: "yyyy-mm-dd",
    Kind.CLOCK: "hh:mm",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    **dict.fromkeys(DIGIT_TEXTS, "@"),
}
_THIN = Side(style="thin", color=furniture.RULE)
_RULED = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_RIGHT = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.WEIGHT, Kind.MONEY, Kind.PRICE, Kind.AREA})


@lru_cache(maxsize=64)
def template(specs: tuple[SheetSpec, ...], language: str) -> bytes:
    """An .xlsx file with one sheet to fill in for each of `specs` and one that explains them, in `language`.

    What people fill in, `reader.stage` with the same specs reads. Takes tens of milliseconds the first time.
    """
    book = Workbook()
    book.remove(book.active)
    for spec in specs:
        _sheet(book, spec, language)
    _advice(book, specs, language)
    if furniture.LISTS_SHEET in book.sheetnames:
        book.move_sheet(furniture.LISTS_SHEET, len(book.sheetnames))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet(book: Workbook, spec: SheetSpec, language: str) -> None:
    sheet = book.create_sheet(spec.title.in_language(language)[:31])
    last = get_column_letter(len(spec.columns))
    _banner(
        sheet,
        TITLE_ROW,
        last,
        spec.title.in_language(language),
        Font(furniture.TITLE_FONT, 16, bold=True),
        30,
    )
    sheet.cell(TITLE_ROW, 1).font = Font(furniture.TITLE_FONT, 16, bold=True, color=furniture.GREEN)
    advice = [furniture.TEMPLATE_ADVICE.in_language(language), spec.note.in_language(language)]
    text = "\n".join(each for each in advice if each)
    _banner(
        sheet,
        NOTE_ROW,
        last,
        text,
        Font(furniture.TITLE_FONT, 9, color=furniture.GREY),
        18 * (text.count("\n") + 1),
    )
    for position, column in enumerate(spec.columns, 1):
        _column(sheet, position, column, language)
        _heading(sheet, position, column, language)
        _example(sheet, position, column, language)
        for row in range(EXAMPLE_ROW + 1, EXAMPLE_ROW + 1 + RULED_ROWS):
            _empty(sheet.cell(row, position), column)
        _list(book, sheet, position, column, language)
    sheet.row_dimensions[HEADING_ROW].height = 36
    for row in range(EXAMPLE_ROW, EXAMPLE_ROW + 1 + RULED_ROWS):
        sheet.row_dimensions[row].height = ROW_HEIGHT
    sheet.freeze_panes = sheet.cell(EXAMPLE_ROW, 1)
    sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    _page(sheet)


def _page(sheet: Any) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(left=1 / 2, right=1 / 2, top=1 / 2, bottom=1 / 2)


def _banner(sheet: Any, row: int, last: str, text: str, font: Font, height: int) -> None:
    if last != "A":
        sheet.merge_cells(f"A{row}:{last}{row}")
    cell = sheet.cell(row, 1, text)
    cell.font = font
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = height


def _column(sheet: Any, position: int, column: Column, language: str) -> None:
    dimension = sheet.column_dimensions[get_column_letter(position)]
    title = writing.heading(column, language)
    dimension.width = furniture.width(column, title)
    # For the rows below the ruled ones: a long number typed there must stay text as well.
    dimension.number_format = _NUMBER_FORMATS.get(column.kind, "General")


def _heading(sheet: Any, position: int, column: Column, language: str) -> None:
    mark = furniture.REQUIRED_MARK + " " if column.required else ""
    cell = sheet.cell(HEADING_ROW, position, mark + writing.heading(column, language))
    cell.font = Font(furniture.TITLE_FONT, 11, bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=furniture.GREEN if column.required else "5E8B76")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = _RULED
    cell.number_format = "General"
    how = furniture.HOW_TO_WRITE[column.kind].in_language(language)
    note = "\n".join(each for each in (column.note.in_language(language), how) if each)
    cell.comment = Comment(note, "pepperchain", width=260, height=30 + 22 * (1 + len(note) // 18))


def _example(sheet: Any, position: int, column: Column, language: str) -> None:
    text = example_of(column, language)
    if position == 1:
        text = furniture.EXAMPLE_MARK.in_language(language) + text
    cell = sheet.cell(EXAMPLE_ROW, position, text)
    # Text, whatever it looks like: a formula in an example would be one in every copy.
    cell.data_type = "s" if text else "n"
    cell.number_format = "@"
    cell.font = Font(furniture.TITLE_FONT, 10, italic=True, color=furniture.GREY)
    cell.fill = PatternFill("solid", fgColor="F4F6F5")
    cell.border = _RULED
    cell.alignment = Alignment(horizontal="right" if column.kind in _RIGHT else "left", vertical="center")


def example_of(column: Column, language: str) -> str:
    """What the example row shows: the column's own example, or its first choice."""
    if column.example:
        return column.example
    if column.choices:
        return column.choices[0].words.in_language(language)
    return furniture.YES.in_language(language) if column.kind is Kind.YES_NO else ""


def _empty(cell: Any, column: Column) -> None:
    cell.border = _RULED
    cell.number_format = _NUMBER_FORMATS.get(column.kind, "General")
    cell.alignment = Alignment(horizontal="right" if column.kind in _RIGHT else "left", vertical="center")


def _list(book: Workbook, sheet: Any, position: int, column: Column, language: str) -> None:
    names = [choice.words.in_language(language) for choice in column.choices]
    if column.kind is Kind.YES_NO:
        names = [furniture.YES.in_language(language), furniture.NO.in_language(language)]
    if not names:
        return
    joined = ",".join(names)
    inline = len(joined) <= INLINE_LIST_MAX and not any(mark in name for name in names for mark in ',"')
    rule = DataValidation(
        type="list",
        formula1=f'"{joined}"' if inline else _hidden_list(book, names),
        allow_blank=not column.required,
    )
    rule.errorTitle = column.title.in_language(language)[:31]
    rule.error = furniture.HOW_TO_WRITE[column.kind].in_language(language)
    rule.showErrorMessage = True
    letter = get_column_letter(position)
    rule.add(f"{letter}{EXAMPLE_ROW + 1}:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _hidden_list(book: Workbook, names: list[str]) -> str:
    if furniture.LISTS_SHEET not in book.sheetnames:
        book.create_sheet(furniture.LISTS_SHEET).sheet_state = "veryHidden"
    lists = book[furniture.LISTS_SHEET]
    position = lists.max_column + 1 if lists.cell(1, 1).value else 1
    for row, name in enumerate(names, 1):
        cell = lists.cell(row, position, name)
        cell.data_type = "s"
    letter = get_column_letter(position)
    return f"{quote_sheetname(furniture.LISTS_SHEET)}!${letter}$1:${letter}${len(names)}"


def _advice(book: Workbook, specs: tuple[SheetSpec, ...], language: str) -> None:
    sheet = book.create_sheet(furniture.NOTES_SHEET.in_language(language))
    for letter, width in zip("ABCDE", ADVICE_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    row = 1
    for spec in specs:
        row = _advice_on(sheet, row, spec, language) + 1
    _page(sheet)


def _advice_on(sheet: Any, row: int, spec: SheetSpec, language: str) -> int:
    title = sheet.cell(row, 1, spec.title.in_language(language))
    title.font = Font(furniture.TITLE_FONT, 14, bold=True, color=furniture.GREEN)
    sheet.row_dimensions[row].height = 28
    for position, words in enumerate(furniture.NOTES_HEADINGS, 1):
        cell = sheet.cell(row + 1, position, words.in_language(language))
        cell.font = Font(furniture.TITLE_FONT, 10, bold=True)
        cell.fill = PatternFill("solid", fgColor=furniture.PALE_GREEN)
        cell.border = _RULED
    for offset, column in enumerate(spec.columns, row + 2):
        texts = _explained(column, language)
        lines = max(furniture.lines(text, width) for text, width in zip(texts, ADVICE_WIDTHS, strict=True))
        sheet.row_dimensions[offset].height = 6 + 15 * lines
        for position, text in enumerate(texts, 1):
            cell = sheet.cell(offset, position, text)
            cell.data_type = "s" if text else "n"
            cell.font = Font(furniture.TITLE_FONT, 10)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.border = _RULED
    return row + 2 + len(spec.columns)


def _explained(column: Column, language: str) -> tuple[str, ...]:
    how = furniture.HOW_TO_WRITE[column.kind].in_language(language)
    note = column.note.in_language(language)
    listed = [choice.words.in_language(language) for choice in column.choices]
    shown = ("、" if language.startswith("zh") else ", ").join(listed[:20]) + (
        "…" if len(listed) > 20 else ""
    )
    required = furniture.YES.in_language(language) if column.required else ""
    return (
        writing.heading(column, language),
        required,
        "\n".join(each for each in (note, how) if each),
        shown,
        example_of(column, language),
    )
