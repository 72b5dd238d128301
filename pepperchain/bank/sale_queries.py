"""Reading orders, sales, settlements and payments."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.bank.sale_models import Order, Payment, Sale, SettlementRecord
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.core.units import Fen, Grams
from pepperchain.web.paging import LIMIT, Slice, cut, decode

ORDERS_A_SALE = 500


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order with whose it is and what it is about."""

    id: str
    receipt_id: int
    number: str
    household_id: int
    head: str | None
    cooperative_id: int
    operator_id: int
    site_id: int
    site: str
    township_id: int
    product_id: int
    form: str
    grade: str
    cultivar: str
    season: int
    kind: str
    limit_fen_per_kg: Fen | None
    grams: Grams
    filled_grams: Grams
    cancelled_grams: Grams
    expires_on: date | None
    ordered_by: str
    words: str | None
    pledge_id: str | None
    state: str
    placed_at: int
    placed_by_name: str
    reached_on: date | None
    reached_fen_per_kg: Fen | None

    @property
    def open_grams(self) -> Grams:
        """What is still to be sold of it."""
        return self.grams - self.filled_grams - self.cancelled_grams if self.state == "open" else Grams(0)


_ORDER = """
SELECT x.id, x.receipt_id, b.number, x.household_id, p.name, x.cooperative_id, x.operator_id, x.site_id, s.name, x.township_id,
    x.product_id, d.form, d.grade, d.cultivar, d.season, x.kind, x.limit_fen_per_kg, x.grams, x.filled_grams, x.cancelled_grams,
    x.expires_on, x.ordered_by, x.words, x.pledge_id, x.state, x.placed_at, x.placed_by_name, x.reached_on, x.reached_fen_per_kg
FROM bank_order x
JOIN bank_receipt b ON b.id = x.receipt_id
JOIN directory_household h ON h.id = x.household_id
LEFT JOIN directory_person p ON p.id = h.head_id
JOIN directory_site s ON s.id = x.site_id
JOIN harvest_product d ON d.id = x.product_id
"""


def _order(*row: Any) -> OrderRow:
    said = dict(zip(OrderRow.__dataclass_fields__, row, strict=True))
    said["id"] = str(said["id"])
    said["pledge_id"] = None if said["pledge_id"] is None else str(said["pledge_id"])
    for name in ("limit_fen_per_kg", "reached_fen_per_kg"):
        said[name] = None if said[name] is None else Fen(said[name])
    for name in ("grams", "filled_grams", "cancelled_grams"):
        said[name] = Grams(said[name])
    for name in ("expires_on", "reached_on"):
        said[name] = None if said[name] is None else date.fromisoformat(str(said[name]))
    return OrderRow(**said)


async def order(actor: Actor, id: str) -> OrderRow:
    """One order. Missing: there is none, or it is not the actor's to see."""
    return await _one(Order.visible_to(actor) & Clause("x.id = :id", {"id": id}))


async def order_unscoped(id: str) -> OrderRow:
    """The order of something that was looked up within its actor's scope."""
    return await _one(EVERYTHING & Clause("x.id = :id", {"id": id}))


async def open_order_of_pledge(pledge_id: str) -> OrderRow | None:
    """What a lender has ordered sold and is not sold yet."""
    return await db.fetch_one(_order, f"{_ORDER} WHERE x.pledge_id = :id AND x.state = 'open'", id=pledge_id)


async def _one(which: Clause) -> OrderRow:
    found = await db.fetch_one(_order, f"{_ORDER} WHERE {which.sql}", **which.params)
    if found is None:
        raise Missing()
    return found


async def orders_of(receipt_id: int) -> list[OrderRow]:
    """The orders of a receipt (that was looked up within its actor's scope), the latest first."""
    return await db.fetch(
        _order,
        f"{_ORDER} WHERE x.receipt_id = :id ORDER BY x.placed_at DESC, x.id DESC LIMIT 100",
        id=receipt_id,
    )


async def open_orders(
    actor: Actor, *, site_id: int | None = None, product_id: int | None = None, limit: int = ORDERS_A_SALE
) -> list[OrderRow]:
    """Orders that wait to be sold, who ordered first first."""
    which = Order.visible_to(actor) & Clause("x.state = 'open'")
    if site_id is not None:
        which &= Clause("x.site_id = :site_id", {"site_id": site_id})
    if product_id is not None:
        which &= Clause("x.product_id = :product_id", {"product_id": product_id})
    return await db.fetch(
        _order,
        f"{_ORDER} WHERE {which.sql} ORDER BY x.site_id, x.product_id, x.placed_at, x.id LIMIT :limit",
        limit=limit,
        **which.params,
    )


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A sale as it was made."""

    id: str
    site_id: int
    site: str
    operator_id: int
    operator: str
    township_id: int
    product_id: int
    form: str
    grade: str
    grams: Grams
    price_fen_per_kg: Fen
    costs_fen: Fen
    sold_on: date
    buyer: str
    sold_by_name: str
    reversed_at: int | None
    reversed_reason: str | None


def _sale(*row: Any) -> SaleRow:
    said = dict(zip(SaleRow.__dataclass_fields__, row, strict=True))
    said["id"], said["grams"] = str(said["id"]), Grams(said["grams"])
    said["price_fen_per_kg"], said["costs_fen"] = Fen(said["price_fen_per_kg"]), Fen(said["costs_fen"])
    said["sold_on"] = date.fromisoformat(str(said["sold_on"]))
    return SaleRow(**said)


_SALE = """
SELECT s.id, s.site_id, e.name, s.operator_id, o.short_name, s.township_id, s.product_id, d.form, d.grade, s.grams, s.price_fen_per_kg,
    s.costs_fen, s.sold_on, s.buyer, s.sold_by_name, s.reversed_at, s.reversed_reason
