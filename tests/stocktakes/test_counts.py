"""Counting lots, by several people, while pepper comes and goes."""

from typing import Any

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.stocktakes import counts, queries
from pepperchain.storage import lots
from tests.stocktakes.shelf import EVENING, LATER, begin, clerk, count, leader, line, row
from tests.storage.store import Store


async def test_the_last_word_of_two_people_stands_and_both_are_kept(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    assert await count(store, id, lot, 45)
    assert not await count(store, id, lot, 49, actor=leader(store), now=EVENING)
    found = await line(store, id, lot)
    assert (found.counts, found.counted_grams, found.difference) == (2, 49_000, -1_000)
    assert [int(each.counted_grams) for each in await queries.counts(await row(store, id))] == [
        45_000,
        49_000,
    ]


async def test_a_count_close_to_the_book_is_not_asked_for_again(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    which = await line(store, id, lot)
    assert not await counts.record(
        clerk(store), id=new_id(), stocktake_id=id, line_id=which.id, loose=Grams(49_800), now=LATER
    )


async def test_bags_and_what_is_loose_are_added_up(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    which = await line(store, id, lot)
    await counts.record(
        clerk(store), id=new_id(), stocktake_id=id, line_id=which.id, loose=Grams(2_000), bags=4, bag=Grams(12_000), now=LATER
    )  # fmt: skip
    assert (await line(store, id, lot)).counted_grams == 50_000


async def test_the_same_count_sent_twice_is_one(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    said: dict[str, Any] = {
        "id": new_id(),
        "stocktake_id": id,
        "line_id": (await line(store, id, lot)).id,
        "now": LATER,
    }
    assert await counts.record(clerk(store), loose=Grams(45_000), **said)
    assert await counts.record(clerk(store), loose=Grams(45_000), **said)
    assert (await line(store, id, lot)).counts == 1
    with pytest.raises(Conflict):
        await counts.record(clerk(store), loose=Grams(46_000), **said)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "loose"),
        ({"loose": Grams(-1)}, "loose"),
        ({"loose": Grams(9_000_000_000)}, "loose"),
        ({"bags": 3}, "bag"),
        ({"bag": Grams(1)}, "bags"),
        ({"bags": 999_999_999, "bag": Grams(1)}, "bags"),
        ({"bags": 5_000, "bag": Grams(9_000_000)}, "loose"),
        ({"bags": 1, "bag": Grams(0)}, "bag"),
        ({"absent": True, "loose": Grams(5)}, "absent"),
    ],
)
async def test_what_cannot_be_is_refused(store: Store, said: dict[str, Any], field: str) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    which = await line(store, id, lot)
    with pytest.raises(Refused) as refused:
        await counts.record(clerk(store), id=new_id(), stocktake_id=id, line_id=which.id, now=LATER, **said)
    assert refused.value.field == field


async def test_what_is_not_there_counts_as_nothing(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    which = await line(store, id, lot)
    await counts.record(clerk(store), id=new_id(), stocktake_id=id, line_id=which.id, absent=True, now=LATER)
    assert (await line(store, id, lot)).difference == -50_000


async def test_what_moved_before_it_was_counted_is_no_difference(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    await lots.issue(clerk(store), id=new_id(), lot_id=lot, reason="卖给张三", grams=Grams(10_000), now=LATER)
    assert not await count(store, id, lot, 40)
    found = await line(store, id, lot)
    assert (found.difference, found.moved_before) == (0, -10_000)


async def test_a_lot_that_left_the_room_is_not_counted(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    await lots.move(clerk(store), id=new_id(), lot_id=lot, to_room_id=store.small, now=LATER)
    with pytest.raises(Refused, match="left these rooms"):
        await count(store, id, lot, 50)
    assert (await line(store, id, lot)).left_uncounted


async def test_another_cooperative_counts_nothing_here(store: Store) -> None:
    lot = await store.lot(50)
    id = await begin(store)
    with pytest.raises(Missing):
        await count(store, id, lot, 50, actor=store.leader_b)
    with pytest.raises(NotYours):
        await count(store, id, lot, 50, actor=store.buyer)
    with pytest.raises(Missing):
        await counts.record(
            clerk(store), id=new_id(), stocktake_id=id, line_id=999_999, loose=Grams(1), now=LATER
        )


async def test_something_more_is_told_in_words(store: Store) -> None:
    await store.lot(50)
    id = await begin(store)
    form = new_id()
    for _ in range(2):
        made = await counts.find(
            clerk(store), id=form, stocktake_id=id, room_id=store.chilled, words="三袋没有标签", grams=Grams(60_000), now=LATER
        )  # fmt: skip
        assert made is None
    (extra,) = await queries.extras(await row(store, id))
    assert (extra.words, extra.grams) == ("三袋没有标签", 60_000)
    with pytest.raises(Missing):
        await counts.find(
            clerk(store),
            id=new_id(),
            stocktake_id=id,
            room_id=store.small,
            words="x",
            grams=Grams(1),
            now=LATER,
        )
    with pytest.raises(Refused):
        await counts.find(
            clerk(store),
            id=new_id(),
            stocktake_id=id,
            room_id=store.chilled,
            words="x",
            grams=Grams(0),
            now=LATER,
        )


async def test_a_lot_that_the_book_had_emptied_comes_onto_the_list(store: Store) -> None:
    gone = await store.lot(50)
    await lots.issue(clerk(store), id=new_id(), lot_id=gone, reason="卖给张三", now=LATER)
    id = await begin(store, now=LATER)
    code = await db.scalar("SELECT code FROM storage_lot WHERE id = :id", id=gone)
    said: dict[str, Any] = {
        "stocktake_id": id,
        "room_id": store.chilled,
        "words": code[:6],
        "grams": Grams(3_000),
    }
    line_id = await counts.find(clerk(store), id=new_id(), now=EVENING, **said)
    assert line_id == (await line(store, id, gone)).id
    assert await counts.find(clerk(store), id=new_id(), now=EVENING, **said) == line_id
    await count(store, id, gone, 3)
    assert (await line(store, id, gone)).difference == 3_000


async def test_a_lot_that_stands_elsewhere_is_only_told(store: Store) -> None:
    other = await store.lot(50, room_id=store.small)
    id = await begin(store)
    code = await db.scalar("SELECT code FROM storage_lot WHERE id = :id", id=other)
    made = await counts.find(
        clerk(store), id=new_id(), stocktake_id=id, room_id=store.chilled, words=code, grams=Grams(50_000), now=LATER
    )  # fmt: skip
    assert made is None
    (extra,) = await queries.extras(await row(store, id))
    assert extra.lot_id == other
