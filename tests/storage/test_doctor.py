"""Adding up again finds whatever was touched."""

import pytest

from pepperchain.core import db
from pepperchain.storage import doctor
from tests.storage.store import Store


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
