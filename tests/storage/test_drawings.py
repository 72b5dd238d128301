"""Where is room: what is near and fresh on arrival, a page that costs the same whatever its days, and today by the hour."""

import re
from datetime import date, timedelta

import pytest

from pepperchain.core import clock, db
from pepperchain.core.units import Grams
from pepperchain.storage import board_queries, queries
from pepperchain.storage.drawings import drive, hours
from pepperchain.storage.queries import FAR, SpaceWanted
from pepperchain.storage.rules import driving, planning
from pepperchain.storage.space_forms import SpaceSearch
from pepperchain.web.forms import read
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.storage.road import sent
from tests.storage.store import HOUR, NOW, Store

TODAY = date(2026, 6, 10)


def test_a_room_that_is_reached_after_twelve_hours_is_too_late() -> None:
    way = driving()
    minutes = -(-(way.within_township_km + 2 * way.township_km) * 60 // way.km_per_hour)
    found = drive(2, form="fresh", picked_at=NOW - 11 * HOUR, now=NOW)
    assert found is not None
    assert (found.minutes, found.left_seconds) == (minutes, (60 - minutes) * 60)
    late = drive(2, form="fresh", picked_at=NOW - 12 * HOUR, now=NOW)
    assert late is not None
    assert late.is_too_late
    planned = drive(0, form="fresh", picked_at=NOW + 4 * HOUR, now=NOW)
    assert planned is not None
    assert planned.left_seconds is not None
    assert 11 * 3_600 < planned.left_seconds < 12 * 3_600
    assert drive(FAR, form="fresh", picked_at=NOW, now=NOW) is None
    undated = drive(1, form=None, picked_at=None, now=NOW)
    assert undated is not None
    assert not undated.is_too_late


@pytest.mark.parametrize("span", ["7", "14", "30", "60"])
def test_a_page_of_the_board_has_as_many_cells_however_many_days(span: str) -> None:
    search = read(SpaceSearch, {"span": span})
    first, last = search.days(TODAY)
    assert (last - first).days + 1 == int(span)
    assert search.rooms_a_page * int(span) <= planning().board_cells


async def test_rooms_come_by_the_townships_between_and_then_by_space(store: Store) -> None:
    @db.unit_of_work
    async def lay_out() -> None:
        for place, township in enumerate(store.register.townships):
            await db.execute(
                "UPDATE directory_area SET tile_column = :column, tile_row = 1 WHERE id = :id",
                column=1 + 3 * place,
                id=township,
            )

    await lay_out()
    for near in store.register.townships[:2]:
        wanted = SpaceWanted(form="fresh", near_township_id=near)
        found: list[queries.RoomSpace] = []
        cursor = None
        while True:
            page = await queries.spaces(
                store.clerk, wanted, from_on=TODAY, to_on=TODAY, cursor=cursor, limit=2
            )
            found += page.rows
            cursor = page.next
            if cursor is None:
                break
        keys = [(space.steps, -space.room.free_grams) for space in found]
        assert keys == sorted(keys)
        assert {space.steps for space in found} >= {0, 3}
        assert len({space.room.id for space in found}) == len(found)


async def test_space_is_wanted_until_a_day_and_told_beyond_it(store: Store) -> None:
    wanted = SpaceWanted(form="fresh", grams=Grams(60_000))
    until = TODAY + timedelta(days=1)
    page = await queries.spaces(
        store.clerk, wanted, from_on=TODAY, to_on=TODAY + timedelta(days=6), until=until
    )
    (small,) = [space for space in page.rows if space.room.id == store.small]
    assert (len(small.days), small.free_until(until)) == (7, 60_000)
    assert (
        await queries.spaces(store.clerk, SpaceWanted(purpose="public_benefit"), from_on=TODAY, to_on=TODAY)
    ).rows[0].room.id == store.public


async def test_today_by_the_hour_fills_as_what_is_on_the_road_arrives(store: Store) -> None:
    lot = await store.lot(50)
    await sent(store, lot)
    arrivals = await board_queries.arrivals_today([store.cold], now=NOW)
    at = clock.local(NOW + 3 * HOUR).hour
    assert arrivals == {store.cold: {at: 50_000}}
    space = (await queries.spaces_of([await queries.room_unscoped(store.cold)], TODAY, TODAY))[0]
    drawn = hours(space, arrivals[store.cold], NOW)
    assert [hour.empty_grams for hour in drawn if hour.at < clock.at_local(TODAY, at)] == [8_000_000] * 3
    assert {hour.empty_grams for hour in drawn if hour.at >= clock.at_local(TODAY, at)} == {7_950_000}
    assert sum(hour.arriving_grams for hour in drawn) == 50_000
    late = await board_queries.arrivals_today([store.cold], now=NOW + 5 * HOUR)
    assert late == {store.cold: {clock.local(NOW + 5 * HOUR).hour: 50_000}}


async def test_one_tap_books_the_best_room_and_twice_is_once(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    picked = clock.local(clock.now() - 2 * HOUR).strftime("%Y-%m-%dT%H:%M")
    page = (await clerk.get(f"/storage?form=fresh&need=1000&need_unit=kg&picked_at={picked}")).text
    assert "送到还能鲜" in page
    act = re.search(
        r'<form class="act" method="post" action="(/storage/rooms/\d+/bookings)">(.*?)</form>', page, re.S
    )
    assert act is not None
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', act[2]))
    for _ in range(2):
        assert (await clerk.post(act[1], data=sent)).status_code == 303
    assert await db.scalar("SELECT COUNT(*) FROM storage_booking WHERE grams = 1000000") == 1


async def test_a_day_of_the_board_leads_to_its_booking_filled_in(client: SignIn) -> None:
    clerk, committee = await client(cast.CLERK_A), await client(cast.COMMITTEE)
    page = (await clerk.get("/storage?span=7&need=2&need_unit=kg")).text
    link = re.search(r'href="(/storage/rooms/\d+\?from_on=[^"#]*)#booking"', page)
    assert link is not None
    room = (await clerk.get(link[1].replace("&amp;", "&"))).text
    assert re.search(r'<details class="sheet" id="booking" open>', room)
    assert re.search(r'name="grams"[^>]*value="2', room)
    assert "#booking" not in (await committee.get("/storage")).text
    assert "各小时还空着的吨数" in (await clerk.get("/storage?view=hours")).text


@pytest.mark.parametrize(
    "query", ["span=9999", "view=x", "purpose=%27", "picked_at=2026", "to_on=1", "span=7&span=14", "need=1e9", "cursor=W10"]
)  # fmt: skip
async def test_hostile_choices_are_refused_in_words(client: SignIn, query: str) -> None:
    clerk = await client(cast.CLERK_A)
    assert (await clerk.get(f"/storage?{query}")).status_code in (200, 422)
