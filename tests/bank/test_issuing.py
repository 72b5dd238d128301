"""What a receipt is given: a number of its site without a gap, a code nobody guesses, and what its day knew."""

import asyncio

from pepperchain.bank import receipt_queries
from pepperchain.bank.rules import EventKind
from pepperchain.core import db
from tests.bank.vault import TODAY, Vault


async def test_receipts_of_a_site_are_numbered_through_even_at_once(vault: Vault) -> None:
    made = await asyncio.gather(*(vault.deposit(10) for _ in range(8)))
    assert sorted(int(each.number[-6:]) for each in made) == list(range(1, 9))
    assert len({each.code for each in made}) == 8
    assert await db.scalar("SELECT issued FROM bank_counter") == 8


async def test_its_history_begins_with_the_deposit(vault: Vault) -> None:
    receipt = await vault.deposit(25)
    (first,) = await receipt_queries.events(receipt.id)
    assert (first.kind, int(first.grams), first.happened_on) == (EventKind.ISSUED, 25_000, TODAY)


async def test_a_receipt_is_found_by_its_number_as_people_write_it(vault: Vault) -> None:
    receipt = await vault.deposit(25)
    found = await receipt_queries.receipt_by_number(vault.clerk, f" {receipt.number.lower()} ")
    assert found.id == receipt.id
