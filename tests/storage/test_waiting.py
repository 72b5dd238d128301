"""Waiting for space: who asked first is offered it first, for a while, and nothing is promised twice."""

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import bookings, lots, queries, rooms, waiting, waiting_queries
from pepperchain.storage.rules import WaitState, planning
from tests.storage.store import NOW, Store, all_fits, room_facts

TODAY = date(2026, 6, 10)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


async def ask(
    actor: Actor, room_id: int | None, kg: int, *, id: UUID | None = None, now: datetime = NOW, first: date = TODAY,
    last: date = TODAY, township_id: int | None = None,
) -> UUID:  # fmt: skip
    asked = await waiting.ask(
        actor, id=id or new_id(), room_id=room_id, township_id=township_id, form="fresh", grams=Grams(kg * 1000), from_on=first,
        to_on=last, now=now,
    )  # fmt: skip
    return asked.id


async def book(actor: Actor, room_id: int, kg: int, *, now: datetime = NOW, last: date = TODAY) -> UUID:
    placed = await bookings.place(
        actor, id=new_id(), room_id=room_id, form="fresh", grams=Grams(kg * 1000), from_on=TODAY, to_on=last, now=now
    )  # fmt: skip
    return placed.id


async def state(actor: Actor, id: UUID) -> WaitState:
    return (await waiting_queries.wait(actor, id)).state


async def free(store: Store, room_id: int) -> int:
    (day,) = await queries.days(await queries.room_unscoped(room_id), TODAY, TODAY)
    return int(day.free_grams)


async def test_what_is_released_is_offered_to_who_asked_first_and_held(store: Store) -> None:
    booking = await book(store.clerk, store.public, 4_000)
    first = await ask(store.leader_b, store.public, 3_000, now=NOW + MINUTE)
    second = await ask(store.clerk, store.public, 2_000, now=NOW + 2 * MINUTE)
    assert [await state(store.leader_b, first), await state(store.clerk, second)] == [WaitState.WAITING] * 2
    await bookings.release(store.clerk, id=booking, now=NOW + 3 * MINUTE)
    assert await state(store.leader_b, first) is WaitState.OFFERED
    assert await state(store.clerk, second) is WaitState.WAITING
    assert await free(store, store.public) == 1_000_000
    with pytest.raises(Refused):
        await book(store.clerk, store.public, 1_001, now=NOW + 4 * MINUTE)
    (offered,) = await waiting_queries.offered(store.leader_b, now=NOW + 4 * MINUTE)
    assert (offered.id, offered.offered_room_id) == (first, store.public)
    taken = await waiting.accept(store.leader_b, id=first, now=NOW + 5 * MINUTE)
    assert (
        await waiting.accept(store.leader_b, id=first, now=NOW + 6 * MINUTE)
    ).booking_id == taken.booking_id
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'wait.accepted'") == 1
    assert await free(store, store.public) == 1_000_000


@pytest.mark.parametrize("how", ["declined", "lapsed"])
async def test_an_offer_that_is_not_taken_up_goes_to_the_next(store: Store, how: str) -> None:
    booking = await book(store.clerk, store.public, 4_000)
    first = await ask(store.leader_b, store.public, 3_000, now=NOW + MINUTE)
    second = await ask(store.clerk, store.public, 2_000, now=NOW + 2 * MINUTE)
    await bookings.release(store.clerk, id=booking, now=NOW + 3 * MINUTE)
    later = NOW + timedelta(minutes=planning().offer_minutes + 3)
    if how == "declined":
        await waiting.withdraw(store.leader_b, id=first, now=later - MINUTE)
        await waiting.withdraw(store.leader_b, id=first, now=later - MINUTE)
    else:
        await waiting.run(now=later - MINUTE)
        assert await state(store.clerk, second) is WaitState.WAITING
        with pytest.raises(Refused):
            await waiting.accept(store.leader_b, id=first, now=later)
        await waiting.run(now=later)
    assert await state(store.leader_b, first) is (
        WaitState.WITHDRAWN if how == "declined" else WaitState.LAPSED
    )
    assert await state(store.clerk, second) is WaitState.OFFERED
    with pytest.raises(Refused):
        await waiting.accept(store.leader_b, id=first, now=later)
    assert await free(store, store.public) == 2_000_000


