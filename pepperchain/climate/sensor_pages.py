"""Sensors as they are entered, calibrated and taken out of use."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.climate import sensor_queries, sensors
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.forms import ChangedSensor, NewSensor
from pepperchain.climate.rules import figures
from pepperchain.climate.sensor_queries import SensorRow
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.storage.queries import RoomRow
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

SENSORS = "/storage/climate/rooms/{room_id:int}/sensors"
SENSOR = "/storage/climate/sensors/{sensor_id:int}"


def _form(request: Request, room: RoomRow, sensor: SensorRow | None) -> Response:
    context = {
        "room": room,
        "sensor": sensor,
        "kinds": [(kind.value, gettext(kind.label)) for kind in SensorKind],
        "silent_minutes": figures().silent_minutes,
        "today": clock.today(),
        "request_id": new_id(),
    }
    return render(request, "climate/sensor_form.html", context)


async def new(request: Request) -> Response:
    """A sensor that is not entered yet."""
    return _form(
        request, await sensor_queries.own_room(request.state.actor, request.path_params["room_id"]), None
    )


@refusals_to(new)
async def enter(request: Request) -> Response:
    """Enters a sensor of a room."""
    form, room_id = read(NewSensor, await request.form()), request.path_params["room_id"]
    await sensors.enter(request.state.actor, id=form.id, room_id=room_id, facts=form.facts(), now=clock.now())
    return redirect(request, f"/storage/climate/rooms/{room_id}", said=Flash(N_("The sensor is entered.")))


async def particulars(request: Request) -> Response:
    """What is known of a sensor, to be changed."""
    actor = request.state.actor
    sensor = await sensor_queries.own_sensor(actor, request.path_params["sensor_id"])
    return _form(request, await sensor_queries.own_room(actor, sensor.room_id), sensor)


@refusals_to(particulars)
async def change(request: Request) -> Response:
    """Corrects a sensor."""
    actor, sensor_id = request.state.actor, request.path_params["sensor_id"]
    sensor = await sensor_queries.own_sensor(actor, sensor_id)
    form = read(ChangedSensor, {**await request.form(), "kind": sensor.kind})
    await sensors.change(
        actor, sensor_id=sensor_id, version=form.version, facts=form.facts(), now=clock.now()
    )
    return redirect(
        request, f"/storage/climate/rooms/{sensor.room_id}", said=Flash(N_("The sensor is changed."))
    )


routes = [
    route(f"{SENSORS}/new", new, may=Capability.STORAGE_PLAN),
    route(SENSORS, enter, methods=["POST"], may=Capability.STORAGE_PLAN),
    route(f"{SENSOR}/particulars", particulars, may=Capability.STORAGE_PLAN),
    route(f"{SENSOR}/particulars", change, methods=["POST"], may=Capability.STORAGE_PLAN),
]
