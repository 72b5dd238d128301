"""Samples and tests: what is taken leaves the stock, what is found is held against the limits, and a failure blocks."""

from datetime import timedelta
from typing import Any

import pytest

from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.ledger import books
from pepperchain.storage import blocks, lot_queries, lots, movements, sample_queries, samples
from pepperchain.storage.quality_rules import Item, Verdict
from tests.storage.store import NOW, Store, all_fits
from tests.storage.test_conversions import dry

TODAY = clock.local_day(NOW)
GOOD = {Item.MOISTURE: 105, Item.NUMBING: 121, Item.VOLATILE_OIL: 62}


async def dried(store: Store) -> int:
    return int((await dry(store, await store.lot(50))).other_lot_id)


async def sampled(store: Store, lot_id: int, grams: int = 500, **changes: Any):
    given: dict[str, Any] = {"id": new_id(), "lot_id": lot_id, "grams": Grams(grams), "now": NOW}
    return await samples.take(store.clerk, **{**given, **changes})


async def noted(store: Store, sample_id: Any, **changes: Any) -> Verdict:
    given: dict[str, Any] = {
        "id": new_id(), "sample_id": sample_id, "laboratory": "区检验所", "certificate": "JC-1", "tested_on": TODAY, "results": GOOD,
        "block_reason": "不合格", "now": NOW,
    }  # fmt: skip
    return await samples.note_test(store.clerk, **{**given, **changes})


async def test_what_is_taken_out_leaves_the_stock_and_comes_back_if_it_was_not(store: Store) -> None:
    lot_id = await dried(store)
    done = await sampled(store, lot_id)
    assert (await store.on_hand(lot_id), await store.stock(store.dry)) == (9_500, 9_500)
    assert int(await db.scalar("SELECT SUM(debits) FROM ledger_account WHERE kind = 'sampled'")) == 500
    await all_fits()
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="没取", now=NOW)
    assert await store.on_hand(lot_id) == 10_000
    (row,) = await sample_queries.samples(lot_id)
    assert row.is_taken_back
    await all_fits()
    assert await books.findings() == []


async def test_a_look_where_it_lies_takes_nothing_and_twice_is_once(store: Store) -> None:
    lot_id, request = await dried(store), new_id()
    for _ in range(2):
        done = await sampled(store, lot_id, 0, id=request)
    assert done.repeated
    assert len(await sample_queries.samples(lot_id)) == 1
    with pytest.raises(Conflict):
        await sampled(store, lot_id, 1, id=request)
    assert await store.on_hand(lot_id) == 10_000


async def test_a_test_within_the_limits_passes_and_one_outside_blocks(store: Store) -> None:
    lot_id = await dried(store)
    done = await sampled(store, lot_id)
    assert await noted(store, done.id) is Verdict.PASSED
    assert (await lot_queries.lot(store.clerk, lot_id)).block_id is None
    assert await noted(store, done.id, results={**GOOD, Item.MOISTURE: 131}) is Verdict.FAILED
    lot = await lot_queries.lot(store.clerk, lot_id)
    block = await lot_queries.block_of(lot)
    assert block is not None
    assert (block.reason, lot.free_grams) == ("不合格", 0)
    (row,) = await sample_queries.samples(lot_id)
    assert {test.verdict for test in row.tests} == {Verdict.PASSED, Verdict.FAILED}
    failed = next(test for test in row.tests if test.blocks)
    moisture = next(each for each in failed.results if each.item is Item.MOISTURE)
    assert (moisture.said, moisture.limit, moisture.allowed) == ("13.1", "≤ 11", False)
    assert "AGI00053" in failed.source(Item.NUMBING, "en")
    await all_fits()


async def test_a_blocked_lot_is_sampled_and_fails_without_a_second_block(store: Store) -> None:
    lot_id = await dried(store)
    await blocks.block(store.clerk, id=new_id(), lot_id=lot_id, reason="待检", now=NOW)
    done = await sampled(store, lot_id)
    assert await noted(store, done.id, results={Item.NUMBING: 20}) is Verdict.FAILED
    lot = await lot_queries.lot(store.clerk, lot_id)
    assert (lot.on_hand_grams, lot.free_grams) == (9_500, 0)
    await blocks.release(store.clerk, id=new_id(), lot_id=lot_id, reason="复检合格", now=NOW)
    await all_fits()


async def test_what_has_no_limit_is_noted_and_judged_by_nobody(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await sampled(store, lot_id, 0)
    assert await noted(store, done.id, results={Item.MOISTURE: 700}) is Verdict.UNJUDGED
    assert (await lot_queries.lot(store.clerk, lot_id)).block_id is None


async def test_what_cannot_be_is_refused(store: Store) -> None:
    lot_id, empty = await dried(store), await store.lot(10)
    await lots.issue(store.clerk, id=new_id(), lot_id=empty, reason="加工", now=NOW)
    for lot, grams in ((lot_id, 10_001), (lot_id, -1), (lot_id, 60_000), (empty, 0)):
        with pytest.raises(Refused):
            await sampled(store, lot, grams)
    done = await sampled(store, lot_id)
    wrong: list[dict[str, Any]] = [
        {"results": {}},
        {"tested_on": TODAY + timedelta(days=1)},
        {"tested_on": TODAY - timedelta(days=1)},
    ]
    for changes in wrong:
        with pytest.raises(Refused):
            await noted(store, done.id, **changes)
    with pytest.raises(Missing):
        await noted(store, new_id())
    for stranger in (store.leader_b, store.storekeeper):
        with pytest.raises(Missing):
            await samples.take(stranger, id=new_id(), lot_id=lot_id, grams=Grams(1), now=NOW)
        with pytest.raises(Missing):
            await sample_queries.sampled_lot(stranger, done.id)
    await all_fits()


async def test_a_test_sent_twice_is_one_and_never_changes(store: Store) -> None:
    lot_id, request = await dried(store), new_id()
    done = await sampled(store, lot_id)
    for _ in range(2):
        assert await noted(store, done.id, id=request, results={Item.ASH: 120}) is Verdict.FAILED
    with pytest.raises(Conflict):
        await noted(store, done.id, id=request, results={Item.ASH: 90})

    @db.unit_of_work
    async def forge() -> None:
        await db.execute("UPDATE storage_test SET verdict = 'passed'")

    with pytest.raises(db.Violation):
        await forge()
