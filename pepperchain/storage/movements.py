"""Taking back: the exact mirror of a movement, once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.units import Grams
from pepperchain.harvest import floor
from pepperchain.harvest.rules import check_reason
from pepperchain.ledger import transactions
from pepperchain.storage import losses, lot_queries, queries, stock, unmaking
from pepperchain.storage.holders import Holder
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.rules import MovementKind, content_hash
from pepperchain.storage.stock import Done
from pepperchain.storage.unmaking import Kin, Recorded

_QUIET = (MovementKind.BLOCK, MovementKind.RELEASE)
_OF_CONSIGNMENTS = (MovementKind.DISPATCH, MovementKind.ARRIVE, MovementKind.RETURN)
_MIXED_OR_SENT = (MovementKind.MERGE, MovementKind.DISPATCH)
_MADE = (MovementKind.PROCESS, MovementKind.REGRADE, MovementKind.MERGE)


def reversal_id(of: UUID) -> UUID:
    """The id of a movement's one reversal, for pages whose undo carries nothing else: pressed twice, it is sent twice."""
    return uuid5(of, "reversal")


@db.unit_of_work
async def reverse(
    actor: Actor, *, id: UUID, of: UUID, reason: str, now: datetime, holders: Sequence[Holder] = ()
) -> Done:
    """Takes a movement back as if it had not been. Bookings do not stand in the way, the room's capacity does.

    Taking back finds less or more like a count does, so the `holders` give way, or hold again what they had let go.

    Missing: a movement of a lot that is not the actor's to see. Conflict: taken back already. Refused: its pepper has moved on.
    """
    actor.require(Capability.STORAGE_MOVE)
    said = check_reason(reason)
    content = content_hash("reverse", of, said)
    movement = await _find(of)
    before = await lot_queries.lot(actor, movement.lot_id)
    _check_kind(actor, movement)
    kin = await unmaking.kin_of(of)
    await _lock(movement, kin)
    done = await stock.repeated(id, content)
    if done is not None:
        return done
    movement = await _find(of)
    if movement.taken_back_by is not None:
        raise Conflict("This was taken back already.")
    lot = await lot_queries.lot(actor, movement.lot_id)
    if movement.kind not in _QUIET:
        await _check_all_may_move(movement, kin)
    is_count, was_more = movement.kind == MovementKind.ADJUST, movement.to_room_id is not None
    if is_count and was_more:
        for holder in holders:
            await holder.give_way(actor, lot, Grams(movement.grams), id=id, now=now)
    from_room_id, to_room_id = await _undo(actor, id, of, movement, lot, kin, said, now=now)
    for holder in holders:
        if is_count and not was_more:
            await holder.taken_back(actor, lot, of=of, id=id, reason=said, now=now)
        for each in await lot_queries.lots_by_id(SYSTEM, sorted(_lots_of(movement, kin))):
            await holder.found(actor, each, id=uuid5(id, f"found {each.id}"), now=now)
    await stock.give_back_bookings(of)
    done = Done(id, lot.id, Grams(movement.grams), movement.other_lot_id)
    await stock.record(
        actor, done, MovementKind.REVERSAL, content=content, township_id=before.township_id, now=now,
        from_room_id=from_room_id, to_room_id=to_room_id, reason=said, reverses=of,
    )  # fmt: skip
    await trail.record(
        actor, "movement.reversed", subject="lot", subject_id=lot.id, township_id=before.township_id, now=now,
        facts={"movement": of, "kind": movement.kind, "grams": movement.grams, "reason": said, "reversal": id},
    )  # fmt: skip
    return done


def _check_kind(actor: Actor, movement: Recorded) -> None:
    if movement.kind == MovementKind.REVERSAL:
        raise Refused("What was taken back is entered anew, not taken back again.")
    if movement.kind in _OF_CONSIGNMENTS:
        raise Refused("What is or was on the road is received or turned back on its waybill.")
    if movement.kind == MovementKind.ADJUST:
        actor.require(Capability.STORAGE_ADJUST)


async def _find(of: UUID) -> Recorded:
    found = await db.fetch_one(
        lambda *row: Recorded(str(row[0]), *row[1:]),
        "SELECT m.id, m.seq, m.lot_id, m.kind, m.from_room_id, m.to_room_id, m.grams, m.other_lot_id, m.was_fresh_until_at,"
        " m.was_picked_at, m.was_made_at, v.id"
        " FROM storage_movement m LEFT JOIN storage_movement v ON v.reverses_id = m.id WHERE m.id = :id",
        id=of,
    )
    if found is None:
        raise Missing()
    return found


def _lots_of(movement: Recorded, kin: Kin) -> set[int]:
    others = {movement.other_lot_id} if movement.other_lot_id is not None else set()
    return {movement.lot_id, *others, *kin.lot_ids}


async def _lock(movement: Recorded, kin: Kin) -> None:
    """Its lots, then every room that they are in or come back to."""
    lot_ids = sorted(_lots_of(movement, kin))
    await stock.lock_lots(lot_ids)
    rooms = {room_id for _, room_id, _ in await unmaking.standing_in(lot_ids)}
    rooms |= {room_id for room_id in (movement.from_room_id, movement.to_room_id) if room_id is not None}
    await stock.lock_rooms(list(rooms))


