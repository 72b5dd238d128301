"""Adding the bank up again finds whatever was touched, whichever table it was."""

import pytest

from pepperchain.bank import closes, lending, parting, payouts, withdrawals
from pepperchain.cli import examining
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.ledger.books import LEDGER
from tests.audit.sealing import sealed
from tests.bank.pledging import KG, called, lent
from tests.bank.trading import order, pay, sell
from tests.bank.vault import DAY, NOW, TODAY, Vault
from tests.ledger.test_books import behind_the_guards

LATER = NOW + 70 * DAY


async def traded(vault: Vault) -> None:
    """A bank in which each thing was done once: receipt 1 in parts, and the others whole."""
    first, second, third, wrong = [await vault.deposit(kg) for kg in (100, 60, 40, 5)]
    await parting.void(vault.clerk, id=new_id(), receipt_id=wrong.id, reason="录错", now=NOW)
    await parting.split(vault.clerk, id=new_id(), receipt_id=first.id, grams=Grams(10 * KG), now=NOW)
    loan = await lent(vault, second, 30, 500)
    await lending.release(vault.lender, id=new_id(), pledge_id=loan, grams=Grams(5 * KG), now=NOW)
    await called(vault, loan, 20)
    await closes.prepare(vault.clerk, id=(day := new_id()), site_id=first.site_id, on=TODAY, now=NOW + DAY)
    await sealed(LEDGER)
    await closes.sign(vault.leader, id=day, now=NOW + DAY)
    await withdrawals.take_out(
        vault.clerk, id=new_id(), receipt_id=third.id, grams=Grams(10 * KG), reason="自用", now=LATER
    )
    for receipt in (first, third):
        await order(vault, receipt, 20, now=LATER)
    await sell(vault, first, 50, 5_800, now=LATER, costs=1_001)
    await pay(vault, first, now=LATER)
    await order(vault, first, 30, now=LATER)
    await sell(vault, first, 30, 4_000, now=LATER)
    await payouts.list_due(vault.leader, id=new_id(), site_id=first.site_id, now=LATER)
    await sell(vault, first, 5, 5_900, now=LATER)


