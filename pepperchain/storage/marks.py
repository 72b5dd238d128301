"""What rooms above this one show on its pages: a few words on a room or on a lot, with a link. `app` hands them in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """Words in the reader's language; `kind` is that of a badge, `note` stands behind it, lighter."""

    words: str
    kind: str
    url: str = ""
    note: str = ""


RoomMarks = Callable[..., Awaitable[Mapping[int, Mark]]]
"""`await of_rooms(actor, room_ids, now=now)`: by room, as far as the actor may know."""

LotMarks = Callable[..., Awaitable[Sequence[Mark]]]
"""`await of_lot(actor, lot_id, now=now)`."""