async def _check_all_may_move(movement: Recorded, kin: Kin) -> None:
    for lot in await lot_queries.lots_by_id(SYSTEM, sorted(_lots_of(movement, kin))):
        stock.check_not_on_the_road(lot)
        await stock.check_not_blocked(lot)


async def _undo(
    actor: Actor, id: UUID, of: UUID, movement: Recorded, lot: LotRow, kin: Kin, reason: str, *, now: datetime
) -> tuple[int | None, int | None]:
    """Undoes one kind of movement; which room the pepper leaves and which it comes back to."""
    if movement.kind in _QUIET:
        undo = unmaking.unblock if movement.kind == MovementKind.BLOCK else unmaking.block_again
        await undo(movement, lot)
        return movement.from_room_id, movement.to_room_id
    if movement.kind == MovementKind.MOVE:
        return await _carry_back(actor, movement, lot, now=now)
    if movement.kind in _MADE:
        return await _unmake(actor, id, of, movement, lot, kin, reason, now=now)
    grams = Grams(movement.grams)
    await _post_mirror(actor, id, of, reason, now=now)
    if movement.kind == MovementKind.SPLIT:
        assert movement.other_lot_id is not None
        await unmaking.check_untouched(movement, [movement.other_lot_id], by=_MIXED_OR_SENT)
        return await _join(actor, movement.other_lot_id, lot, grams, now=now)
    await stock.keep(lot.id)
    if movement.kind == MovementKind.ADJUST:
        await losses.take_back(of)
    if movement.kind == MovementKind.RECEIVE:
        if lot.on_hand_grams != grams:
            raise Refused(unmaking.GONE)
        await unmaking.check_untouched(movement, [lot.id], by=_MIXED_OR_SENT)
        await _back_to_floor(lot.id)
    if movement.to_room_id is not None:
        await stock.take_out(lot.room_id, grams)
        return lot.room_id, None
    await _put_back(actor, lot, grams, now=now)
    return None, lot.room_id


async def _post_mirror(actor: Actor, id: UUID, of: UUID, reason: str, *, now: datetime) -> None:
    try:
        await transactions.reverse(
            actor, id=id, of=of, effective_on=clock.local_day(now), reason=reason, now=now
        )
    except transactions.Overdrawn as gone:
        raise Refused(unmaking.GONE) from gone


async def _unmake(
    actor: Actor, id: UUID, of: UUID, movement: Recorded, lot: LotRow, kin: Kin, reason: str, *, now: datetime
) -> tuple[int | None, int | None]:
    """Takes a processing, regrading or merging apart: its lots get back what they gave."""
    await unmaking.check_untouched(movement, kin.made)
    made = await unmaking.standing_in(kin.made)
    await _post_mirror(actor, id, of, reason, now=now)
    if movement.kind == MovementKind.MERGE:
        await unmaking.set_clock_back(movement)
    await unmaking.keep_all(kin.lot_ids)
    for _, room_id, on_hand in made:
        await stock.take_out(
            room_id, Grams(movement.grams if movement.kind == MovementKind.MERGE else on_hand)
        )
    await unmaking.give_back(actor, lot, kin, now=now)
    return movement.to_room_id, movement.from_room_id


async def _put_back(actor: Actor, lot: LotRow, grams: Grams, *, now: datetime) -> None:
    room = await queries.room_unscoped(lot.room_id)
    await stock.put_in(
        actor, room, grams, form=lot.form, owner_id=lot.cooperative_id, movement_id=None, now=now
    )


async def _join(actor: Actor, part_id: int, lot: LotRow, grams: Grams, *, now: datetime) -> tuple[int, int]:
    """A part that was split off is put together with its lot again, wherever both are now."""
    part_room_id: int = await db.scalar("SELECT room_id FROM storage_lot WHERE id = :id", id=part_id)
    for lot_id in sorted((lot.id, part_id)):
        await stock.keep(lot_id)
    await stock.take_out(part_room_id, grams)
    await _put_back(actor, lot, grams, now=now)
    return part_room_id, lot.room_id


async def _carry_back(actor: Actor, movement: Recorded, lot: LotRow, *, now: datetime) -> tuple[int, int]:
    """A lot that was moved whole goes back, all that is left of it."""
    assert movement.from_room_id is not None
    assert movement.was_fresh_until_at is not None
    if lot.room_id != movement.to_room_id or lot.on_hand_grams == 0:
        raise Refused(unmaking.GONE)
    room = await queries.room_unscoped(movement.from_room_id)
    await stock.put_in(
        actor, room, lot.on_hand_grams, form=lot.form, owner_id=lot.cooperative_id, movement_id=None, now=now
    )
    await stock.take_out(lot.room_id, lot.on_hand_grams)
    await stock.relocate(lot, room, fresh_until=clock.from_ms(movement.was_fresh_until_at))
    return lot.room_id, room.id


async def _back_to_floor(lot_id: int) -> None:
    slips = await db.tuples("SELECT weighin_id FROM storage_lot_slip WHERE lot_id = :id", id=lot_id)
    await floor.give_back([str(row[0]) for row in slips], lot_id=lot_id)
    await db.execute("UPDATE storage_lot SET slips = 0 WHERE id = :id", id=lot_id)
