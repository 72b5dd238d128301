"""Rooms: entered with their capacity and what they may hold, changed, closed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, Invalid, Missing, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import forms as known_forms
from pepperchain.storage import queries
from pepperchain.storage.models import Room
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import Purpose, RoomKind, join_forms, planning

TABLE = "storage_room"
NAME_LENGTH_MAX = 40
CHILLED_DECIDEGREES = range(-10, 81)
FROZEN_DECIDEGREES_MAX = -180


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFacts:
    """What is told of a room. Set point and band are in tenths of a degree Celsius."""

    name: str
    purpose: Purpose
    kind: RoomKind
    forms: Sequence[str]
    capacity: Grams
    set_point_decidegrees: int | None = None
    band_decidegrees: int | None = None


@db.unit_of_work
async def enter(actor: Actor, *, id: UUID, site_id: int, facts: RoomFacts, now: datetime) -> Entered:
    """A new room of a site. The same form again is the same room. Missing: a site that is not the actor's to run."""
    actor.require(Capability.STORAGE_PLAN)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, repeated=True)
    operator_id, township_id = await _own_site(actor, site_id)
    check(facts)
    await _name_is_free(site_id, facts.name)
    entered = await registry.enter(
        TABLE,
        id,
        site_id=site_id,
        operator_id=operator_id,
        township_id=township_id,
        created_at=now,
        **_columns(facts),
    )
    if not entered.repeated:
        await trail.record(
            actor, "room.entered", subject="room", subject_id=entered.id, township_id=township_id, now=now,
            facts={"site": site_id, **_columns(facts)},
        )  # fmt: skip
    return entered


@db.unit_of_work
async def change(actor: Actor, *, room_id: int, version: int, facts: RoomFacts, now: datetime) -> None:
    """Corrects a room. Refused: less capacity than lies in it. Conflict: it was changed since it was looked at."""
    actor.require(Capability.STORAGE_PLAN)
    before = await _locked(actor, room_id)
    check(facts)
    if facts.capacity < before.stock_grams:
        raise Refused(
            "%(stock)s lies in this room: its capacity cannot be less.", "capacity", stock=before.stock_grams
        )
    if facts.capacity < before.capacity_grams:
        await _holds_what_is_booked(before, facts.capacity, today=clock.local_day(now))
    if facts.name != before.name:
        await _name_is_free(before.site_id, facts.name)
    await registry.revise(TABLE, room_id, version, **_columns(facts))
    await trail.record(
        actor, "room.changed", subject="room", subject_id=room_id, township_id=before.township_id, now=now,
        facts={
            name: [old, _columns(facts)[name]]
            for name, old in _columns_of(before).items()
            if old != _columns(facts)[name]
        },
    )  # fmt: skip


@db.unit_of_work
async def close(actor: Actor, *, room_id: int, version: int, now: datetime) -> None:
    """Takes a room out of use. Refused: something lies in it, or somebody booked it."""
    actor.require(Capability.STORAGE_PLAN)
    before = await _locked(actor, room_id)
    today = clock.local_day(now)
    if before.stock_grams > 0:
        raise Refused("%(stock)s lies in this room. Move or issue it first.", stock=before.stock_grams)
    booked = await db.scalar(
        "SELECT 1 FROM storage_booking WHERE room_id = :id AND released_at IS NULL AND to_on >= :today AND grams > used_grams LIMIT 1",
        id=room_id,
        today=today,
    )
    if booked is not None:
        raise Refused("Space in this room is booked. Release the bookings first.")
    await registry.revise(TABLE, room_id, version, closed_on=today)
    await trail.record(
        actor, "room.closed", subject="room", subject_id=room_id, township_id=before.township_id, now=now
    )


@db.unit_of_work
async def remove(actor: Actor, *, room_id: int, version: int, now: datetime) -> None:
    """Takes out a room that was entered by mistake. Conflict: it was changed since, or something was put into it."""
    actor.require(Capability.STORAGE_PLAN)
    before = await _locked(actor, room_id)
    await registry.revise(TABLE, room_id, version)
    try:
        await db.execute_long("DELETE FROM storage_room WHERE id = :id", id=room_id)
    except db.Violation as violation:
        raise Conflict(
            "%(room)s was used since: it cannot be taken out any more.", room=before.full_name
        ) from violation
    await trail.record(
        actor, "room.removed", subject="room", subject_id=room_id, township_id=before.township_id, now=now,
        facts=_columns_of(before),
    )  # fmt: skip


