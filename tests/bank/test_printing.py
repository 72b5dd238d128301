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
