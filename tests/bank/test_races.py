"""Two who want the same grams, paper or signature at the same moment: one gets it, the other is told so, and all of it adds up.

`PEPPERCHAIN_TEST_ROUNDS=500` runs each race so often; a change is tried with fewer.
"""

from collections.abc import Coroutine
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from pepperchain.bank import (
    close_queries,
    closes,
    deposits,
    jobs,
    lending,
    orders,
    parting,
    payouts,
    sales,
    withdrawals,
)
from pepperchain.bank.deposits import Share
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.storage import lots
from tests.bank.pledging import asked, lent
from tests.bank.racing import ROUNDS, all_adds_up, at_once, deadlocks, roomy, trails
from tests.bank.trading import KG, money, order, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault

LATER = NOW + 70 * DAY


def taken_out(vault: Vault, receipt: ReceiptRow, kg: int) -> Coroutine[Any, Any, Fen]:
    return withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(kg * KG), reason="自用", now=LATER
    )


def split(vault: Vault, receipt: ReceiptRow, kg: int) -> Coroutine[Any, Any, Any]:
    return parting.split(vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(kg * KG), now=LATER)


def due_listed(vault: Vault, receipt: ReceiptRow) -> Coroutine[Any, Any, bool]:
    return payouts.list_due(vault.leader, id=new_id(), site_id=receipt.site_id, now=LATER)


def taken_back(vault: Vault, id: UUID) -> Coroutine[Any, Any, None]:
    return sales.reverse(vault.leader, id=id, reason="买方退货", now=NOW)


async def test_a_sale_that_two_take_back_at_once_is_taken_back_once(vault: Vault) -> None:
    vault = await roomy(vault)
    receipts = [await vault.deposit(10) for _ in range(ROUNDS)]
    for receipt in receipts:
        await order(vault, receipt, 10)
    made = [await sell(vault, receipts[0], 10, 5_600) for _ in range(ROUNDS)]
    for id in made:
        await at_once(taken_back(vault, id), taken_back(vault, id))
    assert await trails("bank_sale.reversed") == ROUNDS
    assert (
        await db.scalar("SELECT COUNT(*) FROM ledger_transaction WHERE reverses_id IN :ids", ids=made)
        == ROUNDS
    )
    assert not any((await money()).values())
    await all_adds_up()


async def test_what_two_undo_or_renew_at_once_is_undone_or_renewed_once(vault: Vault) -> None:
    vault = await roomy(vault)
    for _ in range(ROUNDS):
        wrong, lost, pledged = [await vault.deposit(10) for _ in range(3)]
        await parting.report(
            vault.clerk, id=new_id(), receipt_id=lost.id, is_lost=True, reason="找不到", now=NOW
        )
        loan = await lent(vault, pledged, 10, 100)
        for verbs in (
            [parting.void(vault.clerk, id=new_id(), receipt_id=wrong.id, reason="录错", now=NOW) for _ in range(2)],
            [parting.reissue(vault.clerk, id=new_id(), receipt_id=lost.id, reason="补发", now=NOW) for _ in range(2)],
            [lending.release(vault.lender, id=new_id(), pledge_id=loan, grams=Grams(10 * KG), now=NOW) for _ in range(2)],
        ):  # fmt: skip
            well, refused = await at_once(*verbs)
            assert (len(well), len(refused)) == (1, 1)
    await all_adds_up()


async def test_the_same_free_grams_go_to_one_of_five(vault: Vault) -> None:
    vault = await roomy(vault)
    for _ in range(ROUNDS):
        receipt = await vault.deposit(10)
        loan = await asked(vault, receipt, 10, 100)
        well, refused = await at_once(
            taken_out(vault, receipt, 10),
            order(vault, receipt, 10, now=LATER),
            lending.confirm(vault.lender, id=loan, now=LATER),
            parting.endorse(
                vault.clerk, id=new_id(), receipt_id=receipt.id, to_household_id=vault.li, grams=Grams(10 * KG), reason="分家", now=LATER
            ),
            parting.void(vault.clerk, id=new_id(), receipt_id=receipt.id, reason="录错", now=NOW),
        )  # fmt: skip
        assert (len(well), len(refused)) == (1, 4)
    await all_adds_up()


