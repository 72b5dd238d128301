"""What the pages of this room take."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import StringConstraints

from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.visits.rules import PURPOSES, VisitKind
from pepperchain.visits.visits import NextStep
from pepperchain.web.fields import (
    Day,
    EventId,
    LongText,
    Moment,
    OptionalLongText,
    OptionalText,
    RegistryId,
    Text,
    one_of,
)
from pepperchain.web.forms import Form

_Line = Annotated[Text, StringConstraints(max_length=200)]

if TYPE_CHECKING:
    Purpose = str
else:
    Purpose = one_of(lambda: PURPOSES)


class Following(Form):
    """What is to follow, in the form of the visit itself."""

    what: _Line | None = None
    due_on: Day | None = None
    owner_id: RegistryId | None = None

    def next_step(self) -> NextStep | None:
        """The next step, if one was written; its day alone is none. Raises Refused for a step without a day."""
        if self.what is None:
            return None
        if self.due_on is None:
            raise Refused(N_("By which day?"), "due_on")
        return NextStep(self.what, self.due_on, self.owner_id)


class NewVisit(Following):
    """A visit or call that was."""

    request_id: EventId
    kind: VisitKind
    purpose: Purpose
    outcome: OptionalLongText = None
    happened_at: Moment
    person_id: RegistryId | None = None

    def facts(self) -> dict[str, Any]:
        """What the verb takes besides the photos and the next step."""
        names = ("kind", "purpose", "outcome", "happened_at", "person_id")
        return {name: getattr(self, name) for name in names}


class Plan(Form):
    """A visit or call on a day to come."""

    request_id: EventId
    kind: VisitKind
    purpose: Purpose
    planned_on: Day
    user_id: RegistryId | None = None
    person_id: RegistryId | None = None

    def facts(self) -> dict[str, Any]:
        """What the verb takes."""
        names = ("kind", "purpose", "planned_on", "user_id", "person_id")
        return {name: getattr(self, name) for name in names}


class Report(Following):
    """What came of a planned visit."""

    version: RegistryId
    outcome: OptionalLongText = None
    happened_at: Moment


class Correction(Form):
    """A visit as it was, or a plan as it is now."""

    version: RegistryId
    kind: VisitKind
    purpose: Purpose
    outcome: OptionalLongText = None
    happened_at: Moment | None = None
    planned_on: Day | None = None
    drop_photos: tuple[RegistryId, ...] = ()


class CallingOff(Form):
    """Why a planned visit will not be."""

    version: RegistryId
    reason: OptionalText = None


class NewFollowUp(Form):
    """One more thing to do."""

    request_id: EventId
    what: _Line
    due_on: Day
    owner_id: RegistryId | None = None


class HandingOver(Form):
    """Who is to do it from now on."""

    version: RegistryId
    owner_id: RegistryId


class NewNote(Form):
    """A line about somebody."""

    request_id: EventId
    text: Annotated[LongText, StringConstraints(max_length=500)]


class WeekChoice(Form):
    """The week that is looked at, by any of its days."""

    week: Day | None = None


class ListChoice(Form):
    """Where a list goes on."""

    cursor: str | None = None
