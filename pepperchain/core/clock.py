"""Time: the one place that reads the clock, and what a moment is on Jiangjin's wall clock.

Verbs and rules are given `now`; only `web`, `schedule`, `cli` and `api` ask here.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from time import monotonic_ns, time_ns
from zoneinfo import ZoneInfo

from pepperchain.core.sql import milliseconds

ZONE = ZoneInfo("Asia/Shanghai")

_MINUTE_NS = 60_000_000_000
_MILLISECOND_NS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """This moment, aware, in UTC, to the millisecond (what the database keeps)."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def today() -> date:
    """The calendar day it is in Jiangjin now; worked out once a minute, since long lists ask for each line."""
    return _day_of_minute(time_ns() // _MINUTE_NS)


@lru_cache(maxsize=1)
def _day_of_minute(minutes: int) -> date:
    return local_day(_EPOCH + timedelta(minutes=minutes))


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware moment."""
    return milliseconds(moment)


def from_ms(ms: int) -> datetime:
    """The aware UTC moment of a stored number of milliseconds."""
    return _EPOCH + timedelta(milliseconds=ms)


def local(moment: datetime) -> datetime:
    """The same moment on Jiangjin's wall clock."""
    assert moment.tzinfo is not None, "a moment without a zone"
    return moment.astimezone(ZONE)


def local_day(moment: datetime) -> date:
    """The calendar day it is in Jiangjin at that moment."""
    return local(moment).date()


def day_start(day: date) -> datetime:
    """The first moment of a Jiangjin day, in UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def day_range(first: date, last: date | None = None) -> tuple[datetime, datetime]:
    """From the start of `first` up to, not including, the end of `last` (the same day unless given)."""
    return day_start(first), day_start((last or first) + timedelta(days=1))


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day on Jiangjin's wall clock, in UTC."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


class Stopwatch:
    """What time it is while a long piece of work goes on that was told only when it began."""

    def __init__(self, now: datetime) -> None:
        self._began = now
        self._from = monotonic_ns()

    def now(self) -> datetime:
        """The beginning and what has passed since."""
        return self._began + timedelta(milliseconds=(monotonic_ns() - self._from) // _MILLISECOND_NS)
