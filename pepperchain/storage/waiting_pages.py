"""The waiting list: places in it, asked for, taken up and left; and bookings whose days or grams change."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.queries import townships
from pepperchain.harvest.rules import words
from pepperchain.storage import booking_queries, bookings, queries, waiting, waiting_queries
from pepperchain.storage.rules import WaitState
from pepperchain.storage.space_forms import BookingChange, Waiting, WaitingStart
from pepperchain.storage.waiting_queries import WaitRow
from pepperchain.web.filters import day, typed_weight, weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

WAITS = "/storage/waits"
WAIT = "/storage/waits/{id:uuid}"
BOOKING = "/storage/bookings/{id:uuid}"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the line as the page shows it: how many stand before it, and whether something can be taken up now."""

    row: WaitRow
    ahead: int
    is_offered: bool


async def index(request: Request) -> Response:
    """Places in the line, the newest first."""
    actor, now = request.state.actor, clock.now()
    found = await waiting_queries.waits(actor, cursor=request.query_params.get("cursor"))
    places = [
        Place(
            row,
            await waiting_queries.ahead(row) if row.state is WaitState.WAITING else 0,
            row.is_offered(now),
        )
        for row in found.rows
    ]
    context = {"places": places, "next": found.next, "words": words(reader().language)}
    return render(request, "storage/waits.html", context, block="results")


async def new(request: Request) -> Response:
    """A place in the line that is not asked for yet, filled in with what was looked for."""
    actor: Actor = request.state.actor
    start, language = read(WaitingStart, request.query_params), reader().language
    today = clock.local_day(clock.now())
    first = max(start.from_on or today, today)
    named = words(language)
    context = {
        "room": None if start.room_id is None else await queries.room(actor, start.room_id),
        "start": start,
        "first": first,
        "last": max(start.to_on or first, first),
        "need_typed": typed_weight(start.need),
        "near": start.near or await queries.home_township(actor),
        "township_options": [(area.id, area.called(language)) for area in await townships()],
        "form_options": named.forms,
        "words": named,
        "request_id": new_id(),
    }
    return render(request, "storage/wait_new.html", context)


@refusals_to(new)
async def ask(request: Request) -> Response:
    """Asks for a place in the line."""
    form = read(Waiting, await request.form())
    await waiting.ask(request.state.actor, now=clock.now(), **form.values())
    said = Flash(N_("You are in line for %(grams)s. Space is offered here as soon as there is some."),
                 {"grams": weight(form.grams)})  # fmt: skip
    return redirect(request, WAITS, said=said)


@refusals_to(index)
async def accept(request: Request) -> Response:
    """Takes up what is offered."""
    row = await waiting.accept(request.state.actor, id=request.path_params["id"], now=clock.now())
    facts = {"grams": weight(row.grams), "room": row.offered_room or "", "last": day(row.last)}
    said = Flash(N_("%(grams)s are booked in %(room)s until %(last)s."), facts)
    return redirect(request, f"/storage/rooms/{row.offered_room_id}", said=said)


@refusals_to(index)
async def withdraw(request: Request) -> Response:
    """Leaves the line, or declines what is offered."""
    await waiting.withdraw(request.state.actor, id=request.path_params["id"], now=clock.now())
    return redirect(request, WAITS, said=Flash(N_("You are not in line for this any more.")))


async def particulars(request: Request) -> Response:
    """A booking's days and grams, to be changed."""
    booking = await booking_queries.booking(request.state.actor, request.path_params["id"])
    context = {
        "booking": booking,
        "words": words(reader().language),
        "grams_typed": typed_weight(booking.grams),
        "request_id": new_id(),
    }
    return render(request, "storage/booking_change.html", context)


@refusals_to(particulars)
async def change(request: Request) -> Response:
    """Other days or grams."""
    form = read(BookingChange, await request.form())
    room_id = await bookings.change(
        request.state.actor, of=request.path_params["id"], now=clock.now(), **form.values()
    )
    facts = {"grams": weight(form.grams), "first": day(form.from_on), "last": day(form.to_on)}
    return redirect(
        request,
        f"/storage/rooms/{room_id}",
        said=Flash(N_("%(grams)s booked from %(first)s to %(last)s."), facts),
    )


routes = [
    route(WAITS, index, may=Capability.STORAGE_READ),
    route(f"{WAITS}/new", new, may=Capability.STORAGE_MOVE),
    route(WAITS, ask, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{WAIT}/acceptance", accept, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{WAIT}/withdrawal", withdraw, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{BOOKING}/particulars", particulars, may=Capability.STORAGE_MOVE),
    route(f"{BOOKING}/particulars", change, methods=["POST"], may=Capability.STORAGE_MOVE),
]
