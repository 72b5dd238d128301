"""Sites with their rooms, and rooms as they are entered, changed and closed."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.queries import get_site, sites_of
from pepperchain.harvest.rules import words
from pepperchain.storage import queries, rooms
from pepperchain.storage.forms import ChangedRoom, Closing, NewRoom
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import Purpose, RoomKind
from pepperchain.storage.space_forms import CapacityStart
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

SITES = "/storage/sites"
ROOM = "/storage/rooms/{room_id:int}"


async def index(request: Request) -> Response:
    """The sites that the actor sees, each with its rooms."""
    actor: Actor = request.state.actor
    sites = await sites_of(actor, closed=True)
    found = await queries.rooms_of_sites(actor, [site.id for site in sites])
    by_site = {site_id: list(rows) for site_id, rows in groupby(found, key=lambda room: room.site_id)}
    context = {
        "sites": [
            (site, by_site.get(site.id, [])) for site in sites if site.closed_on is None or site.id in by_site
        ],
        "words": words(reader().language),
    }
    return render(request, "storage/sites.html", context)


def _choices(request: Request, room: RoomRow | None) -> dict[str, object]:
    """What the form of a room offers to choose from."""
    return {
        "room": room,
        "start": (start := read(CapacityStart, request.query_params)),
        "helped": start.help(),
        "words": words(reader().language),
        "kinds": [(kind.value, gettext(kind.label)) for kind in RoomKind],
        "purposes": [(purpose.value, gettext(purpose.label)) for purpose in Purpose],
        "request_id": new_id(),
    }


async def new_room(request: Request) -> Response:
    """A room that is not entered yet."""
    site = await get_site(request.state.actor, request.path_params["site_id"])
    return render(
        request, "storage/room_form.html", {**_choices(request, None), "site_id": site.id, "site": site.name}
    )


@refusals_to(new_room)
async def enter_room(request: Request) -> Response:
    """Enters a room of a site."""
    form = read(NewRoom, await request.form())
    entered = await rooms.enter(
        request.state.actor,
        id=form.id,
        site_id=request.path_params["site_id"],
        facts=form.facts(),
        now=clock.now(),
    )
    return redirect(request, f"/storage/rooms/{entered.id}", said=Flash(N_("The room is entered.")))


async def particulars(request: Request) -> Response:
    """What is known of a room, to be changed."""
    room = await queries.own_room(request.state.actor, request.path_params["room_id"])
    return render(
        request,
        "storage/room_form.html",
        {**_choices(request, room), "site_id": room.site_id, "site": room.site},
    )


@refusals_to(particulars)
async def change_room(request: Request) -> Response:
    """Corrects a room."""
    form, room_id = read(ChangedRoom, await request.form()), request.path_params["room_id"]
    await rooms.change(
        request.state.actor, room_id=room_id, version=form.version, facts=form.facts(), now=clock.now()
    )
    return redirect(request, f"/storage/rooms/{room_id}", said=Flash(N_("The room is changed.")))


@refusals_to(particulars)
async def close_room(request: Request) -> Response:
    """Takes a room out of use."""
    form, room_id = read(Closing, await request.form()), request.path_params["room_id"]
    await rooms.close(request.state.actor, room_id=room_id, version=form.version, now=clock.now())
    return redirect(request, SITES, said=Flash(N_("The room is closed.")))


routes = [
    route(SITES, index, may=Capability.STORAGE_READ, name="sites"),
    route(f"{SITES}/{{site_id:int}}/rooms/new", new_room, may=Capability.STORAGE_PLAN),
    route(f"{SITES}/{{site_id:int}}/rooms", enter_room, methods=["POST"], may=Capability.STORAGE_PLAN),
    route(f"{ROOM}/particulars", particulars, may=Capability.STORAGE_PLAN),
    route(f"{ROOM}/particulars", change_room, methods=["POST"], may=Capability.STORAGE_PLAN),
    route(f"{ROOM}/closing", close_room, methods=["POST"], may=Capability.STORAGE_PLAN),
]
