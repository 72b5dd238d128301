"""How old pepper is, in bands; weeks of dates that pass; how many days a stock lasts. Settings: config/storage.toml."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache

from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.settings import settings

LONG_AGO = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Planned:
    """The table [standing] of config/storage.toml."""

    weeks_ahead: int
    cover_days: int


@cache
def planned() -> Planned:
    """How far ahead dates are added up, and how far back what left."""
    return Planned(**settings().section("standing"))


class Age(StrEnum):
    """Since its clock began to run: picked, or made into its form."""

    HALF_DAY = "half_day"
    WEEK = "week"
    MONTH = "month"
    HALF_YEAR = "half_year"
    OLDER = "older"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return _LABELS[self]

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """The youngest and the oldest beginning that belong to it, the oldest not included."""
        bounds = _BOUNDS[self]
        return now - bounds[0], now - bounds[1]


_LABELS = {
    Age.HALF_DAY: N_("up to 12 hours"),
    Age.WEEK: N_("12 hours to 7 days"),
    Age.MONTH: N_("7 to 30 days"),
    Age.HALF_YEAR: N_("30 to 180 days"),
    Age.OLDER: N_("older than 180 days"),
}
_BOUNDS = {
    Age.HALF_DAY: (-timedelta(days=1), timedelta(hours=12)),
    Age.WEEK: (timedelta(hours=12), timedelta(days=7)),
    Age.MONTH: (timedelta(days=7), timedelta(days=30)),
    Age.HALF_YEAR: (timedelta(days=30), timedelta(days=180)),
    Age.OLDER: (timedelta(days=180), LONG_AGO),
}


@dataclass(frozen=True, slots=True)
class Week:
    """What of a form passes its best, and its last day, in the week from a Monday on."""

    begins: date
    best_grams: Grams = Grams(0)
    last_grams: Grams = Grams(0)

    @property
    def is_something(self) -> bool:
        return bool(self.best_grams or self.last_grams)


@dataclass(frozen=True, slots=True)
class Cover:
    """A form's stock, and what left of it in the days that are looked back on."""

    form: str
    stock_grams: Grams
    left_grams: Grams

    @property
    def daily_grams(self) -> Grams:
        return Grams(self.left_grams // planned().cover_days)

    @property
    def days(self) -> int | None:
        """For how many days it lasts; None if nothing left."""
        return self.stock_grams * planned().cover_days // self.left_grams if self.left_grams else None
