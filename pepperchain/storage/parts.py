"""New lots that are made of others: split off, processed, regraded. And which were made of which, for the trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pepperchain.core import db
from pepperchain.core.units import Grams
from pepperchain.harvest.products import Product
from pepperchain.storage import postings
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import new_code


@dataclass(frozen=True, slots=True)
class Part:
    """A lot that was just made, still empty."""

    lot_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class Clock:
    """When a lot's pepper was picked, when it got its form if that was later, and until when it is fresh."""

    picked_at: datetime
    made_at: datetime | None
    fresh_until: datetime


async def split_off(lot: LotRow, room: RoomRow, *, fresh_until: datetime, now: datetime) -> Part:
    """An empty lot of the same pepper in `room`, to be given a part of this one."""
    part_id = await _insert(
        lot, room, Clock(lot.picked_at, lot.made_at, fresh_until), product_id=lot.product_id, form=lot.form, grade=lot.grade,
        parent_id=lot.id, asking_fen_per_kg=lot.asking_fen_per_kg, now=now,
    )  # fmt: skip
    commodity_id = await postings.commodity_of(lot)
    account_id = await postings.open_lot_account(part_id, commodity_id, township_id=room.township_id)
    return Part(part_id, account_id)


async def made_of(
    lot: LotRow, room: RoomRow, clock: Clock, *, product: Product, form: str, grade: str, now: datetime
) -> Part:
    """An empty lot of another product in `room`, which belongs to whom this one belongs to and grew where it grew."""
    lot_id = await _insert(
        lot, room, clock, product_id=product.id, form=form, grade=grade, parent_id=None, asking_fen_per_kg=None, now=now
    )  # fmt: skip
    account_id = await postings.open_lot_account(lot_id, product.commodity_id, township_id=room.township_id)
    return Part(lot_id, account_id)


async def _insert(
    lot: LotRow,
    room: RoomRow,
    clock: Clock,
    *,
    product_id: int,
    form: str,
    grade: str,
    parent_id: int | None,
    asking_fen_per_kg: int | None,
    now: datetime,
) -> int:
    made: int = await db.scalar(
        "INSERT INTO storage_lot (code, product_id, form, grade, cultivar, season, site_id, room_id, township_id,"
        " origin_township_id, operator_id, cooperative_id, parent_id, picked_at, received_at, fresh_until_at, made_at, asking_fen_per_kg)"
        " SELECT :code, :product_id, :form, :grade, cultivar, season, :site_id, :room_id, :township_id, origin_township_id,"
        " :operator_id, cooperative_id, CAST(:parent_id AS BIGINT), :picked_at, :now, :fresh_until, CAST(:made_at AS BIGINT),"
        " CAST(:price AS BIGINT) FROM storage_lot WHERE id = :id RETURNING id",
        code=new_code(),
        product_id=product_id,
        form=form,
        grade=grade,
        site_id=room.site_id,
        room_id=room.id,
        township_id=room.township_id,
        operator_id=room.operator_id,
        parent_id=parent_id,
        picked_at=clock.picked_at,
        now=now,
        fresh_until=clock.fresh_until,
        made_at=clock.made_at,
        price=asking_fen_per_kg,
        id=lot.id,
    )
    return made


async def remember(movement_id: UUID, made: Sequence[int], of: Sequence[tuple[int, Grams]]) -> None:
    """Writes down that a (recorded) movement made lots of others: the trace in both directions."""
    await db.execute_many(
        "INSERT INTO storage_lot_source (movement_id, lot_id, source_id, grams) VALUES (:movement_id, :lot_id, :source_id, :grams)",
        [
            {"movement_id": movement_id, "lot_id": lot_id, "source_id": source_id, "grams": grams}
            for lot_id in made
            for source_id, grams in of
        ],
    )
