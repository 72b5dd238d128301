"""The end of a consignment: it arrives, as it was sent or otherwise, or turns back to where it came from. Once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import check_reason
from pepperchain.ledger import accounts, transactions
from pepperchain.ledger import queries as ledger
from pepperchain.ledger.rules import Leg
from pepperchain.storage import consignment_queries, lot_queries, postings, queries, stock
from pepperchain.storage.consignment_queries import CargoRow, ConsignmentRow
from pepperchain.storage.consignment_rules import State, differs, movement_id
from pepperchain.storage.consignments import Sent, road_account
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import MovementKind, content_hash, fresh_until
from pepperchain.storage.stock import Done

TRANSIT_LOSS = "transit_loss"


@db.unit_of_work
async def receive(
    actor: Actor,
    *,
    id: UUID,
    consignment_id: UUID,
    received: Mapping[int, Grams],
    now: datetime,
    room_id: int | None = None,
    reason: str | None = None,
    document: str | None = None,
) -> Sent:
    """Puts what arrived into the room that waits for it, or another of that site; `received` says how much of each lot.

    Refused: a lot missing or too many in what is said; a difference that scales do not explain, without a reason and the document it is
    written in; no space. Conflict: it has arrived or turned back already. Missing: a consignment that is not the actor's to see.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash("receive", consignment_id, sorted(received.items()), room_id, reason, document)
    row = await consignment_queries.consignment(actor, consignment_id)
    room = await queries.usable_room(actor, room_id or row.to_room_id)
    row, cargo, done = await _locked(actor, row, [room.id], id=id, content=content)
    if done is not None:
        return done
    if room.site_id != row.to_site_id:
        raise Refused("It is on the way to %(site)s: choose a room there.", "room_id", site=row.to_site)
    _check_received(cargo, received, reason, document)
    total = Grams(sum(received.values()))
    await _release_space(row, now=now)
    for form, grams in sorted(_by_form(cargo, received).items()):
        await stock.fits(actor, room, form, grams, now=now)
        await stock.put_in(
            actor, room, grams, form=form, owner_id=row.cooperative_id, movement_id=id, now=now
        )
    await _post(
        actor,
        id,
        "arrival",
        row,
        f"site:{row.to_site_id}",
        await _legs(row, cargo, received),
        reason=reason,
        now=now,
    )
    for each in cargo:
        await _lay_down(
            actor, id, row, each, room, received[each.lot_id], MovementKind.ARRIVE, content, reason, now=now
        )
    if total:
        await stock.use_bookings(
            room.id, row.cooperative_id, total, movement_id=movement_id(id, _first(cargo, received)), now=now
        )
    await _end(
        actor, row, id, State.ARRIVED, received, content=content, reason=reason, document=document, now=now
    )
    await trail.record(
        actor, "consignment.received", subject="consignment", subject_id=row.id, township_id=room.township_id, now=now,
        facts={"room": room.id, "sent_grams": row.sent_grams, "grams": total, "reason": reason, "document": document},
    )  # fmt: skip
    return Sent(id, total)


@db.unit_of_work
async def turn_back(actor: Actor, *, id: UUID, consignment_id: UUID, reason: str, now: datetime) -> Sent:
    """Puts all of it back into the rooms that it left. Bookings do not stand in the way, the rooms' capacity does.

    Conflict: it has arrived or turned back already. NotYours: those rooms are not the actor's to use.
    """
    actor.require(Capability.STORAGE_MOVE)
    said = check_reason(reason)
    content = content_hash("turn back", consignment_id, said)
    row = await consignment_queries.consignment(actor, consignment_id)
    rooms = {
        each.from_room_id: await queries.usable_room(actor, each.from_room_id)
        for each in await consignment_queries.cargo(row)
    }
    row, cargo, done = await _locked(actor, row, list(rooms), id=id, content=content)
    if done is not None:
        return done
    received = {each.lot_id: each.sent_grams for each in cargo}
    await _release_space(row, now=now)
    for each in cargo:
        await stock.put_in(
            actor, rooms[each.from_room_id], each.sent_grams, form=each.form, owner_id=row.cooperative_id, movement_id=None,
            now=now,
        )  # fmt: skip
    await _post(
        actor,
        id,
        "turned_back",
        row,
        f"site:{row.from_site_id}",
        await _legs(row, cargo, received),
        reason=said,
        now=now,
    )
    for each in cargo:
        room = rooms[each.from_room_id]
        await _lay_down(
            actor, id, row, each, room, each.sent_grams, MovementKind.RETURN, content, said, now=now
        )
    await _end(actor, row, id, State.RETURNED, received, content=content, reason=said, document=None, now=now)
    await trail.record(
        actor, "consignment.returned", subject="consignment", subject_id=row.id, township_id=row.township_id, now=now,
        facts={"site": row.from_site_id, "grams": row.sent_grams, "reason": said},
    )  # fmt: skip
    return Sent(id, row.sent_grams)


async def _locked(
    actor: Actor, row: ConsignmentRow, room_ids: Sequence[int], *, id: UUID, content: str
) -> tuple[ConsignmentRow, list[CargoRow], Sent | None]:
    """The consignment with its lots and rooms locked, and what this id did before. Conflict: another ended it."""
    cargo = await consignment_queries.cargo(row)
    await stock.lock_lots([each.lot_id for each in cargo])
    await stock.lock_rooms([*{*room_ids, row.to_room_id}])
    row = await consignment_queries.consignment(actor, row.id)
    if row.end_id == str(id) and row.end_hash == content:
        return row, cargo, Sent(id, row.received_grams or Grams(0), repeated=True)
    if row.end_id == str(id):
        raise Conflict("This was sent before with other contents.")
    if row.state == State.ARRIVED:
        raise Conflict("This consignment was received already.")
    if row.state == State.RETURNED:
        raise Conflict("This consignment was turned back.")
    return row, cargo, None


