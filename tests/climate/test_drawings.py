"""Charts: extremes are kept, gaps stay open, and nothing leaves the paper."""

import re

from pepperchain.climate import drawings
from pepperchain.climate.chart_queries import Step
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.rules import bounds
from pepperchain.core import clock
from tests.climate.cold import NOW

WITHIN = bounds(SensorKind.TEMPERATURE, "chilled", 20, 20)
HOUR = 3_600_000
LAST = clock.to_ms(NOW)
FIRST = LAST - 24 * HOUR


def step(hours: int, low: int, high: int) -> Step:
    return Step(FIRST + hours * HOUR, low, high, low + high, 2, 0, 0)


def drawn(*steps: Step) -> drawings.Chart:
    found = drawings.chart(steps, 60, FIRST, LAST, WITHIN, bridged_ms=HOUR)
    assert found is not None
    return found


def test_nothing_measured_is_no_chart() -> None:
    assert drawings.chart([], 60, FIRST, LAST, WITHIN, bridged_ms=HOUR) is None
    assert drawings.spark([], WITHIN, now=NOW) is None


def test_a_gap_leaves_the_curve_open() -> None:
    assert len(drawn(step(0, 10, 20), step(1, 10, 20), step(5, 10, 20), step(6, 10, 20)).areas) == 2
    assert len(drawn(step(0, 10, 20), step(1, 10, 20)).areas) == 1
    assert len(drawn(step(0, 10, 20)).lines) == 0


def test_the_highest_and_the_lowest_are_marked() -> None:
    chart = drawn(step(0, 10, 20), step(1, -100, 20), step(2, 10, 300))
    assert [(each.value, each.is_high) for each in chart.extremes] == [(300, True), (-100, False)]


def test_all_stays_on_the_paper() -> None:
    chart = drawn(step(-3, -590, -500), step(0, 10, 20), step(23, 700, 790), step(30, 0, 0))
    for path in chart.areas:
        numbers = [int(number) for number in re.findall(r"-?\d+", path)]
        assert min(numbers) >= 0
        assert max(numbers) <= chart.width
    assert all(chart.top <= tick.place <= chart.bottom for tick in chart.levels)
    assert all(chart.left <= tick.place <= chart.right for tick in chart.moments)


def test_without_bounds_there_is_no_band() -> None:
    loose = bounds(SensorKind.HUMIDITY, "chilled", None, None)
    chart = drawings.chart([step(0, 500, 600)], 60, FIRST, LAST, loose, bridged_ms=HOUR)
    assert chart is not None
    assert chart.band is None


def test_a_spark_is_small_and_has_its_band() -> None:
    spark = drawings.spark([step(0, 10, 20), step(23, 10, 90)], WITHIN, now=NOW)
    assert spark is not None
    assert len(spark.areas) == 2
    assert spark.band is not None
