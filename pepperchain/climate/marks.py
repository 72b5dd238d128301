"""What storage's own pages show of the climate of a room, and of how warm a lot was kept. They stand below this room."""

from collections.abc import Collection, Mapping
from datetime import datetime

from pepperchain.access.actor import Actor
from pepperchain.climate import breach_queries, chart_queries, sensor_queries
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.rules import degree_minutes, figures, measured
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.storage.marks import Mark
from pepperchain.web.filters import ago
from pepperchain.web.i18n import gettext


async def of_rooms(actor: Actor, room_ids: Collection[int], *, now: datetime) -> Mapping[int, Mark]:
    """How warm rooms are now, or what is wrong with them; nothing of rooms whose climate the actor does not see."""
    visible = await chart_queries.visible_rooms(actor, room_ids) if room_ids else []
    if not visible:
        return {}
    trouble = await breach_queries.trouble(visible)
    sensors = await sensor_queries.sensors_of(visible, on=clock.local_day(now))
    found: dict[int, Mark] = {}
    for id in visible:
        url, own = f"/storage/climate/rooms/{id}", [each for each in sensors if each.room_id == id]
        going_on = trouble.get(id)
        latest = chart_queries.latest(own, SensorKind.TEMPERATURE, now=now)
        value = "" if latest is None else measured(latest.kind, latest.value)
        when = "" if latest is None else ago(latest.at, now)
        if going_on is not None and going_on.going_on and going_on.kind is not None:
            what = gettext(going_on.kind.label)
            found[id] = Mark(f"{what} · {value}" if value else what, "bad", url, when)
        elif latest is None:
            continue
        elif latest.is_stale:
            found[id] = Mark(gettext(N_("last %(value)s")) % {"value": value}, "soon", url, when)
        else:
            found[id] = Mark(gettext(N_("now %(value)s")) % {"value": value}, "good", url, when)
    return found


async def of_lot(actor: Actor, lot_id: int, *, now: datetime) -> list[Mark]:
    """By how much a lot was kept too warm, if by more than a little: degrees beyond the bounds times minutes, wherever it lay."""
    found = await breach_queries.too_warm_in(await chart_queries.stays_of(lot_id))
    within = await sensor_queries.bounds_of({breach.sensor_id for breach, _, _ in found})
    warmth: dict[tuple[int, int], int] = {}
    for breach, since, until in found:
        first = max(breach.started_at, since)
        end = min(each for each in (breach.ended_at, until, clock.to_ms(now)) if each is not None)
        readings = await chart_queries.readings_of(breach.sensor_id, first, end)
        key = (breach.room_id, breach.sensor_id)
        warmth[key] = warmth.get(key, 0) + degree_minutes(readings, within[breach.sensor_id], first, end)
    # Two sensors of a room tell of the same warmth.
    rooms = {room_id for room_id, _ in warmth}
    total = sum(max(count for (room, _), count in warmth.items() if room == each) for each in rooms)
    if total <= figures().lot_degree_minutes_max:
        return []
    worst = max((breach for breach, _, _ in found), key=lambda breach: breach.degree_minutes)
    url = f"/storage/climate/breaches/{worst.id}" if await breach_queries.is_visible(actor, worst.id) else ""
    return [
        Mark(gettext(N_("This lot was %(count)s degree-minutes too warm.")) % {"count": total}, "bad", url)
    ]
