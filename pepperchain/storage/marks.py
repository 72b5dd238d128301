"""What rooms above this one show on its pages: a few words on a room or on a lot, with a link. `app` hands them in."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pepperchain.access.actor import Actor


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


def together(*told: RoomMarks) -> RoomMarks:
    """One mark for each room of what several say: something bad before all else, otherwise whoever speaks first."""

    async def of_rooms(actor: Actor, room_ids: Collection[int], *, now: datetime) -> Mapping[int, Mark]:
        found: dict[int, Mark] = {}
        for each in told:
            for id, mark in (await each(actor, room_ids, now=now)).items():
                if id not in found or (mark.kind == "bad" and found[id].kind != "bad"):
                    found[id] = mark
        return found

    return of_rooms