async def _holds_what_is_booked(room: RoomRow, capacity: Grams, *, today: date) -> None:
    """Refused: with less capacity there is a day on which what lies here and what is booked no longer fit."""
    last = today + timedelta(days=2 * planning().booking_days_max)
    for day in await queries.days(room, today, last):
        needed = Grams(day.stored_grams + day.booked_grams + day.coming_grams)
        if needed > capacity:
            raise Refused(
                "On %(day)s %(needed)s is needed of this room, with what is booked: its capacity cannot be less.", "capacity",
                day=day.on, needed=needed,
            )  # fmt: skip


async def _own_site(actor: Actor, site_id: int) -> tuple[int, int]:
    run = Room.run_by(actor, "s")
    rows = await db.tuples(
        f"SELECT s.operator_id, s.township_id, s.closed_on FROM directory_site s WHERE s.id = :id AND {run.sql}",
        id=site_id,
        **run.params,
    )
    if not rows:
        raise Missing()
    operator_id, township_id, closed_on = rows[0]
    if closed_on is not None:
        raise Refused("This site is closed.", "site_id")
    return operator_id, township_id


async def _locked(actor: Actor, room_id: int) -> RoomRow:
    await queries.own_room(actor, room_id)
    await db.lock(TABLE, [room_id])
    room = await queries.own_room(actor, room_id)
    if room.closed_on is not None:
        raise Refused("%(room)s is closed.", room=room.full_name)
    return room


async def _name_is_free(site_id: int, name: str) -> None:
    taken = await db.scalar(
        "SELECT 1 FROM storage_room WHERE site_id = :site_id AND name = :name", site_id=site_id, name=name
    )
    if taken is not None:
        raise Refused("This site has a room of that name.", "name")


def check(facts: RoomFacts) -> None:
    """Raises Invalid with a sentence for each thing that cannot be."""
    errors = [*_wrong_measures(facts), *_wrong_temperature(facts)]
    if errors:
        raise Invalid(errors)


def _wrong_measures(facts: RoomFacts) -> Iterator[Refused]:
    if not 0 < len(facts.name) <= NAME_LENGTH_MAX:
        yield Refused("Too long: at most %(limit)s characters.", "name", limit=NAME_LENGTH_MAX)
    if facts.capacity <= 0:
        yield Refused("A room holds more than nothing.", "capacity")
    elif facts.capacity > planning().capacity_grams_max:
        most = Grams(planning().capacity_grams_max)
        yield Refused("No room holds more than %(max)s.", "capacity", max=most)
    if not facts.forms:
        yield Refused("Choose what the room may hold.", "forms")
    elif set(facts.forms) - set(known_forms()):
        yield Refused("Choose fresh, preserved-fresh or dry.", "forms")


def _wrong_temperature(facts: RoomFacts) -> Iterator[Refused]:
    set_point = facts.set_point_decidegrees
    if set_point is None and facts.kind in (RoomKind.CHILLED, RoomKind.FROZEN):
        yield Refused("A cooled room has a temperature it is set to.", "set_point")
    elif facts.kind is RoomKind.CHILLED and set_point not in CHILLED_DECIDEGREES:
        yield Refused("A chilled room is kept between −1 and 8 °C.", "set_point")
    elif facts.kind is RoomKind.FROZEN and set_point is not None and set_point > FROZEN_DECIDEGREES_MAX:
        yield Refused("A frozen room is kept at −18 °C or colder.", "set_point")


def _columns(facts: RoomFacts) -> dict[str, object]:
    return {
        "name": facts.name,
        "purpose": facts.purpose,
        "kind": facts.kind,
        "forms": join_forms(list(facts.forms)),
        "capacity_grams": facts.capacity,
        "set_point_decidegrees": facts.set_point_decidegrees,
        "band_decidegrees": facts.band_decidegrees,
    }


def _columns_of(room: RoomRow) -> dict[str, object]:
    return {
        "name": room.name,
        "purpose": room.purpose,
        "kind": room.kind,
        "forms": join_forms(room.forms),
        "capacity_grams": room.capacity_grams,
        "set_point_decidegrees": room.set_point_decidegrees,
        "band_decidegrees": room.band_decidegrees,
    }
