"""Consignments: lots of one owner leave their rooms, are on the road, and arrive at another site or turn back.

On the road pepper is in the ledger account `in_transit` of its consignment: it is in no room and on no lot, and space waits for it where
it is expected. What arrives less than was sent goes to `transit_loss` of the site that it left, what is more comes from `variance` of
the site that it came to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, counters, db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.units import Grams
from pepperchain.ledger import accounts
from pepperchain.ledger.rules import Leg
from pepperchain.storage import parts, postings, queries, stock
from pepperchain.storage.consignment_rules import Vehicle, bounds, check_expected, movement_id
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.lots import some_of
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import MovementKind, content_hash, fresh_until
from pepperchain.storage.stock import Done

IN_TRANSIT = "in_transit"


@dataclass(frozen=True, slots=True)
class Load:
    """How much of which lot is loaded; None is all that is free."""

    lot_id: int
    grams: Grams | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Where to, by what and whom, and when it should be there."""

    to_room_id: int
    plate: str
    vehicle: Vehicle
    expected_at: datetime
    driver_name: str | None = None
    driver_phone: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A consignment that stands; `repeated` if it stood already and nothing was written."""

    id: UUID
    grams: Grams
    repeated: bool = False


@db.unit_of_work
async def send(actor: Actor, *, id: UUID, loads: Sequence[Load], journey: Journey, now: datetime) -> Sent:
    """Sends lots off to a room of another site, where space is kept for them until some days after they are expected.

    What is a part of a lot travels, and stays, as a lot of its own. Refused: lots of different owners or sites, blocked ones, more than
    is free; a closed room, one of the wrong kind or without space; an arrival in the past.
    Missing: lots or a room that are not the actor's to see. NotYours: a room that is neither theirs nor booked.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash("send", list(loads), journey)
    _check_list(loads)
    room = await queries.usable_room(actor, journey.to_room_id)
    lots, _ = await stock.locked(
        actor, [load.lot_id for load in loads], id=id, content=content, room_ids=[room.id]
    )
    there = await db.tuples("SELECT content_hash, sent_grams FROM storage_consignment WHERE id = :id", id=id)
    if there:
        if there[0][0] != content:
            raise Conflict("This was sent before with other contents.")
        return Sent(id, Grams(there[0][1]), repeated=True)
    check_expected(journey.expected_at, now=now)
    _one_owner(lots, room)
    amounts = [await _amount(lot, load) for lot, load in zip(lots, loads, strict=True)]
    total = Grams(sum(amounts))
    await _check_space(actor, room, lots, total, journey, now=now)
    await _insert(actor, id, lots[0], room, journey, total, len(lots), content=content, now=now)
    await _load(actor, id, lots, amounts, journey.vehicle, content=content, now=now)
    await _keep_space(actor, id, room, lots, amounts, journey, content=content, now=now)
    await trail.record(
        actor, "consignment.sent", subject="consignment", subject_id=id, township_id=lots[0].township_id, now=now,
        facts={
            "lots": [lot.id for lot in lots], "grams": total, "site": lots[0].site_id, "room": room.id, "plate": journey.plate,
            "vehicle": journey.vehicle.value,
        },
    )  # fmt: skip
    return Sent(id, total)


def _check_list(loads: Sequence[Load]) -> None:
    most = bounds().lots_max
    if not 0 < len(loads) <= most:
        raise Refused("Choose between one and %(max)s lots.", "also", max=most)
    if len({load.lot_id for load in loads}) != len(loads):
        raise Refused("The same lot is named twice.", "also")


def _one_owner(lots: Sequence[LotRow], room: RoomRow) -> None:
    first = lots[0]
    if any(lot.cooperative_id != first.cooperative_id for lot in lots):
        raise Refused("A waybill is for one cooperative's pepper.", "also")
    if any(lot.site_id != first.site_id for lot in lots):
        raise Refused("A truck loads at one site.", "also")
    if room.site_id == first.site_id:
        raise Refused("That room is at the same site: move it there.", "room_id")


async def _amount(lot: LotRow, load: Load) -> Grams:
    await stock.check_not_blocked(lot)
    return some_of(lot, load.grams, most=lot.free_grams)


async def _check_space(
    actor: Actor, room: RoomRow, lots: Sequence[LotRow], total: Grams, journey: Journey, *, now: datetime
) -> None:
    """Refused: the room is closed, not for this, or has no space from now until then; the owner's own bookings are its space."""
    if room.closed_on is not None:
        raise Refused("%(room)s is closed.", "room_id", room=room.full_name)
    for form in sorted({lot.form for lot in lots}):
        await stock.fits(actor, room, form, total, now=now)
    first, last = clock.local_day(now), clock.local_day(journey.expected_at)
    await stock.check_not_shut(room, last)
    taken = await queries.booked_by_day([room.id], first, last, but_for=lots[0].cooperative_id)
    own = await db.scalar(
        "SELECT CAST(COALESCE(SUM(grams), 0) AS BIGINT) FROM storage_booking WHERE room_id = :id AND consignment_id IS NOT NULL"
        " AND released_at IS NULL AND organization_id = :owner AND to_on >= :first",
        id=room.id,
        owner=lots[0].cooperative_id,
        first=first,
    )
    free = (await queries.room_unscoped(room.id)).free_grams - max(taken[room.id]) - int(own)
    if total > free:
        raise Refused(
            "%(room)s has room for %(free)s until then, this is %(grams)s.", "room_id",
            room=room.full_name, free=max(free, Grams(0)), grams=total,
        )  # fmt: skip


