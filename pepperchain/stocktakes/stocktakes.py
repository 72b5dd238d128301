"""Stocktakes: opened for a room or a site with what the book says at that moment, or called off without a trace in the books."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db, registry
from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import check_reason
from pepperchain.stocktakes import queries
from pepperchain.stocktakes.queries import CountingPlace, StocktakeRow
from pepperchain.stocktakes.rules import State, figures
from pepperchain.storage import stock

TABLE = "stocktakes_stocktake"


@db.unit_of_work
async def begin(
    actor: Actor,
    *,
    id: UUID,
    site_id: int | None = None,
    room_id: int | None = None,
    now: datetime,
    note: str | None = None,
) -> Entered:
    """Opens a stocktake: this moment is its cut-off, and what the book says now of every lot there is written down.

    The rooms are locked meanwhile: what somebody is just about to move is in the book before the cut-off, or after it as a whole.
    Missing: not the actor's rooms. Refused: counted already, or more lots than one stocktake takes.
    """
    actor.require(Capability.STORAGE_ADJUST)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return Entered(existing, repeated=True)
    places = await _places(actor, site_id, room_id)
    await stock.lock_rooms([place.room_id for place in places])
    counted = [place.room for place in await _places(actor, site_id, room_id) if place.is_counted]
    if counted:
        raise Refused("%(room)s is being counted already.", "room_id", room=", ".join(counted))
    return await _written(actor, id, places, room_id, note, now=now)


async def _written(
    actor: Actor,
    id: UUID,
    places: Sequence[CountingPlace],
    room_id: int | None,
    note: str | None,
    *,
    now: datetime,
) -> Entered:
    rooms, one = [place.room_id for place in places], places[0]
    entered = await registry.enter(
        TABLE, id, site_id=one.site_id, room_id=room_id, operator_id=one.operator_id, township_id=one.township_id, note=note,
        cut_off_at=now, opened_by=actor.user_id, opened_by_name=actor.name, state=State.COUNTING, lines=0, book_grams=0,
    )  # fmt: skip
    await db.execute_many(
        "INSERT INTO stocktakes_room (stocktake_id, room_id, is_open) VALUES (:stocktake, :room, TRUE)",
        [{"stocktake": entered.id, "room": room} for room in rooms],
    )
    written = await db.execute(
        "INSERT INTO stocktakes_line (stocktake_id, position, room_id, lot_id, book_grams)"
        " SELECT CAST(:id AS BIGINT), ROW_NUMBER() OVER (ORDER BY l.room_id, l.form, l.grade, l.code), l.room_id, l.id, l.on_hand_grams"
        " FROM storage_lot l WHERE l.room_id IN :rooms AND l.is_open",
        id=entered.id,
        rooms=rooms,
    )
    if written > figures().lots_max:
        raise Refused(
            "There are %(lots)s lots. Count room by room: a stocktake takes %(most)s.", "room_id",
            lots=written, most=figures().lots_max,
        )  # fmt: skip
    book = Grams(
        await db.scalar(
            "SELECT COALESCE(SUM(book_grams), 0) FROM stocktakes_line WHERE stocktake_id = :id", id=entered.id
        )
    )
    await db.execute(
        f"UPDATE {TABLE} SET lines = :lines, book_grams = :book WHERE id = :id",
        lines=written,
        book=book,
        id=entered.id,
    )
    await trail.record(
        actor, "stocktake.opened", subject="stocktake", subject_id=entered.id, township_id=one.township_id, now=now,
        facts={"site": one.site_id, "room": room_id, "lines": written, "note": note},
    )  # fmt: skip
    return entered


async def _places(actor: Actor, site_id: int | None, room_id: int | None) -> list[CountingPlace]:
    """The rooms to count. Missing: there are none of the actor's."""
    own = await queries.own_rooms(actor, site_id=site_id)
    places = [place for place in own if room_id is None or place.room_id == room_id]
    if not places or (site_id is None and room_id is None):
        raise Missing()
    return places


async def locked(actor: Actor, id: int) -> StocktakeRow:
    """A stocktake of the actor's own rooms, locked. Missing: not theirs to see. NotYours: seen, but somebody else's."""
    await queries.stocktake(actor, id)
    await db.lock(TABLE, [id])
    row = await queries.stocktake(actor, id)
    if not await queries.is_own(actor, row):
        raise NotYours("Whoever runs these rooms counts them.")
    return row


def require_counting(row: StocktakeRow) -> None:
    """Refused: it is no longer counted."""
    if row.state is not State.COUNTING:
        raise Refused("The counting was handed in. Whoever signs can give it back.")


async def close_rooms(row: StocktakeRow) -> None:
    """Its rooms can be counted anew."""
    await db.execute("UPDATE stocktakes_room SET is_open = FALSE WHERE stocktake_id = :id", id=row.id)


@db.unit_of_work
async def cancel(actor: Actor, *, id: int, reason: str, now: datetime) -> None:
    """Calls a stocktake off: nothing of it reaches the books. Called off twice is once. Refused: it was posted."""
    actor.require(Capability.STORAGE_ADJUST)
    said = check_reason(reason)
    row = await locked(actor, id)
    if row.state is State.CANCELLED:
        return
    if row.state is State.POSTED:
        raise Refused("It was posted. A lot that is still wrong is counted anew.")
    await close_rooms(row)
    await registry.revise(
        TABLE, id, row.version, state=State.CANCELLED, ended_at=now, ended_by=actor.user_id, ended_by_name=actor.name, reason=said,
        handed_in_at=None, handed_in_by=None, handed_in_by_name=None, allowed_at=None, allowed_by=None, allowed_by_name=None,
    )  # fmt: skip
    await trail.record(
        actor, "stocktake.cancelled", subject="stocktake", subject_id=id, township_id=row.township_id, now=now,
        facts={"reason": said},
    )  # fmt: skip
