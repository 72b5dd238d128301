"""Time: instants are kept in milliseconds and read on Jiangjin's wall clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepperchain.core import clock


def test_now_is_aware_and_whole_milliseconds():
    moment = clock.now()
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0
    assert clock.from_ms(clock.to_ms(moment)) == moment


@given(st.integers(-(10**13), 10**13))
def test_milliseconds_survive_the_way_there_and_back(ms):
    assert clock.to_ms(clock.from_ms(ms)) == ms


def test_the_day_changes_at_midnight_in_jiangjin():
    before = datetime(2026, 6, 10, 15, 59, 59, tzinfo=UTC)
    assert clock.local_day(before) == date(2026, 6, 10)
    assert clock.local_day(before + timedelta(seconds=1)) == date(2026, 6, 11)
    assert clock.day_start(date(2026, 6, 11)) == before + timedelta(seconds=1)


def test_a_range_of_days_takes_in_the_last_one():
    start, end = clock.day_range(date(2026, 6, 10), date(2026, 6, 12))
    assert end - start == timedelta(days=3)
    assert clock.day_range(date(2026, 6, 10))[1] - start == timedelta(days=1)


def test_a_time_of_day_is_that_of_the_wall_clock():
    assert clock.at_local(date(2026, 6, 10), 18, 42) == datetime(2026, 6, 10, 10, 42, tzinfo=UTC)


def test_a_moment_without_a_zone_is_our_own_mistake():
    with pytest.raises(AssertionError):
        clock.local(datetime(2026, 6, 10))  # noqa: DTZ001
