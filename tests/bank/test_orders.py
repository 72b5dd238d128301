"""Orders to sell: who may, for how much, and that what is ordered is set aside until it is sold or taken back."""

from dataclasses import replace

import pytest

from pepperchain.bank import orders, sale_queries, withdrawals
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.bank.trading import KG, order
from tests.bank.vault import DAY, NOW, TODAY, Vault, all_balances


async def test_what_is_ordered_is_set_aside_and_comes_back(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await order(vault, receipt, 60)
    row = await vault.receipt(receipt.id)
    assert (row.free_grams, row.ordered_grams) == (40 * KG, 60 * KG)
    with pytest.raises(Refused, match="free"):
        await order(vault, receipt, 41)
    with pytest.raises(Refused, match="free"):
        await withdrawals.take_out(
            vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(41 * KG), reason="自己用", now=NOW
        )
    await orders.cancel(vault.clerk, id=id, now=NOW)
    await orders.cancel(vault.clerk, id=id, now=NOW)
    assert (await vault.receipt(receipt.id)).free_grams == 100 * KG
    await all_balances()


async def test_growers_order_for_themselves_and_staff_say_who_asked(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await order(vault, receipt, 10, actor=vault.grower, words=None)
    assert (await sale_queries.order(vault.clerk, str(id))).ordered_by == "depositor"
    with pytest.raises(Refused) as refused:
        await order(vault, receipt, 10, words=None)
    assert refused.value.field == "words"
    with pytest.raises(Missing):
        await order(vault, receipt, 10, actor=replace(vault.grower, household_id=vault.li), words=None)
    with pytest.raises(Missing):
        await order(vault, receipt, 10, actor=vault.leader_b)
    with pytest.raises(NotYours):
        await order(vault, receipt, 10, actor=vault.committee)


async def test_the_same_order_twice_is_one(vault: Vault) -> None:
    receipt, id = await vault.deposit(100), new_id()
    said = {"id": id, "receipt_id": receipt.id, "words": "电话", "now": NOW}
    assert await orders.place(vault.clerk, grams=Grams(KG), **said)  # type: ignore[arg-type]
    assert not await orders.place(vault.clerk, grams=Grams(KG), **said)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        await orders.place(vault.clerk, grams=Grams(2 * KG), **said)  # type: ignore[arg-type]
    assert (await vault.receipt(receipt.id)).ordered_grams == KG


async def test_an_order_ends_when_its_days_are_over(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await order(vault, receipt, 60, limit_fen_per_kg=Fen(6_000), expires_on=TODAY + DAY)
    assert await orders.expire_due(now=NOW + DAY) == 0
    assert await orders.expire_due(now=NOW + 2 * DAY) == 1
    assert (await sale_queries.order(vault.clerk, str(id))).state == "expired"
    assert (await vault.receipt(receipt.id)).free_grams == 100 * KG
    with pytest.raises(Conflict):
        await orders.cancel(vault.clerk, id=id, now=NOW + 3 * DAY)
    await all_balances()
