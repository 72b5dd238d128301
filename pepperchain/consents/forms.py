"""What the pages of this room take."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import StringConstraints

from pepperchain.consents.consents import Answer
from pepperchain.consents.rules import REASONS, How, Number, purposes
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.web.fields import EventId, RegistryId, Text, Whole, one_of
from pepperchain.web.forms import Form, read

if TYPE_CHECKING:
    Reason = str
else:
    Reason = one_of(lambda: REASONS)


class Look(Form):
    """Which number somebody wants to see, and why."""

    id: EventId
    number: Number
    reason: Reason
    words: Text
    code: Annotated[Text, StringConstraints(max_length=40)] | None = None


class Noted(Form):
    """How a person's answers were given."""

    request_id: EventId
    how: How
    witness: Annotated[Text, StringConstraints(max_length=40)] | None = None


class Decided(Form):
    """A grower's own answers."""

    request_id: EventId


class Copying(Form):
    """For what a copy of somebody's data is made, and who asked for it."""

    request_id: EventId
    reason: Text


class OwnCopying(Form):
    """A copy for oneself wants no reason."""

    request_id: EventId
    reason: None = None


class Choice(Form):
    """Whose data is looked at, and where the list goes on."""

    person: RegistryId | None = None
    cursor: str | None = None


class _One(Form):
    answer: Literal["yes", "no"]
    version: Whole


def answers(sent: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers of a form that asks each purpose: those that were answered, with the version of the text that was read."""
    found = {}
    for code in purposes():
        said = sent.get(f"answer_{code}")
        if said in (None, ""):
            continue
        if said not in ("yes", "no"):
            raise Refused(N_("Choose one of the list."), f"answer_{code}")
        one = read(_One, {"answer": said, "version": sent.get(f"version_{code}")})
        found[code] = Answer(one.answer == "yes", one.version)
    return found
