"""Taking back: the exact mirror of a movement, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.harvest import floor
from pepperchain.harvest.rules import check_reason
from pepperchain.ledger import transactions
from pepperchain.storage import lot_queries, queries, stock
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.rules import MovementKind, content_hash
from pepperchain.storage.stock import Done

_GONE = N_("Some of this pepper has been moved on. Take that back first.")


def reversal_id(of: UUID) -> UUID:
    """The id of a movement's one reversal, for pages whose undo carries nothing else: pressed twice, it is sent twice."""
    return uuid5(of, "reversal")


@dataclass(frozen=True, slots=True)
class _Movement:
    id: str
    lot_id: int
    kind: str
    from_room_id: int | None
    to_room_id: int | None
    grams: int
    other_lot_id: int | None
    was_fresh_until_at: int | None
    taken_back_by: str | None


@db.unit_of_work
async def reverse(actor: Actor, *, id: UUID, of: UUID, reason: str, now: datetime) -> Done:
    """Takes a movement back as if it had not been. Bookings do not stand in the way, the room's capacity does.

    Missing: a movement of a lot that is not the actor's to see. Conflict: taken back already. Refused: its pepper has moved on.
    """
    actor.require(Capability.STORAGE_MOVE)
    said = check_reason(reason)
    content = content_hash("reverse", of, said)
    movement = await _find(of)
    before = await lot_queries.lot(actor, movement.lot_id)
    if movement.kind == MovementKind.REVERSAL:
        raise Refused("What was taken back is entered anew, not taken back again.")
    if movement.kind == MovementKind.ADJUST:
        actor.require(Capability.STORAGE_ADJUST)
    await _lock(movement)
    done = await stock.repeated(id, content)
    if done is not None:
        return done
    movement = await _find(of)
    if movement.taken_back_by is not None:
        raise Conflict("This was taken back already.")
    lot = await lot_queries.lot(actor, movement.lot_id)
    from_room_id, to_room_id = await _undo(actor, id, of, movement, lot, said, now=now)
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


async def _find(of: UUID) -> _Movement:
    found = await db.fetch_one(
        lambda *row: _Movement(str(row[0]), *row[1:]),
        "SELECT m.id, m.lot_id, m.kind, m.from_room_id, m.to_room_id, m.grams, m.other_lot_id, m.was_fresh_until_at, v.id"
        " FROM storage_movement m LEFT JOIN storage_movement v ON v.reverses_id = m.id WHERE m.id = :id",
        id=of,
    )
    if found is None:
        raise Missing()
    return found


async def _lock(movement: _Movement) -> None:
    """Its lots, then every room that they are in or come back to."""
    lot_ids = [lot_id for lot_id in (movement.lot_id, movement.other_lot_id) if lot_id is not None]
    await stock.lock_lots(lot_ids)
    rooms = {
        row[0] for row in await db.tuples("SELECT room_id FROM storage_lot WHERE id IN :ids", ids=lot_ids)
    }
    rooms |= {room_id for room_id in (movement.from_room_id, movement.to_room_id) if room_id is not None}
    await stock.lock_rooms(list(rooms))


async def _undo(
    actor: Actor, id: UUID, of: UUID, movement: _Movement, lot: LotRow, reason: str, *, now: datetime
) -> tuple[int | None, int | None]:
    """Undoes one kind of movement; which room the pepper leaves and which it comes back to."""
    grams = Grams(movement.grams)
    if movement.kind == MovementKind.MOVE:
        return await _carry_back(actor, movement, lot, now=now)
    try:
        await transactions.reverse(
            actor, id=id, of=of, effective_on=clock.local_day(now), reason=reason, now=now
        )
    except transactions.Overdrawn as gone:
        raise Refused(_GONE) from gone
    if movement.kind == MovementKind.SPLIT:
        assert movement.other_lot_id is not None
        return await _join(actor, movement.other_lot_id, lot, grams, now=now)
    await stock.keep(lot.id)
    if movement.kind == MovementKind.RECEIVE:
        if lot.on_hand_grams != grams:
            raise Refused(_GONE)
        await _back_to_floor(lot.id)
    if movement.to_room_id is not None:
        await stock.take_out(lot.room_id, grams)
        return lot.room_id, None
    await _put_back(actor, lot, grams, now=now)
    return None, lot.room_id


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


async def _carry_back(actor: Actor, movement: _Movement, lot: LotRow, *, now: datetime) -> tuple[int, int]:
    """A lot that was moved whole goes back, all that is left of it."""
    assert movement.from_room_id is not None
    assert movement.was_fresh_until_at is not None
    if lot.room_id != movement.to_room_id or lot.on_hand_grams == 0:
        raise Refused(_GONE)
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
