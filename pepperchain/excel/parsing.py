"""Turns the tables of a file into typed rows and problems, as JSON-able messages for the process that asked.

Runs in the reading process only. The messages, in order: one `sheets`, any number of `rows`, one `end`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any

from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.excel import cells, furniture, headings, inspection, measures
from pepperchain.excel.cells import Converter, Raw
from pepperchain.excel.columns import SECRET, Kind, SheetSpec
from pepperchain.excel.days import Calendar
from pepperchain.excel.headings import Layout
from pepperchain.excel.inspection import Limits
from pepperchain.excel.problems import Unreadable, letter_of
from pepperchain.excel.tables import Table, tables

Message = dict[str, Any]

ROWS_A_MESSAGE = 200
# An example stands right below the headings; further down a name that begins like one is a name.
EXAMPLE_ROWS = 3
SHOWN_MAX = 40

_EXAMPLE = re.compile(r"\s*(?:示例|样例|例[:：]|example\s*[:：])", re.IGNORECASE)
_TOTAL = frozenset({"合计", "总计", "小计", "共计", "累计", "total", "subtotal", "sum"})
# Looked at first, since nearly every row begins with something else.
_FOOT_STARTS = frozenset("合总小共累tTsSｔＴｓＳ填制审复经负单 \u3000\u00a0\t")
_SIGNATURE = re.compile(
    r"\s*(?:填表|制表|填报|审核|复核|经办|负责|单位负责)(?:人|单位|日期|时间)?(?:签字|签名|盖章)?\s*[:：]"
)


@dataclass(frozen=True, slots=True)
class Field:
    """How one column of one sheet is read."""

    key: str
    kind: Kind
    position: int
    letter: str
    required: bool
    convert: Converter


def staged(
    path: Path, specs: tuple[SheetSpec, ...], *, limits: Limits, today: date, language: str
) -> Iterator[Message]:
    """The messages about a file. Refused: the file as a whole cannot be taken."""
    inspected = inspection.inspect(path, limits)
    calendar = Calendar(today, inspected.since_1904)
    laid_out, ignored = _laid_out(tables(path, inspected, limits), specs, limits)
    yield {"sheets": [_described(table, layout) for table, layout in laid_out], "ignored_sheets": ignored}
    count, skipped = 0, list[list[Any]]()
    for index, (table, layout) in enumerate(laid_out):
        chunk: list[list[Any]] = []
        for row in _rows(table, layout, _fields(layout, calendar, language), skipped):
            chunk.append([index, *row])
            count += 1
            if count > limits.rows:
                raise inspection.too_far(table.name, limits)
            if len(chunk) == ROWS_A_MESSAGE:
                yield {"rows": chunk}
                chunk = []
        if chunk:
            yield {"rows": chunk}
    yield {"end": {"rows": count, "skipped": skipped}}


def _laid_out(
    found: list[Table], specs: tuple[SheetSpec, ...], limits: Limits
) -> tuple[list[tuple[Table, Layout]], list[str]]:
    ours = {headings.normal(words) for words in (furniture.NOTES_SHEET.zh, furniture.NOTES_SHEET.en)}
    ours |= {headings.normal(words) for words in (furniture.SUMMARY_SHEET.zh, furniture.SUMMARY_SHEET.en)}
    laid_out, ignored = [], []
    for table in found:
        if headings.normal(table.name) in ours:
            continue
        layout = headings.find(table.first_rows(headings.SEARCHED_ROWS), specs, table.name)
        if layout is None:
            ignored.append(table.name)
        else:
            laid_out.append((table, layout))
    if not laid_out:
        raise Refused(
            "No sheet has the headings of the template. Download the template and copy your data into it."
        )
    return laid_out, ignored


def _described(table: Table, layout: Layout) -> dict[str, Any]:
    units = {key: unit for key in layout.positions if (unit := _unit(layout, key))}
    return {
        "name": table.name,
        "key": layout.spec.key,
        "header_row": layout.row_number,
        "letters": {key: letter_of(position) for key, position in layout.positions.items()},
        "units": units,
        "assumed_units": [key for key in units if key not in layout.units],
        "ignored_headings": list(layout.ignored),
    }


def _unit(layout: Layout, key: str) -> str:
    """What a bare number means in this column: by its heading, or else by its declaration."""
    column = layout.spec.column(key)
    if column.kind not in measures.UNITS:
        return ""
    words = measures.unit_words(column)
    assert words is not None, "a quantity without a usual unit"
    return layout.units.get(key) or measures.unit_text(words.zh)


def _fields(layout: Layout, calendar: Calendar, language: str) -> list[Field]:
    found = []
    for column in layout.spec.columns:
        position = layout.positions.get(column.key)
        if position is not None:
            convert = cells.converter(column, _unit(layout, column.key), calendar, language)
            letter = letter_of(position)
            found.append(Field(column.key, column.kind, position, letter, column.required, convert))
    return found


def _rows(
    table: Table, layout: Layout, fields: list[Field], skipped: list[list[Any]]
) -> Iterator[tuple[int, list[Any], list[Any]]]:
    """Row number, values in the order of the fields, problems."""
    blocked = _blocked(table, fields)
    ordinary: Mapping[int, str] = {}
    positions = [each.position for each in fields]
    width = max(positions) + 1
    pick: Callable[[list[Raw]], Sequence[Raw]] = (
        itemgetter(*positions) if len(positions) > 1 else lambda raw: [raw[positions[0]]]
    )
    for number, raw in table.rows():
        if number <= layout.row_number:
            continue
        present = pick(raw) if len(raw) >= width else [raw[at] if at < len(raw) else "" for at in positions]
        if present.count("") == len(present) and number not in blocked:
            continue
        if reason := _no_data(raw, number - layout.row_number):
            skipped.append([table.name, number, reason])
            continue
        values = _read_quickly(present, fields) if number not in blocked else None
        problems: list[Any] = []
        if values is None:
            values, problems = _read(present, fields, blocked.get(number, ordinary))
        if any(value is not None for value in values) or any(each[2] != "missing" for each in problems):
            yield number, values, problems


def _no_data(raw: list[Raw], below: int) -> str | None:
    first = next((cell for cell in raw if cell != ""), "")
    if not isinstance(first, str):
        return None
    if below <= EXAMPLE_ROWS and _EXAMPLE.match(first):
        return "example"
    if first[:1] not in _FOOT_STARTS:
        return None
    if len(first) <= 20 and headings.normal(first) in _TOTAL:
        return "total"
    return "signature" if _SIGNATURE.match(first) else None


def _blocked(table: Table, fields: list[Field]) -> dict[int, dict[int, str]]:
    """Why certain cells are not even looked at: row number to position to problem code."""
    positions = {each.position for each in fields}
    blocked: dict[int, dict[int, str]] = {}
    for code, places in (
        ("merged", table.merged),
        ("failure", table.traces.failures),
        ("formula", table.traces.formulas),
    ):
        for row, position in places:
            if position in positions:
                blocked.setdefault(row, {})[position] = code
    return blocked


_BLOCKED = {
    "merged": N_("This cell is merged with others. Undo the merge and fill in every row."),
    "failure": N_("This cell shows an error instead of a value. Type the value."),
    "formula": N_("Formulas cannot be imported. Copy the column and paste it as values."),
}
_MISSING = N_("This has to be filled in.")


def _read_quickly(present: Sequence[Raw], fields: list[Field]) -> list[Any] | None:
    """The values of a row in which nothing is wrong; None for any other."""
    try:
        values = [each.convert(raw) if raw != "" else None for raw, each in zip(present, fields, strict=True)]
    except Unreadable:
        return None
    if None in values and any(
        value is None and each.required for value, each in zip(values, fields, strict=True)
    ):
        return None
    return values


def _read(
    present: Sequence[Raw], fields: list[Field], blocked: Mapping[int, str]
) -> tuple[list[Any], list[list[Any]]]:
    values: list[Any] = []
    problems: list[list[Any]] = []
    for raw, each in zip(present, fields, strict=True):
        value = None
        if blocked and each.position in blocked:
            code = blocked[each.position]
            problems.append([each.key, each.letter, code, _BLOCKED[code], {}])
        else:
            try:
                value = each.convert(raw) if raw != "" else None
                if value is None and each.required:
                    problems.append([each.key, each.letter, "missing", _MISSING, {}])
            except Unreadable as told:
                problems.append(
                    [each.key, each.letter, told.code, told.message, _shown(told.facts, each.kind)]
                )
        values.append(value)
    return values, problems


def _shown(facts: Mapping[str, str], kind: Kind) -> dict[str, str]:
    if kind in SECRET and "value" in facts:
        return {**facts, "value": "•••"}
    return {
        name: fact if len(fact) <= SHOWN_MAX * 5 else fact[: SHOWN_MAX * 5] + "…"
        for name, fact in facts.items()
    }
