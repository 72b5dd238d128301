"""Taking out in kind: the claim ends, the pepper leaves its lot, storage is owed."""

import pytest

from pepperchain.bank import withdrawals
from pepperchain.bank.rules import State
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from tests.bank.trading import KG, money_balances
from tests.bank.vault import NOW, Vault, all_balances


async def test_what_is_taken_out_leaves_receipt_lot_and_custody_alike(vault: Vault) -> None:
    receipt, id = await vault.deposit(100), new_id()
    said = {"id": id, "receipt_id": receipt.id, "reason": "自己用", "now": NOW}
    for _ in range(2):
        await withdrawals.take_out(vault.clerk, grams=Grams(30 * KG), **said)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        await withdrawals.take_out(vault.clerk, grams=Grams(31 * KG), **said)  # type: ignore[arg-type]
    assert (await vault.receipt(receipt.id)).left_grams == 70 * KG
    assert await vault.store.on_hand(vault.lot_id) == 470 * KG
    assert await vault.free_of_lot() == 400 * KG
    await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=receipt.id, grams=Grams(70 * KG), reason="自己用", now=NOW
    )
    assert (await vault.receipt(receipt.id)).state is State.EMPTIED
    await all_balances()
    await money_balances()


async def test_who_takes_out_and_how_much(vault: Vault) -> None:
    receipt = await vault.deposit(100)
    for actor, grams, error in (
        (vault.clerk, 100 * KG + 1, Refused), (vault.clerk, 0, Refused), (vault.leader_b, KG, Missing), (vault.grower, KG, NotYours),
        (vault.committee, KG, NotYours),
    ):  # fmt: skip
        with pytest.raises(error):
            await withdrawals.take_out(
                actor, id=new_id(), receipt_id=receipt.id, grams=Grams(grams), reason="自己用", now=NOW
            )
    await all_balances()
