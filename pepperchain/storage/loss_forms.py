"""What is typed about natural loss."""

from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from pepperchain.storage.forms import Code
from pepperchain.storage.rules import RoomKind
from pepperchain.web.fields import Day, EventId, Flag, Text, scaled
from pepperchain.web.forms import Form

Words = Annotated[Text, StringConstraints(max_length=200)]
if TYPE_CHECKING:
    Permille = int
else:
    Permille = scaled(3, 0, 50_000)
"""Thousandths with three decimals, which are parts per million."""


class LossSearch(Form):
    """All that was found missing, or the cases alone."""

    cases: Flag = False


class Policy(Form):
    """A policy as it is stated: per day and in all in thousandths."""

    id: EventId
    form: Code
    kind: RoomKind
    per_day: Permille
    tolerance: Permille = 0
    valid_from: Day
    reason: Words


class Explanation(Form):
    """How it came to be lost."""

    words: Words
