"""Sales: pooled fairly, settled to the fen, given out of the lots; reversed as a whole, and nothing sold twice."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from pepperchain.bank import doctor, orders, sale_queries, sales, withdrawals
from pepperchain.bank.rules import State
from pepperchain.bank.sales import NewSale
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.bank.trading import KG, money, money_balances, new_sale, order, pay, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault, all_balances

FOUR_MONTHS = date(2026, 10, 10)
LATER = NOW + 122 * DAY


async def test_the_published_example_goes_from_deposit_to_settlement(vault: Vault) -> None:
    receipt = await vault.deposit(200)
    await order(vault, receipt, 200)
    id = await sell(vault, receipt, 200, 5_800, sold_on=FOUR_MONTHS, now=LATER)
    (settled,) = await sale_queries.settlements_of_sale(str(id))
    # A tenth of the published two tonnes: 10,000.00 at the floor, 80.00 storage, 60 % of what is left of the gain.
    assert (settled.floor_fen, settled.fee_fen, settled.grower_fen, settled.operator_fen) == (
        1_000_000, 8_000, 1_091_200, 60_800,
    )  # fmt: skip
    assert settled.due_fen == 1_091_200
    row = await vault.receipt(receipt.id)
    assert (row.state, row.left_grams) == (State.EMPTIED, 0)
    assert await vault.store.on_hand(vault.lot_id) == 300 * KG
    await money_balances()
    await all_balances()


async def test_below_the_floor_the_operator_tops_up(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await order(vault, receipt, 100)
    await sell(vault, receipt, 100, 4_500, sold_on=FOUR_MONTHS, now=LATER)
    found = {kind: fen for kind, fen in (await money()).items() if fen}
    assert found == {"proceeds": 450_000, "top_up": 50_000, "payable": 500_000}
    await money_balances()


async def test_a_pooled_sale_is_shared_out_to_the_gram_and_the_fen(vault: Vault) -> None:
    rows = [await vault.deposit(kg) for kg in (100, 70, 31)]
    for receipt, kg in zip(rows, (100, 70, 31), strict=True):
        await order(vault, receipt, kg)
    sale = replace(new_sale(vault, rows[0], 50, 5_500), costs=Fen(10_001))
    found = await sales.parts(vault.leader, sale)
    assert sum(part.grams for part in found) == 50 * KG
    assert [int(part.grams) for part in found] == [24_876, 17_413, 7_711]
    id = new_id()
    await sales.sell(vault.leader, id=id, sale=sale, now=NOW)
    settled = await sale_queries.settlements_of_sale(str(id))
    previewed = sorted((int(part.settled.grower), int(part.settled.costs)) for part in found)
    assert sorted((int(each.grower_fen), int(each.costs_fen)) for each in settled) == previewed
    assert sum(each.costs_fen for each in settled) == 10_001
    await money_balances()
    await all_balances()


async def test_only_orders_that_the_price_reaches_are_served(vault: Vault) -> None:
    now, later = await vault.deposit(50), await vault.deposit(50)
    await order(vault, now, 50)
    await order(vault, later, 50, limit_fen_per_kg=Fen(6_000))
    with pytest.raises(Refused, match="ordered sold"):
        await sell(vault, now, 51, 5_900)
    await sell(vault, now, 50, 5_900)
    assert (await vault.receipt(later.id)).ordered_grams == 50 * KG
    await sell(vault, later, 50, 6_000)
    assert (await vault.receipt(later.id)).state is State.EMPTIED


async def test_a_sale_that_is_taken_back_leaves_nothing_behind(vault: Vault) -> None:
    rows = [await vault.deposit(kg) for kg in (100, 50)]
    for receipt in rows:
        await order(vault, receipt, 50)
    before = [await vault.receipt(receipt.id) for receipt in rows]
    id = await sell(vault, rows[0], 80, 5_800)
    await sales.reverse(vault.leader, id=id, reason="买方退货", now=NOW)
    await sales.reverse(vault.leader, id=id, reason="买方退货", now=NOW)
    after = [await vault.receipt(receipt.id) for receipt in rows]
    assert [(row.free_grams, row.ordered_grams, row.state) for row in after] == [
        (row.free_grams, row.ordered_grams, row.state) for row in before
    ]
    assert await vault.store.on_hand(vault.lot_id) == 500 * KG
    assert not any((await money()).values())
    await money_balances()
    await all_balances()
    await sell(vault, rows[0], 80, 5_800)
    await all_balances()


async def test_what_is_being_paid_is_not_taken_back(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await order(vault, receipt, 100)
    id = await sell(vault, receipt, 100, 5_800)
    await pay(vault, receipt)
    with pytest.raises(Refused, match="payment list"):
        await sales.reverse(vault.leader, id=id, reason="买方退货", now=NOW)


async def test_a_sale_is_made_once_and_by_whoever_keeps_the_pepper(vault: Vault) -> None:
    receipt, id = await vault.deposit(100), new_id()
    await order(vault, receipt, 100)
    sale = new_sale(vault, receipt, 40, 5_800)
    assert await sales.sell(vault.leader, id=id, sale=sale, now=NOW)
    assert not await sales.sell(vault.leader, id=id, sale=sale, now=NOW)
    with pytest.raises(Conflict):
        await sales.sell(vault.leader, id=id, sale=replace(sale, grams=Grams(KG)), now=NOW)
    with pytest.raises(NotYours):
        await sales.sell(vault.leader_b, id=new_id(), sale=sale, now=NOW)
    with pytest.raises(NotYours):
        await sales.sell(vault.clerk, id=new_id(), sale=sale, now=NOW)
    with pytest.raises(Missing):
        await sale_queries.sale(vault.leader_b, str(id))
    assert (await vault.receipt(receipt.id)).left_grams == 60 * KG


@pytest.mark.parametrize(
    "wrong",
    [
        {"grams": Grams(0)},
        {"price_fen_per_kg": Fen(0)},
        {"sold_on": TODAY + DAY},
        {"sold_on": TODAY - DAY},
        {"buyer": ""},
    ],
)
async def test_a_sale_that_cannot_be_is_refused_whole(vault: Vault, wrong: dict[str, object]) -> None:
    receipt = await vault.deposit(100)
    await order(vault, receipt, 100)
    sale: NewSale = replace(new_sale(vault, receipt, 40, 5_800), **wrong)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        await sales.sell(vault.leader, id=new_id(), sale=sale, now=NOW)
    assert await db.scalar("SELECT COUNT(*) FROM bank_sale") == 0
    await all_balances()


async def test_a_sale_and_a_withdrawal_never_take_the_same_grams(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await order(vault, receipt, 60)

    async def take(kg: int) -> int:
        return await withdrawals.take_out(
            vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(kg * KG), reason="自己用", now=NOW
        )

    done = await asyncio.gather(
        *(take(30) for _ in range(3)),
        *(sell(vault, receipt, 40, 5_800) for _ in range(3)),
        return_exceptions=True,
    )
    assert all(not isinstance(each, BaseException) or isinstance(each, Refused | Conflict) for each in done)
    row = await vault.receipt(receipt.id)
    assert (row.free_grams, row.ordered_grams) == (10 * KG, 20 * KG)
    assert await vault.store.on_hand(vault.lot_id) == 430 * KG
    await all_balances()
    await money_balances()


async def test_a_sale_is_taken_back_although_a_debt_was_set_off(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(20 * KG), reason="自用", now=LATER
    )
    await order(vault, receipt, 80, now=LATER)
    id = await sell(vault, receipt, 80, 5_000, now=LATER, sold_on=FOUR_MONTHS)
    (settled,) = await sale_queries.settlements_of_sale(str(id))
    assert settled.set_off_fen > 0
    await sales.reverse(vault.leader, id=id, reason="买方退货", now=LATER)
    assert {kind: fen for kind, fen in (await money()).items() if fen} == {
        "receivable": settled.set_off_fen, "fee": settled.set_off_fen,
    }  # fmt: skip
    await all_balances()


async def test_a_sale_taken_back_reopens_only_what_it_had_sold_of_an_order(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    order_id = await order(vault, receipt, 100)
    id = await sell(vault, receipt, 40, 5_500)
    await orders.cancel(vault.clerk, id=order_id, now=NOW)
    await sales.reverse(vault.leader, id=id, reason="买方退货", now=NOW)
    (reopened,) = await sale_queries.open_orders(vault.clerk)
    assert (reopened.open_grams, reopened.cancelled_grams) == (40 * KG, 60 * KG)
    row = await vault.receipt(receipt.id)
    assert (row.free_grams, row.ordered_grams) == (60 * KG, 40 * KG)
    assert await doctor.findings() == []
    await orders.cancel(vault.clerk, id=order_id, now=NOW)
    assert (await vault.receipt(receipt.id)).free_grams == 100 * KG
    assert await sale_queries.open_orders(vault.clerk) == []
    await money_balances()
    await all_balances()
