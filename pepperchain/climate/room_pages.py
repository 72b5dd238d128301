"""One room: its chart, what was wrong, its equipment log; readings by hand; its log as a file."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.climate import (
    breach_queries,
    chart_queries,
    drawings,
    equipment,
    equipment_queries,
    readings,
    sensor_queries,
)
from pepperchain.climate.chart_queries import Step
from pepperchain.climate.code_rules import EquipmentKind, SensorKind
from pepperchain.climate.drawings import Chart
from pepperchain.climate.forms import ChartSearch, Ending, Entry, HandReading, Period
from pepperchain.climate.rules import MINUTE_MS, bounds, measured, number, unit
from pepperchain.climate.sensor_queries import SensorRow
from pepperchain.core import clock
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import content_hash
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, pgettext
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

ROOM = "/storage/climate/rooms/{room_id:int}"
ENTRY = "/storage/climate/equipment/{id:uuid}"
BREACHES_SHOWN = 10
_MEASURED = (SensorKind.TEMPERATURE, SensorKind.HUMIDITY)


async def show(request: Request) -> Response:
    """How the room was, over a day, a week, a season or any days."""
    actor: Actor = request.state.actor
    room = await sensor_queries.room(actor, request.path_params["room_id"])
    search, now = read(ChartSearch, request.query_params), clock.now()
    period = search.period(now)
    sensors = await sensor_queries.sensors_of([room.id])
    today = clock.local_day(now).isoformat()
    in_use = [each for each in sensors if each.active_until is None or each.active_until >= today]
    context = {
        "room": room,
        "search": search,
        "period": period,
        "sensors": sensors,
        "charts": [
            each
            for kind in _MEASURED
            for each in [await _chart(room, sensors, kind, period)]
            if each is not None
        ],
        "latest": [
            each
            for kind in SensorKind
            for each in [chart_queries.latest(in_use, kind, now=now)]
            if each is not None
        ],
        "breaches": await breach_queries.breaches(actor, settled=True, room_id=room.id, limit=BREACHES_SHOWN),
        "entries": await equipment_queries.log_of(room),
        "own": await sensor_queries.is_own(actor, room.id),
        "first": clock.local_day(clock.from_ms(period.first)),
        "last": clock.local_day(clock.from_ms(period.last - 1)),
        "measured": measured,
        "number": number,
    }
    return render(request, "climate/room.html", context, block="results")


async def _chart(
    room: RoomRow, sensors: list[SensorRow], kind: SensorKind, period: Period
) -> tuple[SensorKind, Chart, list[Step]] | None:
    """The chart of all sensors of a kind together, and the steps of the table behind it."""
    own = [each for each in sensors if each.kind is kind]
    if not own:
        return None
    ids = [each.id for each in own]
    steps = await chart_queries.steps(ids, period.step, period.first, period.last)
    within = bounds(kind, room.kind, room.set_point_decidegrees, room.band_decidegrees)
    breaches = await breach_queries.between(room.id, period.first, period.last)
    drawn = drawings.chart(
        steps, period.step, period.first, period.last, within,
        bridged_ms=max(each.silent_minutes for each in own) * MINUTE_MS,
        breaches=[each for each in breaches if each.sensor_kind is kind],
        entries=await equipment_queries.log_of(room, first=period.first, last=period.last, limit=100),
    )  # fmt: skip
    if drawn is None:
        return None
    if period.table_step:
        table = await chart_queries.steps(ids, period.table_step, period.first, period.last)
    else:
        table = chart_queries.summed(steps, _month)
    return kind, drawn, table


def _month(step: Step) -> int:
    day = clock.local_day(clock.from_ms(step.starts_at))
    return clock.to_ms(clock.day_start(day.replace(day=1)))


async def _own(request: Request) -> RoomRow:
    return await sensor_queries.own_room(request.state.actor, request.path_params["room_id"])


async def new_reading(request: Request) -> Response:
    """Reading a thermometer and writing down what it says, with one thumb."""
    room, now = await _own(request), clock.now()
    sensors = await sensor_queries.sensors_of([room.id], on=clock.local_day(now))
    context = {
        "room": room,
        "sensors": sensors,
        "request_id": {each.id: new_id() for each in sensors},
        "taken_at": now,
        "number": number,
        "unit": unit,
    }
    return render(request, "climate/reading_new.html", context)


@refusals_to(new_reading)
async def enter_reading(request: Request) -> Response:
    """Takes what was read. What cannot be is said beside its field."""
    room, form, now = await _own(request), read(HandReading, await request.form()), clock.now()
    sensors = {each.code: each for each in await sensor_queries.sensors_of([room.id])}
    if form.sensor not in sensors:
        raise Refused(N_("There is no such sensor in this room."), "sensor")
    sample = form.sample(now)
    content = content_hash(
        room.id, form.sensor, form.taken_at, sample.decidegrees, sample.humidity_permille, sample.door_open
    )
    await readings.enter(request.state.actor, id=form.id, sample=sample, content=content, now=now)
    value = sample.value(sensors[form.sensor].kind)
    said = Flash(
        N_("%(sensor)s: %(value)s"), {"sensor": form.sensor, "value": _said(sensors[form.sensor].kind, value)}
    )
    return redirect(request, f"/storage/climate/rooms/{room.id}", said=said)


def _said(kind: SensorKind, value: int | None) -> str:
    if kind is SensorKind.DOOR:
        return pgettext("door", "open") if value else pgettext("door", "closed")
    return measured(kind, value)


async def new_entry(request: Request) -> Response:
    """What happened to the machine, or to the power."""
    room = await _own(request)
    context: dict[str, Any] = {
        "room": room,
        "request_id": new_id(),
        "kinds": [(kind.value, gettext(kind.label)) for kind in EquipmentKind],
        "from_at": clock.now(),
    }
    return render(request, "climate/equipment_new.html", context)


@refusals_to(new_entry)
async def enter_entry(request: Request) -> Response:
    """Writes it into the log."""
    form, room_id = read(Entry, await request.form()), request.path_params["room_id"]
    await equipment.log(request.state.actor, room_id=room_id, now=clock.now(), **form.values())
    return redirect(
        request, f"/storage/climate/rooms/{room_id}", said=Flash(N_("It is in the equipment log."))
    )


async def end_entry(request: Request) -> Response:
    """Notes when it was over."""
    return await _changed(request, ending=True)


async def strike_entry(request: Request) -> Response:
    """Strikes a wrong entry out."""
    return await _changed(request, ending=False)


async def _changed(request: Request, *, ending: bool) -> Response:
    actor, id, now = request.state.actor, request.path_params["id"], clock.now()
    entry = await equipment_queries.own_entry(actor, id)
    page = f"/storage/climate/rooms/{entry.room_id}"
    try:
        if ending:
            form = read(Ending, await request.form())
            await equipment.end(actor, id=id, until_at=form.until_at, now=now)
        else:
            await equipment.strike(actor, id=id, now=now)
    except (Refused, Conflict) as refused:
        return redirect(request, page, said=Flash(refused.message, dict(refused.facts)))
    return redirect(request, page, said=Flash(N_("The equipment log is changed.")))


routes = [
    route(ROOM, show, may=Capability.STORAGE_READ, name="room_climate"),
    route(f"{ROOM}/readings/new", new_reading, may=Capability.CLIMATE_RECORD),
    route(f"{ROOM}/readings", enter_reading, methods=["POST"], may=Capability.CLIMATE_RECORD),
    route(f"{ROOM}/equipment/new", new_entry, may=Capability.CLIMATE_RECORD),
    route(f"{ROOM}/equipment", enter_entry, methods=["POST"], may=Capability.CLIMATE_RECORD),
    route(f"{ENTRY}/ending", end_entry, methods=["POST"], may=Capability.CLIMATE_RECORD),
    route(f"{ENTRY}/withdrawal", strike_entry, methods=["POST"], may=Capability.CLIMATE_RECORD),
]
