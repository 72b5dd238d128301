"""How pepper comes into rooms and leaves them: the building blocks of the verbs, each inside their unit of work.

Rows are locked in one order everywhere: lots, rooms, slips, ledger accounts, what is available.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.units import Grams
from pepperchain.ledger import queries as ledger
from pepperchain.ledger.rules import Balance
from pepperchain.storage import lot_queries, queries
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.queries import RoomRow, RoomSpace
from pepperchain.storage.reserved_queries import shut
from pepperchain.storage.rules import MovementKind, planning

_SHELF = "storage.offers"


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb did: the movement, its lot, the lot that was split off, and whether all of it stood already."""

    id: UUID
    lot_id: int
    grams: Grams
    other_lot_id: int | None = None
    repeated: bool = False


async def repeated(id: UUID, content: str) -> Done | None:
    """What an id that was sent before did. Conflict: it stood for something else."""
    row = await db.tuples(
        "SELECT lot_id, grams, other_lot_id, content_hash FROM storage_movement WHERE id = :id", id=id
    )
    if not row:
        return None
    lot_id, grams, other_lot_id, there = row[0]
    if there != content:
        raise Conflict("This was sent before with other contents.")
    return Done(id, lot_id, Grams(grams), other_lot_id, repeated=True)


async def record(
    actor: Actor,
    done: Done,
    kind: MovementKind,
    *,
    content: str,
    township_id: int,
    now: datetime,
    from_room_id: int | None = None,
    to_room_id: int | None = None,
    reason: str | None = None,
    reverses: UUID | None = None,
    was: LotRow | None = None,
) -> None:
    """Writes the movement down; `was` is the lot as it was, where its clock is touched."""
    written = await db.execute(
        "INSERT INTO storage_movement (id, lot_id, kind, from_room_id, to_room_id, grams, other_lot_id, reverses_id, at,"
        " actor_id, actor_name, township_id, reason, was_fresh_until_at, was_picked_at, was_made_at, content_hash)"
        " VALUES (:id, :lot_id, :kind, :from_room_id, :to_room_id, :grams, :other_lot_id, :reverses, :now, :actor_id, :actor_name,"
        " :township_id, :reason, :was_fresh_until, :was_picked, :was_made, :content) ON CONFLICT DO NOTHING",
        id=done.id,
        lot_id=done.lot_id,
        kind=kind,
        from_room_id=from_room_id,
        to_room_id=to_room_id,
        grams=done.grams,
        other_lot_id=done.other_lot_id,
        reverses=reverses,
        now=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        township_id=township_id,
        reason=reason,
        was_fresh_until=None if was is None else was.fresh_until,
        was_picked=None if was is None else was.picked_at,
        was_made=None if was is None else was.made_at,
        content=content,
    )
    if not written and reverses is not None:
        raise Conflict("This was taken back already.")
    if not written:
        raise Conflict("This was sent before with other contents.")


def check_not_on_the_road(lot: LotRow) -> None:
    """Refused: the lot was sent off and has not arrived."""
    if lot.consignment_id is not None:
        raise Refused("Lot %(code)s is on the road. Receive it or turn it back first.", code=lot.short_code)


async def check_not_blocked(lot: LotRow) -> None:
    """Refused: somebody blocked the lot, and what for."""
    if lot.block_id is None:
        return
    reason = await db.scalar("SELECT reason FROM storage_movement WHERE id = :id", id=lot.block_id)
    raise Refused(
        "Lot %(code)s is blocked: %(reason)s. It stays where it is until the block is lifted.",
        code=lot.short_code, reason=reason,
    )  # fmt: skip


async def fits(actor: Actor, room: RoomRow, form: str, grams: Grams, *, now: datetime) -> None:
    """Refused: the room does not take this form. Says which near one does and has space."""
    if form in room.forms:
        return
    other = await _elsewhere(actor, room, form, grams, now=now)
    if other is None:
        raise Refused("%(room)s is not for this form of pepper.", "room_id", room=room.full_name)
    raise Refused(
        "%(room)s is not for this form of pepper. %(other)s is, and has room for %(other_free)s.", "room_id",
        room=room.full_name, other=other.room.full_name, other_free=other.free_grams,
    )  # fmt: skip


_NOT_SHUT = (
    " AND NOT EXISTS (SELECT 1 FROM storage_maintenance m WHERE m.room_id = storage_room.id AND m.dropped_at IS NULL"
    " AND m.from_on <= :today AND m.to_on >= :today)"
)


async def check_not_shut(room: RoomRow, on: date) -> None:
    """Refused: the room is being maintained on this day."""
    if await shut([room.id], on, on):
        raise Refused(
            "%(room)s is being maintained on %(day)s, and takes nothing.",
            "room_id",
            room=room.full_name,
            day=on,
        )


