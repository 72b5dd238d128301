"""What can be of heads and proxies: reasons, and days within limits. Pure functions."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.settings import settings

PAST_DAYS_MAX = 3_660
AHEAD_DAYS_MAX = 366
REASON_LENGTH_MAX = 200
PAPERS = "proxies"
"""The folder of the data folder that photos of signed proxies lie in."""


class HeadReason(StrEnum):
    """Why somebody else is the head of a household."""

    AGE = "age"
    DEATH = "death"
    MOVED_AWAY = "moved_away"
    AGREEMENT = "agreement"
    SEPARATION = "separation"
    CORRECTION = "correction"
    OTHER = "other"

    @property
    def words(self) -> str:
        """What people call it: a message id."""
        return _HEAD_REASONS[self]


_HEAD_REASONS = {
    HeadReason.AGE: N_("Old age"),
    HeadReason.DEATH: N_("Death"),
    HeadReason.MOVED_AWAY: N_("Moved away"),
    HeadReason.AGREEMENT: N_("By agreement"),
    HeadReason.SEPARATION: N_("Separation"),
    HeadReason.CORRECTION: N_("The wrong one was entered"),
    HeadReason.OTHER: N_("Another reason"),
}


def check_past(on: date, today: date, field: str = "on") -> None:
    """Refused: a day that is still to come, or one so long ago that it is a typing mistake."""
    if on > today:
        raise Refused(N_("This day is still to come."), field)
    if on < today - timedelta(days=PAST_DAYS_MAX):
        raise Refused(N_("This day is more than ten years ago. Check the year."), field)


def check_move(on: date, today: date, field: str = "on") -> None:
    """Refused: a day so long ago, or so far ahead, that it is a typing mistake."""
    if on > today + timedelta(days=AHEAD_DAYS_MAX):
        raise Refused(N_("This day is more than a year ahead. Check the year."), field)
    check_past(min(on, today), today, field)


class LeavingReason(StrEnum):
    """Why somebody is of another household."""

    MARRIAGE = "marriage"
    SEPARATION = "separation"
    OTHER = "other"

    @property
    def words(self) -> str:
        """What people call it: a message id."""
        return _LEAVING_REASONS[self]


_LEAVING_REASONS = {
    LeavingReason.MARRIAGE: N_("Marriage"),
    LeavingReason.SEPARATION: N_("Separation"),
    LeavingReason.OTHER: N_("Another reason"),
}


def check_term(from_on: date, until_on: date, today: date, limits: Mapping[str, Any]) -> None:
    """Refused: days of a proxy that cannot be. `limits` are config/directory.toml's `[proxies]`."""
    ahead = timedelta(days=limits["begins_days_ahead_max"])
    if from_on < today - timedelta(days=limits["begins_days_past_max"]):
        raise Refused(N_("A proxy cannot have begun so long ago. Check the year."), "from_on")
    if from_on > today + ahead:
        raise Refused(N_("A proxy cannot begin so far ahead. Check the year."), "from_on")
    if until_on < from_on:
        raise Refused(N_("It cannot end before it begins."), "until_on")
    if until_on < today:
        raise Refused(N_("This proxy would have ended already."), "until_on")
    if until_on > from_on + timedelta(days=limits["days_max"]):
        raise Refused(
            N_("A proxy is given for %(most)s days at most. Give a new one when it ends."),
            "until_on",
            most=limits["days_max"],
        )


def in_force(day: date, *, from_on: str, until_on: str, revoked_on: str | None) -> bool:
    """Whether a proxy counts on that day: both its days do, the day of its revocation no longer."""
    text = day.isoformat()
    return from_on <= text <= until_on and (revoked_on is None or text < revoked_on)


def check_said(reason: str) -> str:
    """Why something is taken back or revoked, as it is kept. Refused: nothing, or a letter."""
    said = " ".join(reason.split())
    if len(said) < 2:
        raise Refused(N_("Say why, in a few words."), "reason")
    if len(said) > REASON_LENGTH_MAX:
        raise Refused(N_("Say it in %(most)s characters."), "reason", most=REASON_LENGTH_MAX)
    return said


class Deliverers(StrEnum):
    """What the scale does with somebody who has no proxy of the household that they deliver for."""

    ASK = "ask"
    REFUSE = "refuse"
    TAKE = "take"


def deliverers() -> Deliverers:
    """As config/directory.toml says."""
    return Deliverers(settings().section("proxies")["deliverers"])


def unproxied(ended_on: str | None) -> str:
    """What is said of somebody who brings pepper of a household that they have no proxy of on that day: a message id."""
    if ended_on is not None:
        return N_("Their proxy of this household has ended. Ask the household, then give a new one.")
    return N_("They are not of this household and have no proxy of it.")
