"""A season's weeks as columns and a line in whole numbers, so that the template and the paper only draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pepperchain.core.units import GRAMS_PER_TONNE
from pepperchain.storage.report_queries import AgeRow, WeekRow

WIDTH, HEIGHT = 800, 300
LEFT, RIGHT, TOP, BOTTOM = 84, 12, 26, 44
_STEPS = (1, 2, 5)
_TICKS_MAX = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A week: what lay there at its end, and half as wide what came and what went."""

    x: int
    width: int
    top: int
    week: WeekRow


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the grid, or a month that begins: where it is, and what it says."""

    place: int
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Occupancy through a season."""

    columns: Sequence[Column]
    levels: Sequence[Mark]
    months: Sequence[Mark]
    whole: int | None
    """Where the line of the capacity is, if it is known and within reach."""
    width = WIDTH
    height = HEIGHT
    left = LEFT
    right = WIDTH - RIGHT
    bottom = HEIGHT - BOTTOM


def chart(weeks: Sequence[WeekRow], *, capacity: int | None = None) -> Chart | None:
    """The weeks from the first that has anything to the last; none if nothing ever lay there."""
    if not weeks or not any(week.stock_grams for week in weeks):
        return None
    first, last = weeks[0].week_on, weeks[-1].week_on
    slots = _slot(last, first) + 1
    most = max(int(week.stock_grams) for week in weeks)
    if capacity is not None and capacity <= most * 3:
        most = max(most, capacity)
    step = _step(most)
    high = -(-most // step) * step
    room = WIDTH - LEFT - RIGHT

    def y(grams: int) -> int:
        return HEIGHT - BOTTOM - grams * (HEIGHT - TOP - BOTTOM) // high

    columns = []
    for week in weeks:
        slot = _slot(week.week_on, first)
        x = LEFT + slot * room // slots
        width = max(min(LEFT + (slot + 1) * room // slots - x - 2, 40), 2)
        top = min(y(int(week.stock_grams)), HEIGHT - BOTTOM - (1 if week.stock_grams else 0))
        columns.append(Column(x, width, top, week))
    return Chart(
        columns,
        [Mark(y(value), value) for value in range(0, high + 1, step)],
        [Mark(LEFT + _slot(day, first) * room // slots, day.month) for day in _months(first, last)],
        y(capacity) if capacity is not None and capacity <= high else None,
    )


def _slot(day: date, first: date) -> int:
    """How many weeks after the first; the season's first week may be a short one."""
    monday = first - timedelta(days=first.weekday())
    return (day - monday).days // 7


def _step(most: int) -> int:
    unit = GRAMS_PER_TONNE // 100
    while True:
        for each in _STEPS:
            if most <= each * unit * _TICKS_MAX:
                return each * unit
        unit *= 10


def _months(first: date, last: date) -> list[date]:
    """The first day of every month, or of every second or third if there are many."""
    found, day = [], date(first.year, first.month, 1)
    while day <= last:
        if day >= first - timedelta(days=6):
            found.append(max(day, first))
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return found[:: -(-len(found) // 7)] if found else []


@dataclass(frozen=True, slots=True)
class Share:
    """A band of ages: how long its bar is in whole percents of the longest."""

    row: AgeRow
    percent: int


def shares(ages: Sequence[AgeRow]) -> list[Share]:
    """Bars for ages. What is there is seen, be it ever so little."""
    most = max((int(each.grams) for each in ages), default=0)
    return [Share(each, max(int(each.grams) * 100 // most, 1)) for each in ages]
