"""Pouring lots together, and parting them again."""

import asyncio

import pytest

from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import blocks, lot_queries, lots, mergers, movements, trace_queries
from tests.storage.store import NOW, Store, all_fits


async def merged(store: Store, lot_id: int, *others: int):
    return await mergers.merge(store.clerk, id=new_id(), lot_id=lot_id, with_lots=others, now=NOW)


async def test_the_lot_keeps_its_code_and_is_as_old_as_the_oldest(store: Store) -> None:
    young, old = await store.lot(30), await store.picked_lot(20, 1)
    before, oldest = await lot_queries.lot(store.clerk, young), await lot_queries.lot(store.clerk, old)
    done = await merged(store, young, old)
    after = await lot_queries.lot(store.clerk, young)
    assert (after.code, after.on_hand_grams, done.grams) == (before.code, 50_000, 20_000)
    assert (after.picked_at, after.fresh_until) == (oldest.picked_at, oldest.fresh_until)
    assert (await store.on_hand(old), await store.stock(store.chilled)) == (0, 50_000)
    assert [lot.id for lot in await trace_queries.made_of(store.clerk, young)] == [old]
    await all_fits()
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="倒错了", now=NOW)
    assert await lot_queries.lot(store.clerk, young) == before
    assert await store.on_hand(old) == 20_000
    await all_fits()


async def test_what_was_poured_together_is_parted_only_while_nothing_left_it(store: Store) -> None:
    one, other = await store.lot(30), await store.lot(20)
    done = await merged(store, one, other)
    issued = await lots.issue(store.clerk, id=new_id(), lot_id=one, grams=Grams(1), reason="样品", now=NOW)
    with pytest.raises(Refused, match="moved on"):
        await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="倒错了", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=issued.id, reason="没要", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="倒错了", now=NOW)
    await all_fits()


async def test_a_receipt_is_not_taken_back_once_other_pepper_was_poured_in(store: Store) -> None:
    slip = await store.weigh(30)
    received = await lots.receive(store.clerk, id=new_id(), room_id=store.chilled, slip_ids=[slip], now=NOW)
    await lots.issue(
        store.clerk, id=new_id(), lot_id=received.lot_id, grams=Grams(20_000), reason="加工", now=NOW
    )
    await merged(store, received.lot_id, await store.lot(20))
    with pytest.raises(Refused, match="moved on"):
        await movements.reverse(store.clerk, id=new_id(), of=received.id, reason="错了", now=NOW)


async def test_what_differs_stays_apart(store: Store) -> None:
    lot_id = await store.lot(30)
    others = [
        await store.lot(20, grade="grade_2"),
        await store.lot(20, room_id=store.cold),
        await store.picked_lot(20, 3),
        lot_id,
    ]
    for other in others:
        with pytest.raises(Refused):
            await merged(store, lot_id, other)
    for wrong in ([], [others[0], others[0]]):
        with pytest.raises(Refused):
            await merged(store, lot_id, *wrong)
    await all_fits()


async def test_blocked_empty_and_foreign_lots_are_not_merged(store: Store) -> None:
    lot_id, blocked, empty = await store.lot(30), await store.lot(20), await store.lot(10)
    await blocks.block(store.clerk, id=new_id(), lot_id=blocked, reason="待检", now=NOW)
    await lots.issue(store.clerk, id=new_id(), lot_id=empty, reason="加工", now=NOW)
    for one, other in ((lot_id, blocked), (blocked, lot_id), (lot_id, empty)):
        with pytest.raises(Refused):
            await merged(store, one, other)
    for stranger in (store.leader_b, store.storekeeper):
        with pytest.raises(Missing):
            await mergers.merge(stranger, id=new_id(), lot_id=lot_id, with_lots=[empty], now=NOW)


async def test_twice_is_once_and_both_ways_at_once_is_one_of_them(store: Store) -> None:
    one, other, request = await store.lot(30), await store.lot(20), new_id()
    outcomes = await asyncio.gather(
        mergers.merge(store.clerk, id=request, lot_id=one, with_lots=[other], now=NOW),
        mergers.merge(store.clerk, id=new_id(), lot_id=other, with_lots=[one], now=NOW),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert await store.on_hand(one) + await store.on_hand(other) == 50_000
    await all_fits()
    if not isinstance(outcomes[0], BaseException):
        assert (await mergers.merge(store.clerk, id=request, lot_id=one, with_lots=[other], now=NOW)).repeated
        with pytest.raises(Conflict):
            await mergers.merge(store.clerk, id=request, lot_id=other, with_lots=[one], now=NOW)
