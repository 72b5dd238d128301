"""From the floor into a room."""

import asyncio

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import lot_queries, lots, receipt_queries, trace_queries
from tests.harvest.register import floor
from tests.storage.store import HOUR, NOW, Store, all_fits


async def test_slips_of_one_product_become_one_lot_with_their_oldest_picking(store: Store) -> None:
    slips = [await store.weigh(kg, picked_at=NOW - hours * HOUR) for kg, hours in ((40, 2), (35, 6), (25, 4))]
    done = await lots.receive(store.clerk, id=new_id(), room_id=store.chilled, slip_ids=slips, now=NOW)
    lot = await lot_queries.lot(store.clerk, done.lot_id)
    assert (lot.on_hand_grams, lot.free_grams, lot.slips) == (100_000, 100_000, 3)
    assert lot.picked_at == NOW - 6 * HOUR
    assert len(lot.code) == 26
    assert await floor(store.register.site_a) == 0
    assert await store.stock(store.chilled) == 100_000
    await all_fits()


async def test_a_whole_heap_is_put_away_up_to_the_slip_that_was_on_screen(store: Store) -> None:
    await store.weigh(40)
    await store.weigh(60)
    (heap,) = await receipt_queries.heaps(store.clerk)
    assert (heap.slips, heap.grams) == (2, 100_000)
    await store.weigh(7)
    done = await lots.receive(
        store.clerk, id=new_id(), room_id=store.chilled, site_id=heap.site.id, product_id=heap.product_id,
        through_number=heap.through_number, now=NOW,
    )  # fmt: skip
    assert done.grams == 100_000
    (left,) = await receipt_queries.heaps(store.clerk)
    assert (left.slips, left.grams) == (1, 7_000)


async def test_the_same_request_twice_is_one_lot_and_another_content_a_conflict(store: Store) -> None:
    slip, request = await store.weigh(50), new_id()
    first = await lots.receive(store.clerk, id=request, room_id=store.chilled, slip_ids=[slip], now=NOW)
    again = await lots.receive(
        store.clerk, id=request, room_id=store.chilled, slip_ids=[slip], now=NOW + HOUR
    )
    assert again.repeated
    assert again.lot_id == first.lot_id
    with pytest.raises(Conflict):
        await lots.receive(store.clerk, id=request, room_id=store.cold, slip_ids=[slip], now=NOW)
    assert await store.stock(store.chilled) == 50_000


async def test_a_slip_is_put_away_once(store: Store) -> None:
    slip = await store.weigh(50)
    await lots.receive(store.clerk, id=new_id(), room_id=store.chilled, slip_ids=[slip], now=NOW)
    with pytest.raises(Conflict):
        await lots.receive(store.clerk, id=new_id(), room_id=store.chilled, slip_ids=[slip], now=NOW)


async def test_two_who_put_the_same_slip_away_at_once_make_one_lot(store: Store) -> None:
    slip = await store.weigh(50)
    outcomes = await asyncio.gather(
        *(
            lots.receive(store.clerk, id=new_id(), room_id=room, slip_ids=[slip], now=NOW)
            for room in (store.chilled, store.cold, store.chilled, store.cold)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
    assert int(await db.scalar("SELECT COUNT(*) FROM storage_lot")) == 1
    await all_fits()


async def test_mixed_slips_are_refused(store: Store) -> None:
    one, other = await store.weigh(50), await store.weigh(50, grade="grade_2")
    with pytest.raises(Refused, match="one product"):
        await lots.receive(store.clerk, id=new_id(), room_id=store.chilled, slip_ids=[one, other], now=NOW)


async def test_a_room_for_another_form_is_refused_and_a_near_one_named(store: Store) -> None:
    slip = await store.weigh(50)
    with pytest.raises(Refused) as refused:
        await lots.receive(store.clerk, id=new_id(), room_id=store.dry, slip_ids=[slip], now=NOW)
    assert refused.value.field == "room_id"
    assert refused.value.facts["other"] in ("保坪点 1号", "江边冷库 保鲜")
    assert await floor(store.register.site_a) == 50_000


async def test_a_full_room_says_how_much_is_free_and_where_else_there_is_space(store: Store) -> None:
    await store.lot(45, room_id=store.small)
    slip = await store.weigh(30)
    with pytest.raises(Refused) as refused:
        await lots.receive(store.clerk, id=new_id(), room_id=store.small, slip_ids=[slip], now=NOW)
    assert refused.value.facts["free"] == 15_000
    assert refused.value.facts["other_free"] > 30_000
    assert await store.stock(store.small) == 45_000


async def test_a_room_never_holds_more_than_its_capacity_however_many_bring_pepper_at_once(
    store: Store,
) -> None:
    slips = [await store.weigh(10) for _ in range(20)]
    outcomes = await asyncio.gather(
        *(
            lots.receive(store.clerk, id=new_id(), room_id=store.small, slip_ids=[slip], now=NOW)
            for slip in slips
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 14
    assert await store.stock(store.small) == 60_000
    await all_fits()


async def test_rooms_and_slips_of_others_are_not_there(store: Store) -> None:
    slip = await store.weigh(50)
    with pytest.raises(Missing):
        await lots.receive(store.clerk, id=new_id(), room_id=store.of_b, slip_ids=[slip], now=NOW)
    with pytest.raises(Missing):
        await lots.receive(store.leader_b, id=new_id(), room_id=store.of_b, slip_ids=[slip], now=NOW)
    with pytest.raises(NotYours):
        await lots.receive(store.buyer, id=new_id(), room_id=store.chilled, slip_ids=[slip], now=NOW)


async def test_a_public_room_is_seen_but_used_only_after_booking(store: Store) -> None:
    slip = await store.weigh(50)
    with pytest.raises(NotYours):
        await lots.receive(store.clerk, id=new_id(), room_id=store.public, slip_ids=[slip], now=NOW)


async def test_a_storekeeper_takes_in_the_pepper_of_cooperatives_that_store_there(store: Store) -> None:
    slip = await store.weigh(50)
    (heap,) = await receipt_queries.heaps(store.storekeeper)
    assert heap.grams == 50_000
    done = await lots.receive(store.storekeeper, id=new_id(), room_id=store.cold, slip_ids=[slip], now=NOW)
    kept = await lot_queries.lot(store.storekeeper, done.lot_id)
    owned = await lot_queries.lot(store.clerk, done.lot_id)
    assert kept == owned
    assert kept.cooperative_id == store.register.cooperative_a
    assert await trace_queries.origin_slips(store.storekeeper, [done.lot_id]) == []
    (named,) = await trace_queries.origin_slips(store.clerk, [done.lot_id])
    assert named.name == "张青山"


async def test_a_voided_slip_cannot_be_put_away(store: Store) -> None:
    await store.lot(50)
    assert Grams(await floor(store.register.site_a)) == 0
    assert await receipt_queries.heaps(store.clerk) == []
