"""What keepers type, what gateways send and what an address asks for, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pepperchain.climate.code_rules import Cause, EquipmentKind, Reason, SensorKind
from pepperchain.climate.rules import Rejected, Sample, figures
from pepperchain.climate.sensors import SensorFacts
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.web.fields import (
    Day,
    EventId,
    Flag,
    LongText,
    Moment,
    OptionalText,
    RegistryId,
    Text,
    Whole,
    scaled,
)
from pepperchain.web.forms import Form

if TYPE_CHECKING:
    Degrees = int
    Percent = int
    KilowattHours = int
    Season = int
else:
    Degrees = scaled(1, figures().decidegrees_min, figures().decidegrees_max)
    Percent = scaled(1, 0, 1000)
    KilowattHours = scaled(1, 0, 10**10)
    Season = scaled(0, 2000, 2200)

CODE_LENGTH_MAX = 40
CUSTOM_DAYS_MAX = 800
LOG_DAYS = 31
SEASON_BEGINS = (5, 1)
"""When the season's pepper begins to come in."""


def samples(rows: Sequence[Any]) -> tuple[list[Sample], list[Rejected]]:
    """The rows of a machine's batch: those that can be read, and those that cannot, by their place in it."""
    read: list[Sample] = []
    unread: list[Rejected] = []
    for place, row in enumerate(rows):
        sample = _sample(place, row)
        if sample is None:
            code = row.get("sensor") if isinstance(row, dict) else None
            told = code if isinstance(code, str) and code.isprintable() else None
            unread.append(
                Rejected(place, None if told is None else told[:CODE_LENGTH_MAX], Reason.UNREADABLE)
            )
        else:
            read.append(sample)
    return read, unread


def _sample(place: int, row: Any) -> Sample | None:
    if not isinstance(row, dict):
        return None
    code, at = row.get("sensor"), _moment(row.get("taken_at"))
    degrees, humidity, door = (row.get(name) for name in ("decidegrees", "humidity_permille", "door_open"))
    if (
        not isinstance(code, str)
        or not 0 < len(code) <= CODE_LENGTH_MAX
        or not code.isprintable()
        or at is None
    ):
        return None
    if not all(each is None or type(each) is int for each in (degrees, humidity)) or not (
        door is None or type(door) is bool
    ):
        return None
    if degrees is None and humidity is None and door is None:
        return None
    return Sample(place, code, at, degrees, humidity, door)


def _moment(value: Any) -> int | None:
    """Milliseconds of an ISO 8601 moment with its zone."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return None if moment.tzinfo is None else clock.to_ms(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


class HandReading(Form):
    """What somebody read off a thermometer."""

    id: EventId
    sensor: Text
    taken_at: Moment | None = None
    degrees: Degrees | None = None
    humidity: Percent | None = None
    door: Flag | None = None

    def sample(self, now: datetime) -> Sample:
        """As the verb takes it. Refused: nothing was typed."""
        if self.degrees is None and self.humidity is None and self.door is None:
            raise Refused(N_("Write what it says."), "degrees")
        at = clock.to_ms(self.taken_at or now) // 60_000 * 60_000
        return Sample(0, self.sensor, at, self.degrees, self.humidity, self.door)


class SensorParticulars(Form):
    """A sensor as the people who hung it describe it."""

    code: Text
    kind: SensorKind
    active_from: Day
    active_until: Day | None = None
    calibrated_on: Day | None = None
    silent_minutes: Whole | None = None

    def facts(self) -> SensorFacts:
        """As the verbs take it."""
        return SensorFacts(
            code=self.code, kind=self.kind, active_from=self.active_from, active_until=self.active_until,
            calibrated_on=self.calibrated_on, silent_minutes=self.silent_minutes,
        )  # fmt: skip


class NewSensor(SensorParticulars):
    """A sensor that is entered; `id` is the form's own."""

    id: UUID


class ChangedSensor(SensorParticulars):
    """A sensor that is changed, and the version that was seen."""

    version: Whole


class Entry(Form):
    """An entry of the equipment log."""

    id: EventId
    kind: EquipmentKind
    from_at: Moment
    until_at: Moment | None = None
    generator: Flag = False
    whole_site: Flag = False
    note: OptionalText = None


class MeterReading(Form):
    """What an electricity meter says."""

    id: EventId
    site_id: RegistryId
    read_on: Day
    kwh: KilowattHours
    is_new: Flag = False


class SeasonSearch(Form):
    """The season that a report is about; this one unless another is chosen."""

    season: Season | None = None


class Ending(Form):
    """When something was over."""

    until_at: Moment


class Seen(Form):
    """The version that was looked at."""

    version: Whole


class Explanation(Seen):
    """What it was and what was done."""

    cause: Cause
    done: LongText


class BreachSearch(Form):
    """Which breaches: those that are not settled, unless all are asked for."""

    all: Flag = False


class Span(StrEnum):
    """How long a chart is."""

    DAY = "day"
    WEEK = "week"
    SEASON = "season"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment up to another, how long the steps of its chart are, and those of the table behind it (0: months)."""

    first: int
    last: int
    step: int
    table_step: int


class ChartSearch(Form):
    """What a chart shows. Days are included, both of them."""

    span: Span = Span.DAY
    from_on: Day | None = None
    to_on: Day | None = None

    def period(self, now: datetime) -> Period:
        """Up to now, or the days that were asked for."""
        today = clock.local_day(now)
        if self.from_on is not None or self.to_on is not None:
            last = min(self.to_on or today, today)
            first = min(self.from_on or last - timedelta(days=6), last)
            if (last - first).days >= CUSTOM_DAYS_MAX:
                first = last - timedelta(days=CUSTOM_DAYS_MAX - 1)
            begin, end = clock.day_range(first, last)
            return _period(begin, end)
        if self.span is Span.SEASON:
            first = date(today.year, *SEASON_BEGINS)
            return _period(
                clock.day_start(first if first <= today else first.replace(year=today.year - 1)), now
            )
        return _period(now - timedelta(days=7 if self.span is Span.WEEK else 1), now)

    @property
    def shown(self) -> str:
        """Which of the choices is on."""
        return Span.CUSTOM if self.from_on is not None or self.to_on is not None else self.span


def _period(first: datetime, last: datetime) -> Period:
    length = last - first
    step, table = (
        (10, 60)
        if length <= timedelta(days=2)
        else (60, 1440)
        if length <= timedelta(days=16)
        else (1440, 1440)
    )
    if length > timedelta(days=62):
        table = 0
    return Period(clock.to_ms(first), clock.to_ms(last), step, table)


class LogChoice(Form):
    """Which room's log, and of which days; the last month unless given."""

    room_id: RegistryId
    from_on: Day | None = None
    to_on: Day | None = None

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last. Refused: days that cannot be."""
        last = self.to_on or today
        first = self.from_on or last - timedelta(days=LOG_DAYS - 1)
        if last < first:
            raise Refused(N_("The last day must come after the first."), "to_on")
        if (last - first).days >= CUSTOM_DAYS_MAX:
            raise Refused(N_("Ask for at most %(days)s days."), "to_on", days=CUSTOM_DAYS_MAX)
        return first, last