async def put_in(
    actor: Actor,
    room: RoomRow,
    grams: Grams,
    *,
    form: str,
    owner_id: int,
    movement_id: UUID | None,
    now: datetime,
) -> None:
    """Fills a (locked) room by `grams`, out of what its owner booked as far as that reaches.

    Refused: it is closed or too full, counting what others booked from today on and in the days right after. Corrections name no
    movement: they say what lies there in truth, so bookings do not stand in their way; the walls do.
    """
    others, today = Grams(0), clock.local_day(now)
    if movement_id is not None:
        until = today + timedelta(days=planning().booking_respected_days - 1)
        others = max((await queries.booked_by_day([room.id], today, until, but_for=owner_id))[room.id])
    filled = await db.execute(
        "UPDATE storage_room SET stock_grams = stock_grams + :grams WHERE id = :id AND closed_on IS NULL"
        " AND stock_grams + :grams + CAST(:others AS BIGINT) <= capacity_grams"
        + ("" if movement_id is None else _NOT_SHUT),
        id=room.id,
        grams=grams,
        others=others,
        **({} if movement_id is None else {"today": today}),
    )
    if not filled and movement_id is not None:
        await check_not_shut(room, today)
    if not filled:
        await _too_full(actor, room, form, grams, others, now=now)


async def use_bookings(
    room_id: int, owner_id: int, grams: Grams, *, movement_id: UUID, now: datetime
) -> None:
    """Counts what was brought into a (locked) room off its owner's bookings of today, the first to end first."""
    left = grams
    for booking_id, open_grams in await db.tuples(
        "SELECT id, grams - used_grams FROM storage_booking WHERE room_id = :room_id AND organization_id = :owner_id"
        " AND released_at IS NULL AND from_on <= :today AND to_on >= :today AND grams > used_grams ORDER BY to_on, id",
        room_id=room_id,
        owner_id=owner_id,
        today=clock.local_day(now),
    ):
        used = min(left, Grams(open_grams))
        if used <= 0:
            return
        await _use(booking_id, used, now=now)
        await db.insert("storage_booking_use", movement_id=movement_id, booking_id=booking_id, grams=used)
        left -= used


async def _use(booking_id: str, used: Grams, *, now: datetime) -> None:
    """What was brought on a booking keeps it from running out, and takes up an offer."""
    await db.execute(
        "UPDATE storage_booking SET used_grams = used_grams + :used, kind = 'booking', expires_at = NULL WHERE id = :id",
        used=used,
        id=booking_id,
    )
    await db.execute(
        "UPDATE storage_wait SET state = 'accepted', ended_at = :now WHERE booking_id = :id AND state = 'offered'",
        now=now,
        id=booking_id,
    )


async def give_back_bookings(movement_id: UUID) -> None:
    """Gives back what a movement that is taken back had used up of bookings."""
    for booking_id, used in await db.tuples(
        "SELECT booking_id, grams FROM storage_booking_use WHERE movement_id = :id ORDER BY booking_id",
        id=movement_id,
    ):
        await db.execute(
            "UPDATE storage_booking SET used_grams = used_grams - :used WHERE id = :id",
            used=used,
            id=booking_id,
        )


async def take_out(room_id: int, grams: Grams) -> None:
    """Empties a (locked) room by `grams`. Nothing stands in the way: what leaves has left."""
    await db.execute(
        "UPDATE storage_room SET stock_grams = stock_grams - :grams WHERE id = :id", grams=grams, id=room_id
    )


async def _too_full(
    actor: Actor, room: RoomRow, form: str, grams: Grams, others: Grams, *, now: datetime
) -> NoReturn:
    """Says what is free in the room and which near one has space."""
    free, closed_on = (
        await db.tuples(
            "SELECT capacity_grams - stock_grams, closed_on FROM storage_room WHERE id = :id", id=room.id
        )
    )[0]
    if closed_on is not None:
        raise Refused("%(room)s is closed.", "room_id", room=room.full_name)
    facts = {"room": room.full_name, "free": max(Grams(free) - others, Grams(0)), "grams": grams}
    other = await _elsewhere(actor, room, form, grams, now=now)
    if other is None:
        raise Refused(
            "%(room)s has room for %(free)s, this is %(grams)s. Bring a part, or make space first.",
            "room_id",
            **facts,
        )
    raise Refused(
        "%(room)s has room for %(free)s, this is %(grams)s. %(other)s has room for %(other_free)s.", "room_id",
        other=other.room.full_name, other_free=other.free_grams, **facts,
    )  # fmt: skip


