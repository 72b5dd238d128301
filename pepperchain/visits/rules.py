"""What a visit can be, and the limits of photos, plans and follow-ups."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_

PHOTOS_MAX = 6
AHEAD_DAYS_MAX = 400
BACK_DAYS_MAX = 3_660
_LENIENCE = timedelta(minutes=10)
"""A phone's clock may be ahead of ours by so much."""


class VisitKind(StrEnum):
    """How people met."""

    VISIT = "visit"
    CALL = "call"

    @property
    def words(self) -> str:
        """What people call it: a message id."""
        return _KINDS[self]


_KINDS = {VisitKind.VISIT: N_("Visit"), VisitKind.CALL: N_("Call")}

PURPOSES: dict[str, str] = {
    "advice": N_("Advice in the orchard"),
    "crop": N_("How the crop stands"),
    "quality": N_("Quality of what was brought"),
    "price": N_("Price and payment"),
    "joining": N_("Joining and contracts"),
    "trouble": N_("A complaint or a need"),
    "other": N_("Something else"),
}
"""What a visit is for: codes with their message ids."""


def stands_at(*, happened_at: datetime | None, planned_on: date | None) -> datetime:
    """The moment by which a visit stands in a history: when it was, else the start of the day it is planned for."""
    assert happened_at is not None or planned_on is not None, "a visit that is neither planned nor over"
    return happened_at if happened_at is not None else clock.day_start(planned_on or date.min)


def check_happened(at: datetime, now: datetime) -> None:
    """Refused: what has been is not in the future, nor before anybody wrote anything down."""
    if at > now + _LENIENCE:
        raise Refused(N_("This is still to come. Plan it instead."), "happened_at")
    if at < now - timedelta(days=BACK_DAYS_MAX):
        raise Refused(N_("This is too long ago. Look at the year."), "happened_at")


def check_ahead(on: date, today: date, field: str) -> None:
    """Refused: what is planned lies between today and a year from now."""
    if on < today:
        raise Refused(N_("This day is over."), field)
    if on > today + timedelta(days=AHEAD_DAYS_MAX):
        raise Refused(N_("This is too far ahead. Look at the year."), field)


def monday(day: date) -> date:
    """The first day of the week that a day is in."""
    return day - timedelta(days=day.weekday())