TOUCHED = {
    "a receipt's free grams": "UPDATE bank_receipt SET free_grams = free_grams - 1 WHERE id = 1",
    "its ordered grams": "UPDATE bank_receipt SET ordered_grams = ordered_grams + 1, free_grams = free_grams - 1 WHERE id = 1",
    "its pledged grams": "UPDATE bank_receipt SET pledged_grams = pledged_grams + 1, free_grams = free_grams - 1 WHERE id = 1",
    "what it was issued for": "UPDATE bank_receipt SET grams = grams + 1000 WHERE id = 1",
    "a void one's state": "UPDATE bank_receipt SET state = 'open' WHERE id = 4",
    "its hold": "UPDATE bank_receipt SET custody_hold_id = NULL WHERE id = 1",
    "another's hold": "UPDATE bank_receipt SET custody_hold_id = (SELECT custody_hold_id FROM bank_receipt WHERE id = 2) WHERE id = 1",
    "its lot": "UPDATE bank_receipt SET lot_id = :other_lot WHERE id = 1",
    "its product": "UPDATE bank_receipt SET product_id = :other_product WHERE id = 1",
    "the counter of numbers": "UPDATE bank_counter SET issued = issued + 1",
    "a counter that is gone": "DELETE FROM bank_counter",
    "a number": "UPDATE bank_receipt SET number = 'BP-C26-000099' WHERE id = 2",
    "a number twice": "UPDATE bank_receipt SET number = 'BP-C27-000001' WHERE id = 2",
    "a line of its history": "UPDATE bank_event SET grams = grams + 1 WHERE kind = 'withdrawn'",
    "its first line": "DELETE FROM bank_event WHERE kind = 'issued' AND receipt_id = 2",
    "a ledger account": "UPDATE ledger_account SET credits = credits + 1 WHERE kind = 'bank_claim' AND ref = 'receipt:1'",
    "a transfer": "UPDATE ledger_transfer SET amount = amount + 1 WHERE id = (SELECT MIN(id) FROM ledger_transfer)",
    "who posted": "UPDATE ledger_transaction SET actor_id = 77 WHERE kind = 'bank_deposit'",
    "a lender's hold that is gone": "UPDATE bank_pledge SET held_grams = held_grams - 1",
    "what waits to be sold for a lender": "UPDATE bank_pledge SET called_grams = called_grams + 1",
    "what a lender has received": "UPDATE bank_pledge SET received_fen = received_fen - 1",
    "an order's grams": "UPDATE bank_order SET grams = grams + 1 WHERE state = 'open'",
    "what was sold of an order": "UPDATE bank_order SET filled_grams = filled_grams - 1, grams = grams - 1 WHERE filled_grams > 1",
    "a sale's grams": "UPDATE bank_sale SET grams = grams + 1",
    "a sale that was not taken back": "UPDATE bank_sale SET reversed_at = 1, reversed_reason = 'x'",
    "a settlement that was": "UPDATE bank_settlement SET state = 'reversed' WHERE state = 'due'",
    "a grower's fen that was paid": "UPDATE bank_settlement SET grower_fen = grower_fen + 1, operator_fen = operator_fen - 1"
    " WHERE state = 'paid' AND operator_fen > 0",
    "a grower's fen that is due": "UPDATE bank_settlement SET grower_fen = grower_fen - 1, operator_fen = operator_fen + 1"
    " WHERE state = 'due'",
    "storage": "UPDATE bank_settlement SET fee_fen = fee_fen + 1, costs_fen = costs_fen - 1 WHERE costs_fen > 0",
    "what was set off": "UPDATE bank_settlement SET set_off_fen = set_off_fen + 1 WHERE state = 'paid'",
    "a top-up": "UPDATE bank_settlement SET top_up_fen = top_up_fen - 1, grower_fen = grower_fen - 1 WHERE top_up_fen > 0",
    "a payment list's sum": "UPDATE bank_payment SET fen = fen + 1 WHERE state = 'listed'",
    "a paid one's": "UPDATE bank_payment SET fen = fen + 1 WHERE state = 'paid'",
    "a list that nobody paid": "UPDATE bank_payment SET state = 'paid', paid_at = 1 WHERE state = 'listed'",
    "the head under a day": f"UPDATE bank_close SET chain_head = '{'f' * 64}'",
    "which day was signed": "UPDATE bank_close SET closed_on = '2026-06-09'",
    "a day that is open again": "DELETE FROM ledger_period",
}  # fmt: skip


async def test_whatever_is_touched_is_found(vault: Vault) -> None:
    await traded(vault)
    other_lot = await vault.store.lot(
        5, room_id=vault.store.dry, form="dry", grade="grade_2", picked_at=NOW - 2 * DAY
    )
    await sealed(LEDGER)
    product = await db.scalar("SELECT product_id FROM storage_lot WHERE id = :id", id=other_lot)
    places = {"other_lot": other_lot, "other_product": product}
    assert await findings() == []
    unseen = []
    for touched, sql in TOUCHED.items():
        found = await seen(sql, **{name: id for name, id in places.items() if f":{name}" in sql})
        if not found:
            unseen.append(touched)
    assert unseen == []
    assert await findings() == []


async def seen(sql: str, **places: int) -> list[str]:
    """What the doctor finds while something is touched, which is then as it was."""
    found: list[str] = []

    @db.unit_of_work
    async def touch() -> None:
        await behind_the_guards(sql, **places)
        found.extend(await findings())
        raise _AsItWas

    with pytest.raises(_AsItWas):
        await touch()
    return found


class _AsItWas(Exception):
    pass


async def findings() -> list[str]:
    return [finding for verdict in await examining.examine() for finding in verdict.findings]