async def _insert(
    actor: Actor,
    id: UUID,
    lot: LotRow,
    room: RoomRow,
    journey: Journey,
    total: Grams,
    count: int,
    *,
    content: str,
    now: datetime,
) -> None:
    number = await counters.following(f"waybill:site:{lot.site_id}")
    await db.insert(
        "storage_consignment", id=id, number=number, from_site_id=lot.site_id, from_operator_id=lot.operator_id, to_room_id=room.id,
        to_site_id=room.site_id, to_operator_id=room.operator_id, cooperative_id=lot.cooperative_id, township_id=lot.township_id,
        plate=journey.plate, driver_name=journey.driver_name, driver_phone=journey.driver_phone, vehicle=journey.vehicle,
        note=journey.note, lots=count, sent_grams=total, sent_at=now, sent_by=actor.user_id, sent_by_name=actor.name,
        expected_at=journey.expected_at, content_hash=content,
    )  # fmt: skip


async def _load(
    actor: Actor,
    id: UUID,
    lots: Sequence[LotRow],
    amounts: Sequence[Grams],
    vehicle: Vehicle,
    *,
    content: str,
    now: datetime,
) -> None:
    """Out of the rooms and onto the road, in one transaction of the ledger for all of them."""
    legs: list[Leg] = []
    travelling: list[int] = []
    for lot, grams in zip(lots, amounts, strict=True):
        account_id, lot_id = lot.account_id, lot.id
        if grams < lot.on_hand_grams:
            room = await queries.room_unscoped(lot.room_id)
            part = await parts.split_off(lot, room, fresh_until=lot.fresh_until, now=now)
            legs.append(Leg(debit=part.account_id, credit=lot.account_id, amount=grams))
            account_id, lot_id = part.account_id, part.lot_id
        road = await road_account(id, await postings.commodity_of(lot), township_id=lot.township_id)
        legs.append(Leg(debit=road, credit=account_id, amount=grams))
        travelling.append(lot_id)
    await postings.post(actor, id, "dispatch", lots[0], legs, reason=None, now=now)
    for lot, lot_id, grams in zip(lots, travelling, amounts, strict=True):
        await _leave(actor, id, lot, lot_id, grams, vehicle, content=content, now=now)


async def _leave(
    actor: Actor,
    id: UUID,
    lot: LotRow,
    lot_id: int,
    grams: Grams,
    vehicle: Vehicle,
    *,
    content: str,
    now: datetime,
) -> None:
    is_part = lot_id != lot.id
    await stock.take_out(lot.room_id, grams)
    until = fresh_until(
        lot.form, vehicle.room_kind, picked_at=lot.clock_from, now=now, so_far=lot.fresh_until
    )
    await db.execute(
        "UPDATE storage_lot SET consignment_id = :consignment_id, fresh_until_at = :until WHERE id = :id",
        consignment_id=id,
        until=until,
        id=lot_id,
    )
    for each in sorted({lot.id, lot_id}):
        await stock.keep(each)
    movement = movement_id(id, lot_id)
    await stock.record(
        actor, Done(movement, lot_id, grams, lot.id if is_part else None), MovementKind.DISPATCH, content=content,
        township_id=lot.township_id, now=now, from_room_id=lot.room_id, was=lot,
    )  # fmt: skip
    if is_part:
        await parts.remember(movement, [lot_id], [(lot.id, grams)])
    await db.insert(
        "storage_consignment_lot",
        consignment_id=id,
        lot_id=lot_id,
        from_room_id=lot.room_id,
        sent_grams=grams,
    )


async def _keep_space(
    actor: Actor,
    id: UUID,
    room: RoomRow,
    lots: Sequence[LotRow],
    amounts: Sequence[Grams],
    journey: Journey,
    *,
    content: str,
    now: datetime,
) -> None:
    by_form: dict[str, Grams] = {}
    for lot, grams in zip(lots, amounts, strict=True):
        by_form[lot.form] = by_form.get(lot.form, Grams(0)) + grams
    last = clock.local_day(journey.expected_at) + timedelta(days=bounds().late_days)
    for form, grams in by_form.items():
        await db.insert(
            "storage_booking", id=uuid5(id, f"space:{form}"), room_id=room.id, organization_id=lots[0].cooperative_id,
            township_id=room.township_id, form=form, grams=grams, from_on=clock.local_day(now), to_on=last, placed_at=now,
            placed_by=actor.user_id, content_hash=content, consignment_id=id,
        )  # fmt: skip


async def road_account(id: UUID | str, commodity_id: int, *, township_id: int) -> int:
    """The account of what a consignment carries. It never goes below zero."""
    return await accounts.find_or_open(
        IN_TRANSIT, f"consignment:{id}", commodity_id, side="debit", guarded=True, township_id=township_id
    )
