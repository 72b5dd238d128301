"""Putting pepper away: heaps on the floor, each with the room that suits it, one tap."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.harvest.rules import words
from pepperchain.storage import lots, queries, receipt_queries
from pepperchain.storage.forms import Receipt, ReceiptStart
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.receipt_queries import Heap
from pepperchain.web.filters import tonnes, weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

PAGE = "/storage/receipts/new"


@dataclass(frozen=True, slots=True)
class Offered:
    """A heap, a form's own id for it, and the rooms that may take it: those with enough space first."""

    id: UUID
    heap: Heap
    rooms: list[tuple[int, str]]
    room_id: int | None
    fits: bool


async def new(request: Request) -> Response:
    """What lies on the floor, oldest picking first."""
    actor: Actor = request.state.actor
    start = read(ReceiptStart, request.query_params)
    heaps = await receipt_queries.heaps(actor, site_id=start.site_id)
    offered = [await _offered(actor, heap, start.room_id) for heap in heaps]
    context = {"offered": offered, "words": words(reader().language)}
    return render(request, "storage/receipt_new.html", context, block="heaps")


async def _offered(actor: Actor, heap: Heap, room_id: int | None) -> Offered:
    rooms = await queries.usable_rooms(actor, form=heap.form, near_township_id=heap.site.township_id)
    fitting = [room for room in rooms if room.free_grams >= heap.grams]
    ordered = sorted(
        fitting, key=lambda room: (room.id != room_id, room.site_id != heap.site.id, room.kind == "ambient")
    )
    ordered += [room for room in rooms if room.free_grams < heap.grams]
    return Offered(
        new_id(),
        heap,
        [(room.id, _spelled(room, heap)) for room in ordered],
        ordered[0].id if ordered else None,
        bool(fitting),
    )


def _spelled(room: RoomRow, heap: Heap) -> str:
    """A room with what is free in it; at the heap's own site its name is enough."""
    name = room.name if room.site_id == heap.site.id else room.full_name
    return gettext("%(room)s: %(free)s t free") % {"room": name, "free": tonnes(room.free_grams)}


@refusals_to(new)
async def create(request: Request) -> Response:
    """Puts a heap into a room."""
    form = read(Receipt, await request.form())
    done = await lots.receive(request.state.actor, now=clock.now(), **form.values())
    said = Flash(
        N_("%(grams)s put away."),
        {"grams": weight(done.grams)},
        undo=f"/storage/movements/{done.id}/reversal",
    )
    return redirect(request, f"/storage/lots/{done.lot_id}", said=said)


routes = [
    route(PAGE, new, may=Capability.STORAGE_MOVE, name="put_away"),
    route("/storage/receipts", create, methods=["POST"], may=Capability.STORAGE_MOVE),
]
