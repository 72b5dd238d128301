"""Lots that are poured together: one product, one owner, one room, and not too far apart in age. The oldest day wins."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.ledger.rules import Leg
from pepperchain.storage import parts, postings, stock
from pepperchain.storage.holders import Holder
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.processing_rules import lots_max, merge_days_max
from pepperchain.storage.rules import MovementKind, content_hash
from pepperchain.storage.stock import Done


@db.unit_of_work
async def merge(
    actor: Actor,
    *,
    id: UUID,
    lot_id: int,
    with_lots: Sequence[int],
    now: datetime,
    holders: Sequence[Holder] = (),
) -> Done:
    """Pours all of other lots into one, which keeps its code and price; its clock is that of the oldest of them.

    Where the `holders` hold less of it than they should, they hold of what is poured in.

    Refused: another product, owner or room; too many days apart; a lot with itself; something of them blocked, held or empty.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash("merge", lot_id, sorted(with_lots))
    _check_list(lot_id, with_lots)
    (into, *others), done = await stock.locked(actor, [lot_id, *sorted(with_lots)], id=id, content=content)
    if done is not None:
        return done
    for lot in (into, *others):
        await stock.check_not_blocked(lot)
        if not lot.is_open:
            raise Refused("Lot %(code)s is empty.", "lot_id", code=lot.short_code)
    for lot in others:
        _check_pair(into, lot)
    _check_age([into, *others])
    amount = Grams(sum(lot.on_hand_grams for lot in others))
    legs = [Leg(debit=into.account_id, credit=lot.account_id, amount=lot.on_hand_grams) for lot in others]
    await postings.post(actor, id, "merge", into, legs, reason=None, now=now)
    for each in sorted([into.id, *(lot.id for lot in others)]):
        await stock.keep(each)
    await _set_clock([into, *others])
    for holder in holders:
        await holder.found(actor, into, id=id, now=now)
    done = Done(id, lot_id, amount, others[0].id)
    await stock.record(
        actor, done, MovementKind.MERGE, content=content, township_id=into.township_id, now=now,
        from_room_id=into.room_id, to_room_id=into.room_id, was=into,
    )  # fmt: skip
    for lot in others:
        await parts.remember(id, [lot_id], [(lot.id, lot.on_hand_grams)])
    await trail.record(
        actor, "lot.merged", subject="lot", subject_id=lot_id, township_id=into.township_id, now=now,
        facts={"lots": [lot.id for lot in others], "grams": amount, "movement": id},
    )  # fmt: skip
    return done


def _check_list(lot_id: int, with_lots: Sequence[int]) -> None:
    if not with_lots:
        raise Refused("Choose the lots that are poured in.", "with_lots")
    if lot_id in with_lots:
        raise Refused("A lot cannot be merged with itself.", "with_lots")
    if len(set(with_lots)) != len(with_lots):
        raise Refused("The same lot is named twice.", "with_lots")
    if len(with_lots) > lots_max():
        raise Refused("Choose between one and %(max)s lots.", "with_lots", max=lots_max())


def _check_pair(into: LotRow, lot: LotRow) -> None:
    if lot.cooperative_id != into.cooperative_id:
        raise Refused("Lots of different cooperatives stay apart.", "with_lots")
    if lot.product_id != into.product_id:
        raise Refused("Lots that differ in form, grade, cultivar or season stay apart.", "with_lots")
    if lot.room_id != into.room_id:
        raise Refused("Bring them into one room first.", "with_lots")
    if lot.held_grams:
        raise Refused("%(held)s of lot %(code)s is held for somebody.", "with_lots", held=lot.held_grams, code=lot.short_code)  # fmt: skip


def _check_age(lots: Sequence[LotRow]) -> None:
    days = [clock.local_day(lot.clock_from) for lot in lots]
    most = merge_days_max(lots[0].form)
    if (max(days) - min(days)).days > most:
        raise Refused(
            "These lots are %(apart)s days apart, at most %(most)s are poured together: the old would pass for young.", "with_lots",
            apart=(max(days) - min(days)).days, most=most,
        )  # fmt: skip


async def _set_clock(lots: Sequence[LotRow]) -> None:
    picked_at = min(lot.picked_at for lot in lots)
    begun_at = min(lot.clock_from for lot in lots)
    await db.execute(
        "UPDATE storage_lot SET picked_at = :picked_at, made_at = CAST(:made_at AS BIGINT), fresh_until_at = :fresh_until WHERE id = :id",
        picked_at=picked_at,
        made_at=begun_at if begun_at > picked_at else None,
        fresh_until=min(lot.fresh_until for lot in lots),
        id=lots[0].id,
    )
