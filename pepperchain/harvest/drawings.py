"""Bars as whole numbers that a template can draw: the days of a span, those without slips left open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pepperchain.harvest.total_queries import DayWeight

HEIGHT = 120
STEP = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """A day: where its bar stands, how high it is of `HEIGHT`, what it says."""

    x: int
    height: int
    day: date
    net_grams: int
    slips: int
    is_highest: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of a span and the width of the whole."""

    width: int
    height: int
    bars: Sequence[Bar]
    days: Sequence[tuple[int, date]]


def bars(days: Sequence[DayWeight], first: date, count: int) -> Bars:
    """A bar for each day that has slips; every second day has its name beneath."""
    most = max((day.net_grams for day in days), default=0)
    drawn = []
    for day in days:
        on = date.fromisoformat(day.day)
        height = max(day.net_grams * HEIGHT // most, 1) if most else 0
        drawn.append(
            Bar((on - first).days * STEP, height, on, day.net_grams, day.slips, day.net_grams == most)
        )
    marks = [(step * STEP, first + timedelta(days=step)) for step in range(count - 1, -1, -2)]
    return Bars(count * STEP, HEIGHT, drawn, marks)
