"""Lots in rooms: moved whole or in part, issued, corrected, priced. Receiving them is in `receipts`, taking back in `movements`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import NotYours, Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.rules import check_reason, wrong_price
from pepperchain.ledger.rules import Leg
from pepperchain.storage import losses, lot_queries, parts, postings, queries, receipts, stock
from pepperchain.storage.holders import Holder
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import MovementKind, content_hash, fresh_until
from pepperchain.storage.stock import Done

receive = receipts.receive


@db.unit_of_work
async def move(
    actor: Actor,
    *,
    id: UUID,
    lot_id: int,
    to_room_id: int,
    now: datetime,
    grams: Grams | None = None,
    reason: str | None = None,
) -> Done:
    """Carries a lot to another room; a part of it becomes a lot of its own there.

    Refused: a room of the wrong kind or without space, more than is free, a blocked lot.
    Missing: a lot or room that is not the actor's to see.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash("move", lot_id, to_room_id, grams, reason)
    await lot_queries.lot(actor, lot_id)
    to_room = await queries.usable_room(actor, to_room_id)
    (lot,), done = await stock.locked(actor, [lot_id], id=id, content=content, room_ids=[to_room_id])
    if done is not None:
        return done
    await stock.check_not_blocked(lot)
    if lot.room_id == to_room_id:
        raise Refused("It is in this room already.", "room_id")
    amount = some_of(lot, grams, most=lot.on_hand_grams)
    await stock.fits(actor, to_room, lot.form, amount, now=now)
    await stock.put_in(
        actor, to_room, amount, form=lot.form, owner_id=lot.cooperative_id, movement_id=id, now=now
    )
    await stock.take_out(lot.room_id, amount)
    until = fresh_until(lot.form, to_room.kind, picked_at=lot.clock_from, now=now, so_far=lot.fresh_until)
    if amount == lot.on_hand_grams:
        done = Done(id, lot_id, amount)
        await stock.relocate(lot, to_room, fresh_until=until)
        await stock.record(
            actor, done, MovementKind.MOVE, content=content, township_id=lot.township_id, now=now,
            from_room_id=lot.room_id, to_room_id=to_room_id, reason=reason, was=lot,
        )  # fmt: skip
    else:
        done = await _split(actor, id, lot, to_room, amount, fresh_until=until, reason=reason, now=now)
        await _record_split(actor, done, lot, to_room, content=content, reason=reason, now=now)
    await stock.use_bookings(to_room_id, lot.cooperative_id, amount, movement_id=id, now=now)
    await trail.record(
        actor, "lot.moved", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"from": lot.room_id, "to": to_room_id, "grams": amount, "new_lot": done.other_lot_id, "movement": id},
    )  # fmt: skip
    return done


async def _split(
    actor: Actor,
    id: UUID,
    lot: LotRow,
    room: RoomRow,
    grams: Grams,
    *,
    fresh_until: datetime,
    reason: str | None,
    now: datetime,
) -> Done:
    """A new lot in `room` with a part of this one."""
    part = await parts.split_off(lot, room, fresh_until=fresh_until, now=now)
    leg = Leg(debit=part.account_id, credit=lot.account_id, amount=grams)
    await _post(actor, id, "split", lot, leg, reason=reason, now=now)
    await stock.keep(part.lot_id)
    return Done(id, lot.id, grams, part.lot_id)


@db.unit_of_work
async def split(
    actor: Actor, *, id: UUID, lot_id: int, grams: Grams, now: datetime, reason: str | None = None
) -> Done:
    """Makes a part of a lot a lot of its own where it lies. Refused: more than is free, all of it, a blocked lot."""
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash("split", lot_id, grams, reason)
    (lot,), done = await stock.locked(actor, [lot_id], id=id, content=content)
    if done is not None:
        return done
    await stock.check_not_blocked(lot)
    amount = some_of(lot, grams, most=lot.free_grams)
    if amount == lot.on_hand_grams:
        raise Refused("That is the whole lot: there is nothing to split off.", "grams")
    room = await queries.room_unscoped(lot.room_id)
    done = await _split(actor, id, lot, room, amount, fresh_until=lot.fresh_until, reason=reason, now=now)
    await _record_split(actor, done, lot, room, content=content, reason=reason, now=now)
    await trail.record(
        actor, "lot.split", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"grams": amount, "new_lot": done.other_lot_id, "reason": reason, "movement": id},
    )  # fmt: skip
    return done


async def _record_split(
    actor: Actor,
    done: Done,
    lot: LotRow,
    room: RoomRow,
    *,
    content: str,
    reason: str | None,
    now: datetime,
) -> None:
    assert done.other_lot_id is not None
    await stock.record(
        actor, done, MovementKind.SPLIT, content=content, township_id=lot.township_id, now=now,
        from_room_id=lot.room_id, to_room_id=room.id, reason=reason, was=lot,
    )  # fmt: skip
    await parts.remember(done.id, [done.other_lot_id], [(lot.id, done.grams)])


@db.unit_of_work
async def issue(
    actor: Actor, *, id: UUID, lot_id: int, reason: str, now: datetime, grams: Grams | None = None
) -> Done:
    """Gives a lot out, whole or in part; `reason` says to whom and what for. Refused: more than is free, a blocked lot."""
    actor.require(Capability.STORAGE_MOVE)
    said = check_reason(reason)
    content = content_hash("issue", lot_id, grams, said)
    (lot,), done = await stock.locked(actor, [lot_id], id=id, content=content)
    if done is not None:
        return done
    await stock.check_not_blocked(lot)
    amount = some_of(lot, grams, most=lot.free_grams)
    issued = await _other_side(postings.ISSUED, lot)
    await _post(
        actor, id, "issue", lot, Leg(debit=issued, credit=lot.account_id, amount=amount), reason=said, now=now
    )
    await stock.take_out(lot.room_id, amount)
    done = Done(id, lot_id, amount)
    await stock.record(
        actor,
        done,
        MovementKind.ISSUE,
        content=content,
        township_id=lot.township_id,
        now=now,
        from_room_id=lot.room_id,
        reason=said,
    )
    await trail.record(
        actor, "lot.issued", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"room": lot.room_id, "grams": amount, "reason": said, "movement": id},
    )  # fmt: skip
    return done