async def test_a_smaller_wish_is_not_held_up_by_a_larger_one_that_does_not_fit(store: Store) -> None:
    await book(store.clerk, store.public, 3_000)
    large = await ask(store.leader_b, store.public, 3_500, now=NOW + MINUTE)
    small = await ask(store.clerk, store.public, 500, now=NOW + 2 * MINUTE)
    assert await state(store.leader_b, large) is WaitState.WAITING
    assert await state(store.clerk, small) is WaitState.OFFERED


async def test_a_township_is_waited_for_in_whichever_of_its_rooms_one_may_use(store: Store) -> None:
    township = (await queries.room_unscoped(store.public)).township_id
    with pytest.raises(Refused):
        await ask(store.clerk, None, 5_000, township_id=township)
    with pytest.raises(Missing):
        await ask(store.clerk, None, 1, township_id=999_999)
    booking = await book(store.clerk, store.public, 4_000)
    wait = await ask(store.clerk, None, 1_000, township_id=township, now=NOW + MINUTE)
    # B's own room in the township has space, but is not A's to see.
    await waiting.run(now=NOW + MINUTE)
    assert await state(store.clerk, wait) is WaitState.WAITING
    await bookings.release(store.clerk, id=booking, now=NOW + 2 * MINUTE)
    row = await waiting_queries.wait(store.clerk, wait)
    assert (row.state, row.offered_room_id) == (WaitState.OFFERED, store.public)


async def test_what_is_issued_or_enlarged_is_offered_by_the_timer(store: Store) -> None:
    lot = await store.lot(60, room_id=store.small)
    wait = await ask(store.clerk, store.small, 40)
    await waiting.run(now=NOW + MINUTE)
    assert await state(store.clerk, wait) is WaitState.WAITING
    await lots.issue(
        store.clerk, id=new_id(), lot_id=lot, grams=Grams(30_000), reason="卖出", now=NOW + MINUTE
    )
    await waiting.run(now=NOW + 2 * MINUTE)
    assert await state(store.clerk, wait) is WaitState.WAITING
    room = await queries.room(store.leader, store.small)
    await rooms.change(
        store.leader, room_id=store.small, version=room.version, facts=room_facts("2号", 70_000), now=NOW + 2 * MINUTE
    )  # fmt: skip
    await waiting.run(now=NOW + 3 * MINUTE)
    assert await state(store.clerk, wait) is WaitState.OFFERED
    await all_fits()


async def test_pepper_that_is_brought_takes_an_offer_up(store: Store) -> None:
    wait = await ask(store.clerk, store.small, 60)
    assert await state(store.clerk, wait) is WaitState.OFFERED
    await store.lot(50, room_id=store.small, now=NOW + MINUTE)
    assert await state(store.clerk, wait) is WaitState.ACCEPTED
    await waiting.run(now=NOW + DAY)
    (booking,) = await db.tuples("SELECT kind, grams - used_grams, released_at FROM storage_booking")
    assert booking == ("booking", 10_000, None)
    await all_fits()


async def test_a_booking_that_nothing_was_brought_on_runs_out_for_the_next(store: Store) -> None:
    await book(store.clerk, store.small, 60, last=TODAY + 5 * DAY)
    wait = await ask(store.clerk, store.small, 60, first=TODAY + 3 * DAY, last=TODAY + 3 * DAY)
    runs_out = planning().unused_until(TODAY)
    await waiting.run(now=runs_out - MINUTE)
    assert await state(store.clerk, wait) is WaitState.WAITING
    await waiting.run(now=runs_out)
    assert await state(store.clerk, wait) is WaitState.OFFERED
    assert await db.scalar("SELECT COUNT(*) FROM storage_booking WHERE expired_at IS NOT NULL") == 1


