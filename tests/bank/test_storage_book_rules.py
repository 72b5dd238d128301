"""The storage book: every movement in its order, and what it leaves in store and due is what the receipts and settlements say."""

from datetime import timedelta

import pytest

from pepperchain.bank import account_queries, lending, parting, sales, withdrawals
from pepperchain.bank.rules import EventKind
from pepperchain.bank.storage_book_rules import DUE, PAID, PART, Product, in_store
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from tests.bank.pledging import KG, lent
from tests.bank.trading import order, pay, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault

MINUTE = timedelta(minutes=1)


async def test_each_movement_leaves_what_the_receipts_say(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    pledge = await lent(vault, receipt, 20, 500)
    await lending.release(
        vault.lender, id=new_id(), pledge_id=pledge, grams=Grams(20 * KG), now=NOW + MINUTE / 2
    )
    await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(5 * KG), reason="自用", now=NOW + MINUTE
    )
    part = await parting.split(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(30 * KG), now=NOW + DAY
    )
    await parting.endorse(
        vault.clerk, id=new_id(), receipt_id=part.id, to_household_id=vault.li, grams=Grams(10 * KG), reason="换工", now=NOW + 2 * DAY,
    )  # fmt: skip
    await order(vault, receipt, 40, now=NOW + 3 * DAY)
    on = TODAY + 3 * DAY
    await sell(vault, receipt, 40, 5_500, now=NOW + 3 * DAY, sold_on=on)
    await pay(vault, receipt, now=NOW + 4 * DAY)
    book = await account_queries.storage_book(vault.grower, vault.zhang)
    told = [(entry.move.label, entry.move.change // KG, entry.left_grams // KG) for entry in book]
    assert told == [
        (EventKind.ISSUED.label, 100, 100),
        *[(each, 0, 100) for each in (EventKind.PLEDGED.label, EventKind.UNPLEDGED.label)],
        (EventKind.WITHDRAWN.label, -5, 95),
        (EventKind.SPLIT_OFF.label, -30, 65),
        (PART, 30, 95),
        (EventKind.TRANSFERRED.label, -10, 85),
        (EventKind.SOLD.label, -40, 45),
        (DUE, 0, 45),
        (PAID, 0, 45),
    ]
    assert [int(entry.due_fen) for entry in book][-3:] == [0, 212_000, 0]
    split = book[5].move
    assert (split.happened_on, split.other_number) == (TODAY + DAY, receipt.number)
    await _agrees(vault, vault.zhang)
    others = await account_queries.storage_book(vault.clerk, vault.li)
    assert [(entry.move.label, entry.left_grams // KG) for entry in others] == [(PART, 10)]
    assert await account_queries.storage_book(vault.grower, vault.li) == []
    assert await account_queries.storage_book(vault.leader_b, vault.zhang) == []


async def test_a_sale_that_was_taken_back_leaves_nothing(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await order(vault, receipt, 40)
    sale = await sell(vault, receipt, 40, 5_500, now=NOW + MINUTE)
    await sales.reverse(vault.leader, id=sale, reason="买方退货", now=NOW + 2 * MINUTE)
    book = await account_queries.storage_book(vault.grower, vault.zhang)
    assert [(entry.left_grams // KG, int(entry.due_fen)) for entry in book] == [
        (100, 0), (60, 0), (60, 212_000), (100, 212_000), (100, 0),
    ]  # fmt: skip
    await _agrees(vault, vault.zhang)


async def test_what_is_void_is_out_of_the_book_again(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await parting.void(vault.clerk, id=new_id(), receipt_id=receipt.id, reason="录错了", now=NOW + MINUTE)
    book = await account_queries.storage_book(vault.grower, vault.zhang)
    assert [entry.left_grams for entry in book] == [100 * KG, 0]
    assert in_store(book) == {}


async def test_a_depositors_latest_receipt_is_for_who_sees_it(vault: Vault) -> None:
    await vault.deposit(1)
    last = await vault.deposit(2)
    assert (await account_queries.latest(vault.grower, vault.zhang)).id == last.id
    with pytest.raises(Missing):
        await account_queries.latest(vault.grower, vault.li)


async def _agrees(vault: Vault, household_id: int) -> None:
    """The book's end against the receipts and the settlements."""
    book = await account_queries.storage_book(vault.clerk, household_id)
    rows = await db.tuples(
        "SELECT d.form, d.grade, d.cultivar, d.season, SUM(b.free_grams + b.ordered_grams + b.pledged_grams) FROM bank_receipt b"
        " JOIN harvest_product d ON d.id = b.product_id WHERE b.household_id = :id GROUP BY d.form, d.grade, d.cultivar, d.season",
        id=household_id,
    )
    assert in_store(book) == {Product(*kept): int(grams) for *kept, grams in rows if grams}
    due = await db.scalar(
        "SELECT COALESCE(SUM(grower_fen - set_off_fen - lender_fen), 0) FROM bank_settlement"
        " WHERE household_id = :id AND state IN ('due', 'listed')",
        id=household_id,
    )
    assert book[-1].due_fen == int(due)
