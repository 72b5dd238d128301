"""Adding up again finds whatever was touched."""

import pytest

from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import blocks, doctor
from tests.storage.road import sent
from tests.storage.store import NOW, Store
from tests.storage.test_conversions import dry


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE storage_room SET stock_grams = stock_grams + 1 WHERE stock_grams > 0", "by its own count"),
        (
            "UPDATE storage_lot SET on_hand_grams = on_hand_grams - 1, free_grams = free_grams - 1",
            "the ledger",
        ),
        ("UPDATE storage_available SET free_grams = free_grams + 5", "offered"),
        ("DELETE FROM storage_available", "not offered"),
        ("UPDATE storage_lot SET site_id = (SELECT MAX(id) FROM directory_site)", "another site"),
        ("DELETE FROM storage_lot_slip", "does not know"),
    ],
)
async def test_every_kept_number_is_added_up_again(store: Store, sql: str, words: str) -> None:
    await store.lot(50)
    assert await doctor.findings() == []

    @db.unit_of_work
    async def touch() -> None:
        await db.execute(sql)

    await touch()
    assert any(words in sentence for sentence in await doctor.findings())


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "UPDATE storage_conversion SET loss_grams = loss_grams - 5, waste_grams = waste_grams + 5",
            "lost in processing",
        ),
        ("UPDATE storage_lot SET block_id = NULL", "held"),
        ("UPDATE storage_consignment_lot SET sent_grams = sent_grams + 1", "carries"),
        ("UPDATE storage_lot SET consignment_id = NULL", "agree"),
        ("UPDATE storage_consignment SET sent_grams = sent_grams + 1", "sent"),
        (
            "UPDATE storage_consignment SET state = 'arrived', end_id = id, ended_at = 1",
            "which is not on the road",
        ),
    ],
)
async def test_what_was_made_blocked_or_sent_is_added_up_too(store: Store, sql: str, words: str) -> None:
    await dry(store, await store.lot(50), seed=Grams(1_000))
    await blocks.block(store.clerk, id=new_id(), lot_id=await store.lot(10), reason="待检", now=NOW)
    await sent(store, await store.lot(20))
    assert await doctor.findings() == []

    @db.unit_of_work
    async def touch() -> None:
        await db.execute(sql)

    await touch()
    assert any(words in sentence for sentence in await doctor.findings())
