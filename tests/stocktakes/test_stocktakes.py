"""Opening a stocktake and calling it off."""

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.stocktakes import queries, stocktakes
from pepperchain.stocktakes.rules import State, figures
from pepperchain.storage import lots
from tests.stocktakes.shelf import LATER, begin, clerk, committee, count, hand_in, leader, row, sign
from tests.storage.store import NOW, Store, all_fits


async def test_the_book_of_the_moment_is_written_down(store: Store) -> None:
    first, second = await store.lot(50), await store.lot(30)
    await store.lot(40, room_id=store.small)
    id = await begin(store)
    await lots.issue(
        clerk(store), id=new_id(), lot_id=first, reason="卖给张三", grams=Grams(10_000), now=LATER
    )
    found = await row(store, id)
    assert (found.state, found.lines, found.book_grams) == (State.COUNTING, 2, 80_000)
    assert {each.lot_id: int(each.book_grams) for each in await queries.lines(found)} == {
        first: 50_000,
        second: 30_000,
    }


async def test_a_site_is_counted_with_all_its_rooms(store: Store) -> None:
    await store.lot(50)
    await store.lot(40, room_id=store.small)
    found = await row(store, await begin(store, site_id=store.register.site_a))
    assert (found.room_id, found.lines) == (None, 2)
    assert {id for id, _ in await queries.rooms_of(found)} == {store.chilled, store.small, store.dry}


async def test_the_same_form_sent_twice_is_one_stocktake(store: Store) -> None:
    await store.lot(50)
    form = new_id()
    one = await stocktakes.begin(leader(store), id=form, room_id=store.chilled, now=NOW)
    two = await stocktakes.begin(leader(store), id=form, room_id=store.chilled, now=LATER)
    assert (one.id, one.repeated, two.repeated) == (two.id, False, True)


async def test_a_room_is_counted_once_at_a_time(store: Store) -> None:
    id = await begin(store)
    with pytest.raises(Refused, match="being counted already"):
        await begin(store)
    with pytest.raises(Refused, match="being counted already"):
        await begin(store, site_id=store.register.site_a)
    await stocktakes.cancel(leader(store), id=id, reason="下雨了", now=LATER)
    await begin(store)


async def test_only_whoever_runs_the_rooms_opens_one(store: Store) -> None:
    with pytest.raises(NotYours):
        await begin(store, actor=clerk(store))
    with pytest.raises(NotYours):
        await begin(store, actor=committee(store))
    with pytest.raises(Missing):
        await begin(store, actor=store.leader_b)
    with pytest.raises(Missing):
        await begin(store, room_id=store.cold)
    with pytest.raises(Missing):
        await stocktakes.begin(leader(store), id=new_id(), now=NOW)


async def test_a_place_with_too_many_lots_is_refused(store: Store) -> None:
    await _crowd(await store.lot(50), figures().lots_max)
    with pytest.raises(Refused, match="Count room by room"):
        await begin(store)
    assert await db.scalar("SELECT COUNT(*) FROM stocktakes_stocktake") == 0


@db.unit_of_work
async def _crowd(lot_id: int, copies: int) -> None:
    """So many more lots like this one."""
    same = (
        "product_id, form, grade, cultivar, season, site_id, room_id, township_id, origin_township_id, operator_id, cooperative_id,"
        " picked_at, received_at, fresh_until_at, on_hand_grams, free_grams, is_open"
    )
    for number in range(copies):
        await db.execute(
            f"INSERT INTO storage_lot (code, {same}) SELECT :code, {same} FROM storage_lot WHERE id = :id", code=f"{number:026d}", id=lot_id
        )  # fmt: skip


async def test_a_strangers_stocktake_is_not_there(store: Store) -> None:
    id = await begin(store)
    with pytest.raises(Missing):
        await queries.stocktake(store.leader_b, id)
    with pytest.raises(Missing):
        await queries.stocktake(store.buyer, id)
    with pytest.raises(Missing):
        await stocktakes.cancel(store.leader_b, id=id, reason="不是我的", now=LATER)
    assert (await queries.stocktake(clerk(store), id)).id == id


async def test_called_off_it_leaves_no_trace_in_the_books(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    await count(store, id, lot, 20)
    before = await db.scalar("SELECT COUNT(*) FROM ledger_transaction")
    await stocktakes.cancel(leader(store), id=id, reason="下雨了", now=LATER)
    await stocktakes.cancel(leader(store), id=id, reason="下雨了", now=LATER)
    assert (await row(store, id)).state is State.CANCELLED
    assert await db.scalar("SELECT COUNT(*) FROM ledger_transaction") == before
    assert await store.on_hand(lot) == 50_000
    with pytest.raises(Refused):
        await count(store, id, lot, 50)
    await all_fits()


async def test_what_is_posted_cannot_be_called_off(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    await count(store, id, lot, 50)
    await hand_in(store, id)
    await sign(store, id)
    with pytest.raises(Refused, match="It was posted"):
        await stocktakes.cancel(leader(store), id=id, reason="下雨了", now=LATER)
