"""Sending lots off: out of their rooms, into no other, and space waits for them."""

import asyncio
from datetime import timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.ledger import books
from pepperchain.storage import (
    blocks,
    booking_queries,
    bookings,
    consignment_queries,
    consignments,
    lot_queries,
    lots,
    movements,
    queries,
    rooms,
    trace_queries,
)
from pepperchain.storage.consignment_rules import Vehicle
from pepperchain.storage.consignments import Load
from tests.storage.road import LATER, journey, sent
from tests.storage.store import HOUR, NOW, Store, all_fits, room_facts


async def test_a_whole_lot_keeps_its_code_and_a_part_gets_one(store: Store) -> None:
    whole, divided = await store.lot(50), await store.lot(30, grade="grade_2")
    before = await lot_queries.lot(store.clerk, whole)
    done = await sent(store, whole, (divided, 10))
    assert done.grams == 60_000
    row = await consignment_queries.consignment(store.clerk, done.id)
    first, second = await consignment_queries.cargo(row)
    assert (row.code, row.lots, row.is_on_road) == ("BP-T0001", 2, True)
    assert (first.lot_id, first.code, first.sent_grams) == (whole, before.code, 50_000)
    assert await trace_queries.ancestors(second.lot_id) == [second.lot_id, divided]
    assert (await store.on_hand(whole), await store.on_hand(divided)) == (0, 20_000)
    assert await store.stock(store.chilled) == 20_000
    await all_fits()
    assert await books.findings() == []


async def test_space_waits_for_it_and_is_told_apart_from_what_is_booked(store: Store) -> None:
    done = await sent(store, await store.lot(50))
    room = await queries.room(store.storekeeper, store.cold)
    today = clock.local_day(NOW)
    first, *_, last = await queries.days(room, today, today + timedelta(days=5))
    assert (first.coming_grams, first.booked_grams, first.free_grams) == (50_000, 0, 8_000_000 - 50_000)
    assert last.coming_grams == 0
    (booking,) = await booking_queries.bookings(store.storekeeper, store.cold, on=today)
    assert booking.consignment_id == str(done.id)
    with pytest.raises(Missing):
        await bookings.release(store.storekeeper, id=booking.id, now=NOW)  # type: ignore[arg-type]


async def test_nothing_is_done_with_a_lot_while_it_is_on_the_road(store: Store) -> None:
    lot_id = await store.lot(50)
    moved = await lots.move(store.clerk, id=new_id(), lot_id=lot_id, to_room_id=store.small, now=NOW)
    done = await sent(store, lot_id)
    for attempt in (
        lots.issue(store.clerk, id=new_id(), lot_id=lot_id, reason="卖掉", now=NOW),
        lots.move(store.clerk, id=new_id(), lot_id=lot_id, to_room_id=store.cold, now=NOW),
        lots.adjust(store.leader, id=new_id(), lot_id=lot_id, counted=Grams(5), reason="盘点", now=NOW),
        sent(store, lot_id),
        movements.reverse(store.clerk, id=new_id(), of=moved.id, reason="错了", now=NOW),
        blocks.block(store.clerk, id=new_id(), lot_id=lot_id, reason="待检", now=NOW),
    ):
        with pytest.raises(Refused):
            await attempt
    dispatch = await db.scalar("SELECT id FROM storage_movement WHERE kind = 'dispatch'")
    with pytest.raises(Refused, match="waybill"):
        await movements.reverse(store.clerk, id=new_id(), of=dispatch, reason="错了", now=NOW)
    assert (await lot_queries.lot(store.clerk, lot_id)).consignment_id == str(done.id)
    await all_fits()


async def test_the_clock_runs_on_the_road_by_the_kind_of_truck(store: Store) -> None:
    chilled, open_truck = await store.lot(10), await store.lot(10)
    until = (await lot_queries.lot(store.clerk, chilled)).fresh_until
    await sent(store, chilled)
    await sent(store, open_truck, vehicle=Vehicle.AMBIENT)
    assert (await lot_queries.lot(store.clerk, chilled)).fresh_until == until
    assert (await lot_queries.lot(store.clerk, open_truck)).fresh_until == NOW + 12 * HOUR


async def test_what_cannot_be_sent_is_not(store: Store) -> None:
    lot_id, moved = await store.lot(50), await store.lot(20, room_id=store.cold)
    blocked = await store.lot(10)
    await blocks.block(store.clerk, id=new_id(), lot_id=blocked, reason="待检", now=NOW)
    for loads, changes in (
        ((), {}),
        ((lot_id, lot_id), {}),
        (((lot_id, 51),), {}),
        (((lot_id, 0),), {}),
        ((lot_id, moved), {}),
        ((blocked,), {}),
        ((lot_id,), {"to_room_id": store.small}),
        ((lot_id,), {"to_room_id": store.frozen}),
        ((lot_id,), {"expected_at": NOW - HOUR}),
        ((lot_id,), {"expected_at": NOW + 300 * HOUR}),
    ):
        with pytest.raises(Refused):
            await sent(store, *loads, **changes)
    with pytest.raises(NotYours):
        await sent(store, lot_id, to_room_id=store.public)
    assert await db.scalar("SELECT COUNT(*) FROM storage_consignment") == 0
    await all_fits()


async def test_a_closed_or_full_room_takes_nothing(store: Store) -> None:
    lot_id = await store.lot(50)
    await rooms.close(store.storekeeper, room_id=store.cold, version=1, now=NOW)
    with pytest.raises(Refused, match="closed"):
        await sent(store, lot_id)
    small = await rooms.enter(
        SYSTEM, id=new_id(), site_id=store.cold_site, facts=room_facts("小间", 40_000), now=NOW
    )
    with pytest.raises(Refused) as refused:
        await sent(store, lot_id, to_room_id=small.id)
    assert refused.value.facts["free"] == 40_000
    await sent(store, (lot_id, 30), to_room_id=small.id)
    with pytest.raises(Refused):
        await sent(store, (lot_id, 20), to_room_id=small.id)
    await sent(store, (lot_id, 10), to_room_id=small.id)


async def test_foreign_lots_are_not_there_and_twice_is_once(store: Store) -> None:
    lot_id, request = await store.lot(50), new_id()
    with pytest.raises(Missing):
        await consignments.send(
            store.leader_b,
            id=new_id(),
            loads=[Load(lot_id)],
            journey=journey(store, to_room_id=store.of_b),
            now=NOW,
        )
    await sent(store, lot_id, id=request)
    assert (await sent(store, lot_id, id=request)).repeated
    with pytest.raises(Conflict):
        await sent(store, lot_id, id=request, plate="渝B99999")
    with pytest.raises(Missing):
        await consignment_queries.consignment(store.leader_b, request)
    for person in (store.clerk, store.storekeeper):
        (row,) = (await consignment_queries.consignments(person, on_road=True)).rows
        assert row.id == str(request)
        assert row.is_late(LATER + HOUR)
    assert (await consignment_queries.consignments(store.leader_b, on_road=True)).rows == []


async def test_of_two_trucks_that_load_the_same_lot_at_once_one_leaves(store: Store) -> None:
    lot_id = await store.lot(50)
    outcomes = await asyncio.gather(*(sent(store, lot_id) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 2
    await all_fits()


async def test_lists_page_without_gaps(store: Store) -> None:
    made = [str((await sent(store, await store.lot(1))).id) for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        page = await consignment_queries.consignments(store.clerk, on_road=True, cursor=cursor, limit=2)
        seen += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
