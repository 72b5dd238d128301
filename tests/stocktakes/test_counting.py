"""Where to go next, and that whoever counts is told no weight."""

from dataclasses import fields

from pepperchain.stocktakes import counting, queries
from tests.stocktakes.shelf import begin, count, row, surely
from tests.storage.store import Store


async def test_one_goes_from_lot_to_lot_and_to_those_for_a_second_count_last(store: Store) -> None:
    here = [await store.lot(50) for _ in range(3)]
    id = await begin(store)

    async def following(after: int = 0) -> int | None:
        found = counting.next_line(await queries.lines(await row(store, id)), after)
        return None if found is None else found.lot_id

    order = [each.lot_id for each in await queries.lines(await row(store, id))]
    assert sorted(order) == sorted(here)
    assert await following() == order[0]
    await count(store, id, order[0], 20)
    assert await following(1) == order[1]
    await surely(store, id, order[1], 50)
    await surely(store, id, order[2], 50)
    assert await following(3) == order[0]
    progress = counting.progress(await queries.lines(await row(store, id)))
    assert (progress.whole, progress.done, progress.again, progress.left) == (3, 2, 1, 1)
    await count(store, id, order[0], 20)
    assert await following(1) is None


async def test_whoever_counts_is_told_no_weight(store: Store) -> None:
    await store.lot(50)
    id = await begin(store)
    (line,) = await queries.lines(await row(store, id))
    shown = counting.to_count(line)
    assert not [each.name for each in fields(shown) if "grams" in each.name]
    assert "50" not in str(shown)