async def test_days_that_go_by_are_waited_for_in_vain(store: Store) -> None:
    await book(store.clerk, store.small, 60)
    wait = await ask(store.clerk, store.small, 60)
    await waiting.run(now=clock.day_start(TODAY + DAY))
    assert await state(store.clerk, wait) is WaitState.OVER


async def test_it_is_asked_twice_and_stands_once_and_is_nobody_elses(store: Store) -> None:
    await book(store.clerk, store.small, 60)
    request = new_id()
    await ask(store.clerk, store.small, 60, id=request)
    await ask(store.clerk, store.small, 60, id=request)
    assert await db.scalar("SELECT COUNT(*) FROM storage_wait") == 1
    with pytest.raises(Conflict):
        await ask(store.clerk, store.small, 59, id=request)
    with pytest.raises(Conflict):
        await ask(store.leader_b, store.public, 60, id=request)
    with pytest.raises(Missing):
        await ask(store.leader_b, store.small, 1)
    for verb in (waiting.accept, waiting.withdraw):
        with pytest.raises(Missing):
            await verb(store.leader_b, id=request, now=NOW)
    assert await queries.days(await queries.room_unscoped(store.small), TODAY, TODAY)


@pytest.mark.parametrize(
    ("kg", "first", "last"),
    [(0, TODAY, TODAY), (1, TODAY - DAY, TODAY), (1, TODAY + DAY, TODAY), (1, TODAY, TODAY + 400 * DAY), (61, TODAY, TODAY)],
)  # fmt: skip
async def test_what_cannot_be_waited_for_is_refused(store: Store, kg: int, first: date, last: date) -> None:
    with pytest.raises(Refused):
        await ask(store.clerk, store.small, kg, first=first, last=last)


async def test_the_one_who_asked_is_told_once(store: Store) -> None:
    user = await _user(store)
    asker = Actor(user, store.clerk.role, "李会", organization_id=store.clerk.organization_id)
    await ask(asker, store.small, 60)
    await waiting.run(now=NOW + MINUTE)
    rows = await db.tuples("SELECT rule, recipient_id, state FROM storage_notice")
    assert rows == [("space.offered", user, "queued")]


@db.unit_of_work
async def _user(store: Store) -> int:
    return await db.insert_id(
        "accounts_user", request_id=new_id(), phone="15400000999", phone_reversed="99900000451", name="李会", role="coop_clerk",
        organization_id=store.clerk.organization_id, password_hash="-", password_one_time=False, password_changed_at=NOW,
        language="zh", unit="kg", large_type=False, created_at=NOW,
    )  # fmt: skip


async def test_many_who_accept_decline_and_book_at_once_never_get_more_than_there_is(store: Store) -> None:
    booking = await book(store.clerk, store.public, 4_000)
    waits = [
        await ask((store.clerk, store.leader_b)[number % 2], store.public, 900, now=NOW + number * MINUTE)
        for number in range(12)
    ]
    now = NOW + timedelta(minutes=20)
    await bookings.release(store.clerk, id=booking, now=now)

    async def end(number: int) -> None:
        actor = (store.clerk, store.leader_b)[number % 2]
        try:
            if number % 3:
                await waiting.accept(actor, id=waits[number], now=now)
            else:
                await waiting.withdraw(actor, id=waits[number], now=now)
        except (Refused, Conflict):
            pass

    async def book_one() -> None:
        try:
            await book(store.clerk, store.public, 500, now=now)
        except Refused:
            pass

    await asyncio.gather(
        *(end(number) for number in range(12)), *(book_one() for _ in range(10)), *(waiting.run(now=now) for _ in range(4))
    )  # fmt: skip
    booked = await queries.booked_by_day([store.public], TODAY, TODAY)
    assert 3_000_000 < booked[store.public][0] <= 4_000_000