async def test_a_sale_a_withdrawal_a_split_and_an_order_of_one_receipt_never_take_a_gram_twice(
    vault: Vault,
) -> None:
    vault = await roomy(vault)
    for _ in range(ROUNDS):
        receipt = await vault.deposit(30)
        waiting = await order(vault, receipt, 10)
        await at_once(
            sell(vault, receipt, 10, 5_600, now=LATER),
            orders.cancel(vault.clerk, id=waiting, now=LATER),
            taken_out(vault, receipt, 20),
            split(vault, receipt, 15),
            order(vault, receipt, 20, now=LATER),
        )
        await all_adds_up()


async def test_an_order_whose_days_are_over_ends_or_is_sold_and_the_timer_goes_on(vault: Vault) -> None:
    vault = await roomy(vault)
    day_after = NOW + DAY
    for _ in range(ROUNDS):
        rows = [await vault.deposit(10) for _ in range(3)]
        for receipt in rows:
            await order(vault, receipt, 10, expires_on=TODAY)
        # It was sold on its last day, and is entered on the next, while the timer ends the order.
        well, refused = await at_once(
            sell(vault, rows[0], 30, 5_600, now=day_after), jobs.expire_orders(now=day_after)
        )
        assert len(well) + len(refused) == 2
        assert any(isinstance(each, int) for each in well), "the timer is never held up"
        assert await db.scalar("SELECT COUNT(*) FROM bank_order WHERE state = 'open'") == 0
    await all_adds_up()


async def test_an_order_is_not_sold_after_its_last_day_even_if_no_timer_came_by(vault: Vault) -> None:
    receipt = await vault.deposit(10)
    await order(vault, receipt, 10, expires_on=TODAY)
    well, refused = await at_once(sell(vault, receipt, 10, 5_600, now=NOW + DAY, sold_on=TODAY + DAY))
    assert (well, len(refused)) == ([], 1)
    await sell(vault, receipt, 10, 5_600, now=NOW + DAY, sold_on=TODAY)


async def test_one_slip_sent_from_two_phones_is_deposited_once(vault: Vault) -> None:
    for number in range(ROUNDS):
        slip = await vault.store.weigh(10 + number, form="dry", grade="grade_1", picked_at=NOW - 2 * DAY)
        lot = await _received(vault, slip)
        share = Share(vault.zhang, Grams((10 + number) * KG), weighin_id=slip)
        well, refused = await at_once(
            *(deposits.take(vault.clerk, id=new_id(), lot_id=lot, share=share, now=NOW) for _ in range(2))
        )
        assert (len(well), len(refused)) == (1, 1)
    await all_adds_up()


async def _received(vault: Vault, slip: UUID) -> int:
    done = await lots.receive(vault.clerk, id=new_id(), room_id=vault.store.dry, slip_ids=[slip], now=NOW)
    return done.lot_id


async def test_a_lot_with_too_little_left_gives_what_it_has_and_numbers_have_no_gap(vault: Vault) -> None:
    well, refused = await at_once(*(vault.deposit(100) for _ in range(8)))
    assert (len(well), len(refused)) == (5, 3)
    numbers = sorted(int(receipt.number[-6:]) for receipt in well)
    assert numbers == [1, 2, 3, 4, 5]
    assert await vault.free_of_lot() == 0
    await all_adds_up()


async def test_two_sales_over_the_same_orders_sell_no_gram_twice(vault: Vault) -> None:
    rows = [await vault.deposit(kg) for kg in (17, 13, 11)]
    for receipt, kg in zip(rows, (17, 13, 11), strict=True):
        await order(vault, receipt, kg)
    await at_once(*(sell(vault, rows[0], 10, 5_600) for _ in range(6)))
    sold = await db.scalar("SELECT COALESCE(SUM(grams), 0) FROM bank_settlement")
    assert sold == 40 * KG
    await all_adds_up()


async def test_a_sale_is_taken_back_or_paid_and_never_both(vault: Vault) -> None:
    vault = await roomy(vault)
    for _ in range(ROUNDS):
        receipt = await vault.deposit(10)
        await order(vault, receipt, 10)
        id = await sell(vault, receipt, 10, 5_600)
        await at_once(taken_back(vault, id), due_listed(vault, receipt))
        listed = await db.scalar("SELECT COALESCE(SUM(fen), 0) FROM bank_payment")
        standing = await db.scalar(
            "SELECT COALESCE(SUM(grower_fen - set_off_fen), 0) FROM bank_settlement WHERE payment_id IS NOT NULL AND state <> 'reversed'"
        )
        assert listed == standing
        await all_adds_up()
    for (payment,) in await db.tuples("SELECT id FROM bank_payment"):
        await payouts.pay(replace(vault.leader, user_id=99), id=UUID(str(payment)), now=NOW)
    await all_adds_up()


