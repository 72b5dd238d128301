"""Taking back what made lots of other lots, as long as nothing was done with what came of it. Building blocks of `movements`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.storage import blocks, queries, stock
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.rules import MovementKind

GONE = N_("Some of this pepper has been moved on. Take that back first.")
_WITHOUT_TRACE = (MovementKind.REVERSAL, MovementKind.BLOCK, MovementKind.RELEASE)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A movement as it was written down, and the reversal that took it back if one did."""

    id: str
    seq: int
    lot_id: int
    kind: str
    from_room_id: int | None
    to_room_id: int | None
    grams: int
    other_lot_id: int | None
    was_fresh_until_at: int | None
    was_picked_at: int | None
    was_made_at: int | None
    taken_back_by: str | None


@dataclass(frozen=True, slots=True)
class Kin:
    """The lots that a movement made, and those that it made them of, with how much of each."""

    made: tuple[int, ...]
    sources: tuple[tuple[int, Grams], ...]

    @property
    def lot_ids(self) -> set[int]:
        return {*self.made, *(lot_id for lot_id, _ in self.sources)}


async def kin_of(movement_id: UUID) -> Kin:
    """Whom a movement made of whom."""
    rows = await db.tuples(
        "SELECT lot_id, source_id, grams FROM storage_lot_source WHERE movement_id = :id ORDER BY lot_id, source_id",
        id=movement_id,
    )
    made = tuple(dict.fromkeys(row[0] for row in rows))
    return Kin(made, tuple((row[1], Grams(row[2])) for row in rows if row[0] == rows[0][0]))


async def check_untouched(
    movement: Recorded, lot_ids: Collection[int], *, by: Sequence[MovementKind] | None = None
) -> None:
    """Refused: something was done with these lots after the movement (of the kinds `by`, if given) that still stands."""
    kinds = "m.kind IN :kinds" if by is not None else "m.kind NOT IN :kinds"
    touched = await db.scalar(
        "SELECT m.id FROM storage_movement m LEFT JOIN storage_movement v ON v.reverses_id = m.id"
        f" WHERE m.seq > :seq AND v.id IS NULL AND {kinds} AND m.id IN ("
        "SELECT id FROM storage_movement WHERE lot_id IN :ids UNION SELECT id FROM storage_movement WHERE other_lot_id IN :ids"
        " UNION SELECT movement_id FROM storage_lot_source WHERE lot_id IN :ids"
        " UNION SELECT movement_id FROM storage_lot_source WHERE source_id IN :ids) LIMIT 1",
        seq=movement.seq,
        kinds=list(_WITHOUT_TRACE if by is None else by),
        ids=list(lot_ids),
    )
    if touched is not None:
        raise Refused(GONE)


async def standing_in(lot_ids: Collection[int]) -> list[tuple[Any, ...]]:
    """Of (locked) lots: id, room and what is there."""
    return await db.tuples(
        "SELECT id, room_id, on_hand_grams FROM storage_lot WHERE id IN :ids ORDER BY id", ids=list(lot_ids)
    )


async def give_back(actor: Actor, lot: LotRow, kin: Kin, *, now: datetime) -> None:
    """Fills the rooms of what a movement used again, wherever these lots lie now. Refused: no space there any more."""
    rooms = {lot_id: room_id for lot_id, room_id, _ in await standing_in([id for id, _ in kin.sources])}
    for lot_id, grams in kin.sources:
        room = await queries.room_unscoped(rooms[lot_id])
        await stock.put_in(
            actor, room, grams, form=lot.form, owner_id=lot.cooperative_id, movement_id=None, now=now
        )


async def keep_all(lot_ids: Collection[int]) -> None:
    """Brings lots to what their accounts say."""
    for lot_id in sorted(lot_ids):
        await stock.keep(lot_id)


async def set_clock_back(movement: Recorded) -> None:
    """Gives the lot that others were merged into the clock that it had before."""
    await db.execute(
        "UPDATE storage_lot SET picked_at = :picked_at, made_at = CAST(:made_at AS BIGINT), fresh_until_at = :fresh_until WHERE id = :id",
        picked_at=movement.was_picked_at,
        made_at=movement.was_made_at,
        fresh_until=movement.was_fresh_until_at,
        id=movement.lot_id,
    )


async def unblock(movement: Recorded, lot: LotRow) -> None:
    """Takes a block back. Refused: it has been lifted already."""
    if lot.block_id != movement.id:
        raise Refused("This lot is not blocked.")
    await blocks.set_block(lot.id, None)


async def block_again(movement: Recorded, lot: LotRow) -> None:
    """Takes the lifting of a block back: the block that was lifted stands again."""
    await stock.check_not_blocked(lot)
    block_id = await db.scalar(
        "SELECT id FROM storage_movement WHERE lot_id = :lot_id AND kind = 'block' AND seq < :seq ORDER BY seq DESC LIMIT 1",
        lot_id=lot.id,
        seq=movement.seq,
    )
    await blocks.set_block(lot.id, str(block_id))
