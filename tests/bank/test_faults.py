"""The engine fails in the middle of a verb of the bank: grams, money, lots and papers are then exactly as they were before."""

from dataclasses import replace

import pytest

from pepperchain.bank import deposits, losses, merging, orders, parting, payouts, sales, withdrawals
from pepperchain.bank.deposits import Share
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.storage import lots, movements
from tests.bank.losing import depositors_bear
from tests.bank.trading import KG, money_balances, new_sale, order, pay, sell
from tests.bank.vault import DAY, NOW, Vault, all_balances
from tests.harness.faults import fails_cleanly_everywhere

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


async def test_a_deposit_and_voiding_it_is_whole_or_not_there(vault: Vault) -> None:
    await vault.deposit(1)
    first, second = new_id(), new_id()
    share = Share(vault.zhang, Grams(40 * KG))
    await fails_cleanly_everywhere(
        lambda: deposits.take(vault.clerk, id=first, lot_id=vault.lot_id, share=share, now=NOW)
    )
    made = await deposits.take(vault.clerk, id=first, lot_id=vault.lot_id, share=share, now=NOW)
    await fails_cleanly_everywhere(
        lambda: parting.void(vault.clerk, id=second, receipt_id=made.id, reason="录错", now=NOW)
    )
    await all_balances()


async def test_an_order_and_taking_it_back_is_whole_or_not_there(vault: Vault) -> None:
    receipt, id = await vault.deposit(40), new_id()
    await fails_cleanly_everywhere(
        lambda: orders.place(
            vault.clerk, id=id, receipt_id=receipt.id, grams=Grams(5 * KG), words="本人说的", now=NOW
        )
    )
    await fails_cleanly_everywhere(lambda: orders.cancel(vault.clerk, id=id, now=NOW))
    await all_balances()


async def test_a_sale_and_taking_it_back_is_whole_or_not_there(vault: Vault) -> None:
    rows = [await vault.deposit(kg) for kg in (40, 31)]
    for receipt, kg in zip(rows, (40, 31), strict=True):
        await order(vault, receipt, kg)
    id, sale = new_id(), replace(new_sale(vault, rows[0], 30, 5_600), costs=Fen(1_001))
    await fails_cleanly_everywhere(lambda: sales.sell(vault.leader, id=id, sale=sale, now=NOW))
    await money_balances()
    await fails_cleanly_everywhere(lambda: sales.reverse(vault.leader, id=id, reason="买家退货", now=NOW))
    await money_balances()
    await all_balances()


async def test_a_payment_list_and_paying_it_is_whole_or_not_there(vault: Vault) -> None:
    receipt, id = await vault.deposit(40), new_id()
    await order(vault, receipt, 40)
    await sell(vault, receipt, 40, 5_600)
    await fails_cleanly_everywhere(
        lambda: payouts.list_due(vault.leader, id=id, site_id=receipt.site_id, now=NOW)
    )
    other = replace(vault.leader, user_id=99)
    await fails_cleanly_everywhere(lambda: payouts.pay(other, id=id, now=NOW))
    await money_balances()


async def test_taking_out_splitting_and_endorsing_is_whole_or_not_there(vault: Vault) -> None:
    receipt = await vault.deposit(40)
    out, part, given = new_id(), new_id(), new_id()
    later = NOW + 70 * DAY
    await fails_cleanly_everywhere(
        lambda: withdrawals.take_out(
            vault.clerk, id=out, receipt_id=receipt.id, grams=Grams(3 * KG), reason="自用", now=later
        )
    )
    await fails_cleanly_everywhere(
        lambda: parting.split(vault.clerk, id=part, receipt_id=receipt.id, grams=Grams(4 * KG), now=later)
    )
    await fails_cleanly_everywhere(
        lambda: parting.endorse(
            vault.clerk, id=given, receipt_id=receipt.id, to_household_id=vault.li, grams=Grams(5 * KG), reason="分家", now=later
        )
    )  # fmt: skip
    await money_balances()
    await all_balances()


async def test_receipts_become_one_wholly_or_not_at_all(vault: Vault) -> None:
    first, *rest = [await vault.deposit(kg) for kg in (40, 7, 5)]
    id = new_id()
    await fails_cleanly_everywhere(
        lambda: merging.merge(
            vault.clerk, id=id, receipt_id=first.id, with_receipts=[each.id for each in rest], now=NOW
        )
    )
    await money_balances()
    await all_balances()


async def test_a_count_that_receipts_give_way_to_is_whole_or_not_there(vault: Vault) -> None:
    await vault.deposit(1)
    await depositors_bear(2_000)
    for kg in (300, 199):
        await vault.deposit(kg)
    id, grams = new_id(), Grams(499 * KG)
    await fails_cleanly_everywhere(
        lambda: lots.adjust(
            vault.leader, id=id, lot_id=vault.lot_id, counted=grams, reason="盘点", now=NOW, holders=(losses,)
        )
    )
    await fails_cleanly_everywhere(
        lambda: movements.reverse(
            vault.leader, id=movements.reversal_id(id), of=id, reason="称错了", now=NOW, holders=(losses,)
        )
    )
    await all_balances()


async def test_what_storage_cost_is_set_off_whole_or_not_at_all(vault: Vault) -> None:
    receipt, later = await vault.deposit(60), NOW + 70 * DAY
    await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(20 * KG), reason="自用", now=later
    )
    await order(vault, receipt, 40, now=later)
    id, sale = new_id(), new_sale(vault, receipt, 40, 5_600)
    await fails_cleanly_everywhere(lambda: sales.sell(vault.leader, id=id, sale=sale, now=later))
    await pay(vault, receipt, now=later)
    await money_balances()
