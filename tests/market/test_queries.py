"""Finding what can be bought."""

from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.market import facet_queries, queries
from pepperchain.market.queries import Offer
from pepperchain.market.rules import Criteria, Limits, Sort
from pepperchain.storage import lots
from tests.storage.store import HOUR, NOW, Store

EVERYTHING = Criteria()


async def some_offers(store: Store) -> list[int]:
    """Six lots: fresh of two grades and ages in A's and the cold store's rooms, dry ones, priced and not."""
    made = [
        await store.lot(40, picked_at=NOW - 2 * HOUR),
        await store.lot(30, picked_at=NOW - 5 * HOUR, grade="grade_2"),
        await store.lot(200, picked_at=NOW - 3 * HOUR, room_id=store.cold),
        await store.lot(10, picked_at=NOW - 20 * HOUR),
        await store.lot(60, picked_at=NOW - 100 * HOUR, form="dry", room_id=store.dry),
        await store.lot(80, picked_at=NOW - 90 * HOUR, form="dry", grade="ungraded", room_id=store.dry),
    ]
    for lot_id, fen in ((made[0], 980), (made[1], 760), (made[2], 1010), (made[4], 5200)):
        await lots.ask(store.clerk, lot_id=lot_id, fen_per_kg=Fen(fen), now=NOW)
    return made


async def ids(store: Store, wanted: Criteria) -> list[int]:
    return [row.lot_id for row in (await queries.stock(store.buyer, wanted, now=NOW)).rows]


async def test_every_choice_and_bound_narrows_the_list(store: Store) -> None:
    a, b, c, d, e, f = await some_offers(store)
    townships = store.register.townships
    for wanted, found in (
        (EVERYTHING, [a, c, b, d, f, e]),
        (Criteria(form="fresh"), [a, c, b, d]),
        (Criteria(form="fresh", grade="grade_2"), [b]),
        (Criteria(cultivar="tengjiao"), []),
        (Criteria(townships=(townships[0],)), [a, c, b, d, f, e]),
        (Criteria(townships=(townships[1],)), []),
        (Criteria(site=store.cold_site), [c]),
        (Criteria(limits=Limits(min_grams=60_000)), [c, f, e]),
        (Criteria(limits=Limits(picked_since=NOW - 4 * HOUR)), [a, c]),
        (Criteria(limits=Limits(max_price_fen_per_kg=1000)), [a, b]),
        (Criteria(form="fresh", limits=Limits(fresh_only=True)), [a, c, b]),
        (Criteria(form="fresh", limits=Limits(min_grams=20_000, max_price_fen_per_kg=1000)), [a, b]),
    ):
        assert await ids(store, wanted) == found, wanted


@pytest.mark.parametrize("sort", list(Sort))
async def test_every_order_pages_without_gaps_or_repeats(store: Store, sort: Sort) -> None:
    made = await some_offers(store)
    for wanted in (
        Criteria(sort=sort),
        Criteria(form="fresh", sort=sort),
        Criteria(townships=tuple(store.register.townships), sort=sort),
        Criteria(form="dry", townships=tuple(store.register.townships), sort=sort),
        Criteria(site=store.cold_site, sort=sort),
        Criteria(limits=Limits(min_grams=1), sort=sort),
        Criteria(form="fresh", limits=Limits(min_grams=1), sort=sort),
        Criteria(limits=Limits(min_grams=1, picked_since=NOW - 500 * HOUR, fresh_only=False), sort=sort),
    ):
        whole = list((await queries.stock(store.buyer, wanted, now=NOW)).rows)
        seen: list[Offer] = []
        cursor = None
        while True:
            page = await queries.stock(store.buyer, wanted, now=NOW, cursor=cursor, limit=2)
            seen += page.rows
            cursor = page.next
            if cursor is None:
                break
        assert seen == whole, wanted
        assert len({row.lot_id for row in seen}) == len(seen)
    assert len(made) == 6


async def test_lots_without_a_price_come_last_in_either_order_of_price(store: Store) -> None:
    a, b, c, d, e, f = await some_offers(store)
    assert (await ids(store, Criteria(sort=Sort.CHEAPEST))) == [b, a, c, e, d, f]
    dearest = await ids(store, Criteria(sort=Sort.DEAREST))
    assert dearest[:4] == [e, c, a, b]
    assert set(dearest[4:]) == {d, f}
    assert (await ids(store, Criteria(sort=Sort.DEAREST, limits=Limits(max_price_fen_per_kg=1000)))) == [a, b]


