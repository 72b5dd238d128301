"""What sensors measure, what a room's bounds are, and how readings become runs and buckets. Looks nothing up but config/climate.toml.

A reading speaks for the time until the next one, but no longer than `hold_minutes`; of an open door every minute counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pepperchain.climate.code_rules import BreachKind, Reason, SensorKind
from pepperchain.settings import section

MINUTE_MS = 60_000
DAY_MS = 86_400_000
STEPS = (10, 60, 1440)
"""How many minutes a bucket is long."""
_ZONE_MS = 8 * 3_600_000  # a bucket of a day is a day of Jiangjin's calendar
DEGREE_MINUTE = 10 * MINUTE_MS  # in tenths of a degree and milliseconds


@dataclass(frozen=True, slots=True)
class Figures:
    """The table [climate] of config/climate.toml."""

    batch_readings_max: int
    future_seconds_max: int
    decidegrees_min: int
    decidegrees_max: int
    raw_days: int
    batches_days: int
    hold_minutes: int
    band_decidegrees: int
    band_minutes: int
    frozen_decidegrees_max: int
    dry_permille_max: int
    humidity_minutes: int
    door_minutes: int
    silent_minutes: int
    lot_degree_minutes_max: int
    alarm_hours: int
    sweep_rows: int

    @property
    def hold_ms(self) -> int:
        return self.hold_minutes * MINUTE_MS


@cache
def figures() -> Figures:
    """The figures in force."""
    kept = section("retention")
    return Figures(
        raw_days=kept["reading_days"], batches_days=kept["reading_batch_days"], **section("climate")
    )


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which values a room should be, and how long it may be beyond them."""

    kind: SensorKind
    low: int | None
    high: int | None
    patience_ms: int
    at_once_above: int | None = None
    """Warmer than this is a breach at once."""

    def side(self, value: int) -> int:
        """1 above the bounds, -1 below them, 0 within."""
        if self.high is not None and value > self.high:
            return 1
        return -1 if self.low is not None and value < self.low else 0

    def limit(self, side: int) -> int:
        """The bound on a side."""
        limit = self.high if side > 0 else self.low
        assert limit is not None, "a side without a bound"
        return limit

    def held(self, at: int, until: int) -> int:
        """For how long a reading speaks when the next one comes `until`."""
        span = until - at
        return span if self.kind is SensorKind.DOOR else min(span, figures().hold_ms)


def bounds(kind: SensorKind, room_kind: str, set_point: int | None, band: int | None) -> Bounds:
    """What a sensor's readings are held against: the room's set point and band, or what pepper of its kind stands."""
    known = figures()
    if kind is SensorKind.DOOR:
        return Bounds(kind, None, 0, known.door_minutes * MINUTE_MS)
    if kind is SensorKind.HUMIDITY:
        high = known.dry_permille_max if room_kind in ("dry", "ambient") else None
        return Bounds(kind, None, high, known.humidity_minutes * MINUTE_MS)
    patience = known.band_minutes * MINUTE_MS
    if set_point is None:
        return Bounds(kind, None, None, patience)
    width = known.band_decidegrees if band is None else band
    if room_kind == "frozen":
        # Colder than needed harms no frozen pepper.
        at_once = known.frozen_decidegrees_max
        return Bounds(kind, None, min(set_point + width, at_once), patience, at_once)
    return Bounds(kind, set_point - width, set_point + width, patience)


@dataclass(slots=True)
class Run:
    """A stretch of readings on one side of the bounds. `excess` is value × milliseconds beyond the bound."""

    side: int
    since: int
    last: int
    low: int
    high: int
    excess: int = 0
    ended: int | None = None

    def is_breach(self, within: Bounds, *, now_ms: int) -> bool:
        """Whether it lasted too long, or went too far for any time."""
        if within.at_once_above is not None and self.side > 0 and self.high > within.at_once_above:
            return True
        going_on = now_ms if within.kind is SensorKind.DOOR else self.last
        return (going_on if self.ended is None else self.ended) - self.since >= within.patience_ms

    def kind(self, within: Bounds) -> BreachKind:
        """What such a breach is called."""
        if within.kind is SensorKind.DOOR:
            return BreachKind.DOOR_OPEN
        if within.kind is SensorKind.HUMIDITY:
            return BreachKind.HUMID
        if self.side < 0:
            return BreachKind.TOO_COLD
        far = within.at_once_above is not None and self.high > within.at_once_above
        return BreachKind.THAWING if far else BreachKind.TOO_WARM

    @property
    def degree_minutes(self) -> int:
        return self.excess // DEGREE_MINUTE


