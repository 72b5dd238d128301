"""Finds the heading row of a table people have decorated, and which column is which."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pepperchain.core.errors import Refused
from pepperchain.excel import measures
from pepperchain.excel.cells import Raw
from pepperchain.excel.columns import Column, Kind, SheetSpec
from pepperchain.excel.problems import letter_of

# Titles, notes and the date of the report stand above the headings.
SEARCHED_ROWS = 15

_BRACKETS = re.compile(r"[(\[【〔「]([^)\]】〕」]*)[)\]】〕」]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_UNIT_LABEL = re.compile(r"^(?:计量)?单位\s*[::]?|^unit\s*:?")
_OBLIGATION = frozenset({"必填", "选填", "可不填", "required", "optional"})
_ALL_UNITS = frozenset(unit for units in measures.UNITS.values() for unit in units)
# Behind a title without any mark: 毛重斤. Not the Latin ones, or "weight" would state tonnes.
_STICKING_UNITS = sorted((unit for unit in _ALL_UNITS if not unit.isascii()), key=len, reverse=True)
_TAIL = re.compile(r"^(.*?)[/,::、]([^/,::、]+(?:/[^/,::、]+)?)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading as people wrote it: the names it may be known by, best first, and the unit it states."""

    names: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet's columns are: position by key, the units its headings state, and the headings nobody knows."""

    spec: SheetSpec
    row_number: int
    positions: Mapping[str, int]
    units: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def normal(text: str) -> str:
    """A heading for comparing: half-width, lower case, letters and digits only."""
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def heading(written: str) -> Heading:
    """Takes a heading apart: '* 毛重（单位：斤）' is known as 毛重 and states 斤."""
    text = unicodedata.normalize("NFKC", written).casefold().strip()
    inside = [_UNIT_LABEL.sub("", each.strip()).strip() for each in _BRACKETS.findall(text)]
    said = [each for each in inside if each not in _OBLIGATION and measures.unit_text(each) not in _ALL_UNITS]
    base = _BRACKETS.sub("", text)
    units = [measures.unit_text(each) for each in inside]
    names = [normal(base + "".join(said)), normal(base)]
    if tail := _TAIL.match(base.strip()):
        units.append(measures.unit_text(tail[2]))
        if units[-1] in _ALL_UNITS:
            names.append(normal(tail[1]))
    squeezed = measures.unit_text(base)
    stuck = next((unit for unit in _STICKING_UNITS if squeezed.endswith(unit) and squeezed != unit), None)
    if stuck:
        units.append(stuck)
        names.append(normal(squeezed.removesuffix(stuck)))
    return Heading(tuple(dict.fromkeys(name for name in names if name)), tuple(units))


def known_names(spec: SheetSpec) -> dict[str, str]:
    """Every name a column of the sheet answers to, and its key; the full titles win over titles without brackets."""
    names: dict[str, str] = {}
    loose: dict[str, set[str]] = {}
    for column in spec.columns:
        for title in (column.title.zh, column.title.en, *column.aliases):
            names.setdefault(normal(title), column.key)
            for name in heading(title).names:
                loose.setdefault(name, set()).add(column.key)
    for name, keys in loose.items():
        if len(keys) == 1:
            names.setdefault(name, next(iter(keys)))
    return names


def find(rows: Sequence[Sequence[Raw]], specs: Iterable[SheetSpec], sheet: str) -> Layout | None:
    """The layout of the best heading row among the first rows, or None where no row looks like one.

    `rows` are the sheet's first rows from row 1. Refused: a column named twice, or a required one missing.
    """
    named = [spec for spec in specs if normal(sheet) in (normal(spec.title.zh), normal(spec.title.en))]
    best: tuple[int, SheetSpec, int] | None = None
    for spec in named or specs:
        names = known_names(spec)
        for index, row in enumerate(rows[:SEARCHED_ROWS]):
            found = len({key for cell in row if (key := _key_of(cell, names))})
            if best is None or found > best[0] or (found and (found, spec, index - 1) == best):
                # As good as the row above it: headings merged over two rows, which end with the second.
                best = (found, spec, index)
    if best is None or best[0] < min(2, len(best[1].columns)):
        return None
    return _layout(best[1], best[2], rows[best[2]], sheet)


def _key_of(cell: Raw, names: Mapping[str, str]) -> str | None:
    if not isinstance(cell, str) or not cell or len(cell) > 100:
        return None
    exactly = names.get(normal(cell))
    if exactly:
        return exactly
    return next((names[name] for name in heading(cell).names if name in names), None)


def _layout(spec: SheetSpec, index: int, row: Sequence[Raw], sheet: str) -> Layout:
    names = known_names(spec)
    positions: dict[str, list[int]] = {}
    ignored = []
    for position, cell in enumerate(row):
        key = _key_of(cell, names)
        if key:
            positions.setdefault(key, []).append(position)
        elif isinstance(cell, str) and cell.strip():
            ignored.append(" ".join(cell.split())[:40])
    single = {key: _only(spec.column(key), places, row, sheet) for key, places in positions.items()}
    _nothing_missing(spec, single, sheet)
    units = {
        key: unit
        for key, place in single.items()
        if (unit := stated_unit(spec.column(key).kind, str(row[place])))
    }
    return Layout(spec, index + 1, single, units, tuple(ignored))


def _only(column: Column, places: list[int], row: Sequence[Raw], sheet: str) -> int:
    if len(places) == 1:
        return places[0]
    # A column that bears the title itself wins over columns that bear another name for it.
    titles = (normal(column.title.zh), normal(column.title.en))
    titled = [place for place in places if normal(str(row[place])) in titles]
    if len(titled) == 1:
        return titled[0]
    letters = ", ".join(letter_of(place) for place in places)
    raise Refused(
        "Sheet %(sheet)s has the heading %(heading)s more than once, in columns %(letters)s. Keep one of them.",
        sheet=sheet,
        heading=" ".join(str(row[places[0]]).split()),
        letters=letters,
    )


def _nothing_missing(spec: SheetSpec, positions: Mapping[str, int], sheet: str) -> None:
    missing = [column.title for column in spec.columns if column.required and column.key not in positions]
    if missing:
        raise Refused(
            "Sheet %(sheet)s lacks a required column: %(headings)s.",
            sheet=sheet,
            headings=", ".join(f"{title.zh} / {title.en}" for title in missing),
        )


def stated_unit(kind: Kind, written: str) -> str | None:
    """The unit a heading states for a kind that has units, as the tables spell it."""
    factors = measures.UNITS.get(kind, {})
    return next((unit for unit in heading(written).units if unit in factors), None)
