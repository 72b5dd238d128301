"""Blocking a lot and lifting the block."""

from typing import Any

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import blocks, conversions, lot_queries, lots, movements
from tests.storage.store import NOW, Store, all_fits


async def blocked(store: Store, lot_id: int):
    return await blocks.block(store.clerk, id=new_id(), lot_id=lot_id, reason="疑似霉变", now=NOW)


async def test_nothing_leaves_a_blocked_lot_and_nobody_is_offered_it(store: Store) -> None:
    lot_id = await store.lot(50)
    await blocked(store, lot_id)
    lot = await lot_queries.lot(store.clerk, lot_id)
    assert (lot.on_hand_grams, lot.free_grams) == (50_000, 0)
    assert int(await db.scalar("SELECT SUM(free_grams) FROM storage_available")) == 0
    actor = store.clerk
    given: dict[str, Any] = {"lot_id": lot_id, "now": NOW}
    for attempt in (
        lots.issue(actor, id=new_id(), reason="卖掉", **given),
        lots.move(actor, id=new_id(), to_room_id=store.cold, **given),
        lots.split(actor, id=new_id(), grams=Grams(1_000), **given),
        conversions.regrade(actor, id=new_id(), grade="grade_2", reason="看看", **given),
        blocks.block(actor, id=new_id(), reason="再封", **given),
    ):
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.facts["reason"] == "疑似霉变"
    await all_fits()


async def test_a_block_is_lifted_with_what_was_found(store: Store) -> None:
    lot_id = await store.lot(50)
    await blocked(store, lot_id)
    request = new_id()
    for _ in range(2):
        done = await blocks.release(store.clerk, id=request, lot_id=lot_id, reason="复检合格", now=NOW)
    assert done.repeated
    assert (await lot_queries.lot(store.clerk, lot_id)).free_grams == 50_000
    with pytest.raises(Refused):
        await blocks.release(store.clerk, id=new_id(), lot_id=lot_id, reason="再来", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=request, reason="还没检", now=NOW)
    lot = await lot_queries.lot(store.clerk, lot_id)
    assert lot.free_grams == 0
    block = await lot_queries.block_of(lot)
    assert block is not None
    assert (block.reason, block.actor_name) == ("疑似霉变", store.clerk.name)
    await all_fits()


async def test_a_block_is_taken_back_while_it_stands(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await blocked(store, lot_id)
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="封错了", now=NOW)
    assert (await lot_queries.lot(store.clerk, lot_id)).free_grams == 50_000
    second = await blocked(store, lot_id)
    await blocks.release(store.clerk, id=new_id(), lot_id=lot_id, reason="合格", now=NOW)
    with pytest.raises(Refused):
        await movements.reverse(store.clerk, id=new_id(), of=second.id, reason="封错了", now=NOW)
    await all_fits()


async def test_a_blocked_lot_is_counted_but_what_was_done_to_it_is_not_taken_back(store: Store) -> None:
    lot_id = await store.lot(50)
    issued = await lots.issue(
        store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(5_000), reason="加工", now=NOW
    )
    await blocked(store, lot_id)
    await lots.adjust(store.leader, id=new_id(), lot_id=lot_id, counted=Grams(44_000), reason="盘点", now=NOW)
    lot = await lot_queries.lot(store.clerk, lot_id)
    assert (lot.on_hand_grams, lot.free_grams) == (44_000, 0)
    with pytest.raises(Refused, match="blocked"):
        await movements.reverse(store.clerk, id=new_id(), of=issued.id, reason="退回", now=NOW)
    await all_fits()


async def test_what_is_empty_or_foreign_is_not_blocked(store: Store) -> None:
    lot_id = await store.lot(50)
    for stranger in (store.leader_b, store.storekeeper):
        with pytest.raises(Missing):
            await blocks.block(stranger, id=new_id(), lot_id=lot_id, reason="试试", now=NOW)
    await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, reason="加工", now=NOW)
    with pytest.raises(Refused):
        await blocked(store, lot_id)