@dataclass(slots=True)
class Fold:
    """Readings in the order of time, made into runs; can be left off and taken up again where it stood."""

    within: Bounds
    run: Run | None = None
    at: int | None = None
    value: int = 0

    def add(self, at: int, value: int, *, cut: int | None = None) -> Run | None:
        """The next reading; the run that it ends, if it ends one. A run also ends where somebody closed its breach, at `cut`."""
        ended = None
        side = self.within.side(value)
        if self.run is not None:
            assert self.at is not None, "a run without readings"
            until = at if cut is None else min(at, cut)
            self._hold(until)
            if side != self.run.side or cut is not None:
                ended, self.run = self.run, None
                ended.ended = self.at + self.within.held(self.at, until)
        if side and self.run is None:
            self.run = Run(side, at, at, value, value)
        elif side and self.run is not None:
            self.run.last = at
            self.run.low, self.run.high = min(self.run.low, value), max(self.run.high, value)
        self.at, self.value = at, value
        return ended

    def end(self, cut: int) -> Run | None:
        """Ends the run that goes on, where somebody closed its breach."""
        ended, self.run = self.run, None
        if ended is not None:
            assert self.at is not None, "a run without readings"
            ended.excess += self._beyond(ended) * self.within.held(self.at, cut)
            ended.ended = self.at + self.within.held(self.at, cut)
        return ended

    def _hold(self, until: int) -> None:
        assert self.run is not None
        assert self.at is not None
        self.run.excess += self._beyond(self.run) * self.within.held(self.at, until)

    def _beyond(self, run: Run) -> int:
        return abs(self.value - self.within.limit(run.side))


def runs(
    readings: Iterable[tuple[int, int]], within: Bounds, cuts: Sequence[int] = ()
) -> tuple[list[Run], Fold]:
    """Every run of some readings (moment, value) in the order of time, the last of which may go on; and the fold where it stands."""
    found: list[Run] = []
    fold = Fold(within)
    for at, value in readings:
        before = fold.at
        cut = None if before is None else next((each for each in cuts if before <= each < at), None)
        ended = fold.add(at, value, cut=cut)
        if ended is not None:
            found.append(ended)
    last = fold.at
    cut = None if last is None else next((each for each in cuts if each >= last), None)
    ended = None if cut is None else fold.end(cut)
    if ended is not None:
        found.append(ended)
    elif fold.run is not None:
        found.append(fold.run)
    return found, fold


def degree_minutes(readings: Iterable[tuple[int, int]], within: Bounds, first: int, last: int) -> int:
    """By how much and for how long it was above the bounds between two moments."""
    total = 0
    before: tuple[int, int] | None = None
    for at, value in [*readings, (last, 0)]:
        if before is not None and within.side(before[1]) > 0:
            held = min(before[0] + within.held(before[0], at), last) - max(before[0], first)
            total += max(held, 0) * (before[1] - within.limit(1))
        before = (at, value)
    return total // DEGREE_MINUTE


@dataclass(slots=True)
class Bucket:
    """Extremes and sums of the readings of a step. The time beyond the bounds is told by the readings that stand in it."""

    low: int
    high: int
    total: int = 0
    readings: int = 0
    above_ms: int = 0
    below_ms: int = 0

    def add(self, value: int) -> None:
        """One more reading."""
        self.low, self.high = min(self.low, value), max(self.high, value)
        self.total += value
        self.readings += 1

    def hold(self, side: int, span_ms: int) -> None:
        """A reading of it spoke for this long."""
        if side > 0:
            self.above_ms += span_ms
        elif side < 0:
            self.below_ms += span_ms


def start_of(at: int, step: int) -> int:
    """When the bucket begins that a moment falls into."""
    length = step * MINUTE_MS
    return (at + _ZONE_MS) // length * length - _ZONE_MS


def span_held(at: int, until: int) -> int:
    """For how long a reading counts in its bucket."""
    return min(until - at, figures().hold_ms)


def clusters(moments: Sequence[int], *, apart_ms: int = DAY_MS) -> list[tuple[int, int]]:
    """Moments as spans, broken where two are further apart: what was touched is counted again span by span."""
    found: list[tuple[int, int]] = []
    for at in sorted(moments):
        if found and at - found[-1][1] <= apart_ms:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


@dataclass(frozen=True, slots=True)
class Sample:
    """A reading as it was brought, before it is known whether it can be taken."""

    row: int
    sensor: str
    at: int
    decidegrees: int | None = None
    humidity_permille: int | None = None
    door_open: bool | None = None

    def value(self, kind: SensorKind) -> int | None:
        """The number that a sensor of this kind gives; None if something else, or more, was measured."""
        given = {
            SensorKind.TEMPERATURE: self.decidegrees,
            SensorKind.HUMIDITY: self.humidity_permille,
            SensorKind.DOOR: None if self.door_open is None else int(self.door_open),
        }
        return given[kind] if sum(each is not None for each in given.values()) == 1 else None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken, and why."""

    row: int
    sensor: str | None
    reason: Reason


def in_range(kind: SensorKind, value: int) -> bool:
    """Whether a sensor in a store can have measured this."""
    if kind is SensorKind.TEMPERATURE:
        return figures().decidegrees_min <= value <= figures().decidegrees_max
    return 0 <= value <= (1000 if kind is SensorKind.HUMIDITY else 1)


def number(kind: SensorKind, value: int) -> str:
    """A value as people read it, without its unit: tenths of a degree as degrees, permille as percent."""
    if kind == SensorKind.DOOR:
        return str(value)
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    return f"{sign}{abs(value) // 10}.{abs(value) % 10}"


def unit(kind: SensorKind) -> str:
    """The unit of a number that `number` gives."""
    return {SensorKind.TEMPERATURE: "°C", SensorKind.HUMIDITY: "%", SensorKind.DOOR: ""}[kind]


def measured(kind: SensorKind, value: int | None) -> str:
    """A value with its unit; a dash for none."""
    if value is None:
        return "\N{EN DASH}"
    return (
        f"{number(kind, value)} {unit(kind)}"
        if kind == SensorKind.TEMPERATURE
        else f"{number(kind, value)}{unit(kind)}"
    )
