"""Charts of a room's climate in whole numbers, so that the template only draws: extremes kept, gaps left open, bounds as a band."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pepperchain.climate.breach_queries import BreachRow
from pepperchain.climate.chart_queries import Step
from pepperchain.climate.equipment_queries import EquipmentRow
from pepperchain.climate.rules import MINUTE_MS, Bounds
from pepperchain.core import clock

WIDTH, HEIGHT = 800, 360
LEFT, RIGHT, TOP, BOTTOM = 74, 16, 30, 48
SPARK_WIDTH, SPARK_HEIGHT = 120, 32
_TICKS = (5, 10, 20, 50, 100, 200, 500)
_MANY_TICKS = 6
_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid: where it is and for what."""

    place: int
    value: int


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of time that is marked, and for what."""

    x: int
    width: int
    breach: BreachRow | None = None
    entry: EquipmentRow | None = None


@dataclass(frozen=True, slots=True)
class Extreme:
    """The lowest or the highest of all."""

    x: int
    y: int
    at: int
    value: int
    is_high: bool

    @property
    def anchor(self) -> str:
        return "end" if self.x > WIDTH - 120 else "start" if self.x < LEFT + 60 else "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """The curve between two moments. `areas` run along the extremes, `lines` along the means, one for each stretch without a gap."""

    areas: Sequence[str]
    lines: Sequence[str]
    band: tuple[int, int] | None
    shades: Sequence[Shade]
    cuts: Sequence[Shade]
    levels: Sequence[Tick]
    moments: Sequence[Tick]
    by_day: bool
    extremes: Sequence[Extreme]

    width = WIDTH
    height = HEIGHT
    left = LEFT
    right = WIDTH - RIGHT
    top = TOP
    bottom = HEIGHT - BOTTOM


def chart(
    steps: Sequence[Step], step_minutes: int, first: int, last: int, within: Bounds, *, bridged_ms: int,
    breaches: Sequence[BreachRow] = (), entries: Sequence[EquipmentRow] = (),
) -> Chart | None:  # fmt: skip
    """The chart of some steps; None if nothing was measured. Steps further apart than `bridged_ms` leave the curve open."""
    if not steps:
        return None
    bounds = [each for each in (within.low, within.high) if each is not None]
    low, high = min([each.low for each in steps] + bounds), max([each.high for each in steps] + bounds)
    margin = max((high - low) // 8, 5)
    low, high = low - margin, high + margin
    span = max(last - first, 1)

    def x(at: int) -> int:
        return LEFT + (min(max(at, first), last) - first) * (WIDTH - LEFT - RIGHT) // span

    def y(value: int) -> int:
        return TOP + (min(max(high - value, 0), high - low)) * (HEIGHT - TOP - BOTTOM) // (high - low)

    half = step_minutes * MINUTE_MS // 2
    stretches = _stretches(steps, max(bridged_ms, step_minutes * MINUTE_MS))
    top = None if within.high is None else y(within.high)
    floor = HEIGHT - BOTTOM if within.low is None else y(within.low)
    moments, by_day = _moments(first, last)
    return Chart(
        areas=[_area(each, lambda at: x(at + half), x, y, half) for each in stretches],
        lines=[
            "M" + " L".join(f"{x(each.starts_at + half)} {y(each.mean)}" for each in part)
            for part in stretches
            if len(part) > 1
        ],
        band=None if top is None else (top, max(floor - top, 1)),
        shades=[
            Shade(
                x(each.started_at),
                max(x(last if each.ended_at is None else each.ended_at) - x(each.started_at), 2),
                breach=each,
            )
            for each in breaches
        ],
        cuts=[
            Shade(
                x(each.from_at),
                max(x(last if each.until_at is None else each.until_at) - x(each.from_at), 3),
                entry=each,
            )
            for each in entries
        ],
        levels=[Tick(y(value), value) for value in _levels(low, high)],
        moments=[Tick(x(at), at) for at in moments],
        by_day=by_day,
        extremes=_extremes(steps, x, y, half),
    )


def _stretches(steps: Sequence[Step], bridged_ms: int) -> list[list[Step]]:
    found: list[list[Step]] = []
    for each in steps:
        if found and each.starts_at - found[-1][-1].starts_at <= bridged_ms:
            found[-1].append(each)
        else:
            found.append([each])
    return found


def _area(
    part: Sequence[Step],
    middle: Callable[[int], int],
    x: Callable[[int], int],
    y: Callable[[int], int],
    half: int,
) -> str:
    """There along the highest, back along the lowest; a single step is as wide as it is long."""
    if len(part) == 1:
        only = part[0]
        left, right = x(only.starts_at), max(x(only.starts_at + 2 * half), x(only.starts_at) + 2)
        return f"M{left} {y(only.high)} H{right} V{y(only.low) + 2} H{left} Z"
    there = [f"{middle(each.starts_at)} {y(each.high)}" for each in part]
    back = [f"{middle(each.starts_at)} {y(each.low)}" for each in reversed(part)]
    return "M" + " L".join(there + back) + " Z"


def _extremes(
    steps: Sequence[Step], x: Callable[[int], int], y: Callable[[int], int], half: int
) -> list[Extreme]:
    highest = max(steps, key=lambda each: each.high)
    lowest = min(steps, key=lambda each: each.low)
    found = [
        Extreme(x(highest.starts_at + half), y(highest.high), highest.starts_at, highest.high, is_high=True)
    ]
    if lowest.low != highest.high:
        found.append(
            Extreme(x(lowest.starts_at + half), y(lowest.low), lowest.starts_at, lowest.low, is_high=False)
        )
    return found


def _levels(low: int, high: int) -> list[int]:
    by = next((each for each in _TICKS if (high - low) // each <= _MANY_TICKS), _TICKS[-1])
    return list(range(-(-low // by) * by, high + 1, by))


def _moments(first: int, last: int) -> tuple[list[int], bool]:
    """Where the axis of time is marked: full hours of one day or two, days of some weeks, first days of months."""
    hours = (last - first) // _HOUR
    if hours <= 48:
        by = 4 if hours <= 24 else 8
        start = clock.local(clock.from_ms(first)).replace(minute=0, second=0, microsecond=0)
        found = [start + timedelta(hours=ahead) for ahead in range(hours + 2)]
        return [
            clock.to_ms(each) for each in found if each.hour % by == 0 and first <= clock.to_ms(each) <= last
        ], False
    days = hours // 24
    by = max(-(-days // 7), 1)
    start = clock.local(clock.from_ms(first)).replace(hour=0, minute=0, second=0, microsecond=0)
    marks = [start + timedelta(days=ahead) for ahead in range(1, days + 2, by)]
    return [clock.to_ms(each) for each in marks if first <= clock.to_ms(each) <= last], True


@dataclass(frozen=True, slots=True)
class Spark:
    """The last day of a room, small: the way of its extremes, and where its bounds lie."""

    areas: Sequence[str]
    band: tuple[int, int] | None
    width = SPARK_WIDTH
    height = SPARK_HEIGHT


def spark(steps: Sequence[Step], within: Bounds, *, now: datetime) -> Spark | None:
    """The small curve of the hours before `now`."""
    if not steps:
        return None
    last = clock.to_ms(now)
    first = last - 24 * _HOUR
    bounds = [each for each in (within.low, within.high) if each is not None]
    low, high = (
        min([each.low for each in steps] + bounds) - 4,
        max([each.high for each in steps] + bounds) + 4,
    )

    def x(at: int) -> int:
        return (min(max(at, first), last) - first) * SPARK_WIDTH // (last - first)

    def y(value: int) -> int:
        return (high - value) * SPARK_HEIGHT // (high - low)

    half = _HOUR // 2
    thick = [Step(each.starts_at, each.low - 1, each.high + 1, 0, 0, 0, 0) for each in steps]
    areas = [_area(part, lambda at: x(at + half), x, y, half) for part in _stretches(thick, _HOUR)]
    top = None if within.high is None else y(within.high)
    floor = SPARK_HEIGHT if within.low is None else y(within.low)
    return Spark(areas, None if top is None else (top, max(floor - top, 1)))
