"""Whether something was done with a lot since, and whom a movement made of whom."""

import pytest

from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import blocks, conversions, lots, movements, unmaking
from tests.storage.store import NOW, Store, all_fits


async def test_a_movement_knows_what_it_made_of_what(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await lots.split(store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(10_000), now=NOW)
    kin = await unmaking.kin_of(done.id)
    assert (kin.made, kin.sources) == ((done.other_lot_id,), ((lot_id, 10_000),))
    assert (await unmaking.kin_of(new_id())).lot_ids == set()


async def test_what_was_done_and_undone_does_not_count_nor_does_a_block(store: Store) -> None:
    lot_id = await store.lot(50)
    made = await conversions.regrade(
        store.clerk, id=new_id(), lot_id=lot_id, grade="grade_2", reason="分选", now=NOW
    )
    assert made.other_lot_id is not None
    issued = await lots.issue(store.clerk, id=new_id(), lot_id=made.other_lot_id, reason="样品", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=issued.id, reason="没要", now=NOW)
    await blocks.block(store.clerk, id=new_id(), lot_id=made.other_lot_id, reason="待检", now=NOW)
    with pytest.raises(Refused, match="blocked"):
        await movements.reverse(store.clerk, id=new_id(), of=made.id, reason="看错了", now=NOW)
    await blocks.release(store.clerk, id=new_id(), lot_id=made.other_lot_id, reason="合格", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=made.id, reason="看错了", now=NOW)
    assert await store.on_hand(lot_id) == 50_000
    await all_fits()


async def test_what_was_moved_after_it_was_made_is_not_taken_apart(store: Store) -> None:
    lot_id = await store.lot(50)
    made = await conversions.regrade(
        store.clerk, id=new_id(), lot_id=lot_id, grade="grade_2", reason="分选", now=NOW
    )
    assert made.other_lot_id is not None
    await lots.move(store.clerk, id=new_id(), lot_id=made.other_lot_id, to_room_id=store.cold, now=NOW)
    with pytest.raises(Refused, match="moved on"):
        await movements.reverse(store.clerk, id=new_id(), of=made.id, reason="看错了", now=NOW)
