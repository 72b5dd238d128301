"""Adding a room's movements up to weeks, backwards from what lies there now. Nothing here reads anything."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from pepperchain.storage.rules import MovementKind

NOWHERE = frozenset({MovementKind.BLOCK, MovementKind.RELEASE, MovementKind.MERGE, MovementKind.REGRADE})
"""Kinds of movements that leave a form's grams in a room as they are."""


class Pile(NamedTuple):
    """What is added up by itself in a room."""

    form: str
    cooperative_id: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement as a room saw it. `kind` of a reversal is that of what it took back; `counts` says whether it stands.

    Of a conversion, `other_form` and `other_grams` say what came of it; `is_inside` says that it never left the site.
    """

    day: date
    kind: MovementKind
    pile: Pile
    grams: int
    leaves: bool
    enters: bool
    counts: bool
    is_inside: bool
    is_reversal: bool = False
    other_form: str | None = None
    other_grams: int = 0


@dataclass(slots=True)
class Sums:
    """A week of a pile."""

    stock: int = 0
    gram_days: int = 0
    came: int = 0
    went: int = 0
    missing: int = 0
    found: int = 0

    @property
    def is_something(self) -> bool:
        return any((self.stock, self.gram_days, self.came, self.went, self.missing, self.found))


def week_of(day: date, season: int) -> date:
    """The Monday of a day's week, or the season's first day if that Monday was before it."""
    return max(day - timedelta(days=day.weekday()), date(season, 1, 1))


def changes(moved: Moved) -> Iterator[tuple[Pile, int]]:
    """By how much it changed which piles of the room."""
    if moved.kind in NOWHERE:
        return
    if moved.kind is not MovementKind.PROCESS:
        yield moved.pile, moved.grams * (moved.enters - moved.leaves)
        return
    made = Pile(moved.other_form or moved.pile.form, moved.pile.cooperative_id)
    if moved.is_reversal:
        if moved.enters:
            yield moved.pile, moved.grams
        if moved.leaves:
            yield made, -moved.other_grams
        return
    if moved.leaves:
        yield moved.pile, -moved.grams
    if moved.enters:
        yield made, moved.other_grams


def weeks(
    now_there: Mapping[Pile, int], moved: Sequence[Moved], *, season: int, today: date
) -> dict[tuple[date, Pile], Sums]:
    """The season's weeks of a room. A pile is never less than nothing, whatever its movements leave unexplained."""
    first, last = date(season, 1, 1), min(date(season, 12, 31), today)
    by_day: dict[date, list[Moved]] = {}
    for each in moved:
        by_day.setdefault(each.day, []).append(each)
    stock = dict(now_there)
    found: dict[tuple[date, Pile], Sums] = {}
    day = today
    while day >= first:
        if day <= last:
            week = week_of(day, season)
            for pile, grams in stock.items():
                if grams <= 0:
                    continue
                sums = found.setdefault((week, pile), Sums())
                sums.gram_days += grams
                if day == min(_end_of(week), last):
                    sums.stock = grams
            _count(found, week, by_day.get(day, ()))
        for each in by_day.get(day, ()):
            for pile, grams in changes(each):
                stock[pile] = stock.get(pile, 0) - grams
        day -= timedelta(days=1)
    return {key: sums for key, sums in found.items() if sums.is_something}


def _end_of(week: date) -> date:
    return week + timedelta(days=6 - week.weekday())


def _count(found: dict[tuple[date, Pile], Sums], week: date, moved: Iterable[Moved]) -> None:
    """What came and went; moves inside a site, and what was taken back, are neither."""
    for each in moved:
        if not each.counts or (each.is_inside and each.kind is not MovementKind.PROCESS):
            continue
        for pile, grams in changes(each):
            sums = found.setdefault((week, pile), Sums())
            if each.kind is MovementKind.ADJUST:
                sums.found += max(grams, 0)
                sums.missing += max(-grams, 0)
            else:
                sums.came += max(grams, 0)
                sums.went += max(-grams, 0)
