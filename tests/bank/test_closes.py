"""Closing a day: what it adds up to, two people, and books that take nothing more for it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from pepperchain.bank import close_queries, closes, withdrawals
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from tests.bank.pledging import KG, lent
from tests.bank.trading import order, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault, all_balances

TOMORROW = NOW + DAY


async def prepared(vault: Vault, *, now: Any = TOMORROW, **more: Any) -> UUID:
    """The first day, prepared by A's clerk the day after."""
    id = new_id()
    site = vault.store.register.site_a
    await closes.prepare(vault.clerk, **{"id": id, "site_id": site, "on": TODAY, "now": now, **more})
    return id


async def test_a_day_says_what_came_and_went_and_whose_it_is(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await vault.deposit(50, household_id=vault.li)
    await lent(vault, receipt, 30, 1_000)
    await order(vault, receipt, 40)
    await sell(vault, receipt, 10, 5_500)
    # What the next day brings is not this day's.
    await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(5 * KG), reason="自用", now=TOMORROW
    )
    row = await close_queries.close(vault.committee, await prepared(vault))
    (product,) = row.figures.products
    assert (product.opened_grams, product.came_grams, product.went_grams, product.closed_grams) == (
        0, 150 * KG, 10 * KG, 140 * KG,
    )  # fmt: skip
    assert (product.free_grams, product.ordered_grams, product.pledged_grams) == (80 * KG, 30 * KG, 30 * KG)
    assert product.adds_up
    assert (product.claims_now_grams, product.stock_now_grams) == (135 * KG, 485 * KG)
    assert row.backing_ppm == 485_000_000 // 135
    assert row.figures.money.sold_fen == 55_000
    assert row.figures.money.due_to_growers_fen == 53_000
    later = await close_queries.figures(row.site_id, TODAY + DAY)
    assert (later.products[0].opened_grams, later.products[0].went_grams) == (140 * KG, 5 * KG)


async def test_two_people_close_it_and_nothing_is_entered_for_it_any_more(vault: Vault) -> None:
    await vault.deposit(100)
    id = await prepared(vault)
    assert not await closes.prepare(
        vault.clerk, id=id, site_id=vault.store.register.site_a, on=TODAY, now=TOMORROW
    )
    with pytest.raises(Refused, match="somebody else signs"):
        await closes.sign(replace(vault.leader, user_id=vault.clerk.user_id), id=id, now=TOMORROW)
    with pytest.raises(NotYours):
        await closes.sign(vault.clerk, id=id, now=TOMORROW)
    assert await close_queries.backing(vault.store.register.site_a) is None
    for _ in range(2):
        row = await closes.sign(vault.leader, id=id, now=TOMORROW)
    assert (row.state, row.signed_by_name, len(row.chain_head or "")) == ("signed", vault.leader.name, 64)
    assert await close_queries.backing(vault.store.register.site_a) == (TODAY, 5_000_000)
    with pytest.raises(Refused):
        await vault.deposit(10, now=TOMORROW, deposited_on=TODAY)
    await vault.deposit(10, now=TOMORROW)
    with pytest.raises(Conflict, match="closed through"):
        await prepared(vault)
    await all_balances()
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'period.closed'") == 1


async def test_what_was_entered_in_between_asks_for_it_to_be_prepared_again(vault: Vault) -> None:
    await vault.deposit(100)
    first = await prepared(vault)
    await vault.deposit(10, now=TOMORROW, deposited_on=TODAY)
    with pytest.raises(Refused, match="prepared again"):
        await closes.sign(vault.leader, id=first, now=TOMORROW)
    second = await prepared(vault)
    with pytest.raises(Conflict):
        await closes.sign(vault.leader, id=first, now=TOMORROW)
    assert (await closes.sign(vault.leader, id=second, now=TOMORROW)).state == "signed"


async def test_a_day_that_is_not_over_or_anothers_is_not_closed(vault: Vault) -> None:
    await vault.deposit(100)
    with pytest.raises(Refused, match="when it is over"):
        await prepared(vault, now=NOW)
    with pytest.raises((Missing, NotYours)):
        await prepared(vault, site_id=vault.store.register.site_b)
    id = await prepared(vault)
    with pytest.raises(Conflict, match="other contents"):
        await prepared(vault, id=id, on=TODAY - timedelta(days=1))
    with pytest.raises(Missing):
        await closes.sign(vault.leader_b, id=id, now=TOMORROW)


async def test_a_day_on_which_the_books_do_not_add_up_is_not_closed(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await _tampered(receipt.id)
    with pytest.raises(Refused, match="differ"):
        await prepared(vault)


@db.unit_of_work
async def _tampered(receipt_id: int) -> None:
    await db.execute("UPDATE bank_receipt SET free_grams = free_grams - 1 WHERE id = :id", id=receipt_id)
