"""What is typed about the space of rooms: looked for, booked, waited for."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import StringConstraints

from pepperchain.core.units import Grams
from pepperchain.storage.forms import Code
from pepperchain.storage.queries import SpaceWanted
from pepperchain.storage.rules import CapacityHelp, Purpose, capacity_help, planning
from pepperchain.web.fields import Day, EventId, Moment, RegistryId, Text, Weight, Whole, scaled
from pepperchain.web.forms import Form
from pepperchain.web.paging import LIMIT

Reason = Annotated[Text, StringConstraints(max_length=200)]
if TYPE_CHECKING:
    CubicMetres = int
    Density = int
else:
    CubicMetres = scaled(0, 1, 200_000)
    Density = scaled(0, 1, 2_000)

SPANS = ("7", "14", "30", "60")
ROOMS_MIN = 5
Span = Literal["7", "14", "30", "60"]


class SpaceSearch(Form):
    """Where is room for so much of this, from a day to a day; as a board of so many days, or of today by the hour."""

    form: Code | None = None
    need: Weight | None = None
    near: RegistryId | None = None
    from_on: Day | None = None
    to_on: Day | None = None
    picked_at: Moment | None = None
    purpose: Purpose | None = None
    span: Span | None = None
    view: Literal["hours"] | None = None

    def wanted(self, near: int | None) -> SpaceWanted:
        """As the query takes it; near the actor's own township unless another was chosen."""
        return SpaceWanted(
            form=self.form,
            grams=self.need or Grams(0),
            near_township_id=self.near or near,
            purpose=self.purpose,
        )

    @property
    def length(self) -> int:
        """How many days the board has."""
        return planning().days_ahead if self.span is None else int(self.span)

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last column of the board, from a day that has not gone by; today alone by the hour."""
        if self.view == "hours":
            return today, today
        first = max(self.from_on or today, today)
        first = min(first, today + timedelta(days=planning().booking_days_max))
        return first, first + timedelta(days=self.length - 1)

    def until(self, first: date, last: date) -> date:
        """The last day on which the space is wanted."""
        return min(max(self.to_on or first, first), last)

    @property
    def rooms_a_page(self) -> int:
        """So many that a page costs the same however many days it has."""
        return min(max(planning().board_cells // self.length, ROOMS_MIN), LIMIT)


class BookingStart(Form):
    """What was tapped or drawn on the board, to be booked."""

    form: Code | None = None
    need: Weight | None = None
    from_on: Day | None = None
    to_on: Day | None = None


class Booking(Form):
    """Space that is kept free, for the own organization unless a keeper names one that stores there."""

    id: EventId
    form: Code
    grams: Weight
    from_on: Day
    to_on: Day
    for_organization_id: RegistryId | None = None


class BookingChange(Form):
    """Other days or grams of a booking, and the version that was seen."""

    id: EventId
    version: Whole
    grams: Weight
    from_on: Day
    to_on: Day


class CapacityStart(Form):
    """A room's volume in cubic metres and how densely pepper lies in it, for whoever does not know its capacity."""

    volume: CubicMetres | None = None
    density: Density | None = None

    def help(self) -> CapacityHelp | None:
        return capacity_help(self.volume, self.density) if self.volume else None


class Maintaining(Form):
    """Days on which a room takes nothing, and why."""

    id: EventId
    from_on: Day
    to_on: Day
    reason: Reason


class Waiting(Form):
    """Space that is waited for: in a room, or in any room of a township."""

    id: EventId
    form: Code
    grams: Weight
    from_on: Day
    to_on: Day
    room_id: RegistryId | None = None
    township_id: RegistryId | None = None


class WaitingStart(Form):
    """What was looked for in vain, to be waited for."""

    form: Code | None = None
    need: Weight | None = None
    near: RegistryId | None = None
    room_id: RegistryId | None = None
    from_on: Day | None = None
    to_on: Day | None = None
