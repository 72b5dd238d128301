"""The season as columns, and ages as bars."""

from datetime import date, timedelta

from pepperchain.core.units import Grams
from pepperchain.storage import report_drawings
from pepperchain.storage.report_queries import AgeRow, WeekRow
from pepperchain.storage.standing_rules import Age

T = 1_000_000


def weeks(*tonnes: int, first: date = date(2026, 6, 1)) -> list[WeekRow]:
    return [
        WeekRow(first + timedelta(weeks=place), Grams(each * T), 0, Grams(0), Grams(0), 0)
        for place, each in enumerate(tonnes)
    ]


def test_nothing_is_drawn_of_nothing() -> None:
    assert report_drawings.chart([]) is None
    assert report_drawings.chart(weeks(0, 0)) is None
    assert report_drawings.shares([]) == []


def test_columns_stand_in_their_weeks_and_inside_the_picture() -> None:
    chart = report_drawings.chart(weeks(1, 5, 0, 3))
    assert chart is not None
    assert [each.x for each in chart.columns] == sorted(each.x for each in chart.columns)
    assert all(chart.left <= each.x and each.x + each.width <= chart.right for each in chart.columns)
    assert all(0 < each.top <= chart.bottom for each in chart.columns)
    highest = min(chart.columns, key=lambda each: each.top)
    assert highest.week.stock_grams == 5 * T
    assert chart.columns[2].top == chart.bottom


def test_a_whole_year_from_a_short_first_week_on_has_its_months() -> None:
    found = weeks(*[1] * 53, first=date(2025, 12, 29))
    chart = report_drawings.chart([*weeks(1, first=date(2026, 1, 1)), *found[1:]])
    assert chart is not None
    assert len(chart.columns) == 53
    assert [mark.value for mark in chart.months][:3] == [1, 3, 5]
    assert len({each.x for each in chart.columns}) == 53


def test_what_all_rooms_hold_is_drawn_if_it_is_within_reach() -> None:
    near, far = (report_drawings.chart(weeks(4), capacity=each * T) for each in (9, 90))
    assert near is not None
    assert far is not None
    assert near.whole is not None
    assert near.whole < near.columns[0].top
    assert far.whole is None


def test_a_little_is_seen() -> None:
    small, large = report_drawings.shares([AgeRow(Age.WEEK, 1, Grams(1)), AgeRow(Age.MONTH, 4, Grams(9 * T))])
    assert (small.percent, large.percent) == (1, 100)
