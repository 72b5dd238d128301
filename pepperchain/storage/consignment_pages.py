"""On the road: the lists of consignments, one with its lots and waybill, sending one off, and receiving it or turning it back."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.documents import typesetting
from pepperchain.harvest.rules import words
from pepperchain.storage import arrivals, consignment_queries, consignments, lot_queries, papers, queries
from pepperchain.storage.consignment_queries import ConsignmentRow
from pepperchain.storage.consignment_rules import Vehicle, bounds
from pepperchain.storage.forms import Arrival, Blocking, ConsignmentSearch, Sending
from pepperchain.storage.lot_pages import LOT, about, lot_of
from pepperchain.web.filters import tonnes, typed_weight, weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

CONSIGNMENTS = "/storage/consignments"
CONSIGNMENT = CONSIGNMENTS + "/{id:uuid}"
USUAL_DRIVE = timedelta(hours=3)


async def index(request: Request) -> Response:
    """What is on the road, or what was."""
    search = read(ConsignmentSearch, request.query_params)
    found = await consignment_queries.consignments(
        request.state.actor, on_road=not search.ended, cursor=request.query_params.get("cursor")
    )
    context = {"search": search, "consignments": found.rows, "next": found.next}
    return render(request, "storage/consignments.html", context, block="results")


async def new(request: Request) -> Response:
    """What is loaded, where to, by what and whom."""
    actor: Actor = request.state.actor
    lot = await lot_of(request)
    rooms = await queries.usable_rooms(actor, form=lot.form, near_township_id=lot.township_id)
    context = {
        "room_options": [(room.id, _spelled(room)) for room in rooms if room.site_id != lot.site_id],
        "others": await lot_queries.loaded_with(actor, lot, limit=bounds().lots_max - 1),
        "due_before": await lot_queries.due_before(actor, lot),
        "vehicles": [(vehicle.value, gettext(vehicle.label)) for vehicle in Vehicle],
        "expected": clock.now() + USUAL_DRIVE,
    }
    return render(request, "storage/consignment_new.html", {**await about(request, lot), **context})


def _spelled(room: queries.RoomRow) -> str:
    return gettext("%(room)s: %(free)s t free") % {"room": room.full_name, "free": tonnes(room.free_grams)}


@refusals_to(new)
async def send(request: Request) -> Response:
    """Sends lots off."""
    form = read(Sending, await request.form())
    sent = await consignments.send(
        request.state.actor, id=form.id, loads=form.loads(request.path_params["lot_id"]), journey=form.journey(), now=clock.now()
    )  # fmt: skip
    said = Flash(N_("%(grams)s sent off."), {"grams": weight(sent.grams)})
    return redirect(request, f"{CONSIGNMENTS}/{sent.id}", said=said)


async def _consignment(request: Request) -> ConsignmentRow:
    return await consignment_queries.consignment(request.state.actor, request.path_params["id"])


async def show(request: Request) -> Response:
    """One consignment with its lots."""
    actor, row = request.state.actor, await _consignment(request)
    cargo = await consignment_queries.cargo(row)
    context = {
        "row": row,
        "cargo": cargo,
        "seen": {lot.id for lot in await lot_queries.lots_by_id(actor, [each.lot_id for each in cargo])},
        "receives": row.is_on_road and await queries.is_usable(actor, row.to_room_id),
        "turns_back": row.is_on_road and await queries.is_usable(actor, cargo[0].from_room_id),
        "words": words(reader().language),
        "request_id": new_id(),
    }
    return render(request, "storage/consignment.html", context)


async def new_arrival(request: Request) -> Response:
    """How much of each lot arrived; what the waybill's code opens. Once it has ended, the consignment itself."""
    actor, row = request.state.actor, await _consignment(request)
    if not row.is_on_road and request.method == "GET":
        return redirect(request, f"{CONSIGNMENTS}/{row.id}")
    cargo = await consignment_queries.cargo(row)
    rooms = await queries.usable_rooms_of(actor, row.to_site_id, form=cargo[0].form)
    context = {
        "row": row,
        "cargo": [(each, typed_weight(each.sent_grams)) for each in cargo],
        "room_options": [(room.id, _spelled(room)) for room in rooms],
        "words": words(reader().language),
        "request_id": new_id(),
    }
    return render(request, "storage/arrival_new.html", context)


@refusals_to(new_arrival)
async def receive(request: Request) -> Response:
    """Puts what arrived into a room."""
    form, id = read(Arrival, await request.form()), request.path_params["id"]
    done = await arrivals.receive(
        request.state.actor, id=form.id, consignment_id=id, received=form.by_lot(), room_id=form.room_id, reason=form.reason,
        document=form.document, now=clock.now(),
    )  # fmt: skip
    said = Flash(N_("%(grams)s received."), {"grams": weight(done.grams)})
    return redirect(request, f"{CONSIGNMENTS}/{id}", said=said)


@refusals_to(show)
async def turn_back(request: Request) -> Response:
    """Puts all of it back where it came from."""
    form, id = read(Blocking, await request.form()), request.path_params["id"]
    await arrivals.turn_back(
        request.state.actor, id=form.id, consignment_id=id, reason=form.reason, now=clock.now()
    )
    return redirect(request, f"{CONSIGNMENTS}/{id}", said=Flash(N_("It is back where it came from.")))


async def waybill(request: Request) -> Response:
    """The paper that goes along."""
    row, now = await _consignment(request), clock.now()
    address = f"{request.url.scheme}://{request.url.netloc}{CONSIGNMENTS}/{row.id}/arrivals/new"
    printed = papers.waybill(row, await consignment_queries.cargo(row), address=address, now=now)
    pdf = await typesetting.pdf("waybill.typ", printed, now=now)
    headers = {"Content-Disposition": f'inline; filename="{row.code}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


routes = [
    route(f"{LOT}/consignments/new", new, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/consignments", send, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(CONSIGNMENTS, index, may=Capability.STORAGE_READ, name="consignments"),
    route(CONSIGNMENT, show, may=Capability.STORAGE_READ, name="consignment"),
    route(f"{CONSIGNMENT}/waybill", waybill, may=Capability.STORAGE_READ),
    route(f"{CONSIGNMENT}/arrivals/new", new_arrival, may=Capability.STORAGE_MOVE),
    route(f"{CONSIGNMENT}/arrivals", receive, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{CONSIGNMENT}/returns", turn_back, methods=["POST"], may=Capability.STORAGE_MOVE),
]