def _check_received(
    cargo: Sequence[CargoRow], received: Mapping[int, Grams], reason: str | None, document: str | None
) -> None:
    if set(received) != {each.lot_id for each in cargo}:
        raise Refused("Say of each lot how much arrived, zero if nothing did.", "received")
    if any(grams < 0 for grams in received.values()):
        raise Refused("A weight is not less than nothing.", "received")
    wrong = [each for each in cargo if differs(each.sent_grams, received[each.lot_id])]
    if wrong and (reason is None or document is None):
        first = wrong[0]
        raise Refused(
            "Of lot %(code)s %(sent)s was sent and %(received)s arrived. Say why, and in which document it is written.",
            "reason" if reason is None else "document",
            code=first.short_code, sent=first.sent_grams, received=received[first.lot_id],
        )  # fmt: skip


def _by_form(cargo: Sequence[CargoRow], received: Mapping[int, Grams]) -> dict[str, Grams]:
    found: dict[str, Grams] = {}
    for each in cargo:
        if received[each.lot_id]:
            found[each.form] = found.get(each.form, Grams(0)) + received[each.lot_id]
    return found


def _first(cargo: Sequence[CargoRow], received: Mapping[int, Grams]) -> int:
    return next(each.lot_id for each in cargo if received[each.lot_id])


async def _legs(row: ConsignmentRow, cargo: Sequence[CargoRow], received: Mapping[int, Grams]) -> list[Leg]:
    """Off the road onto the lots; what is missing is lost on the way, what is more was found at the end of it."""
    states = await ledger.states([each.account_id for each in cargo])
    legs = []
    for each in cargo:
        commodity_id, grams = states[each.account_id].commodity_id, received[each.lot_id]
        road = await road_account(row.id, commodity_id, township_id=row.township_id)
        arrived, lost = min(grams, each.sent_grams), max(each.sent_grams - grams, 0)
        if arrived:
            legs.append(Leg(debit=each.account_id, credit=road, amount=arrived))
        if lost:
            loss = await _account(TRANSIT_LOSS, row.from_site_id, commodity_id, row.township_id)
            legs.append(Leg(debit=loss, credit=road, amount=lost))
        if grams > each.sent_grams:
            variance = await _account(postings.VARIANCE, row.to_site_id, commodity_id, row.township_id)
            legs.append(Leg(debit=each.account_id, credit=variance, amount=grams - each.sent_grams))
    return legs


async def _account(kind: str, site_id: int, commodity_id: int, township_id: int) -> int:
    return await accounts.find_or_open(
        kind, f"site:{site_id}", commodity_id, side="debit", guarded=False, township_id=township_id
    )


async def _post(
    actor: Actor,
    id: UUID,
    kind: str,
    row: ConsignmentRow,
    book: str,
    legs: Sequence[Leg],
    *,
    reason: str | None,
    now: datetime,
) -> None:
    await transactions.post(
        actor, id=id, kind=kind, book=book, legs=legs, effective_on=clock.local_day(now), now=now, township_id=row.township_id,
        reason=reason,
    )  # fmt: skip


async def _lay_down(
    actor: Actor,
    id: UUID,
    row: ConsignmentRow,
    cargo: CargoRow,
    room: RoomRow,
    grams: Grams,
    kind: MovementKind,
    content: str,
    reason: str | None,
    *,
    now: datetime,
) -> None:
    """A lot of the truck in its room again."""
    lot = await lot_queries.lot_unscoped(cargo.lot_id)
    until = fresh_until(cargo.form, room.kind, picked_at=cargo.clock_from, now=now, so_far=cargo.fresh_until)
    await db.execute("UPDATE storage_lot SET consignment_id = NULL WHERE id = :id", id=cargo.lot_id)
    await stock.relocate(lot, room, fresh_until=until)
    await stock.keep(cargo.lot_id)
    await stock.record(
        actor, Done(movement_id(id, cargo.lot_id), cargo.lot_id, grams), kind, content=content, township_id=room.township_id, now=now,
        to_room_id=room.id, reason=reason,
    )  # fmt: skip


async def _release_space(row: ConsignmentRow, *, now: datetime) -> None:
    await db.execute(
        "UPDATE storage_booking SET released_at = :now WHERE consignment_id = :id AND released_at IS NULL",
        now=now,
        id=row.id,
    )


async def _end(
    actor: Actor,
    row: ConsignmentRow,
    id: UUID,
    state: State,
    received: Mapping[int, Grams],
    *,
    content: str,
    reason: str | None,
    document: str | None,
    now: datetime,
) -> None:
    for lot_id, grams in received.items():
        await db.execute(
            "UPDATE storage_consignment_lot SET received_grams = :grams WHERE consignment_id = :id AND lot_id = :lot_id",
            grams=grams,
            id=row.id,
            lot_id=lot_id,
        )
    ended = await db.execute(
        "UPDATE storage_consignment SET state = :state, end_id = :end_id, end_hash = :content, ended_at = :now, ended_by = :by,"
        " ended_by_name = :name, received_grams = :received, reason = :reason, document = :document"
        " WHERE id = :id AND state = 'on_road'",
        state=state,
        end_id=id,
        content=content,
        now=now,
        by=actor.user_id,
        name=actor.name,
        received=sum(received.values()),
        reason=reason,
        document=document,
        id=row.id,
    )
    if not ended:
        raise Conflict("This consignment was received already.")
