"""Keeping space free."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import booking_queries, bookings, lots, movements, queries
from pepperchain.storage.queries import SpaceWanted
from tests.storage.store import NOW, Store, all_fits

TODAY = date(2026, 6, 10)
DAY = timedelta(days=1)


async def book(
    actor: Actor, room_id: int, kg: int, *, id: UUID | None = None, first: date = TODAY, last: date = TODAY
) -> bookings.Placed:
    return await bookings.place(
        actor, id=id or new_id(), room_id=room_id, form="fresh", grams=Grams(kg * 1000), from_on=first, to_on=last, now=NOW
    )  # fmt: skip


@pytest.mark.parametrize("round_number", range(3))
async def test_a_hundred_who_book_twenty_places_at_once_get_twenty(store: Store, round_number: int) -> None:
    outcomes = await asyncio.gather(
        *(book(store.clerk, store.small, 3, last=TODAY + 2 * DAY) for _ in range(100)), return_exceptions=True
    )
    assert sum(isinstance(outcome, bookings.Placed) for outcome in outcomes) == 20
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 80
    booked = await queries.booked_by_day([store.small], TODAY, TODAY + 2 * DAY)
    assert booked[store.small] == [60_000] * 3


async def test_every_day_of_a_booking_must_have_the_space_and_the_tightest_is_named(store: Store) -> None:
    await book(store.clerk, store.small, 30, first=TODAY + 2 * DAY, last=TODAY + 4 * DAY)
    await book(store.clerk, store.small, 20, first=TODAY + 4 * DAY, last=TODAY + 6 * DAY)
    with pytest.raises(Refused) as refused:
        await book(store.clerk, store.small, 20, last=TODAY + 9 * DAY)
    assert (refused.value.facts["free"], refused.value.facts["day"]) == (10_000, TODAY + 4 * DAY)
    await book(store.clerk, store.small, 10, last=TODAY + 9 * DAY)


async def test_what_others_booked_is_kept_free_for_them(store: Store) -> None:
    await book(store.clerk, store.cold, 7_900)
    slip = await store.weigh(200)
    done = await lots.receive(store.clerk, id=new_id(), room_id=store.cold, slip_ids=[slip], now=NOW)
    (mine,) = await booking_queries.bookings(store.clerk, store.cold, on=TODAY)
    assert mine.used_grams == 200_000
    await all_fits()
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="放错了", now=NOW)
    (mine,) = await booking_queries.bookings(store.clerk, store.cold, on=TODAY)
    assert mine.used_grams == 0
    await all_fits()


async def test_a_booking_opens_a_public_room_and_holds_off_its_own_keeper(store: Store) -> None:
    await book(store.clerk, store.public, 3_990)
    slip = await store.weigh(
        50,
        actor=store.leader_b,
        site_id=store.register.site_b,
        household_id=store.register.stranger.household_id,
    )
    with pytest.raises(Refused) as refused:
        await lots.receive(store.leader_b, id=new_id(), room_id=store.public, slip_ids=[slip], now=NOW)
    assert refused.value.facts["free"] == 10_000
    ours = await store.weigh(50)
    done = await lots.receive(store.clerk, id=new_id(), room_id=store.public, slip_ids=[ours], now=NOW)
    assert done.grams == 50_000


async def test_a_booking_is_sent_twice_placed_once_and_released_once(store: Store) -> None:
    request = new_id()
    assert not (await book(store.clerk, store.small, 60, id=request)).repeated
    assert (await book(store.clerk, store.small, 60, id=request)).repeated
    with pytest.raises(Conflict):
        await book(store.clerk, store.small, 59, id=request)
    with pytest.raises(Missing):
        await bookings.release(store.leader_b, id=request, now=NOW)
    await bookings.release(store.clerk, id=request, now=NOW)
    await bookings.release(store.clerk, id=request, now=NOW)
    await book(store.clerk, store.small, 60)
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'booking.released'") == 1


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TODAY - DAY, TODAY),
        (TODAY + DAY, TODAY),
        (TODAY, TODAY + 400 * DAY),
        (TODAY + 400 * DAY, TODAY + 401 * DAY),
    ],
)
async def test_days_that_cannot_be_are_refused(store: Store, first: date, last: date) -> None:
    with pytest.raises(Refused):
        await book(store.clerk, store.small, 1, first=first, last=last)


async def test_rooms_of_others_and_rooms_for_other_forms_cannot_be_booked(store: Store) -> None:
    with pytest.raises(Missing):
        await book(store.clerk, store.of_b, 1)
    with pytest.raises(Refused):
        await book(store.clerk, store.dry, 1)


async def test_a_search_for_space_counts_bookings_and_puts_near_rooms_first(store: Store) -> None:
    wanted = SpaceWanted(form="fresh", grams=Grams(1_000_000), near_township_id=store.register.townships[1])
    page = await queries.spaces(store.clerk, wanted, from_on=TODAY, to_on=TODAY + DAY)
    assert [space.room.id for space in page.rows] == [store.public, store.cold, store.chilled]
    await book(store.clerk, store.cold, 7_500, first=TODAY + DAY, last=TODAY + DAY)
    page = await queries.spaces(store.clerk, wanted, from_on=TODAY, to_on=TODAY + DAY)
    assert [space.room.id for space in page.rows] == [store.public, store.chilled]
    assert page.rows[0].free_grams == 4_000_000


async def test_a_search_for_space_pages_without_gaps(store: Store) -> None:
    seen: list[int] = []
    cursor = None
    while True:
        page = await queries.spaces(
            store.clerk, SpaceWanted(), from_on=TODAY, to_on=TODAY, cursor=cursor, limit=2
        )
        seen += [space.room.id for space in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 6
    assert store.of_b not in seen
