"""Adding the bank up again finds whatever was touched."""

import pytest

from pepperchain.bank import doctor
from pepperchain.core import db
from tests.bank.trading import order, sell
from tests.bank.vault import Vault


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE bank_receipt SET free_grams = free_grams - 1", "claims in the ledger"),
        ("UPDATE bank_receipt SET custody_hold_id = NULL", "of its lot"),
        ("UPDATE bank_counter SET issued = issued + 1", "by its counter"),
        ("UPDATE bank_settlement SET set_off_fen = 1", "coming by their settlements"),
        ("UPDATE bank_settlement SET state = 'reversed'", "sales brought"),
        ("UPDATE bank_order SET filled_grams = filled_grams - 1", "by its orders"),
    ],
)
async def test_every_kept_number_of_the_bank_is_added_up_again(vault: Vault, sql: str, words: str) -> None:
    receipt = await vault.deposit(100)
    await order(vault, receipt, 60)
    await sell(vault, receipt, 40, 5_800)
    assert await doctor.findings() == []

    @db.unit_of_work
    async def touch() -> None:
        await db.execute(sql)

    await touch()
    assert any(words in sentence for sentence in await doctor.findings())
