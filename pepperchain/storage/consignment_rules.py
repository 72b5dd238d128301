"""What may be sent off and how it may arrive: bounds from config/storage.toml, and how consignments are called."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID, uuid5

from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.settings import settings
from pepperchain.storage.rules import RoomKind

PERMILLE = 1000
NUMBER_DIGITS = 4


class State(StrEnum):
    """How a consignment stands."""

    ON_ROAD = "on_road"
    ARRIVED = "arrived"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return _LABELS[self]


_LABELS = {State.ON_ROAD: N_("On the road"), State.ARRIVED: N_("Arrived"), State.RETURNED: N_("Turned back")}


class Vehicle(StrEnum):
    """What it is driven in; pepper keeps there as it does in a room of that kind."""

    CHILLED = "chilled"
    AMBIENT = "ambient"

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        return N_("Chilled truck") if self is Vehicle.CHILLED else N_("Open truck")

    @property
    def room_kind(self) -> RoomKind:
        return RoomKind(self.value)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The table [consignment] of config/storage.toml."""

    lots_max: int
    scale_permille: int
    hours_max: int
    late_days: int


@cache
def bounds() -> Bounds:
    """What may be sent off, and how it may arrive."""
    return Bounds(**settings().section("consignment"))


def code(prefix: str, number: int) -> str:
    """How a waybill's number is written and said: `BP-T0007`, the letters of the site that it left first."""
    return f"{prefix}-T{number:0{NUMBER_DIGITS}d}"


def movement_id(act: UUID, lot_id: int) -> UUID:
    """The id of what a consignment's departure or end is for one of its lots."""
    return uuid5(act, f"lot:{lot_id}")


def check_expected(expected_at: datetime, *, now: datetime) -> None:
    """Refused: an arrival in the past, or too far ahead."""
    if expected_at < now:
        raise Refused("The arrival lies ahead.", "expected_at")
    if expected_at > now + timedelta(hours=bounds().hours_max):
        raise Refused("No truck takes more than %(hours)s hours.", "expected_at", hours=bounds().hours_max)


def differs(sent: Grams, received: Grams) -> bool:
    """Whether the scales' own difference does not explain it."""
    return abs(received - sent) * PERMILLE > sent * bounds().scale_permille
