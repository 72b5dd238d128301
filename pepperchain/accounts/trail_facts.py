"""An entry of the trail in the reader's words and units."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts.trail_queries import Names
from pepperchain.audit import words
from pepperchain.audit.fact_kinds import NAMED, Kind
from pepperchain.audit.queries import EntryRow
from pepperchain.settings import section
from pepperchain.web import filters
from pepperchain.web.i18n import gettext, pgettext, reader

BRIEF_CHARACTERS = 13
TEXT_CHARACTERS = 60
PAIR = 2
_LISTS = frozenset({"lots", "new_lots", "sealed"})
"""Facts that are lists of things: two of them are no change from one to the other."""
_LABELS = {role.value: role.label for role in Role}
_SENTENCES = {capability.value: capability.sentence for capability in Capability}
_CODE = re.compile(r"[a-z_0-9]+")


@dataclass(frozen=True, slots=True)
class Said:
    """A fact: what it is about, and what it says; of a change, from what to what."""

    about: str
    was: str | None
    now: str


def things(entries: Iterable[EntryRow]) -> dict[Kind, set[int]]:
    """The ids that these entries speak of, by kind, their subjects' too."""
    found: dict[Kind, set[int]] = {kind: set() for kind in NAMED}
    for entry in entries:
        if entry.subject in found and entry.subject_id.isascii() and entry.subject_id.isdigit():
            found[Kind(entry.subject)].add(int(entry.subject_id))
        for name, value in entry.facts.items():
            kind = words.fact(entry.verb, name)[1]
            if kind in NAMED:
                found[kind].update(_ids(value))
    return {kind: ids for kind, ids in found.items() if ids}


def _ids(value: Any) -> Iterable[int]:
    if isinstance(value, list):
        for each in value:
            yield from _ids(each)
    elif isinstance(value, int):
        yield value


def subject(entry: EntryRow, names: Names) -> str:
    """What the act was about: its name where it has one, else its number."""
    if entry.subject in NAMED and entry.subject_id.isascii() and entry.subject_id.isdigit():
        known = names.get((Kind(entry.subject), int(entry.subject_id)))
        if known is not None:
            return known
    code = entry.facts.get("code")
    return str(code) if entry.subject == "weighin" and code else _brief(entry.subject_id)


def told(entry: EntryRow, names: Names) -> list[Said]:
    """Every fact that says something."""
    found = []
    for name, value in entry.facts.items():
        about, kind = words.fact(entry.verb, name)
        if value is None or value == []:
            continue
        is_change = (
            isinstance(value, list) and len(value) == PAIR and kind is not Kind.SCOPE and name not in _LISTS
        )
        was, now = value if is_change else (None, value)
        found.append(
            Said(
                gettext(about),
                _value(kind, was, names) if is_change else None,
                _value(kind, now, names),
            )
        )
    return found


def _value(kind: Kind, value: Any, names: Names) -> str:
    if value is None or value == []:
        return filters.NOTHING
    if isinstance(value, list):
        return ", ".join(_value(kind, each, names) for each in value)
    if kind in NAMED:
        return names.get((kind, value), str(value)) if isinstance(value, int) else str(value)
    if isinstance(value, bool) or kind is Kind.FLAG:
        return pgettext("a fact", "yes") if value else pgettext("a fact", "no")
    if isinstance(value, int) and kind in _NUMBERS:
        return _NUMBERS[kind](value)
    if isinstance(value, Mapping):
        return ", ".join(value)
    return _text(kind, str(value))


def _text(kind: Kind, value: str) -> str:
    if kind in (Kind.FORM, Kind.GRADE, Kind.CULTIVAR, Kind.PRACTICE, Kind.CONSENT):
        return ", ".join(_term(kind, code) for code in _CODE.findall(value)) or value
    if kind in (Kind.CODE, Kind.ROOM_KIND):
        return gettext(words.code(value, kind))
    if kind is Kind.ROLE:
        return gettext(_LABELS.get(value, value))
    if kind is Kind.SCOPE:
        return gettext(_SENTENCES.get(value, value))
    if kind is Kind.DAY:
        return filters.day(value)
    if kind is Kind.BRIEF:
        return _brief(value)
    return value if len(value) <= TEXT_CHARACTERS else f"{value[:TEXT_CHARACTERS]}…"


def _term(kind: Kind, code: str) -> str:
    """A code of `config/products.toml` in the reader's language."""
    term = section(kind.value).get(code)
    return code if term is None else str(term[reader().language])


def _brief(value: str) -> str:
    return value if len(value) <= BRIEF_CHARACTERS else f"{value[:BRIEF_CHARACTERS]}…"


def _price(fen_per_kg: int) -> str:
    if reader().unit == "jin":
        return f"{filters.price_jin(fen_per_kg)} {gettext('yuan/jin')}"
    return f"{filters.price(fen_per_kg)} {gettext('yuan/kg')}"


_NUMBERS: Mapping[Kind, Callable[[int], str]] = {
    Kind.WEIGHT: filters.weight,
    Kind.PRICE: _price,
    Kind.MONEY: filters.money,
    Kind.MU: filters.area,
    Kind.COUNT: filters.count,
    Kind.DEGREES: lambda decidegrees: f"{Decimal(decidegrees).scaleb(-1)}{filters.NO_BREAK_SPACE}°C",
    Kind.METRES: lambda metres: f"{metres}{filters.NO_BREAK_SPACE}m",
}