@db.unit_of_work
async def adjust(
    actor: Actor,
    *,
    id: UUID,
    lot_id: int,
    counted: Grams,
    reason: str,
    now: datetime,
    seen: Grams | None = None,
    holders: Sequence[Holder] = (),
) -> Done:
    """Brings a lot to what was counted. Without a policy of loss the difference goes against the site's variance, with a reason; with one,
    what is missing is natural loss as far as it is allowed, and excess loss beyond.

    Less is never refused for want of space, only for what is held; the `holders` let go of what is not there.

    Refused: no difference, more than the room holds.
    Conflict: the book changed since it was looked at (`seen`).
    """
    actor.require(Capability.STORAGE_ADJUST)
    said = check_reason(reason)
    content = content_hash("adjust", lot_id, counted, said)
    (lot,), done = await stock.locked(actor, [lot_id], id=id, content=content)
    if done is not None:
        return done
    stock.check_not_on_the_road(lot)
    if seen is not None and seen != lot.on_hand_grams:
        raise Refused(
            "The book changed meanwhile: it says %(book)s now. Count again.",
            "counted",
            book=lot.on_hand_grams,
        )
    difference = abs(counted - lot.on_hand_grams)
    if not difference:
        raise Refused("That is what the book says already.", "counted")
    more = counted > lot.on_hand_grams
    lost = None if more else await losses.divided(lot, Grams(difference), now=now)
    if more:
        room = await _room_of(lot)
        await stock.put_in(
            actor, room, difference, form=lot.form, owner_id=lot.cooperative_id, movement_id=None, now=now
        )
    else:
        await stock.take_out(lot.room_id, difference)
        for holder in holders:
            await holder.give_way(actor, lot, difference, id=id, now=now)
    if lost is None:
        variance = await _other_side(postings.VARIANCE, lot)
        leg = Leg(debit=variance, credit=lot.account_id, amount=difference)
        await _post(actor, id, "adjust", lot, leg.mirrored() if more else leg, reason=said, now=now)
    else:
        await postings.post(actor, id, "adjust", lot, await losses.legs(lot, lost), reason=said, now=now)
        await stock.keep(lot.id)
    done = Done(id, lot_id, difference)
    await stock.record(
        actor, done, MovementKind.ADJUST, content=content, township_id=lot.township_id, now=now, reason=said,
        from_room_id=None if more else lot.room_id, to_room_id=lot.room_id if more else None,
    )  # fmt: skip
    if lost is not None:
        await losses.note(id, lot, lost, now=now)
    for holder in holders:
        if more:
            await holder.found(actor, lot, id=id, now=now)
        else:
            await holder.lost(actor, lot, lost.natural if lost else difference, id=id, reason=said, now=now)
    await trail.record(
        actor, "lot.adjusted", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"from": lot.on_hand_grams, "to": counted, "reason": said, "movement": id},
    )  # fmt: skip
    return done


async def require_own(actor: Actor, lot_id: int) -> None:
    """Raises NotYours for whoever sees the lot but is none of its cooperative's people."""
    if await lot_queries.own_lot(actor, lot_id) is None:
        raise NotYours("Only the cooperative that owns a lot sets its price.")


@db.unit_of_work
async def ask(actor: Actor, *, lot_id: int, fen_per_kg: Fen | None, now: datetime) -> None:
    """Sets the price that the owner asks for a lot, or takes it off. NotYours: the lot is another cooperative's."""
    actor.require(Capability.STORAGE_MOVE)
    lot = await lot_queries.lot(actor, lot_id)
    await require_own(actor, lot_id)
    for wrong in wrong_price(fen_per_kg) if fen_per_kg is not None else ():
        raise wrong
    await db.execute(
        "UPDATE storage_lot SET asking_fen_per_kg = :fen_per_kg WHERE id = :id",
        fen_per_kg=fen_per_kg,
        id=lot_id,
    )
    await trail.record(
        actor, "lot.priced", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"from": lot.asking_fen_per_kg, "to": fen_per_kg},
    )  # fmt: skip


def some_of(lot: LotRow, grams: Grams | None, *, most: Grams) -> Grams:
    """So much of a lot, or all that may be taken of it. Refused: nothing, or more."""
    amount = most if grams is None else grams
    stock.check_not_on_the_road(lot)
    if lot.on_hand_grams == 0:
        raise Refused("This lot is empty.")
    if grams is not None and amount <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    if amount > most or most == 0:
        raise Refused("Only %(available)s of this lot is free.", "grams", available=most)
    return amount


async def _room_of(lot: LotRow) -> RoomRow:
    return await queries.room_unscoped(lot.room_id)


async def _other_side(kind: str, lot: LotRow) -> int:
    """The site's account of what was issued, or of what counting found."""
    return await postings.site_account(kind, lot, await postings.commodity_of(lot))


async def _post(
    actor: Actor, id: UUID, kind: str, lot: LotRow, leg: Leg, *, reason: str | None, now: datetime
) -> None:
    await postings.post(actor, id, kind, lot, [leg], reason=reason, now=now)
    await stock.keep(lot.id)
