"""Claims: held of the lot for as long as they stand, let go and taken anew as a whole."""

import pytest

from pepperchain.bank import claims
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.ledger import holds
from pepperchain.storage import lot_queries, stock
from tests.bank.vault import DAY, NOW, Vault, all_balances


async def test_no_timer_lets_go_of_what_is_in_the_bank(vault: Vault) -> None:
    await vault.deposit(100)
    await holds.expire_due(now=NOW + 3650 * DAY)
    assert await vault.free_of_lot() == 400_000
    await all_balances()


@db.unit_of_work
async def _rehold(vault: Vault, receipt_id: int, grams: int, *, is_new: bool = False) -> None:
    row = await vault.receipt(receipt_id)
    await stock.lock_lots([row.lot_id])
    lot = await lot_queries.lot_unscoped(row.lot_id)
    await claims.rehold(
        vault.clerk, row.id, lot, row.custody_hold_id, Grams(grams), event_id=new_id(), now=NOW, is_new=is_new
    )


async def test_a_receipt_holds_what_it_is_told_to_and_no_more_than_there_is(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    await _rehold(vault, receipt.id, 60_000)
    assert await vault.free_of_lot() == 440_000
    with pytest.raises(Refused, match="free"):
        await _rehold(vault, receipt.id, 600_000, is_new=True)
    assert await vault.free_of_lot() == 440_000
    await _rehold(vault, receipt.id, 600_000)
    assert await vault.free_of_lot() == 0
    await _rehold(vault, receipt.id, 0)
    assert await vault.free_of_lot() == 500_000
