"""Where is room: the week board, one room with what lies in it, and space that is booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.directory.queries import townships
from pepperchain.harvest.rules import words
from pepperchain.storage import booking_queries, bookings, lot_queries, queries
from pepperchain.storage.marks import Mark, RoomMarks
from pepperchain.storage.queries import DaySpace, RoomRow
from pepperchain.storage.rules import planning
from pepperchain.storage.space_forms import Booking, SpaceSearch
from pepperchain.web.filters import day, typed_weight, weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

BOARD = "/storage"
ROOM = "/storage/rooms/{room_id:int}"
BOOKING = "/storage/bookings/{id:uuid}"
LOTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a room as a small stacked bar: whole percents, so that the template only draws."""

    day: DaySpace
    stored: int
    booked: int
    coming: int


def cells(room: RoomRow, days: tuple[DaySpace, ...]) -> list[Cell]:
    """The days of a room as bars. What is there is seen, be it ever so little."""
    return [
        Cell(
            each,
            _percent(each.stored_grams, room.capacity_grams),
            _percent(each.booked_grams, room.capacity_grams),
            _percent(each.coming_grams, room.capacity_grams),
        )
        for each in days
    ]


def _percent(part: Grams, whole: Grams) -> int:
    return min(-(-part * 100 // whole), 100)


async def board(request: Request) -> Response:
    """Rooms down, days across; near ones that have the space come first."""
    actor: Actor = request.state.actor
    search = read(SpaceSearch, request.query_params)
    first, last = search.days(clock.local_day(clock.now()))
    home = await queries.home_township(actor)
    found = await queries.spaces(
        actor, search.wanted(home), from_on=first, to_on=last, cursor=request.query_params.get("cursor")
    )
    language = reader().language
    context = {
        "search": search,
        "near": search.near or home,
        "need_typed": typed_weight(search.need),
        "days": [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)],
        "spaces": [(space, cells(space.room, space.days)) for space in found.rows],
        "next": found.next,
        "wait_query": _to_wait_for(search),
        "words": words(language),
        "marks": await _marks(request, [space.room.id for space in found.rows]),
        "township_options": [(area.id, area.called(language)) for area in await townships()],
    }
    return render(request, "storage/board.html", context, block="results")


def _to_wait_for(search: SpaceSearch) -> str:
    """What was looked for, as the form of the waiting list reads it."""
    said = {
        "form": search.form, "need": typed_weight(search.need), "need_unit": reader().unit, "near": search.near,
        "from_on": search.from_on,
    }  # fmt: skip
    return urlencode({name: value for name, value in said.items() if value})


async def _marks(request: Request, room_ids: list[int]) -> Mapping[int, Mark]:
    """What rooms above this one say of these."""
    of_rooms: RoomMarks = request.app.state.room_marks
    return await of_rooms(request.state.actor, room_ids, now=clock.now())


async def show(request: Request) -> Response:
    """One room: its space, what lies in it, what came and went."""
    actor: Actor = request.state.actor
    room = await queries.room(actor, request.path_params["room_id"])
    today, cursor = clock.local_day(clock.now()), request.query_params.get("cursor")
    days = await queries.days(room, today, today + timedelta(days=13))
    wanted = lot_queries.LotsWanted(room_id=room.id)
    context = {
        "room": room,
        "cells": cells(room, days),
        "lots": await lot_queries.lots(actor, wanted, limit=LOTS_SHOWN),
        "moved": await lot_queries.movements_of_room(actor, room.id, cursor=cursor),
        "bookings": await booking_queries.bookings(actor, room.id, on=today),
        "usable": await queries.is_usable(actor, room.id),
        "own": (own := await queries.is_own(actor, room.id)),
        "stores_here": await queries.stores_at(room.operator_id) if own else [],
        "words": (named := words(reader().language)),
        "form_options": [(code, named.form(code)) for code in room.forms],
        "request_id": new_id(),
        "unused_hours": planning().booking_unused_hours,
        "today": today,
        "mark": (await _marks(request, [room.id])).get(room.id),
    }
    return render(request, "storage/room.html", context)


@refusals_to(show)
async def place(request: Request) -> Response:
    """Books space in a room."""
    form, room_id = read(Booking, await request.form()), request.path_params["room_id"]
    await bookings.place(request.state.actor, room_id=room_id, now=clock.now(), **form.values())
    said = Flash(
        N_("%(grams)s booked from %(first)s to %(last)s."),
        _booked(form),
        undo=f"/storage/bookings/{form.id}/release",
    )
    return redirect(request, f"/storage/rooms/{room_id}", said=said)


def _booked(form: Booking) -> dict[str, str]:
    return {"grams": weight(form.grams), "first": day(form.from_on), "last": day(form.to_on)}


async def release(request: Request) -> Response:
    """Gives booked space back."""
    room_id = await bookings.release(request.state.actor, id=request.path_params["id"], now=clock.now())
    return redirect(request, f"/storage/rooms/{room_id}", said=Flash(N_("The space is free again.")))


routes = [
    route(BOARD, board, may=Capability.STORAGE_READ, name="storage"),
    route(ROOM, show, may=Capability.STORAGE_READ, name="room"),
    route(f"{ROOM}/bookings", place, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{BOOKING}/release", release, methods=["POST"], may=Capability.STORAGE_MOVE),
]
