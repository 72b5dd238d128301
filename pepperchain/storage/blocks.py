"""Blocking a lot: it is neither moved nor issued, sold, held, split, merged or processed until somebody lifts the block."""

from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.harvest.rules import check_reason
from pepperchain.storage import stock
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.rules import MovementKind, content_hash
from pepperchain.storage.stock import Done


@db.unit_of_work
async def block(actor: Actor, *, id: UUID, lot_id: int, reason: str, now: datetime) -> Done:
    """Blocks what there is of a lot; nothing of it is offered any more. Refused: an empty lot, one that is blocked already."""
    actor.require(Capability.STORAGE_MOVE)
    said = check_reason(reason)
    content = content_hash("block", lot_id, said)
    (lot,), done = await stock.locked(actor, [lot_id], id=id, content=content)
    if done is not None:
        return done
    await stock.check_not_blocked(lot)
    if not lot.is_open:
        raise Refused("This lot is empty.")
    done = await put_block(actor, id, lot, content=content, reason=said, now=now)
    await trail.record(
        actor, "lot.blocked", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"grams": lot.on_hand_grams, "reason": said, "movement": id},
    )  # fmt: skip
    return done


async def put_block(actor: Actor, id: UUID, lot: LotRow, *, content: str, reason: str, now: datetime) -> Done:
    """Blocks a (locked) lot that is not blocked. A building block: it leaves no audit row of its own."""
    done = await _record(actor, id, lot, MovementKind.BLOCK, content=content, reason=reason, now=now)
    await set_block(lot.id, str(id))
    return done


@db.unit_of_work
async def release(actor: Actor, *, id: UUID, lot_id: int, reason: str, now: datetime) -> Done:
    """Lifts the block of a lot, with what was found. Refused: it is not blocked."""
    actor.require(Capability.STORAGE_MOVE)
    said = check_reason(reason)
    content = content_hash("release", lot_id, said)
    (lot,), done = await stock.locked(actor, [lot_id], id=id, content=content)
    if done is not None:
        return done
    if lot.block_id is None:
        raise Refused("This lot is not blocked.")
    done = await _record(actor, id, lot, MovementKind.RELEASE, content=content, reason=said, now=now)
    await set_block(lot_id, None)
    await trail.record(
        actor, "lot.released", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"grams": lot.on_hand_grams, "reason": said, "movement": id},
    )  # fmt: skip
    return done


async def _record(
    actor: Actor, id: UUID, lot: LotRow, kind: MovementKind, *, content: str, reason: str, now: datetime
) -> Done:
    done = Done(id, lot.id, lot.on_hand_grams)
    await stock.record(
        actor, done, kind, content=content, township_id=lot.township_id, now=now, from_room_id=lot.room_id, to_room_id=lot.room_id,
        reason=reason,
    )  # fmt: skip
    return done


async def set_block(lot_id: int, block_id: str | None) -> None:
    """Which blocking movement holds a (locked) lot; none frees it. For the verbs of this file, and for taking them back."""
    if block_id is None:
        await db.execute("UPDATE storage_lot SET block_id = NULL WHERE id = :id", id=lot_id)
    else:
        await db.execute(
            "UPDATE storage_lot SET block_id = :block_id WHERE id = :id", block_id=block_id, id=lot_id
        )
    await stock.keep(lot_id)
