"""The same act sent ten times at once is one act, and another act under its id is refused in words with nothing written."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from pepperchain.bank import (
    closes,
    deposits,
    lending,
    orders,
    parting,
    payouts,
    pledges,
    prices,
    sales,
    withdrawals,
)
from pepperchain.bank.deposits import Share
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.bank.pledging import lent
from tests.bank.racing import all_adds_up, at_once
from tests.bank.trading import KG, new_sale, order, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault

TIMES = 10
LATER = NOW + 70 * DAY
Send = Callable[[UUID, int], Coroutine[Any, Any, Any]]


@dataclass(frozen=True)
class Act:
    """A verb by its id and by which of two contents it says; what it writes once, and what it is made on."""

    send: Send
    wrote: str
    entries: int = 1
    """Lines in the trail: where pepper leaves a lot, the lot's own is the second."""


async def act(vault: Vault, kind: str) -> Act:
    """The act of a kind: contents 0 and 1 differ, and each could be done by itself."""
    one, other = await vault.deposit(40), await vault.deposit(40)
    site, clerk, leader, both = one.site_id, vault.clerk, vault.leader, (one, other)
    if kind == "deposit":
        return Act(lambda id, n: deposits.take(
            clerk, id=id, lot_id=vault.lot_id, share=Share(vault.zhang, Grams((5 + n) * KG)), now=NOW
        ), "bank_receipt")  # fmt: skip
    if kind == "order":
        return Act(lambda id, n: orders.place(
            clerk, id=id, receipt_id=both[n].id, grams=Grams(5 * KG), words="本人说的", now=NOW
        ), "bank_order")  # fmt: skip
    if kind == "withdrawal":
        return Act(lambda id, n: withdrawals.take_out(
            clerk, id=id, receipt_id=both[n].id, grams=Grams(5 * KG), reason="自用", now=LATER
        ), "storage_movement",
            2)  # fmt: skip
    if kind == "split":
        return Act(lambda id, n: parting.split(
            clerk, id=id, receipt_id=both[n].id, grams=Grams(5 * KG), now=NOW
        ), "bank_receipt")  # fmt: skip
    if kind == "pledge":
        return Act(lambda id, n: pledges.request(
            vault.grower, id=id, receipt_id=both[n].id, grams=Grams(5 * KG), loan=Fen(10_000), lender_id=vault.bank_id,
            due_on=TODAY + 30 * DAY, now=NOW,
        ), "bank_pledge")  # fmt: skip
    if kind == "release":
        loans = [await lent(vault, each, 10, 100) for each in both]
        return Act(lambda id, n: lending.release(
            vault.lender, id=id, pledge_id=loans[n], grams=Grams(5 * KG), now=NOW
        ), "ledger_transaction")  # fmt: skip
    if kind == "price":
        return Act(lambda id, n: prices.enter(
            vault.committee, id=id, form="dry", grade="grade_1", priced_on=TODAY, fen_per_kg=Fen(5_100 + n), now=NOW
        ), "bank_price")  # fmt: skip
    if kind == "close":
        return Act(lambda id, n: closes.prepare(
            clerk, id=id, site_id=site, on=TODAY - n * DAY, now=NOW + DAY
        ), "bank_close")  # fmt: skip
    for each in both:
        await order(vault, each, 20)
    if kind == "sale":
        sale = new_sale(vault, one, 40, 5_600)
        return Act(lambda id, n: sales.sell(
            leader, id=id, sale=replace(sale, price_fen_per_kg=Fen(5_600 + n)), now=NOW
        ), "bank_sale",
            2)  # fmt: skip
    await sell(vault, one, 20, 5_600)
    assert kind == "payment list"
    return Act(lambda id, n: payouts.list_due(
        leader, id=id, site_id=(site, vault.store.register.other_site_a)[n], now=NOW
    ), "bank_payment")  # fmt: skip


KINDS = (
    "deposit",
    "order",
    "withdrawal",
    "split",
    "pledge",
    "release",
    "price",
    "close",
    "sale",
    "payment list",
)


async def rows(table: str) -> int:
    return int(await db.scalar(f"SELECT COUNT(*) FROM {table}"))


@pytest.mark.parametrize("kind", KINDS)
async def test_ten_at_once_are_one(vault: Vault, kind: str) -> None:
    what, id = await act(vault, kind), new_id()
    before, told = await rows(what.wrote), await rows("audit_entry")
    well, refused = await at_once(*(what.send(id, 0) for _ in range(TIMES)))
    assert (len(well), refused) == (TIMES, [])
    assert (await rows(what.wrote) - before, await rows("audit_entry") - told) == (1, what.entries)
    well, refused = await at_once(what.send(id, 1))
    assert (well, [each.status for each in refused]) == ([], [409])
    assert (await rows(what.wrote) - before, await rows("audit_entry") - told) == (1, what.entries)
    await all_adds_up()


@pytest.mark.parametrize("kind", KINDS)
async def test_of_two_contents_under_one_id_at_once_one_is_done(vault: Vault, kind: str) -> None:
    what, id = await act(vault, kind), new_id()
    before = await rows(what.wrote)
    well, refused = await at_once(*(what.send(id, n % 2) for n in range(TIMES)))
    assert {each.status for each in refused} <= {409, 422}
    assert len(well) == len(refused) == TIMES // 2
    assert await rows(what.wrote) - before == 1
    await all_adds_up()


async def test_what_was_sent_again_days_later_is_still_the_same(vault: Vault) -> None:
    receipt, id = await vault.deposit(40), new_id()
    grams = Grams(5 * KG)
    await withdrawals.take_out(
        vault.clerk, id=id, receipt_id=receipt.id, grams=grams, reason="自用", now=LATER
    )
    again = LATER + timedelta(days=40)
    await withdrawals.take_out(
        vault.clerk, id=id, receipt_id=receipt.id, grams=grams, reason="自用", now=again
    )
    assert (await vault.receipt(receipt.id)).left_grams == 35 * KG
    await all_adds_up()
