"""Counting: what somebody found of a lot, held against the book of that very moment; and what lay there without a line."""

from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.units import Grams
from pepperchain.stocktakes import queries, stocktakes
from pepperchain.stocktakes.queries import StocktakeRow
from pepperchain.stocktakes.rules import wants_recount, weighed
from pepperchain.storage import lot_queries, stock
from pepperchain.storage import queries as rooms
from pepperchain.storage.rules import content_hash


@db.unit_of_work
async def record(
    actor: Actor,
    *,
    id: UUID,
    stocktake_id: int,
    line_id: int,
    now: datetime,
    loose: Grams | None = None,
    bags: int | None = None,
    bag: Grams | None = None,
    absent: bool = False,
) -> bool:
    """What somebody counted of a line, as their last word; whether it should be counted once more.

    The same form again is the same count. Refused: a weight that cannot be, a lot that left the rooms, a counting that is over.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash("count", stocktake_id, line_id, loose, bags, bag, absent)
    row = await stocktakes.locked(actor, stocktake_id)
    line = await queries.line(row, line_id)
    if await _sent_before("stocktakes_count", id, content):
        return _again(line.expected_grams, line.counted_grams, line.counts)
    stocktakes.require_counting(row)
    room = await rooms.room_unscoped(line.room_id)
    counted = weighed(loose=loose, bags=bags, bag=bag, absent=absent, most=room.capacity_grams)
    await stock.lock_lots([line.lot_id])
    line = await queries.line(row, line_id)
    if not line.here and not (line.is_added or line.counts):
        raise Refused(
            "Lot %(code)s left these rooms after the cut-off: there is nothing to count.",
            code=line.short_code,
        )
    expected = line.on_hand_grams if line.here else Grams(0)
    await db.insert(
        "stocktakes_count", id=id, stocktake_id=stocktake_id, line_id=line_id, counted_grams=counted, expected_grams=expected, at=now,
        actor_id=actor.user_id, actor_name=actor.name, content_hash=content,
    )  # fmt: skip
    await db.execute(
        "UPDATE stocktakes_line SET counts = counts + 1, counted_grams = :counted, expected_grams = :expected, counted_at = :now,"
        " counted_by_name = :name WHERE id = :id",
        counted=counted,
        expected=expected,
        now=now,
        name=actor.name,
        id=line_id,
    )
    await trail.record(
        actor, "stocktake.counted", subject="stocktake", subject_id=stocktake_id, township_id=row.township_id, now=now,
        facts={"lot": line.lot_id, "counted_grams": counted},
    )  # fmt: skip
    return _again(expected, counted, line.counts + 1)


def _again(expected: Grams | None, counted: Grams | None, counts: int) -> bool:
    return wants_recount(expected=int(expected or 0), counted=int(counted or 0), counts=counts)


@db.unit_of_work
async def find(
    actor: Actor,
    *,
    id: UUID,
    stocktake_id: int,
    room_id: int,
    words: str,
    grams: Grams,
    now: datetime,
) -> int | None:
    """Something that lay in a room and has no line; the line, if it is a lot that the book has emptied in these very rooms.

    Anything else is told in words and posted by nobody: it is received, moved or taken back as what it is.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash("find", stocktake_id, room_id, words, grams)
    row = await stocktakes.locked(actor, stocktake_id)
    if room_id not in dict(await queries.rooms_of(row)):
        raise Missing()
    lot_id = await _lot_called(actor, words)
    if await _sent_before("stocktakes_extra", id, content):
        return None if lot_id is None else await _line_of(row, lot_id)
    stocktakes.require_counting(row)
    room = await rooms.room_unscoped(room_id)
    weighed(loose=grams, bags=None, bag=None, absent=False, most=room.capacity_grams)
    if grams <= 0:
        raise Refused("A weight is more than nothing.", "grams")
    line_id = None if lot_id is None else await _line_of(row, lot_id) or await _added(row, lot_id)
    if line_id is None:
        await db.insert(
            "stocktakes_extra", id=id, stocktake_id=stocktake_id, room_id=room_id, lot_id=lot_id, words=words, grams=grams, at=now,
            actor_id=actor.user_id, actor_name=actor.name, content_hash=content,
        )  # fmt: skip
    await trail.record(
        actor, "stocktake.found_more", subject="stocktake", subject_id=stocktake_id, township_id=row.township_id, now=now,
        facts={"room": room_id, "note": words, "grams": grams, "lot": lot_id},
    )  # fmt: skip
    return line_id


async def _lot_called(actor: Actor, words: str) -> int | None:
    """The lot that the words are the code of, or the beginning of one that leaves no doubt."""
    code = words.strip().lower()
    if len(code) < lot_queries.CODE_CHARACTERS or not code.isascii() or not code.isalnum():
        return None
    found = await db.fetch(
        int,
        "SELECT id FROM storage_lot WHERE code >= :code AND code < :after ORDER BY code LIMIT 2",
        code=code,
        after=f"{code}~",
    )
    seen = [lot.id for lot in await lot_queries.lots_by_id(actor, found)] if found else []
    return seen[0] if len(seen) == 1 else None


async def _line_of(row: StocktakeRow, lot_id: int) -> int | None:
    found = await db.scalar(
        "SELECT id FROM stocktakes_line WHERE stocktake_id = :id AND lot_id = :lot", id=row.id, lot=lot_id
    )
    return None if found is None else int(found)


async def _added(row: StocktakeRow, lot_id: int) -> int | None:
    """A line for a lot that the book had emptied here before the cut-off; none for one that is somewhere else, or came later."""
    made = await db.returning(
        "INSERT INTO stocktakes_line (stocktake_id, position, room_id, lot_id, book_grams, is_added)"
        " SELECT x.stocktake_id, (SELECT COALESCE(MAX(n.position), 0) + 1 FROM stocktakes_line n WHERE n.stocktake_id = x.stocktake_id),"
        " l.room_id, l.id, 0, TRUE FROM storage_lot l JOIN stocktakes_room x ON x.room_id = l.room_id AND x.stocktake_id = :id"
        " WHERE l.id = :lot AND NOT l.is_open AND l.consignment_id IS NULL RETURNING id",
        id=row.id,
        lot=lot_id,
    )
    if made is None:
        return None
    await db.execute("UPDATE stocktakes_stocktake SET lines = lines + 1 WHERE id = :id", id=row.id)
    return int(made[0])


async def _sent_before(table: str, id: UUID, content: str) -> bool:
    there = await db.scalar(f"SELECT content_hash FROM {table} WHERE id = :id", id=id)
    if there is not None and there != content:
        raise Conflict("This was sent before with other contents.")
    return there is not None