FROM bank_sale s
JOIN directory_site e ON e.id = s.site_id
JOIN directory_organization o ON o.id = s.operator_id
JOIN harvest_product d ON d.id = s.product_id
"""


async def sale(actor: Actor, id: str) -> SaleRow:
    """One sale. Missing: there is none, or it is not the actor's to see."""
    which = Sale.visible_to(actor) & Clause("s.id = :id", {"id": id})
    found = await db.fetch_one(_sale, f"{_SALE} WHERE {which.sql}", **which.params)
    if found is None:
        raise Missing()
    return found


async def sales(actor: Actor, *, cursor: str | None = None, limit: int = LIMIT) -> Slice[SaleRow]:
    """Sales, the latest first."""
    which = Sale.visible_to(actor)
    after = decode(cursor, str, str)
    if after is not None:
        day = "CAST(:day AS DATE)" if db.dialect() == "postgres" else ":day"
        which &= Clause(
            f"(s.sold_on, s.id) < ({day}, :before)", {"day": date.fromisoformat(after[0]), "before": after[1]}
        )
    rows = await db.fetch(
        _sale,
        f"{_SALE} WHERE {which.sql} ORDER BY s.sold_on DESC, s.id DESC LIMIT :limit",
        limit=limit + 1,
        **which.params,
    )
    return cut(rows, limit, lambda row: (row.sold_on.isoformat(), row.id))


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """What a depositor got of a sale."""

    id: int
    sale_id: str
    order_id: str
    receipt_id: int
    number: str
    household_id: int
    head: str | None
    site_id: int
    site: str
    operator: str
    township_id: int
    form: str
    grade: str
    grams: Grams
    price_fen_per_kg: Fen
    sold_on: date
    buyer: str
    sale_fen: Fen
    floor_fen: Fen
    top_up_fen: Fen
    fee_fen: Fen
    costs_fen: Fen
    operator_fen: Fen
    grower_fen: Fen
    set_off_fen: Fen
    lender_fen: Fen
    lender: str | None
    lender_id: int | None
    lines: list[dict[str, Any]]
    settled_at: int
    state: str
    payment_id: str | None

    @property
    def due_fen(self) -> Fen:
        """What the household is paid of it: less what it owed, and less what goes to a lender."""
        return self.grower_fen - self.set_off_fen - self.lender_fen

    @property
    def paid_fen(self) -> Fen:
        """What is paid of it in all, to the household and to a lender."""
        return self.grower_fen - self.set_off_fen

    @property
    def extra_fen(self) -> Fen:
        """What the depositor got above selling at the floor."""
        return self.grower_fen - self.floor_fen


_SETTLEMENT = """
SELECT t.id, t.sale_id, t.order_id, t.receipt_id, b.number, t.household_id, p.name, t.site_id, e.name, o.short_name, t.township_id,
    d.form, d.grade, t.grams, s.price_fen_per_kg, s.sold_on, s.buyer, t.sale_fen, t.floor_fen, t.top_up_fen, t.fee_fen, t.costs_fen,
    t.operator_fen, t.grower_fen, t.set_off_fen, t.lender_fen, n.short_name, t.lender_id, t.lines, t.settled_at, t.state, t.payment_id
FROM bank_settlement t
JOIN bank_sale s ON s.id = t.sale_id
JOIN bank_receipt b ON b.id = t.receipt_id
JOIN directory_household h ON h.id = t.household_id
LEFT JOIN directory_person p ON p.id = h.head_id
JOIN directory_site e ON e.id = t.site_id
JOIN directory_organization o ON o.id = t.operator_id
JOIN harvest_product d ON d.id = b.product_id
LEFT JOIN directory_organization n ON n.id = t.lender_id
"""


