"""Days and times of day as people write them, and as Excel keeps them."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from pepperchain.core.words import N_
from pepperchain.excel.problems import Unreadable

YEARS = range(1900, 2101)
# Days from the epoch of a workbook; below it a bare number is more likely a month and a day than a date before 1920.
SERIALS = range(7305, 80_000)
DAYS = (date(1920, 1, 1), date(2119, 12, 31))
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_SECONDS_A_DAY = 86_400

_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?")
_FULL = re.compile(r"(\d{4}|\d{2})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})[-./月](\d{1,2})[日号]?")
_CLOCK = re.compile(
    r"(?P<part>凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|AM|PM)?"
    r"(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?|[点时](?:(?P<spoken>\d{1,2})分?|(?P<half>半)|整)?)"
    r"(?P<suffix>AM|PM)?$"
)
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "夜里", "PM"})
_PARTS_OF_NIGHT = frozenset({"晚上", "夜里"})


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a day without a year means (`today`'s year), and which of Excel's two epochs the workbook counts from."""

    today: date
    since_1904: bool = False

    def day(self, text: str) -> date:
        """The day of '2026.6.1', '2026-6-1', '2026年6月1日', '20260601', '26.6.1', '6月1日' or '6.1'."""
        plain = _WEEKDAY.sub("", _plain(text)).replace(" ", "")
        if full := _FULL.fullmatch(plain) or _COMPACT.fullmatch(plain):
            year = int(full[1]) if len(full[1]) == 4 else self._century(int(full[1]))
            return _day(year, int(full[2]), int(full[3]), text)
        if short := _SHORT.fullmatch(plain):
            return _day(self.today.year, int(short[1]), int(short[2]), text)
        raise _no_day(text)

    def moment(self, text: str) -> datetime:
        """A day and a time of day behind it: '2026.6.1 18:42', '6月1日下午3点'. Local wall clock, no zone."""
        plain = _spaced(_plain(text))
        found = _CLOCK.search(plain)
        if found is None:
            self.day(plain)
            raise without_time()
        return datetime.combine(self.day(plain[: found.start()].rstrip(" T,")), _time(found, text))

    def day_of_cell(self, day: date) -> date:
        """A date cell's day. A small number typed into a cell with a date format shows as a day of 1900."""
        if not DAYS[0] <= day <= DAYS[1]:
            raise _no_day(day.isoformat())
        return day

    def day_of_number(self, number: Decimal) -> date:
        """The day of a bare number: Excel's serial number, or 20260601, or 6.15 for the 15th of June."""
        whole = int(number)
        if number == whole and _COMPACT.fullmatch(str(whole)):
            return self.day(str(whole))
        if whole in SERIALS:
            return self._since(whole)
        if 1 <= whole <= 12 and number != whole:
            # Typed as 6.1 or as 6.10 a number looks the same afterwards.
            if len(str(number).partition(".")[2]) != 2:
                raise Unreadable(
                    "vague_day",
                    N_("This number could be two days (6.1 or 6.10). Write the date as 2026-06-10."),
                )
            return self.day(str(number))
        raise _no_day(str(number))

    def moment_of_number(self, number: Decimal) -> datetime:
        """The moment of Excel's serial number with a fraction, to the second."""
        whole = int(number)
        if number == whole or whole not in SERIALS:
            self.day_of_number(number)
            raise without_time()
        seconds = round((number - whole) * _SECONDS_A_DAY)
        return datetime.combine(self._since(whole), time()) + timedelta(seconds=seconds)

    def _since(self, days: int) -> date:
        return _EPOCHS[self.since_1904] + timedelta(days=days)

    def _century(self, two_digits: int) -> int:
        # '26' is this century, '58' is a birth year: nothing in these sheets lies more than five years ahead.
        year = self.today.year // 100 * 100 + two_digits
        return year if year <= self.today.year + 5 else year - 100


def clock(text: str) -> time:
    """The time of '18:42', '18时42分', '下午3点', '下午3:05', '3:05 PM'."""
    plain = _plain(text).replace(" ", "")
    found = _CLOCK.match(plain)
    if found is None:
        raise _no_time(text)
    return _time(found, text)


def clock_of_number(number: Decimal) -> time:
    """The time of a fraction of a day, to the second."""
    if not 0 <= number < 1:
        raise _no_time(str(number))
    hours, rest = divmod(round(number * _SECONDS_A_DAY) % _SECONDS_A_DAY, 3600)
    return time(hours, *divmod(rest, 60))


def rounded(moment: datetime) -> datetime:
    """To the nearest second: Excel's binary fractions of a day are off by microseconds."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _plain(text: str) -> str:
    return " ".join(
        unicodedata.normalize("NFKC", text).replace("。", ".").upper().replace("A.M.", "AM").split()
    )


def _spaced(plain: str) -> str:
    # '3:05 PM' and '下午 3:05' without the space between the number and its half of the day.
    return re.sub(r" (?=(?:AM|PM)$)|(?<=[午晨上晚里M]) (?=\d)", "", plain)


def _time(found: re.Match[str], text: str) -> time:
    hour, part = int(found["hour"]), found["part"] or found["suffix"]
    minute = int(found["minute"] or found["spoken"] or (30 if found["half"] else 0))
    if (part in _AFTERNOON and hour < 12) or (part == "中午" and hour < 10):
        hour += 12
    elif part in ("凌晨", "AM") and hour == 12:
        hour = 0
    elif part in _PARTS_OF_NIGHT and hour == 12:
        # Midnight belongs to two days; nobody can tell which was meant.
        raise _no_time(text)
    try:
        return time(hour, minute, int(found["second"] or 0))
    except ValueError:
        raise _no_time(text) from None


def _day(year: int, month: int, day: int, text: str) -> date:
    if year not in YEARS:
        raise _no_day(text)
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable("no_such_day", N_("There is no such day: %(value)s."), value=text[:40]) from None


def without_time() -> Unreadable:
    """A day stands where a moment is wanted."""
    return Unreadable("no_time", N_("Write the time as well, for example 2026-06-01 18:42."))


def _no_day(text: str) -> Unreadable:
    return Unreadable("not_a_day", N_("%(value)s is no date. Write it as 2026-06-01."), value=text[:40])


def _no_time(text: str) -> Unreadable:
    return Unreadable("not_a_time", N_("%(value)s is no time of day. Write it as 18:42."), value=text[:40])
