"""Columns of days: missing days stay open, the highest is marked."""

from datetime import date

from pepperchain.harvest.drawings import HEIGHT, bars
from pepperchain.harvest.total_queries import DayWeight

FIRST = date(2026, 6, 1)


def test_days_stand_in_their_places_and_gaps_stay_open() -> None:
    drawn = bars([DayWeight("2026-06-01", 2, 50), DayWeight("2026-06-04", 5, 200)], FIRST, 4)
    assert [(bar.day.day, bar.height, bar.slips, bar.is_highest) for bar in drawn] == [
        (1, HEIGHT // 4, 2, False),
        (2, 0, 0, False),
        (3, 0, 0, False),
        (4, HEIGHT, 5, True),
    ]


def test_no_days_are_no_bars() -> None:
    assert bars([], FIRST, 14) == []


def test_the_least_weight_is_still_seen() -> None:
    drawn = bars([DayWeight("2026-06-01", 1, 1), DayWeight("2026-06-02", 1, 10**9)], FIRST, 2)
    assert drawn[0].height == 1