async def test_what_is_due_stands_on_one_list_and_is_paid_once(vault: Vault) -> None:
    vault = await roomy(vault)
    for _ in range(ROUNDS):
        receipt = await vault.deposit(10)
        await order(vault, receipt, 10)
        await sell(vault, receipt, 10, 5_600)
        well, refused = await at_once(*(due_listed(vault, receipt) for _ in range(3)))
        assert (len(well), len(refused)) == (1, 2)
        payment = UUID(str(await db.scalar("SELECT id FROM bank_payment WHERE state = 'listed'")))
        await at_once(
            *(payouts.pay(replace(vault.leader, user_id=each), id=payment, now=NOW) for each in (97, 98, 99))
        )
    assert await trails("bank_payment.paid") == ROUNDS
    await all_adds_up()


async def test_a_debt_is_set_off_once_when_two_sites_sell_for_one_household(vault: Vault) -> None:
    vault = await roomy(vault)
    there = await roomy(vault, site_id=vault.store.register.other_site_a)
    for _ in range(ROUNDS):
        mine, given = await vault.deposit(20), await there.deposit(10)
        await taken_out(vault, mine, 10)
        for receipt in (mine, given):
            await order(vault, receipt, 10, now=LATER)
        day = date(2026, 8, 15)
        well, refused = await at_once(
            sell(vault, mine, 10, 5_600, now=LATER, sold_on=day), sell(vault, given, 10, 5_600, now=LATER, sold_on=day)
        )  # fmt: skip
        assert (len(well), refused) == (2, [])
    assert (await money())["receivable"] == 0
    await all_adds_up()


async def _prepared(vault: Vault, on: date, now: Any) -> UUID:
    id = new_id()
    await closes.prepare(vault.clerk, id=id, site_id=vault.store.register.site_a, on=on, now=now)
    return id


async def test_a_day_is_prepared_once_and_signed_once_by_whoever_came_first(vault: Vault) -> None:
    await vault.deposit(10)
    site = vault.store.register.site_a
    for number in range(ROUNDS):
        on, now = TODAY + number * DAY, NOW + (number + 1) * DAY
        well, refused = await at_once(*(_prepared(vault, on, now) for _ in range(3)))
        assert (len(well), refused) == (3, [])
        well, refused = await at_once(
            *(
                closes.sign(replace(vault.leader, user_id=by), id=id, now=now)
                for id in well
                for by in (97, 98)
            )
        )
        assert all(isinstance(each, Conflict) for each in refused)
        assert await close_queries.closed_through(site) == on
    assert await db.scalar("SELECT COUNT(*) FROM bank_close WHERE state = 'signed'") == ROUNDS
    assert await trails("period.closed") == ROUNDS
    await all_adds_up()


async def test_what_is_entered_while_a_day_is_signed_is_in_it_or_refused(vault: Vault) -> None:
    await vault.deposit(10)
    for number in range(ROUNDS):
        on, now = TODAY + number * DAY, NOW + (number + 1) * DAY
        await vault.priced(5_000, on=on)
        id = await _prepared(vault, on, now)
        late = [vault.deposit(1, now=now, deposited_on=on) for _ in range(3)]
        await at_once(
            *late, closes.sign(vault.leader, id=id, now=now), vault.deposit(1, now=now, deposited_on=on)
        )
        row = await close_queries.close(vault.committee, id)
        if row.state == "signed":
            again = await close_queries.figures(row.site_id, on)
            assert [each.came_grams for each in again.products] == [
                each.came_grams for each in row.figures.products
            ]
        else:
            await closes.sign(vault.leader, id=await _prepared(vault, on, now), now=now)
    await all_adds_up()


@pytest.mark.postgres
async def test_a_sale_is_taken_back_beside_deposits_into_another_lot_without_a_ring(
    vault: Vault, database: str
) -> None:
    there, before = await roomy(vault), await deadlocks(database)
    for _ in range(ROUNDS):
        receipt = await vault.deposit(10)
        await order(vault, receipt, 10)
        id = await sell(vault, receipt, 10, 5_600)
        well, refused = await at_once(*(there.deposit(1) for _ in range(4)), taken_back(vault, id))
        assert (len(well), refused) == (5, [])
        await orders.cancel(
            vault.clerk,
            id=UUID(str(await db.scalar("SELECT id FROM bank_order WHERE state = 'open'"))),
            now=NOW,
        )
        await taken_out(vault, receipt, 10)
    await all_adds_up()
    await db.close()  # what its connections counted is told when they end
    assert await deadlocks(database) == before
