"""The equipment log: power cuts, services, defrosting and planned maintenance of a room, or of all rooms of its site."""

from datetime import datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.climate import equipment_queries, sensor_queries
from pepperchain.climate.code_rules import EquipmentKind
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.storage.rules import content_hash

AHEAD_MAX = timedelta(days=366)


@db.unit_of_work
async def log(
    actor: Actor, *, id: UUID, room_id: int, whole_site: bool, kind: EquipmentKind, from_at: datetime,
    until_at: datetime | None = None, generator: bool | None = None, note: str | None = None, now: datetime,
) -> None:  # fmt: skip
    """An entry. Only maintenance is planned ahead; what has not ended yet is ended later. The same form again is the same entry."""
    actor.require(Capability.CLIMATE_RECORD)
    room = await sensor_queries.own_room(actor, room_id)
    generator = generator if kind is EquipmentKind.POWER_CUT else None
    content = content_hash(room_id, whole_site, kind, from_at, until_at, generator, note)
    there = await db.scalar("SELECT content_hash FROM climate_equipment WHERE id = :id", id=id)
    if there == content:
        return
    if there is not None:
        raise Conflict("This was sent before with other contents.")
    _check(kind, from_at, until_at, now)
    await db.insert(
        "climate_equipment", id=id, site_id=room.site_id, room_id=None if whole_site else room_id, operator_id=room.operator_id,
        township_id=room.township_id, kind=kind, from_at=from_at, until_at=until_at, generator=generator, note=note,
        recorded_at=now, recorded_by=actor.name, content_hash=content,
    )  # fmt: skip
    await trail.record(
        actor, "equipment.logged", subject="equipment", subject_id=id, township_id=room.township_id, now=now,
        facts={"room": room_id, "kind": kind, "note": note},
    )  # fmt: skip


def _check(kind: EquipmentKind, from_at: datetime, until_at: datetime | None, now: datetime) -> None:
    if until_at is not None and until_at < from_at:
        raise Refused("The end comes after the beginning.", "until_at")
    if kind is EquipmentKind.MAINTENANCE:
        if from_at > now + AHEAD_MAX:
            raise Refused("Plan at most a year ahead.", "from_at")
    elif max(from_at, until_at or from_at) > now:
        raise Refused(
            "Only maintenance is entered before it happens.", "from_at" if from_at > now else "until_at"
        )


@db.unit_of_work
async def end(actor: Actor, *, id: UUID, until_at: datetime, now: datetime) -> int:
    """Notes when something was over that went on; the room that it was entered for. The same again is the same."""
    actor.require(Capability.CLIMATE_RECORD)
    before = await equipment_queries.own_entry(actor, id)
    if before.until_at == clock.to_ms(until_at):
        return before.room_id
    if before.struck_at is not None:
        raise Refused("This entry was struck out.")
    if before.until_at is not None:
        raise Refused("This has ended already.", "until_at")
    _check(before.kind, clock.from_ms(before.from_at), until_at, now)
    await db.execute(
        "UPDATE climate_equipment SET until_at = :until WHERE id = :id AND until_at IS NULL",
        until=until_at,
        id=id,
    )
    await trail.record(
        actor, "equipment.ended", subject="equipment", subject_id=id, township_id=before.township_id, now=now,
        facts={"room": before.room_id, "kind": before.kind},
    )  # fmt: skip
    return before.room_id


@db.unit_of_work
async def strike(actor: Actor, *, id: UUID, now: datetime) -> int:
    """Strikes a wrong entry out: it can still be read, and counts no more. The room that it was entered for."""
    actor.require(Capability.CLIMATE_RECORD)
    before = await equipment_queries.own_entry(actor, id)
    if before.struck_at is None:
        await db.execute(
            "UPDATE climate_equipment SET struck_at = :now, struck_by = :by WHERE id = :id AND struck_at IS NULL",
            now=now,
            by=actor.name,
            id=id,
        )
        await trail.record(
            actor, "equipment.struck", subject="equipment", subject_id=id, township_id=before.township_id, now=now,
            facts={"room": before.room_id, "kind": before.kind},
        )  # fmt: skip
    return before.room_id
