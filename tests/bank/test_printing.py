"""Prints are counted by whoever may print."""

import pytest

from pepperchain.bank import printing
from pepperchain.core.errors import Missing, NotYours
from tests.bank.vault import NOW, Vault


async def test_prints_are_counted_for_those_who_may_print(vault: Vault) -> None:
    receipt = await vault.deposit(1)
    assert [await printing.count(vault.clerk, receipt_id=receipt.id, now=NOW) for _ in range(2)] == [1, 2]
    with pytest.raises(NotYours):
        await printing.count(vault.grower, receipt_id=receipt.id, now=NOW)
    with pytest.raises(Missing):
        await printing.count(vault.leader_b, receipt_id=receipt.id, now=NOW)


async def test_prints_of_a_storage_book_are_counted_by_the_trail(vault: Vault) -> None:
    await vault.deposit(1)
    assert await printing.book_prints(vault.zhang) == 0
    assert await printing.count_book(vault.clerk, household_id=vault.zhang, now=NOW) == 1
    assert await printing.count_book(vault.clerk, household_id=vault.zhang, now=NOW) == 2
    assert await printing.book_prints(vault.zhang) == 2
    with pytest.raises(Missing):
        await printing.count_book(vault.clerk, household_id=vault.li, now=NOW)
    with pytest.raises(NotYours):
        await printing.count_book(vault.grower, household_id=vault.zhang, now=NOW)
