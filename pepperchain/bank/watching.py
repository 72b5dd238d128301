"""Watching prices for whoever ordered pepper sold from a price on: an order is marked once, on the day its price is reached."""

from dataclasses import dataclass
from datetime import date, datetime

from pepperchain.access.actor import SYSTEM
from pepperchain.audit import trail
from pepperchain.bank import price_queries
from pepperchain.core import clock, db
from pepperchain.core.units import Fen

MARKED_A_TURN = 200


@dataclass(frozen=True, slots=True)
class _Heap:
    """Orders of one product at one keeper's that wait for a price, and the lowest that one of them waits for."""

    operator_id: int
    product_id: int
    form: str
    grade: str
    lowest: int


async def mark_reached(*, now: datetime, a_turn: int = MARKED_A_TURN) -> int:
    """Marks open orders whose price the day's price reaches, in units of `a_turn`; how many.

    An order is marked once, whatever the price does later.
    """
    heaps = await db.fetch(
        _Heap,
        "SELECT w.operator_id, w.product_id, d.form, d.grade, w.lowest"
        " FROM (SELECT operator_id, product_id, MIN(limit_fen_per_kg) AS lowest FROM bank_order"
        " WHERE state = 'open' AND limit_fen_per_kg IS NOT NULL AND reached_on IS NULL"
        " GROUP BY operator_id, product_id) w"
        " JOIN harvest_product d ON d.id = w.product_id ORDER BY w.operator_id, w.product_id",
    )
    today, marked = clock.local_day(now), 0
    for heap in heaps:
        price = await price_queries.standing(
            form=heap.form, grade=heap.grade, on=today, operator_id=heap.operator_id
        )
        while price is not None and price.fen_per_kg >= heap.lowest:
            turn = await _mark(heap, price.fen_per_kg, today, a_turn, now=now)
            marked += turn
            if turn < a_turn:
                break
    return marked


@db.unit_of_work
async def _mark(heap: _Heap, price: Fen, today: date, a_turn: int, *, now: datetime) -> int:
    rows = await db.tuples(
        "SELECT id, receipt_id, township_id, limit_fen_per_kg FROM bank_order WHERE state = 'open' AND reached_on IS NULL"
        " AND operator_id = :operator_id AND product_id = :product_id AND limit_fen_per_kg <= :price"
        f" ORDER BY limit_fen_per_kg, id LIMIT :limit{db.locking()}",
        operator_id=heap.operator_id,
        product_id=heap.product_id,
        price=price,
        limit=a_turn,
    )
    for id, receipt_id, township_id, limit in rows:
        await db.execute(
            "UPDATE bank_order SET reached_on = :today, reached_fen_per_kg = :price WHERE id = :id",
            today=today,
            price=price,
            id=id,
        )
        await trail.record(
            SYSTEM, "bank_order.reached", subject="bank_receipt", subject_id=receipt_id, township_id=township_id, now=now,
            facts={"limit_price": Fen(limit), "price": price},
        )  # fmt: skip
    return len(rows)
