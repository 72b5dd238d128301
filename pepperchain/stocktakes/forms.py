"""What those who count, hand in and sign type, as values."""

from typing import Annotated, Any

from pydantic import StringConstraints

from pepperchain.web.fields import EventId, Flag, OptionalText, RegistryId, Text, Weight, Whole
from pepperchain.web.forms import Form

Place = Annotated[str, StringConstraints(pattern=r"^[sr][1-9][0-9]{0,17}$")]
"""A whole site (s7) or one room (r12)."""
Note = Annotated[Text, StringConstraints(max_length=200)]


class Beginning(Form):
    """Where a stocktake is opened."""

    id: EventId
    place: Place
    note: Note | None = None

    def values(self) -> dict[str, Any]:
        """As the verb takes them."""
        which = "site_id" if self.place[0] == "s" else "room_id"
        return {"id": self.id, "note": self.note, which: int(self.place[1:])}


class From(Form):
    """Which room's page a stocktake is opened from."""

    room_id: RegistryId | None = None


class StocktakeSearch(Form):
    """Those that go on, or all of them."""

    all: Flag = False


class WhichLine(Form):
    """The line to count, if one was chosen, or the position that was counted last."""

    line: RegistryId | None = None
    after: Whole = 0


class Counted(Form):
    """What somebody counted of a line."""

    id: EventId
    line: RegistryId
    loose: Weight | None = None
    bags: Whole | None = None
    bag: Weight | None = None
    absent: Flag = False


class Found(Form):
    """Something without a line."""

    id: EventId
    room_id: RegistryId
    words: Note
    grams: Weight


class Seen(Form):
    """The version of what was looked at."""

    version: RegistryId


class Signing(Form):
    """A signature; with a difference it needs a reason."""

    version: RegistryId
    reason: OptionalText = None


class Refusing(Form):
    """Why it is given back."""

    version: RegistryId
    reason: Text


class CallingOff(Form):
    """Why it is called off."""

    reason: Text


class ToCheck(Form):
    """The room whose books are to be checked."""

    room_id: RegistryId


class Settled(Form):
    """What put a case right."""

    version: RegistryId
    note: Text
