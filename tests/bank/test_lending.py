"""What a lender does: locks, lets go, takes another receipt instead, has pepper sold when a loan is overdue, and is paid first."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from pepperchain.bank import (
    doctor,
    lending,
    orders,
    payouts,
    receipt_queries,
    sale_queries,
    sales,
    withdrawals,
)
from pepperchain.bank.pledge_rules import PledgeState
from pepperchain.bank.rules import State
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.bank.pledging import KG, OVERDUE, asked, called, lent, released, row
from tests.bank.trading import money, money_balances, new_sale, order, sell
from tests.bank.vault import NOW, Vault, all_balances


async def _sound() -> None:
    await all_balances()
    await money_balances()
    assert await doctor.findings() == []


async def test_confirming_locks_once_and_letting_go_unlocks_part_by_part(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await lent(vault, receipt, 60, 2_000)
    await lending.confirm(vault.lender, id=id, loan_number="DK-1", now=NOW)
    standing = await vault.receipt(receipt.id)
    assert (standing.free_grams, standing.pledged_grams) == (40 * KG, 60 * KG)
    part = new_id()
    for _ in range(2):
        await lending.release(vault.lender, id=part, pledge_id=id, grams=Grams(20 * KG), now=NOW)
    assert (await row(vault, id)).held_grams == 40 * KG
    with pytest.raises(Refused, match="is locked"):
        await released(vault, id, 41)
    await released(vault, id, 40)
    over = await row(vault, id)
    assert (over.state, over.held_grams) == (PledgeState.RELEASED, 0)
    assert (await vault.receipt(receipt.id)).free_grams == 100 * KG
    with pytest.raises(Missing):
        await receipt_queries.receipt(vault.lender, receipt.id)
    await _sound()


async def test_what_went_meanwhile_is_not_locked(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await asked(vault, receipt, 60, 2_000)
    await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(50 * KG), reason="自用", now=NOW
    )
    with pytest.raises(Refused):
        await lending.confirm(vault.lender, id=id, now=NOW)
    for _ in range(2):
        await lending.decline(vault.lender, id=id, reason="不足", now=NOW)
    assert (await row(vault, id)).state is PledgeState.DECLINED


async def test_another_receipt_of_the_grower_stands_for_it(vault: Vault) -> None:
    first, second = await vault.deposit(100), await vault.deposit(80)
    old = await lent(vault, first, 60, 2_000)
    with pytest.raises(Refused, match="same grower"):
        await asked(vault, first, 10, 300, replaces_id=old)
    strange = await vault.deposit(50, household_id=vault.li)
    with pytest.raises(Refused, match="same grower"):
        await asked(vault, strange, 10, 300, actor=vault.clerk, words="说的", replaces_id=old)
    new = await asked(vault, second, 70, 2_000, replaces_id=old)
    assert (await row(vault, old)).state is PledgeState.ACTIVE
    await lending.confirm(vault.lender, id=new, now=NOW)
    assert (await row(vault, old)).state is PledgeState.REPLACED
    assert (await vault.receipt(first.id)).pledged_grams == 0
    assert (await vault.receipt(second.id)).pledged_grams == 70 * KG
    await _sound()


async def test_nothing_is_sold_for_a_loan_before_it_is_overdue(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await lent(vault, receipt, 60, 2_000)
    with pytest.raises(Refused, match="is due on"):
        await called(vault, id, 60, now=NOW)
    await called(vault, id, 50)
    with pytest.raises(Refused, match="Take that back first"):
        await called(vault, id, 5)
    (waiting,) = [each for each in await sale_queries.orders_of(receipt.id) if each.state == "open"]
    assert (waiting.ordered_by, waiting.open_grams) == ("lender", 50 * KG)
    with pytest.raises(NotYours):
        await orders.cancel(vault.clerk, id=UUID(waiting.id), now=OVERDUE)
    for _ in range(2):
        await lending.uncall(vault.lender, pledge_id=id, now=OVERDUE)
    back = await row(vault, id)
    assert (back.state, back.held_grams, back.called_grams) == (PledgeState.ACTIVE, 60 * KG, 0)
    await _sound()


async def test_a_sale_pays_the_lender_first_and_the_grower_the_rest(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await lent(vault, receipt, 60, 2_000)
    await called(vault, id, 50)
    sale = await sell(vault, receipt, 50, 5_000, now=OVERDUE)
    (settled,) = await sale_queries.settlements_of_sale(str(sale))
    assert (settled.grower_fen, settled.lender_fen, settled.due_fen, settled.lender) == (
        Fen(250_000), Fen(200_000), Fen(50_000), "农商行",
    )  # fmt: skip
    after = await row(vault, id)
    assert (after.state, after.held_grams, after.received_fen, after.owing_fen) == (
        PledgeState.ACTIVE, 10 * KG, Fen(200_000), Fen(0),
    )  # fmt: skip
    await _sound()
    payment = new_id()
    await payouts.list_due(vault.leader, id=payment, site_id=receipt.site_id, now=OVERDUE)
    paid = await payouts.pay(replace(vault.leader, user_id=99), id=payment, now=OVERDUE)
    assert paid.fen == Fen(250_000)
    assert {kind: fen for kind, fen in (await money()).items() if fen} == {
        "proceeds": 250_000,
        "paid": 250_000,
    }
    await released(vault, id, 10)
    assert (await vault.receipt(receipt.id)).free_grams == 50 * KG
    await _sound()


async def test_what_a_sale_does_not_cover_stays_owing_and_all_of_it_sold_ends_the_pledge(
    vault: Vault,
) -> None:
    receipt = await vault.deposit(60)
    id = await lent(vault, receipt, 60, 2_100)
    await called(vault, id, 60)
    await sell(vault, receipt, 20, 5_000, now=OVERDUE)
    assert ((await row(vault, id)).state, (await row(vault, id)).owing_fen) == (
        PledgeState.CALLED, Fen(110_000),
    )  # fmt: skip
    await sell(vault, receipt, 40, 5_000, now=OVERDUE)
    over = await row(vault, id)
    assert (over.state, over.received_fen) == (PledgeState.SETTLED, Fen(210_000))
    assert (await vault.receipt(receipt.id)).state is State.EMPTIED
    await _sound()


async def test_a_sale_taken_back_gives_the_lender_its_claim_back(vault: Vault) -> None:
    receipt = await vault.deposit(60)
    id = await lent(vault, receipt, 60, 2_100)
    await called(vault, id, 60)
    sale = await sell(vault, receipt, 60, 5_000, now=OVERDUE)
    await sales.reverse(vault.leader, id=sale, reason="买家退货", now=OVERDUE)
    back = await row(vault, id)
    assert (back.state, back.called_grams, back.received_fen) == (PledgeState.CALLED, 60 * KG, Fen(0))
    await _sound()


async def test_the_growers_own_order_and_the_lenders_are_sold_together(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await lent(vault, receipt, 60, 1_000)
    await called(vault, id, 60)
    await order(vault, receipt, 40, now=OVERDUE)
    sale = await sell(vault, receipt, 100, 5_000, now=OVERDUE)
    settled = {each.grams: each for each in await sale_queries.settlements_of_sale(str(sale))}
    assert settled[Grams(60 * KG)].lender_fen == Fen(100_000)
    assert (settled[Grams(40 * KG)].lender_fen, settled[Grams(40 * KG)].lender) == (Fen(0), None)
    await _sound()


async def test_two_orders_of_one_receipt_are_sold_together(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    for kg in (40, 30):
        await order(vault, receipt, kg)
    await sales.sell(vault.leader, id=new_id(), sale=new_sale(vault, receipt, 70, 5_000), now=NOW)
    told = [each for each in await receipt_queries.events(receipt.id) if each.kind.value == "sold"]
    assert sum(each.grams for each in told) == 70 * KG
    await _sound()


async def test_a_pledge_and_a_withdrawal_race_for_the_same_grams(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await asked(vault, receipt, 60, 2_000)
    outcomes = await asyncio.gather(
        lending.confirm(vault.lender, id=id, now=NOW),
        withdrawals.take_out(
            vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(60 * KG), reason="自用", now=NOW
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Refused) for each in outcomes) == 1
    await _sound()


async def test_confirming_twice_at_once_locks_once(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    id = await asked(vault, receipt, 60, 2_000)
    outcomes = await asyncio.gather(
        *(lending.confirm(vault.lender, id=id, now=NOW) for _ in range(5)), return_exceptions=True
    )
    assert [
        each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, Conflict)
    ] == []
    assert (await vault.receipt(receipt.id)).pledged_grams == 60 * KG
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'bank_pledge.confirmed'") == 1
    await _sound()
