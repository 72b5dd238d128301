"""Planned maintenance of a room: planned, and called off."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.storage import maintenances, queries
from pepperchain.storage.space_forms import Maintaining
from pepperchain.web.filters import day
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

MAINTENANCES = "/storage/rooms/{room_id:int}/maintenances"


async def new(request: Request) -> Response:
    """Maintenance that is not planned yet."""
    room = await queries.own_room(request.state.actor, request.path_params["room_id"])
    context = {"room": room, "request_id": new_id(), "today": clock.local_day(clock.now())}
    return render(request, "storage/maintenance_new.html", context)


@refusals_to(new)
async def plan(request: Request) -> Response:
    """Shuts the room on some days."""
    form, room_id = read(Maintaining, await request.form()), request.path_params["room_id"]
    await maintenances.plan(request.state.actor, room_id=room_id, now=clock.now(), **form.values())
    facts = {"first": day(form.from_on), "last": day(form.to_on)}
    said = Flash(N_("The room takes nothing from %(first)s to %(last)s."), facts)
    return redirect(request, f"/storage/rooms/{room_id}", said=said)


async def drop(request: Request) -> Response:
    """Opens the room again."""
    room_id = await maintenances.drop(request.state.actor, id=request.path_params["id"], now=clock.now())
    return redirect(request, f"/storage/rooms/{room_id}", said=Flash(N_("The maintenance is called off.")))


routes = [
    route(f"{MAINTENANCES}/new", new, may=Capability.STORAGE_PLAN),
    route(MAINTENANCES, plan, methods=["POST"], may=Capability.STORAGE_PLAN),
    route(
        "/storage/maintenances/{id:uuid}/cancellation", drop, methods=["POST"], may=Capability.STORAGE_PLAN
    ),
]
