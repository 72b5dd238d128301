"""How long pepper keeps, what rooms are, and the codes of lots. Nothing here looks anything up but config/storage.toml."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Literal

from pepperchain.core import clock
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.settings import settings

CODE_BYTES = 16
_CODE = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
_DIGITS = str.maketrans("abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghjkmnpqrstvwxyz")


class Labelled(StrEnum):
    """A code with an English message id for its name."""

    @property
    def label(self) -> str:
        return _LABELS[self]


class RoomKind(Labelled):
    CHILLED = "chilled"
    FROZEN = "frozen"
    DRY = "dry"
    AMBIENT = "ambient"


class Purpose(Labelled):
    PUBLIC_BENEFIT = "public_benefit"
    COMMERCIAL = "commercial"


class MovementKind(Labelled):
    RECEIVE = "receive"
    MOVE = "move"
    SPLIT = "split"
    ISSUE = "issue"
    ADJUST = "adjust"
    PROCESS = "process"
    REGRADE = "regrade"
    MERGE = "merge"
    BLOCK = "block"
    RELEASE = "release"
    DISPATCH = "dispatch"
    ARRIVE = "arrive"
    RETURN = "return"
    SAMPLE = "sample"
    REVERSAL = "reversal"


class WaitState(Labelled):
    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    OVER = "over"


_LABELS: dict[Labelled, str] = {
    WaitState.WAITING: N_("Waiting"),
    WaitState.OFFERED: N_("Offered"),
    WaitState.ACCEPTED: N_("Taken up"),
    WaitState.WITHDRAWN: N_("Withdrawn"),
    WaitState.LAPSED: N_("Let lapse"),
    WaitState.OVER: N_("Waited in vain"),
    RoomKind.CHILLED: N_("Chilled"),
    RoomKind.FROZEN: N_("Frozen"),
    RoomKind.DRY: N_("Dry and cool"),
    RoomKind.AMBIENT: N_("Not cooled"),
    Purpose.PUBLIC_BENEFIT: N_("Public-benefit"),
    Purpose.COMMERCIAL: N_("Commercial"),
    MovementKind.RECEIVE: N_("Received"),
    MovementKind.MOVE: N_("Moved"),
    MovementKind.SPLIT: N_("Split off"),
    MovementKind.ISSUE: N_("Issued"),
    MovementKind.ADJUST: N_("Corrected"),
    MovementKind.PROCESS: N_("Processed"),
    MovementKind.REGRADE: N_("Regraded"),
    MovementKind.MERGE: N_("Merged"),
    MovementKind.BLOCK: N_("Blocked"),
    MovementKind.RELEASE: N_("Released"),
    MovementKind.DISPATCH: N_("Sent off"),
    MovementKind.ARRIVE: N_("Arrived"),
    MovementKind.RETURN: N_("Turned back"),
    MovementKind.SAMPLE: N_("Sampled"),
    MovementKind.REVERSAL: N_("Taken back"),
}

Level = Literal["green", "amber", "red"]


_MARKS: dict[Level, str] = {"green": "good", "amber": "soon", "red": "bad"}


@dataclass(frozen=True, slots=True)
class Freshness:
    """Where a lot's clock stands. `left_seconds` is below zero once the clock is red; `whole_seconds` is the time it had."""

    left_seconds: int
    whole_seconds: int
    until: datetime

    @property
    def level(self) -> Level:
        if self.left_seconds <= 0:
            return "red"
        return "amber" if self.left_seconds * 3 <= self.whole_seconds else "green"

    @property
    def percent(self) -> int:
        """How much of its time is left, for a bar."""
        return min(max(self.left_seconds * 100 // self.whole_seconds, 0), 100)

    @property
    def mark(self) -> str:
        """The kind of mark that pages draw for its level."""
        return _MARKS[self.level]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long from picking a form stays fresh in a kind of room, and how long it keeps at all."""

    fresh: timedelta
    keeps: timedelta


@dataclass(frozen=True, slots=True)
class Planning:
    """The table [storage] of config/storage.toml."""

    days_ahead: int
    board_cells: int
    booking_days_max: int
    booking_respected_days: int
    capacity_grams_max: int
    booking_unused_hours: int
    offer_minutes: int
    waits_open_max: int

    def unused_until(self, from_on: date) -> datetime:
        """Until when something must have been brought on a booking that begins on a day."""
        return clock.day_start(from_on + timedelta(days=1)) + timedelta(hours=self.booking_unused_hours)


@cache
def planning() -> Planning:
    """How far ahead space is planned."""
    return Planning(**settings().section("storage"))


@dataclass(frozen=True, slots=True)
class CapacityHelp:
    """What a room may hold by its volume, and how that was worked out."""

    volume_m3: int
    density_kg_per_m3: int
    permille: int

    @property
    def grams(self) -> Grams:
        """Cubic metres × kilograms each × thousandths used: as it happens, grams."""
        return Grams(self.volume_m3 * self.density_kg_per_m3 * self.permille)

    @property
    def factor(self) -> str:
        return f"0.{self.permille // 10:02}"


def capacity_help(volume_m3: int, density_kg_per_m3: int | None) -> CapacityHelp:
    """The use factor of cold stores by volume, as `[capacity_help]` has it with its source."""
    table = settings().section("capacity_help")
    steps = table["factors"]
    permille = next(
        (each["permille"] for each in steps if volume_m3 <= each["up_to_m3"]), steps[-1]["permille"]
    )
    return CapacityHelp(volume_m3, density_kg_per_m3 or table["density_kg_per_m3"], permille)


@dataclass(frozen=True, slots=True)
class Driving:
    """The table [driving] of config/storage.toml."""

    within_township_km: int
    township_km: int
    km_per_hour: int


@cache
def driving() -> Driving:
    """How long a truck takes from township to township."""
    return Driving(**settings().section("driving"))


@cache
def limits(form: str, room_kind: str) -> Limits:
    """How long a form keeps in a kind of room; chilled rooms extend it."""
    tables: Mapping[str, Mapping[str, Any]] = settings().section("freshness")
    table = tables.get(form, tables["otherwise"])[room_kind]
    return Limits(timedelta(hours=table["fresh_hours"]), timedelta(hours=table["keeps_hours"]))


def fresh_until(
    form: str, room_kind: str, *, picked_at: datetime, now: datetime, so_far: datetime | None = None
) -> datetime:
    """Until when pepper is fresh that comes into a room `now`; `so_far` is until when it was fresh where it comes from.

    What has gone stale does not freshen in the cold, and what leaves the cold has no longer than the new room gives from now.
    """
    before = so_far or picked_at + limits(form, RoomKind.AMBIENT).fresh
    if before <= now:
        return before
    here = limits(form, room_kind).fresh
    return min(max(before, picked_at + here), now + here)


def freshness(picked_at: datetime, until: datetime, *, now: datetime) -> Freshness:
    """Where the clock of pepper picked at a moment and fresh until another stands now."""
    return Freshness(_seconds(until - now), max(_seconds(until - picked_at), 1), until)


def _seconds(span: timedelta) -> int:
    return span.days * 86_400 + span.seconds


def join_forms(forms: list[str] | tuple[str, ...] | frozenset[str]) -> str:
    """Codes of forms as a room keeps them."""
    return ",".join(sorted(set(forms)))


def split_forms(text: str) -> tuple[str, ...]:
    """The codes of forms that a room may hold."""
    return tuple(text.split(","))


def is_code(text: str) -> bool:
    """Whether a text could be a lot's code."""
    return _CODE.fullmatch(text) is not None


def new_code() -> str:
    """A lot's public code: 128 random bits in 26 characters that are never mistaken for one another."""
    return code_of(secrets.token_bytes(CODE_BYTES))


def code_of(drawn: bytes) -> str:
    """The code that `CODE_BYTES` drawn bytes stand for."""
    return base64.b32encode(drawn).decode().rstrip("=").lower().translate(_DIGITS)


def content_hash(*said: object) -> str:
    """Over all that was asked for, so that an id sent again with another content is noticed."""
    return hashlib.blake2b(repr([str(each) for each in said]).encode(), digest_size=16).hexdigest()
