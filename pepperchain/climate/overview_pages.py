"""How all rooms are, those in trouble first; and what was not as it should be."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.climate import breach_queries, chart_queries, drawings
from pepperchain.climate.chart_queries import RoomClimate
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.drawings import Spark
from pepperchain.climate.forms import BreachSearch
from pepperchain.climate.rules import bounds, measured
from pepperchain.core import clock
from pepperchain.web.forms import read
from pepperchain.web.render import render
from pepperchain.web.routing import route

CLIMATE = "/storage/climate"
BREACHES = f"{CLIMATE}/breaches"


async def index(request: Request) -> Response:
    """Rooms with their latest readings and the curve of the last day."""
    actor: Actor = request.state.actor
    now = clock.now()
    found = await chart_queries.rooms(actor, now=now, cursor=request.query_params.get("cursor"))
    context = {
        "rooms": [(room, _spark(room, now)) for room in found.rows],
        "next": found.next,
        "measured": measured,
        "without": await chart_queries.own_rooms_without(actor) if actor.may(Capability.STORAGE_PLAN) else [],
    }
    return render(request, "climate/rooms.html", context, block="results")


def _spark(room: RoomClimate, now: datetime) -> Spark | None:
    within = bounds(SensorKind.TEMPERATURE, room.kind, room.set_point_decidegrees, room.band_decidegrees)
    return drawings.spark(room.spark, within, now=now)


async def breaches(request: Request) -> Response:
    """What nobody has settled yet, or all of it."""
    search = read(BreachSearch, request.query_params)
    found = await breach_queries.breaches(
        request.state.actor, settled=search.all, cursor=request.query_params.get("cursor")
    )
    context = {"breaches": found.rows, "next": found.next, "all": search.all, "measured": measured}
    return render(request, "climate/breaches.html", context, block="results")


routes = [
    route(CLIMATE, index, may=Capability.STORAGE_READ, name="climate"),
    route(BREACHES, breaches, may=Capability.STORAGE_READ, name="breaches"),
]
