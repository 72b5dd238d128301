"""Ordering, selling and paying in few words, and what must hold of money whatever happened."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.bank import orders, payouts, sales
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.sales import NewSale
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.bank.vault import NOW, TODAY, Vault

KG = 1000


async def order(
    vault: Vault, receipt: ReceiptRow, kg: int, *, actor: Actor | None = None, **more: Any
) -> UUID:
    """An order by A's clerk for the depositor, unless another orders."""
    id = new_id()
    said: dict[str, Any] = {"words": "本人当面说的", "now": NOW, **more}
    await orders.place(actor or vault.clerk, id=id, receipt_id=receipt.id, grams=Grams(kg * KG), **said)
    return id


def new_sale(vault: Vault, receipt: ReceiptRow, kg: int, price: int, **more: Any) -> NewSale:
    """A sale out of the site and product of a receipt."""
    said: dict[str, Any] = {"buyer": "青麻叙食品", "sold_on": TODAY, **more}
    return NewSale(
        site_id=receipt.site_id, product_id=receipt.product_id, grams=Grams(kg * KG), price_fen_per_kg=Fen(price), **said
    )  # fmt: skip


async def sell(
    vault: Vault,
    receipt: ReceiptRow,
    kg: int,
    price: int,
    *,
    actor: Actor | None = None,
    now: datetime = NOW,
    **more: Any,
) -> UUID:
    """Sold by A's leader, who runs the store."""
    id = new_id()
    await sales.sell(actor or vault.leader, id=id, sale=new_sale(vault, receipt, kg, price, **more), now=now)
    return id


async def pay(vault: Vault, receipt: ReceiptRow, *, now: datetime = NOW) -> UUID:
    """A list made by one leader and said to be paid by another."""
    id = new_id()
    await payouts.list_due(vault.leader, id=id, site_id=receipt.site_id, now=now)
    await payouts.pay(replace(vault.leader, user_id=99), id=id, now=now)
    return id


async def money() -> dict[str, int]:
    """Every kind of money account, added up in its own direction."""
    rows = await db.tuples(
        "SELECT a.kind, SUM(CASE a.side WHEN 'debit' THEN a.debits - a.credits ELSE a.credits - a.debits END)"
        " FROM ledger_account a JOIN ledger_commodity c ON c.id = a.commodity_id WHERE c.code = 'CNY' GROUP BY a.kind"
    )
    return {str(kind).removeprefix("bank_"): int(fen) for kind, fen in rows}


async def money_balances() -> None:
    """What came in is what went out, and what settlements say is what the accounts hold."""
    found = await money()
    assert found.get("proceeds", 0) + found.get("top_up", 0) + found.get("receivable", 0) == sum(
        found.get(kind, 0) for kind in ("payable", "fee", "margin", "costs", "paid", "lender")
    )
    settled = await db.tuples(
        "SELECT COALESCE(SUM(sale_fen), 0), COALESCE(SUM(top_up_fen), 0), COALESCE(SUM(operator_fen), 0), COALESCE(SUM(costs_fen), 0)"
        " FROM bank_settlement WHERE state <> 'reversed'"
    )
    lent = await db.scalar(
        "SELECT COALESCE(SUM(lender_fen), 0) FROM bank_settlement WHERE state IN ('due', 'listed')"
    )
    assert int(lent) == found.get("lender", 0)
    assert [int(each) for each in settled[0]] == [
        found.get(kind, 0) for kind in ("proceeds", "top_up", "margin", "costs")
    ]
    owing = await db.scalar(
        "SELECT COALESCE(SUM(grower_fen - set_off_fen - lender_fen), 0) FROM bank_settlement WHERE state IN ('due', 'listed')"
    )
    assert int(owing) == found.get("payable", 0)


LATER = date(2026, 10, 10)
