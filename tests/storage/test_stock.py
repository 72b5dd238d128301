"""What is kept beside the ledger, and ids that were sent before."""

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.ledger import accounts, holds
from pepperchain.storage import lot_queries, lots, stock
from tests.storage.store import HOUR, NOW, Store, all_fits


async def test_what_is_held_is_no_longer_free_nor_offered(store: Store) -> None:
    lot_id = await store.lot(50)
    lot = await lot_queries.lot(store.clerk, lot_id)

    @db.unit_of_work
    async def hold() -> None:
        commodity = await db.scalar(
            "SELECT commodity_id FROM ledger_account WHERE id = :id", id=lot.account_id
        )
        sold = await accounts.find_or_open("sold", "buyer:1", commodity, side="debit", guarded=False)
        await holds.place(
            SYSTEM,
            id=new_id(),
            debit=sold,
            credit=lot.account_id,
            amount=20_000,
            purpose="test",
            expires_at=NOW + HOUR,
            now=NOW,
        )
        await stock.keep(lot_id)

    await hold()
    lot = await lot_queries.lot(store.clerk, lot_id)
    assert (lot.on_hand_grams, lot.held_grams, lot.free_grams) == (50_000, 20_000, 30_000)
    await all_fits()


async def test_what_is_available_moves_with_a_lot_to_another_site(store: Store) -> None:
    lot_id = await store.lot(50)
    await lots.move(store.clerk, id=new_id(), lot_id=lot_id, to_room_id=store.cold, now=NOW)
    offered = await db.tuples("SELECT site_id, lots, free_grams FROM storage_available WHERE lots > 0")
    assert [tuple(row) for row in offered] == [(store.cold_site, 1, 50_000)]


async def test_an_id_that_was_sent_before_says_what_it_did_or_that_it_differs(store: Store) -> None:
    lot_id, request = await store.lot(50), new_id()
    await lots.issue(store.clerk, id=request, lot_id=lot_id, grams=Grams(1_000), reason="样品", now=NOW)
    again = await lots.issue(
        store.clerk, id=request, lot_id=lot_id, grams=Grams(1_000), reason="样品", now=NOW
    )
    assert (again.repeated, again.grams) == (True, 1_000)
    with pytest.raises(Conflict):
        await lots.issue(store.clerk, id=request, lot_id=lot_id, grams=Grams(2_000), reason="样品", now=NOW)
    with pytest.raises(Conflict):
        await lots.move(store.clerk, id=request, lot_id=lot_id, to_room_id=store.cold, now=NOW)
