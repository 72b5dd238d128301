"""Rows of a file as its page shows them: columns by their titles, values as people write them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pepperchain.core.errors import Refused
from pepperchain.excel import measures, templates, writing
from pepperchain.excel.columns import Column, Kind
from pepperchain.excel.judging import Change, Importable, Plain
from pepperchain.excel.problems import Problem
from pepperchain.imports.queries import PreviewRow

_NUMBERS = frozenset({Kind.WEIGHT, Kind.MONEY, Kind.PRICE, Kind.AREA})
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A column, what it holds and what it would hold."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """Where something is wrong, and what: the message is translated where it is drawn."""

    letter: str
    title: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Shown:
    """A row."""

    row: PreviewRow
    changes: Sequence[ShownChange]
    problems: Sequence[ShownProblem]
    conflict: Refused | None


def shown_rows(kind: Importable, rows: Sequence[PreviewRow], language: str) -> list[Shown]:
    """The rows in words of one language."""
    columns = {column.key: column for spec in kind.specs for column in spec.columns}
    return [_shown(row, columns, language) for row in rows]


def _shown(row: PreviewRow, columns: dict[str, Column], language: str) -> Shown:
    changes = [
        _change(change, columns[change.key], language) for change in row.changes if change.key in columns
    ]
    problems = [
        ShownProblem(
            each.letter,
            columns[each.column_key].title.in_language(language) if each.column_key in columns else "",
            each,
        )
        for each in row.problems
    ]
    conflict = Refused(row.conflict[0], **row.conflict[1]) if row.conflict else None
    return Shown(row, changes, problems, conflict)


def _change(change: Change, column: Column, language: str) -> ShownChange:
    before, after = (value_in_words(column, value, language) for value in (change.before, change.after))
    return ShownChange(column.title.in_language(language), before, after)


def value_in_words(column: Column, value: Plain, language: str) -> str:
    """A value of a column as people write it, with its unit."""
    if value is None or value == "":
        return NOTHING
    if column.kind not in _NUMBERS:
        return writing.text_of(column, value, language)
    unit = measures.unit_words(column)
    number = format(writing.number_of(column, value).normalize(), "f")
    return f"{number} {unit.in_language(language)}" if unit else number


async def template_of(kind: Importable, language: str) -> bytes:
    """The workbook to fill in. Drawn in a thread the first time, which takes a moment."""
    return await asyncio.to_thread(templates.template, kind.specs, language)