async def _elsewhere(
    actor: Actor, room: RoomRow, form: str, grams: Grams, *, now: datetime
) -> RoomSpace | None:
    return await queries.elsewhere(
        actor,
        form=form,
        grams=grams,
        near_township_id=room.township_id,
        not_room_id=room.id,
        on=clock.local_day(now),
    )


async def keep(lot_id: int) -> None:
    """Brings a (locked) lot's grams, and what is available of its product at its site, to what its ledger account says.

    A blocked lot holds all of itself: nothing of it is free, and so nothing of it is offered.
    """
    rows = await db.tuples(
        "SELECT account_id, product_id, site_id, township_id, free_grams, block_id FROM storage_lot WHERE id = :id",
        id=lot_id,
    )
    account_id, product_id, site_id, township_id, free_before, block_id = rows[0]
    balance = await ledger.balance(account_id)
    if block_id is not None:
        balance = Balance(posted=balance.posted, held=balance.posted)
    await db.execute(
        "UPDATE storage_lot SET on_hand_grams = :on_hand, held_grams = :held, free_grams = :free, is_open = :is_open WHERE id = :id",
        on_hand=balance.posted,
        held=balance.held,
        free=balance.available,
        is_open=balance.posted > 0,
        id=lot_id,
    )
    await _offer(
        product_id, site_id, township_id,
        lots=(balance.available > 0) - (free_before > 0), grams=balance.available - free_before,
    )  # fmt: skip


async def relocate(lot: LotRow, room: RoomRow, *, fresh_until: datetime) -> None:
    """Puts a whole (locked) lot down in another room; what is available moves along."""
    await db.execute(
        "UPDATE storage_lot SET room_id = :room_id, site_id = :site_id, township_id = :township_id, operator_id = :operator_id,"
        " fresh_until_at = :fresh_until WHERE id = :id",
        room_id=room.id,
        site_id=room.site_id,
        township_id=room.township_id,
        operator_id=room.operator_id,
        fresh_until=fresh_until,
        id=lot.id,
    )
    if lot.site_id != room.site_id and lot.free_grams > 0:
        away = (lot.site_id, lot.township_id, -1, -lot.free_grams)
        here = (room.site_id, room.township_id, 1, lot.free_grams)
        for site_id, township_id, lots, grams in sorted((away, here)):
            await _offer(lot.product_id, site_id, township_id, lots=lots, grams=grams)


async def _offer(product_id: int, site_id: int, township_id: int, *, lots: int, grams: int) -> None:
    if lots == 0 and grams == 0:
        return
    db.after_commit(_offers_changed)
    changed = await db.execute(
        "UPDATE storage_available SET lots = lots + :lots, free_grams = free_grams + :grams"
        " WHERE product_id = :product_id AND site_id = :site_id",
        lots=lots,
        grams=grams,
        product_id=product_id,
        site_id=site_id,
    )
    if not changed:
        await db.execute(
            "INSERT INTO storage_available (product_id, site_id, township_id, lots, free_grams)"
            " VALUES (:product_id, :site_id, :township_id, :lots, :grams) ON CONFLICT (product_id, site_id) DO UPDATE"
            " SET lots = storage_available.lots + :lots, free_grams = storage_available.free_grams + :grams",
            lots=lots,
            grams=grams,
            product_id=product_id,
            site_id=site_id,
            township_id=township_id,
        )


def offers_version() -> int:
    """Grows whenever this process changed what is available, so that what was added up from it can be added up again."""
    version: int = db.kept(_SHELF).get("version", 0)
    return version


def _offers_changed() -> None:
    db.kept(_SHELF)["version"] = offers_version() + 1


async def lock_lots(lot_ids: Sequence[int]) -> None:
    """Locks lots before their rooms."""
    await db.lock("storage_lot", lot_ids)


async def lock_rooms(room_ids: Sequence[int]) -> None:
    """Locks rooms after their lots."""
    await db.lock("storage_room", room_ids)


async def locked(
    actor: Actor, lot_ids: Sequence[int], *, id: UUID, content: str, room_ids: Sequence[int] = ()
) -> tuple[list[LotRow], Done | None]:
    """Lots in the order asked for, locked with their rooms (and others that will be needed), and what this id did before.

    Missing: a lot that is not the actor's to see. Refused: somebody moved one while it was waited for.
    """
    before = [await lot_queries.lot(actor, lot_id) for lot_id in lot_ids]
    await lock_lots(list(lot_ids))
    await lock_rooms([*{*room_ids, *(lot.room_id for lot in before)}])
    done = await repeated(id, content)
    lots = [await lot_queries.lot(actor, lot_id) for lot_id in lot_ids]
    moved = any(was.room_id != lot.room_id for was, lot in zip(before, lots, strict=True))
    if done is None and moved:
        raise Refused("This lot was moved meanwhile. Open it again.")
    return lots, done