def _settlement(*row: Any) -> SettlementRow:
    said = dict(zip(SettlementRow.__dataclass_fields__, row, strict=True))
    for name, value in said.items():
        if name.endswith("_fen") or name == "price_fen_per_kg":
            said[name] = Fen(value)
    said["sale_id"], said["order_id"] = str(said["sale_id"]), str(said["order_id"])
    said["payment_id"] = None if said["payment_id"] is None else str(said["payment_id"])
    said["grams"] = Grams(said["grams"])
    said["sold_on"] = date.fromisoformat(str(said["sold_on"]))
    said["lines"] = json.loads(said["lines"]) if isinstance(said["lines"], str) else said["lines"]
    return SettlementRow(**said)


async def settlement(actor: Actor, id: int) -> SettlementRow:
    """One settlement. Missing: there is none, or it is not the actor's to see."""
    return (await _settlements(SettlementRecord.visible_to(actor) & Clause("t.id = :id", {"id": id}), 1))[0]


async def settlements_of_sale(sale_id: str) -> list[SettlementRow]:
    """All of a sale (that was looked up within its actor's scope)."""
    return await _settlements(
        EVERYTHING & Clause("t.sale_id = :sale_id", {"sale_id": sale_id}), ORDERS_A_SALE, may_be_none=True
    )


async def settlements_of_receipt(receipt_id: int) -> list[SettlementRow]:
    """All of a receipt (that was looked up within its actor's scope), the latest first."""
    return await _settlements(
        EVERYTHING & Clause("t.receipt_id = :receipt_id", {"receipt_id": receipt_id}), 100, may_be_none=True
    )


async def settlements_of_payment(payment_id: str) -> list[SettlementRow]:
    """All that is paid by one list."""
    return await _settlements(
        EVERYTHING & Clause("t.payment_id = :payment_id", {"payment_id": payment_id}),
        ORDERS_A_SALE,
        may_be_none=True,
    )


async def due(actor: Actor, site_id: int) -> list[SettlementRow]:
    """What is due at a site and stands on no payment list yet."""
    which = SettlementRecord.visible_to(actor) & Clause(
        "t.state = 'due' AND t.site_id = :site_id", {"site_id": site_id}
    )
    return await _settlements(which, ORDERS_A_SALE, may_be_none=True)


async def _settlements(which: Clause, limit: int, *, may_be_none: bool = False) -> list[SettlementRow]:
    rows = await db.fetch(
        _settlement,
        f"{_SETTLEMENT} WHERE {which.sql} ORDER BY t.id DESC LIMIT :limit",
        limit=limit,
        **which.params,
    )
    if not rows and not may_be_none:
        raise Missing()
    return rows


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment list."""

    id: str
    site_id: int
    site: str
    operator_id: int
    township_id: int
    settlements: int
    fen: Fen
    state: str
    made_at: int
    made_by: int | None
    made_by_name: str
    paid_at: int | None
    paid_by_name: str | None


async def payments(actor: Actor, *, limit: int = 50) -> list[PaymentRow]:
    """Payment lists, the latest first."""
    return await _payments(Payment.visible_to(actor), limit)


async def payment(actor: Actor, id: str) -> PaymentRow:
    """One payment list. Missing: there is none, or it is not the actor's to see."""
    rows = await _payments(Payment.visible_to(actor) & Clause("y.id = :id", {"id": id}), 1)
    if not rows:
        raise Missing()
    return rows[0]


def _payment(*row: Any) -> PaymentRow:
    said = dict(zip(PaymentRow.__dataclass_fields__, row, strict=True))
    said["id"], said["fen"] = str(said["id"]), Fen(said["fen"])
    return PaymentRow(**said)


async def _payments(which: Clause, limit: int) -> list[PaymentRow]:
    return await db.fetch(
        _payment,
        "SELECT y.id, y.site_id, e.name, y.operator_id, y.township_id, y.settlements, y.fen, y.state, y.made_at, y.made_by,"
        " y.made_by_name, y.paid_at, y.paid_by_name FROM bank_payment y JOIN directory_site e ON e.id = y.site_id"
        f" WHERE {which.sql} ORDER BY y.made_at DESC, y.id DESC LIMIT :limit",
        limit=limit,
        **which.params,
    )


@dataclass(frozen=True, slots=True)
class DueAtSite:
    """What is due at a site and stands on no list."""

    site_id: int
    site: str
    settlements: int
    fen: Fen


async def due_by_site(actor: Actor) -> list[DueAtSite]:
    """What is due, site by site."""
    which = SettlementRecord.visible_to(actor) & Clause("t.state = 'due'")
    if actor.organization_id is not None:
        which &= Clause("t.operator_id = :keeper", {"keeper": actor.organization_id})
    return await db.fetch(
        lambda site_id, site, count, fen: DueAtSite(site_id, site, count, Fen(fen)),
        "SELECT t.site_id, e.name, COUNT(*), CAST(SUM(t.grower_fen - t.set_off_fen) AS BIGINT) FROM bank_settlement t"
        f" JOIN directory_site e ON e.id = t.site_id WHERE {which.sql} GROUP BY t.site_id, e.name ORDER BY t.site_id",
        **which.params,
    )
