"""Where is room: rooms down, days or the hours of today across, and the rooms that serve best for what is to be brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.directory.queries import townships
from pepperchain.harvest.rules import words
from pepperchain.storage import board_queries, queries
from pepperchain.storage.drawings import Drive, cells, drive, hours, span
from pepperchain.storage.marks import Mark, RoomMarks
from pepperchain.storage.queries import RoomSpace
from pepperchain.storage.rules import Purpose
from pepperchain.storage.space_forms import SPANS, SpaceSearch
from pepperchain.web.filters import typed_weight
from pepperchain.web.forms import read
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import render
from pepperchain.web.routing import route

BOARD = "/storage"
BEST_MAX = 5


@dataclass(frozen=True, slots=True)
class Best:
    """A room that has the space, how far it is, and the id under which one tap books it."""

    space: RoomSpace
    free: int
    drive: Drive | None
    booking_id: UUID


async def board(request: Request) -> Response:
    """Near rooms that have the space come first; what is looked for is booked with one tap."""
    actor: Actor = request.state.actor
    search, now = read(SpaceSearch, request.query_params), clock.now()
    first, last = search.days(clock.local_day(now))
    until = search.until(first, last)
    home = await queries.home_township(actor)
    cursor = request.query_params.get("cursor")
    found = await queries.spaces(
        actor, search.wanted(home), from_on=first, to_on=last, until=until, cursor=cursor, limit=search.rooms_a_page
    )  # fmt: skip
    best = [
        Best(
            space,
            space.free_until(until),
            drive(space.steps, form=search.form, picked_at=search.picked_at, now=now),
            new_id(),
        )
        for space in (found.rows[:BEST_MAX] if search.need and cursor is None else [])
    ]
    language = reader().language
    context = {
        "search": search,
        "near": search.near or home,
        "need_typed": typed_weight(search.need),
        "first": first,
        "until": until,
        "days": span(first, last),
        "best": best,
        **await _rows(search, found.rows),
        "next": found.next,
        "spans": SPANS,
        "wait_query": _to_wait_for(search),
        "words": words(language),
        "marks": await _marks(request, [space.room.id for space in found.rows]),
        "township_options": [(area.id, area.called(language)) for area in await townships()],
        "purposes": [(purpose.value, gettext(purpose.label)) for purpose in Purpose],
        "book_query": _to_book(search),
    }
    return render(request, "storage/board.html", context, block="results")


async def _rows(search: SpaceSearch, spaces: Sequence[RoomSpace]) -> dict[str, object]:
    """The rows of the board: by day, or by the hour of today."""
    if search.view != "hours":
        return {"spaces": [(space, cells(space.room, space.days)) for space in spaces]}
    now = clock.now()
    arrivals = await board_queries.arrivals_today([space.room.id for space in spaces], now=now)
    return {"spaces": [(space, hours(space, arrivals.get(space.room.id, {}), now)) for space in spaces]}


async def _marks(request: Request, room_ids: list[int]) -> Mapping[int, Mark]:
    """What rooms above this one say of these."""
    of_rooms: RoomMarks = request.app.state.room_marks
    return await of_rooms(request.state.actor, room_ids, now=clock.now())


def _to_wait_for(search: SpaceSearch) -> str:
    """What was looked for, as the form of the waiting list reads it."""
    return _said(
        form=search.form, **_need(search), near=search.near, from_on=search.from_on, to_on=search.to_on
    )


def _to_book(search: SpaceSearch) -> str:
    """What was looked for, as the form of a booking reads it behind the days."""
    said = _said(form=search.form, **_need(search))
    return f"&{said}" if said else ""


def _need(search: SpaceSearch) -> dict[str, object]:
    return {"need": typed_weight(search.need), "need_unit": reader().unit} if search.need else {}


def _said(**said: object) -> str:
    return urlencode({name: str(value) for name, value in said.items() if value})


routes = [route(BOARD, board, may=Capability.STORAGE_READ, name="storage")]
