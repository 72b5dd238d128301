"""The days of a span as columns that a template can draw, those without slips left open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pepperchain.harvest.total_queries import DayWeight

HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A day: how high its column is of `HEIGHT`, and what it says."""

    height: int
    day: date
    net_grams: int
    slips: int
    is_highest: bool


def bars(days: Sequence[DayWeight], first: date, count: int) -> list[Bar]:
    """A column for each of `count` days from the first; none at all when no day has slips."""
    found = {date.fromisoformat(str(day.day)): day for day in days}
    most = max((day.net_grams for day in days), default=0)
    if not most:
        return []
    drawn = []
    for on in (first + timedelta(days=ahead) for ahead in range(count)):
        day = found.get(on)
        if day is None:
            drawn.append(Bar(0, on, 0, 0, is_highest=False))
        else:
            height = max(day.net_grams * HEIGHT // most, 1)
            drawn.append(Bar(height, on, day.net_grams, day.slips, day.net_grams == most))
    return drawn
