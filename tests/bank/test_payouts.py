"""Paying: once, by two people, less what was owed."""

from dataclasses import replace

import pytest

from pepperchain.bank import payouts, sale_queries, withdrawals
from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from tests.bank.trading import KG, money, money_balances, order, pay, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault


async def test_a_list_is_paid_once_and_by_somebody_else_than_who_made_it(vault: Vault) -> None:
    receipt, id = await vault.deposit(100), new_id()
    await order(vault, receipt, 100)
    await sell(vault, receipt, 100, 5_800)
    assert await payouts.list_due(vault.leader, id=id, site_id=receipt.site_id, now=NOW)
    assert not await payouts.list_due(vault.leader, id=id, site_id=receipt.site_id, now=NOW)
    with pytest.raises(Refused, match="Nothing is due"):
        await payouts.list_due(vault.leader, id=new_id(), site_id=receipt.site_id, now=NOW)
    with pytest.raises(Refused, match="somebody else"):
        await payouts.pay(vault.leader, id=id, now=NOW)
    other = replace(vault.leader, user_id=99)
    for _ in range(2):
        assert (await payouts.pay(other, id=id, now=NOW)).state == "paid"
    assert (await money())["payable"] == 0
    assert (await money())["paid"] == (await sale_queries.payment(other, str(id))).fen
    with pytest.raises(Missing):
        await sale_queries.payment(vault.leader_b, str(id))
    with pytest.raises(NotYours):
        await payouts.list_due(vault.clerk, id=new_id(), site_id=receipt.site_id, now=NOW)
    await money_balances()


async def test_what_storage_cost_in_kind_is_set_off_against_the_next_settlement(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    later = NOW + 65 * DAY
    fee = await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(50 * KG), reason="自己用", now=later
    )
    assert fee == 1_000  # 0.05 t for two months at 100 yuan
    assert (await money())["receivable"] == 1_000
    await order(vault, receipt, 50, now=later)
    await sell(vault, receipt, 50, 5_000, sold_on=TODAY + 65 * DAY, now=later)
    (settled,) = await sale_queries.settlements_of_receipt(receipt.id)
    assert (settled.grower_fen, settled.set_off_fen, settled.due_fen) == (250_000, 1_000, 249_000)
    assert (await money())["receivable"] == 0
    await pay(vault, receipt, now=later)
    assert (await money())["paid"] == 249_000
    await money_balances()
