"""What storage's pages say of a room's books."""

from datetime import timedelta

from pepperchain.core import db
from pepperchain.stocktakes import checks, marks
from tests.stocktakes.shelf import clerk
from tests.storage.store import NOW, Store


@db.unit_of_work
async def _elsewhere() -> None:
    await db.execute("UPDATE storage_lot SET grade = 'x'")


async def test_a_room_that_was_never_checked_says_nothing(store: Store) -> None:
    assert await marks.of_rooms(clerk(store), [store.chilled], now=NOW) == {}
    assert await marks.of_rooms(clerk(store), [], now=NOW) == {}


async def test_what_is_not_about_grams_is_told_too(store: Store) -> None:
    await store.lot(50)
    await _elsewhere()
    await checks.run(now=NOW)
    mark = (await marks.of_rooms(clerk(store), [store.chilled], now=NOW + timedelta(hours=1)))[store.chilled]
    assert (mark.kind, mark.words) == ("bad", "账目不一致")
    assert mark.url.startswith("/storage/reconciliations/")
    assert await marks.of_rooms(store.leader_b, [store.chilled], now=NOW) == {}
