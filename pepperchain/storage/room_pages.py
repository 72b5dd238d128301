"""One room with what lies in it, and space that is booked."""

from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.harvest.rules import words
from pepperchain.storage import booking_queries, bookings, lot_queries, queries, reserved_queries
from pepperchain.storage.drawings import cells
from pepperchain.storage.marks import Mark, RoomMarks
from pepperchain.storage.rules import planning
from pepperchain.storage.space_forms import Booking, BookingStart
from pepperchain.web.filters import day, typed_weight, weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

ROOM = "/storage/rooms/{room_id:int}"
BOOKING = "/storage/bookings/{id:uuid}"
LOTS_SHOWN = 50


async def _marks(request: Request, room_id: int) -> list[Mark]:
    """What rooms above this one say of it, each for itself."""
    told: Sequence[RoomMarks] = request.app.state.marks_of_a_room
    found = [await of_rooms(request.state.actor, [room_id], now=clock.now()) for of_rooms in told]
    return [marks[room_id] for marks in found if room_id in marks]


async def show(request: Request) -> Response:
    """One room: its space, what lies in it, what came and went."""
    actor: Actor = request.state.actor
    room = await queries.room(actor, request.path_params["room_id"])
    today, cursor = clock.local_day(clock.now()), request.query_params.get("cursor")
    start = read(BookingStart, request.query_params)
    days = await queries.days(room, today, today + timedelta(days=13))
    wanted = lot_queries.LotsWanted(room_id=room.id)
    context = {
        "room": room,
        "cells": cells(room, days),
        "lots": await lot_queries.lots(actor, wanted, limit=LOTS_SHOWN),
        "moved": await lot_queries.movements_of_room(actor, room.id, cursor=cursor),
        "bookings": await booking_queries.bookings(actor, room.id, on=today),
        "maintenances": await reserved_queries.maintenances(room.id, on=today),
        "usable": await queries.is_usable(actor, room.id),
        "own": (own := await queries.is_own(actor, room.id)),
        "stores_here": await queries.stores_at(room.operator_id) if own else [],
        "words": (named := words(reader().language)),
        "form_options": [(code, named.form(code)) for code in room.forms],
        "request_id": new_id(),
        "unused_hours": planning().booking_unused_hours,
        "start": start,
        "need_typed": typed_weight(start.need),
        "first": (first := max(start.from_on or today, today)),
        "last": max(start.to_on or first, first),
        "marks": await _marks(request, room.id),
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
    route(ROOM, show, may=Capability.STORAGE_READ, name="room"),
    route(f"{ROOM}/bookings", place, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{BOOKING}/release", release, methods=["POST"], may=Capability.STORAGE_MOVE),
]
