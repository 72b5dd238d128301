"""What the pages of this room take."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import StringConstraints

from pepperchain.consents.consents import Answer
from pepperchain.consents.rules import REASONS, WRONG, How, Number, purposes
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.web.fields import Day, EventId, LongText, Phone, RegistryId, Text, Whole, one_of
from pepperchain.web.forms import Form, read

if TYPE_CHECKING:
    Reason = str
    Wrong = str
else:
    Reason = one_of(lambda: REASONS)
    Wrong = one_of(lambda: WRONG)


_Code = Annotated[Text, StringConstraints(max_length=40)]


class Look(Form):
    """Which number somebody wants to see, and why."""

    id: EventId
    number: Number
    reason: Reason
    words: Text
    code: _Code | None = None


class Noted(Form):
    """How a person's answers were given."""

    request_id: EventId
    how: How
    witness: Annotated[Text, StringConstraints(max_length=40)] | None = None


class Numbers(Form):
    """Sealed numbers with the person's consent to each, the version of the person that was seen, and those of the texts."""

    request_id: EventId
    version: RegistryId
    id_number: Annotated[Text, StringConstraints(max_length=40)] | None = None
    bank_card: Annotated[Text, StringConstraints(max_length=40)] | None = None
    version_id_number: Whole
    version_bank_card: Whole
    how: How
    witness: Annotated[Text, StringConstraints(max_length=40)] | None = None
    code: _Code | None = None

    def numbers(self) -> dict[Number, str]:
        """The numbers that were written."""
        written = {Number.ID_NUMBER: self.id_number, Number.BANK_CARD: self.bank_card}
        return {number: value for number, value in written.items() if value is not None}

    def texts(self) -> dict[Number, int]:
        """The versions of the texts that were read out."""
        return {Number.ID_NUMBER: self.version_id_number, Number.BANK_CARD: self.version_bank_card}


class Decided(Form):
    """A grower's own answers."""

    request_id: EventId


class Copying(Form):
    """For what a copy of somebody's data is made, and who asked for it."""

    request_id: EventId
    reason: Text
    code: _Code | None = None


class OwnCopying(Form):
    """A copy for oneself wants no reason."""

    request_id: EventId
    reason: None = None
    code: _Code | None = None


class Asking(Form):
    """What is wrong, and for what a tap can change how it should be."""

    request_id: EventId
    what: Wrong
    proposed: Annotated[Text, StringConstraints(max_length=80)] | None = None
    words: Annotated[LongText, StringConstraints(max_length=500)]

    def value(self) -> str | None:
        """How it should be, as it is kept. Refused for a phone number or a birthday that is none."""
        if self.proposed is None or self.what not in _SHAPES:
            return self.proposed
        shape = _SHAPES[self.what]
        return str(read(shape, {"proposed": self.proposed}).values()["proposed"])


class _Phone(Form):
    proposed: Phone


class _Day(Form):
    proposed: Day


_SHAPES: dict[str, type[Form]] = {"phone": _Phone, "born_on": _Day}


class Accepted(Form):
    """An answer, if there is more to say than that it is put right."""

    answer: Annotated[Text, StringConstraints(max_length=500)] | None = None


class Declined(Form):
    """Why it stays as it is."""

    answer: Annotated[Text, StringConstraints(max_length=500)]


class AskingErasure(Form):
    """That somebody wants to be forgotten, and what they say to it."""

    request_id: EventId
    words: Annotated[LongText, StringConstraints(max_length=500)] | None = None


class Proposed(Form):
    """The form by which a second person is asked."""

    request_id: EventId


class WhyKept(Form):
    """Why somebody reads what the law wants kept."""

    reason: Text


class ListChoice(Form):
    """Which corrections are listed, and where the list goes on."""

    state: Literal["open", "decided"] = "open"
    cursor: str | None = None


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
