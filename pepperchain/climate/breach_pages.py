"""One breach: what happened, who was told, and what people do about it."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.climate import (
    breach_queries,
    breaches,
    chart_queries,
    drawings,
    equipment_queries,
    sensor_queries,
)
from pepperchain.climate.breach_queries import BreachRow
from pepperchain.climate.code_rules import Cause, SensorKind
from pepperchain.climate.drawings import Chart
from pepperchain.climate.forms import Explanation, Seen
from pepperchain.climate.rules import MINUTE_MS, measured, number
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

BREACH = "/storage/climate/breaches/{id:int}"
_HOUR_MS = 3_600_000
_FINE_HOURS_MAX = 72


async def show(request: Request) -> Response:
    """The breach with the hours around it."""
    actor: Actor = request.state.actor
    breach = await breach_queries.breach(actor, request.path_params["id"])
    context = {
        "breach": breach,
        "chart": await _chart(actor, breach),
        "told": await breach_queries.alarms_of(breach.id),
        "own": await sensor_queries.is_own(actor, breach.room_id),
        "causes": [(cause.value, gettext(cause.label)) for cause in Cause],
        "measured": measured,
        "number": number,
    }
    return render(request, "climate/breach.html", context)


async def _chart(actor: Actor, breach: BreachRow) -> Chart | None:
    if breach.sensor_kind is SensorKind.DOOR or breach.side == 0:
        return None
    room = await sensor_queries.room(actor, breach.room_id)
    now = clock.to_ms(clock.now())
    end = min(breach.last_at if breach.ended_at is None else breach.ended_at, now)
    first, last = breach.started_at - 3 * _HOUR_MS, min(end + 3 * _HOUR_MS, now)
    step = 10 if last - first <= _FINE_HOURS_MAX * _HOUR_MS else 60
    steps = await chart_queries.steps([breach.sensor_id], step, first, last)
    within = (await sensor_queries.bounds_of([breach.sensor_id]))[breach.sensor_id]
    entries = await equipment_queries.log_of(room, first=first, last=last, limit=20)
    return drawings.chart(
        steps, step, first, last, within, bridged_ms=30 * MINUTE_MS, breaches=[breach], entries=entries
    )


@refusals_to(show)
async def acknowledge(request: Request) -> Response:
    """Somebody is on it."""
    form, id = read(Seen, await request.form()), request.path_params["id"]
    await breaches.acknowledge(request.state.actor, id=id, version=form.version, now=clock.now())
    return redirect(request, f"/storage/climate/breaches/{id}", said=Flash(N_("You are on it.")))


@refusals_to(show)
async def explain(request: Request) -> Response:
    """What it was and what was done."""
    form, id = read(Explanation, await request.form()), request.path_params["id"]
    await breaches.explain(
        request.state.actor, id=id, version=form.version, cause=form.cause, done=form.done, now=clock.now()
    )
    return redirect(request, f"/storage/climate/breaches/{id}", said=Flash(N_("It is written down.")))


@refusals_to(show)
async def close(request: Request) -> Response:
    """Settles it."""
    form, id = read(Seen, await request.form()), request.path_params["id"]
    await breaches.close(request.state.actor, id=id, version=form.version, now=clock.now())
    return redirect(request, f"/storage/climate/breaches/{id}", said=Flash(N_("It is settled.")))


routes = [
    route(BREACH, show, may=Capability.STORAGE_READ, name="breach"),
    route(f"{BREACH}/acknowledgement", acknowledge, methods=["POST"], may=Capability.CLIMATE_RECORD),
    route(f"{BREACH}/explanation", explain, methods=["POST"], may=Capability.CLIMATE_RECORD),
    route(f"{BREACH}/closing", close, methods=["POST"], may=Capability.CLIMATE_RECORD),
]
