"""Electricity meters: what a site's counter says, so that cold can be weighed against what it costs."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.climate import energy_queries
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.directory.queries import get_site
from pepperchain.storage.rules import content_hash


@db.unit_of_work
async def read_off(
    actor: Actor,
    *,
    id: UUID,
    site_id: int,
    read_on: date,
    tenths_kwh: int,
    is_new: bool = False,
    now: datetime,
) -> None:
    """Writes down what a meter says, in tenths of a kilowatt-hour; a later word about the same day counts instead. Sent twice, once.

    Refused: a day to come, a count that runs backwards although the meter is not a new one. NotYours: another operator's site.
    """
    actor.require(Capability.CLIMATE_RECORD)
    site = await get_site(actor, site_id)
    if site.operator_id != actor.organization_id:
        raise NotYours("Whoever runs the site reads its meter.")
    content = content_hash("meter", site_id, read_on, tenths_kwh, is_new)
    there = await db.scalar("SELECT content_hash FROM climate_meter WHERE id = :id", id=id)
    if there == content:
        return
    if there is not None:
        raise Conflict("This was sent before with other contents.")
    if read_on > clock.local_day(now):
        raise Refused("This day has not come yet.", "read_on")
    before, after = await energy_queries.around(site_id, read_on)
    if before is not None and not is_new and tenths_kwh < before.tenths_kwh:
        raise Refused(
            "It said %(before)s kWh on %(day)s. If the meter was changed, say so.", "kwh",
            before=Decimal(before.tenths_kwh) / 10, day=before.read_on,
        )  # fmt: skip
    if after is not None and not after.is_new and tenths_kwh > after.tenths_kwh:
        raise Refused(
            "It said only %(after)s kWh on %(day)s.", "kwh", after=Decimal(after.tenths_kwh) / 10, day=after.read_on
        )  # fmt: skip
    await db.insert(
        "climate_meter", id=id, site_id=site_id, operator_id=site.operator_id, township_id=site.township_id, read_on=read_on,
        tenths_kwh=tenths_kwh, is_new=is_new, recorded_at=now, recorded_by=actor.name, content_hash=content,
    )  # fmt: skip
    await trail.record(
        actor, "meter.read", subject="site", subject_id=site_id, township_id=site.township_id, now=now,
        facts={"day": read_on, "kwh": str(Decimal(tenths_kwh) / 10)},
    )  # fmt: skip
