"""What every verb about a receipt begins with."""

from dataclasses import replace

import pytest

from pepperchain.bank import receipts
from pepperchain.bank.rules import State
from pepperchain.core.errors import Refused
from tests.bank.vault import Vault


async def test_nothing_is_done_with_a_receipt_that_is_lost_or_over(vault: Vault) -> None:
    receipt = await vault.deposit(10)
    receipts.check_open(receipt)
    for state, words in ((State.LOST, "lost"), (State.EMPTIED, "any more"), (State.VOID, "any more")):
        with pytest.raises(Refused, match=words):
            receipts.check_open(replace(receipt, state=state))
