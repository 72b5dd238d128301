"""Days and times as people write them."""

from datetime import date, time
from decimal import Decimal

import pytest

from pepperchain.excel import days
from pepperchain.excel.days import Calendar
from pepperchain.excel.problems import Unreadable
from tests.excel.workbooks import TODAY


@pytest.mark.parametrize(
    "text",
    [
        "2026.6.1",
        "2026-6-1",
        "2026/06/01",
        "2026年6月1日",
        "2026 年 6 月 1 号",
        "20260601",
        "26.6.1",
        "6月1日",
        "6.1",
        "6-1",
        "2026．6．1",
        "２０２６。６。１",
        "2026年6月1日（星期一）",
        "6月1日 周一",
    ],
)
def test_the_first_of_june_in_many_hands(text: str) -> None:
    assert Calendar(TODAY).day(text) == date(2026, 6, 1)


@pytest.mark.parametrize(
    "text", ["2026.6", "六月一日", "2026.13.1", "2026.2.30", "1899.1.1", "明天", "6", ""]
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(Unreadable):
        Calendar(TODAY).day(text)


def test_two_digits_of_a_year_are_never_far_in_the_future() -> None:
    assert Calendar(TODAY).day("58.3.2") == date(1958, 3, 2)
    assert Calendar(TODAY).day("28.3.2") == date(2028, 3, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18:42", time(18, 42)),
        ("18：42", time(18, 42)),
        ("8:05:30", time(8, 5, 30)),
        ("18时42分", time(18, 42)),
        ("18点", time(18)),
        ("下午3点", time(15)),
        ("下午3点半", time(15, 30)),
        ("下午3:05", time(15, 5)),
        ("上午 9:30", time(9, 30)),
        ("上午12点", time(12)),
        ("中午12点", time(12)),
        ("中午1点", time(13)),
        ("晚上8点20分", time(20, 20)),
        ("凌晨12点10分", time(0, 10)),
        ("3:05 PM", time(15, 5)),
        ("12:10 am", time(0, 10)),
    ],
)
def test_times_of_day(text: str, expected: time) -> None:
    assert days.clock(text) == expected


@pytest.mark.parametrize("text", ["25:00", "18:60", "晚上12点", "3", "下午", "24:00"])
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(Unreadable):
        days.clock(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-06-01 18:42", "2026-06-01T18:42:00"),
        ("2026-06-01T18:42:05", "2026-06-01T18:42:05"),
        ("2026.6.1下午3点", "2026-06-01T15:00:00"),
        ("6月1日 18点42分", "2026-06-01T18:42:00"),
        ("6月1日早上8点", "2026-06-01T08:00:00"),
        ("6.1 8:05", "2026-06-01T08:05:00"),
        ("2026/6/1 3:05 PM", "2026-06-01T15:05:00"),
        ("20260601 00:00", "2026-06-01T00:00:00"),
    ],
)
def test_moments(text: str, expected: str) -> None:
    assert Calendar(TODAY).moment(text).isoformat() == expected


def test_serial_numbers_of_both_epochs() -> None:
    assert Calendar(TODAY).day_of_number(Decimal(46174)) == date(2026, 6, 1)
    assert Calendar(TODAY, since_1904=True).day_of_number(Decimal(44712)) == date(2026, 6, 1)
    assert Calendar(TODAY).moment_of_number(Decimal("46174.999999")).isoformat() == "2026-06-02T00:00:00"


def test_a_number_that_may_be_two_days_is_not_guessed() -> None:
    with pytest.raises(Unreadable) as told:
        Calendar(TODAY).day_of_number(Decimal("6.1"))
    assert told.value.code == "vague_day"