async def test_a_page_goes_on_where_the_last_one_stopped_although_lots_came_and_went(store: Store) -> None:
    a, b, c, d, e, f = await some_offers(store)
    first = await queries.stock(store.buyer, EVERYTHING, now=NOW, limit=3)
    await store.lot(15, picked_at=NOW - HOUR)
    await lots.issue(store.clerk, id=new_id(), lot_id=b, reason="椒源加工", now=NOW)
    second = await queries.stock(store.buyer, EVERYTHING, now=NOW, limit=3, cursor=first.next)
    assert [row.lot_id for row in first.rows] == [a, c, b]
    assert [row.lot_id for row in second.rows] == [d, f, e]


async def test_what_is_issued_is_no_longer_offered(store: Store) -> None:
    lot_id = await store.lot(50)
    (offer,) = (await queries.stock(store.buyer, EVERYTHING, now=NOW)).rows
    assert (await queries.offer(store.buyer, offer.code)).lot_id == lot_id
    await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, reason="椒源加工", now=NOW)
    assert await ids(store, EVERYTHING) == []
    with pytest.raises(Missing):
        await queries.offer(store.buyer, offer.code)


async def test_only_those_who_may_search_the_market_do(store: Store) -> None:
    grower = replace(store.buyer, role=type(store.buyer.role).GROWER)
    with pytest.raises(NotYours):
        await queries.stock(grower, EVERYTHING, now=NOW)
    with pytest.raises(NotYours):
        await facet_queries.facets(grower, EVERYTHING, now=NOW)


async def test_an_offer_names_no_person_household_or_cooperative(store: Store) -> None:
    await some_offers(store)
    told = repr([asdict(row) for row in (await queries.stock(store.buyer, EVERYTHING, now=NOW)).rows])
    for canary in ("张青山", "李椒芳", "A0001", "2231", "椒香", "保坪村"):
        assert canary not in told


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "WzEsMl0",
        "!!!",
        "WyJhIiwiYiJd",
        "W10",
        "null",
        "W251bGwsbnVsbF0",
        "WzkyMjMzNzIwMzY4NTQ3NzU4MDcsOTIyMzM3MjAzNjg1NDc3NTgwN10",
        "Wy05MjIzMzcyMDM2ODU0Nzc1ODA3LC05MjIzMzcyMDM2ODU0Nzc1ODA3XQ",
    ],
)
async def test_a_cursor_that_nobody_made_is_refused_or_harmless(store: Store, cursor: str) -> None:
    await some_offers(store)
    for sort in (Sort.NEWEST, Sort.CHEAPEST):
        with suppress(Refused):
            page = await queries.stock(store.buyer, Criteria(sort=sort), now=NOW, cursor=cursor)
            assert len(page.rows) <= 6


async def test_a_cursor_of_one_order_is_refused_in_another(store: Store) -> None:
    await some_offers(store)
    page = await queries.stock(store.buyer, Criteria(sort=Sort.NEWEST), now=NOW, limit=2)
    with pytest.raises(Refused, match="damaged"):
        await queries.stock(store.buyer, Criteria(sort=Sort.CHEAPEST), now=NOW, cursor=page.next)


async def test_facets_count_what_each_choice_would_leave(store: Store) -> None:
    await some_offers(store)
    whole = await facet_queries.facets(store.buyer, EVERYTHING, now=NOW)
    assert (whole.lots, whole.free_grams) == (6, 420_000)
    assert {code: each.lots for code, each in whole.form.items()} == {"fresh": 4, "dry": 2}
    assert whole.site[store.cold_site].grams == 200_000
    fresh = await facet_queries.facets(store.buyer, Criteria(form="fresh", grade="grade_1"), now=NOW)
    assert (fresh.lots, fresh.free_grams) == (3, 250_000)
    assert {code: each.lots for code, each in fresh.grade.items()} == {"grade_1": 3, "grade_2": 1}
    assert {code: each.lots for code, each in fresh.form.items()} == {"fresh": 3, "dry": 1}
    bounded = await facet_queries.facets(
        store.buyer, Criteria(limits=Limits(min_grams=60_000, fresh_only=True)), now=NOW
    )
    assert (bounded.lots, bounded.free_grams, bounded.capped) == (3, 340_000, False)


async def test_what_this_process_changes_is_counted_at_once_and_the_rest_within_half_a_minute(
    store: Store,
) -> None:
    wanted = Criteria(limits=Limits(min_grams=1_000))
    await store.lot(50)
    assert (await facet_queries.facets(store.buyer, wanted, now=NOW)).lots == 1
    lot_id = await store.lot(50)
    assert (await facet_queries.facets(store.buyer, wanted, now=NOW)).lots == 2
    await lots.issue(store.clerk, id=new_id(), lot_id=lot_id, grams=Grams(10_000), reason="样品", now=NOW)
    later = await facet_queries.facets(store.buyer, wanted, now=NOW + timedelta(seconds=31))
    assert later.free_grams == 90_000
    assert later.as_of == NOW + timedelta(seconds=31)
