"""What is kept of somebody in their own words and units: tables as sheets of cells."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.accounts import trail_facts, trail_queries
from pepperchain.audit import personal, words
from pepperchain.audit.queries import EntryRow
from pepperchain.core import clock
from pepperchain.core.units import Centimu, Fen, Grams
from pepperchain.directory.own_data_queries import OwnData, OwnTable, Telling, Told, rows_of, whose
from pepperchain.settings import section
from pepperchain.web import filters
from pepperchain.web.i18n import gettext, pgettext, reader

_ROLES = {role.value: role.label for role in Role}
_NAMED = frozenset({Telling.FORM, Telling.GRADE, Telling.CULTIVAR, Telling.PRACTICE, Telling.PURPOSE})
_UNITS = {Telling.WEIGHT: "kg", Telling.MONEY: "yuan", Telling.PRICE: "yuan/kg", Telling.MU: "mu"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in words; of a quantity its exact number, in the unit of the heading."""

    text: str
    number: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of somebody's own data."""

    room: str
    words: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell | None]]


async def sheets_of(
    actor: Actor, own_data: Sequence[OwnData], person_id: int, household_id: int
) -> list[Sheet]:
    """Every table that says something of a person, room by room."""
    of = await whose(person_id, household_id)
    found = []
    for room in own_data:
        for table in room.tables:
            rows = await rows_of(actor, table, of)
            if rows:
                told = await _told(table, rows)
                found.append(
                    Sheet(
                        gettext(room.words),
                        gettext(table.words),
                        [_heading(each) for each in table.columns],
                        told,
                    )
                )
    return found


def _heading(column: Told) -> str:
    unit = _UNITS.get(column.telling)
    said = gettext(column.words)
    return said if unit is None else f"{said} ({gettext(unit)})"


async def _told(table: OwnTable, rows: Sequence[tuple[Any, ...]]) -> list[list[Cell | None]]:
    tellings = [column.telling for column in table.columns]
    details = await _details(rows, tellings.index(Telling.ACT)) if Telling.FACTS in tellings else {}
    return [
        [
            Cell(details[place]) if telling is Telling.FACTS else _cell(telling, value)
            for telling, value in zip(tellings, row, strict=True)
        ]
        for place, row in enumerate(rows)
    ]


async def _details(rows: Sequence[tuple[Any, ...]], act: int) -> Mapping[int, str]:
    """The facts of entries of the trail, the last column of each, as sentences."""
    opened = await personal.opened([json.loads(row[-1]) for row in rows])
    entries = [
        EntryRow(0, 0, None, "", "", row[act], "", "", each) for row, each in zip(rows, opened, strict=True)
    ]
    names = await trail_queries.names(trail_facts.things(entries), {})
    told = {}
    for place, entry in enumerate(entries):
        facts = [
            f"{fact.about}: {fact.now}" if fact.was is None else f"{fact.about}: {fact.was} → {fact.now}"
            for fact in trail_facts.told(entry, names)
        ]
        told[place] = "; ".join(facts)
    return told


def _cell(telling: Telling, value: Any) -> Cell | None:
    if value is None or value == "":
        return None
    if telling is Telling.WEIGHT:
        return Cell(filters.weight(value), Grams(value).kg)
    if telling is Telling.MONEY:
        return Cell(filters.money(value), Fen(value).yuan)
    if telling is Telling.PRICE:
        return Cell(filters.price(value), Fen(value).yuan)
    if telling is Telling.MU:
        return Cell(filters.area(value), Centimu(value).mu)
    if telling in _NAMED:
        term = section(telling.value).get(str(value))
        return Cell(str(value) if term is None else str(term[reader().language]))
    return Cell(_TEXTS[telling](value) if telling in _TEXTS else str(value))


_TEXTS = {
    Telling.FLAG: lambda value: pgettext("a fact", "yes") if value else pgettext("a fact", "no"),
    Telling.PLACE: lambda value: str(value).split("|")[reader().language == "en"],
    Telling.MOMENT: lambda value: f"{clock.local(clock.from_ms(value)):%Y-%m-%d %H:%M}",
    Telling.CODE: lambda value: gettext(_ROLES.get(str(value), words.code(str(value)))),
    Telling.ACT: lambda value: gettext(words.act(str(value))),
}
