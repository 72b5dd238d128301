"""The end of a consignment: received as sent or otherwise, or turned back. Once."""

import asyncio
from typing import Any

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.ledger import books
from pepperchain.storage import (
    arrivals,
    booking_queries,
    bookings,
    consignment_queries,
    lot_queries,
    lots,
    movements,
)
from tests.storage.road import LATER, arrived, cargo, sent
from tests.storage.store import HOUR, NOW, Store, all_fits


async def posted(kind: str) -> int:
    return int(
        await db.scalar(
            "SELECT COALESCE(SUM(debits - credits), 0) FROM ledger_account WHERE kind = :kind", kind=kind
        )
    )


async def test_what_arrives_as_sent_lies_in_the_room_that_waited(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await sent(store, lot_id)
    await arrived(store, done.id)
    lot = await lot_queries.lot(store.clerk, lot_id)
    assert (lot.room_id, lot.on_hand_grams, lot.consignment_id) == (store.cold, 50_000, None)
    assert (await store.stock(store.chilled), await store.stock(store.cold)) == (0, 50_000)
    assert (await posted("in_transit"), await posted("transit_loss")) == (0, 0)
    row = await consignment_queries.consignment(store.clerk, done.id)
    assert (row.state, row.received_grams, row.missing_grams) == ("arrived", 50_000, 0)
    assert await booking_queries.bookings(store.storekeeper, store.cold, on=NOW.date()) == []
    offered = await db.tuples("SELECT site_id, free_grams FROM storage_available WHERE lots > 0")
    assert [tuple(row) for row in offered] == [(store.cold_site, 50_000)]
    await all_fits()
    assert await books.findings() == []


async def test_less_and_more_than_was_sent_ask_for_a_reason_and_a_document(store: Store) -> None:
    first, second = await store.lot(50), await store.lot(30)
    done = await sent(store, first, second)
    unsaid: list[dict[str, Any]] = [{}, {"reason": "破袋"}, {"document": "交接单12号"}]
    for changes in unsaid:
        with pytest.raises(Refused):
            await arrived(store, done.id, 48, 31, **changes)
    await arrived(store, done.id, 48, 31, reason="破袋，串货", document="交接单12号")
    assert (await store.on_hand(first), await store.on_hand(second)) == (48_000, 31_000)
    assert (await posted("in_transit"), await posted("transit_loss"), await posted("variance")) == (
        0,
        2_000,
        -1_000,
    )
    await all_fits()
    assert await books.findings() == []


async def test_what_scales_do_not_agree_on_needs_no_words(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await sent(store, lot_id)
    await arrived(store, done.id, received={lot_id: Grams(49_900)})
    assert await posted("transit_loss") == 100
    await all_fits()


async def test_all_of_it_can_be_lost(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await sent(store, lot_id)
    await arrived(store, done.id, 0, reason="翻车", document="事故认定书")
    lot = await lot_queries.lot(store.clerk, lot_id)
    assert (lot.is_open, lot.consignment_id) == (False, None)
    assert await posted("transit_loss") == 50_000
    await all_fits()


async def test_it_arrives_once_however_often_it_is_sent(store: Store) -> None:
    done = await sent(store, await store.lot(50))
    request = new_id()
    await arrived(store, done.id, id=request)
    assert (await arrived(store, done.id, id=request)).repeated
    with pytest.raises(Conflict):
        await arrived(store, done.id, 49, id=request)
    with pytest.raises(Conflict):
        await arrived(store, done.id)
    with pytest.raises(Conflict):
        await arrivals.turn_back(store.clerk, id=new_id(), consignment_id=done.id, reason="不要了", now=LATER)
    await all_fits()


async def test_of_two_who_receive_it_and_one_who_turns_it_back_one_does(store: Store) -> None:
    done = await sent(store, await store.lot(50))
    outcomes = await asyncio.gather(
        arrived(store, done.id),
        arrived(store, done.id),
        arrivals.turn_back(store.clerk, id=new_id(), consignment_id=done.id, reason="不要了", now=LATER),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 2
    await all_fits()


async def test_what_turned_back_lies_where_it_was(store: Store) -> None:
    whole, divided = await store.lot(50), await store.lot(30)
    done, request = await sent(store, whole, (divided, 10)), new_id()
    part = (await cargo(store, done.id))[1].lot_id
    for _ in range(2):
        back = await arrivals.turn_back(
            store.clerk, id=request, consignment_id=done.id, reason="路断了", now=LATER
        )
    assert back.repeated
    assert [await store.on_hand(lot) for lot in (whole, divided, part)] == [50_000, 20_000, 10_000]
    assert (await store.stock(store.chilled), await store.stock(store.cold)) == (80_000, 0)
    assert await posted("in_transit") == 0
    await all_fits()
    await lots.issue(store.clerk, id=new_id(), lot_id=part, reason="样品", now=LATER)


async def test_the_clock_goes_on_where_it_arrives(store: Store) -> None:
    lot_id = await store.lot(50)
    until = (await lot_queries.lot(store.clerk, lot_id)).fresh_until
    await arrived(store, (await sent(store, lot_id)).id)
    assert (await lot_queries.lot(store.clerk, lot_id)).fresh_until == until


async def test_who_may_receive_and_where(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await sent(store, lot_id)
    with pytest.raises(Missing):
        await arrived(store, done.id, actor=store.leader_b)
    with pytest.raises(Refused):
        await arrived(store, done.id, received={})
    with pytest.raises(Refused):
        await arrived(store, done.id, received={lot_id: Grams(-1)})
    with pytest.raises(Refused):
        await arrived(store, done.id, room_id=store.chilled, actor=store.clerk)
    with pytest.raises(Refused):
        await arrived(store, done.id, room_id=store.frozen)
    with pytest.raises((NotYours, Missing)):
        await arrivals.turn_back(
            store.storekeeper, id=new_id(), consignment_id=done.id, reason="不收", now=LATER
        )
    await arrived(store, done.id, actor=store.clerk)
    await all_fits()


async def test_space_that_waits_is_there_though_others_booked_the_rest(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await sent(store, lot_id)
    await bookings.place(
        store.storekeeper, id=new_id(), room_id=store.cold, form="fresh", grams=Grams(7_950_000), from_on=NOW.date(),
        to_on=NOW.date(), now=NOW,
    )  # fmt: skip
    await arrived(store, done.id, now=LATER + HOUR)
    await all_fits()


async def test_what_was_received_and_then_split_before_is_not_put_back_through_the_air(store: Store) -> None:
    lot_id = await store.lot(50)
    split = await lots.split(store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(20_000), now=NOW)
    assert split.other_lot_id is not None
    await arrived(store, (await sent(store, split.other_lot_id)).id)
    with pytest.raises(Refused, match="moved on"):
        await movements.reverse(store.clerk, id=new_id(), of=split.id, reason="不分了", now=LATER)
