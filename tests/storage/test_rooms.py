"""Entering, changing and closing rooms."""

from datetime import timedelta

import pytest

from pepperchain.core import clock
from pepperchain.core.errors import Conflict, Invalid, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import bookings, queries, rooms
from pepperchain.storage.rules import RoomKind
from tests.storage.store import NOW, Store, room_facts


async def test_a_room_is_entered_once_for_each_form_that_was_sent(store: Store) -> None:
    request, site = new_id(), store.register.site_a
    first = await rooms.enter(
        store.leader, id=request, site_id=site, facts=room_facts("3号", 1_000_000), now=NOW
    )
    again = await rooms.enter(
        store.leader, id=request, site_id=site, facts=room_facts("3号", 1_000_000), now=NOW
    )
    assert (again.id, again.repeated) == (first.id, True)
    with pytest.raises(Refused, match="name"):
        await rooms.enter(store.leader, id=new_id(), site_id=site, facts=room_facts("3号", 1), now=NOW)


async def test_rooms_are_entered_at_ones_own_sites_by_those_who_plan(store: Store) -> None:
    facts = room_facts("3号", 1_000_000)
    with pytest.raises(Missing):
        await rooms.enter(store.leader, id=new_id(), site_id=store.register.site_b, facts=facts, now=NOW)
    with pytest.raises(NotYours):
        await rooms.enter(store.clerk, id=new_id(), site_id=store.register.site_a, facts=facts, now=NOW)


async def test_everything_that_is_wrong_with_a_room_is_told_at_once(store: Store) -> None:
    wrong = room_facts("", 0, forms=["tea"], set_point_decidegrees=200)
    with pytest.raises(Invalid) as invalid:
        await rooms.enter(store.leader, id=new_id(), site_id=store.register.site_a, facts=wrong, now=NOW)
    assert {error.field for error in invalid.value.errors} == {"name", "capacity", "forms", "set_point"}
    warm = room_facts("速冻", 1_000, kind=RoomKind.FROZEN, set_point_decidegrees=-100)
    with pytest.raises(Invalid):
        await rooms.enter(store.leader, id=new_id(), site_id=store.register.site_a, facts=warm, now=NOW)


async def test_a_room_cannot_shrink_below_what_lies_in_it(store: Store) -> None:
    await store.lot(50, room_id=store.small)
    with pytest.raises(Refused, match="capacity"):
        await rooms.change(
            store.leader, room_id=store.small, version=1, facts=room_facts("2号", 49_999), now=NOW
        )
    await rooms.change(store.leader, room_id=store.small, version=1, facts=room_facts("2号", 50_000), now=NOW)
    assert (await queries.room(store.clerk, store.small)).free_grams == 0
    with pytest.raises(Conflict):
        await rooms.change(
            store.leader, room_id=store.small, version=1, facts=room_facts("2号", 70_000), now=NOW
        )


async def test_only_an_empty_room_is_closed_and_then_takes_nothing(store: Store) -> None:
    lot_id = await store.lot(50, room_id=store.small)
    with pytest.raises(Refused):
        await rooms.close(store.leader, room_id=store.small, version=1, now=NOW)
    assert lot_id
    await rooms.close(store.leader, room_id=store.chilled, version=1, now=NOW)
    with pytest.raises(Refused, match="closed"):
        await store.lot(1)


async def test_what_is_seen_of_rooms_ends_where_it_is_no_business_of_theirs(store: Store) -> None:
    for room_id in (store.chilled, store.cold, store.public):
        await queries.room(store.clerk, room_id)
    for actor, room_id in (
        (store.clerk, store.of_b),
        (store.leader_b, store.chilled),
        (store.storekeeper, store.small),
    ):
        with pytest.raises(Missing):
            await queries.room(actor, room_id)
    for role in (store.buyer,):
        with pytest.raises(Missing):
            await queries.room(role, store.public)
    with pytest.raises(NotYours):
        await rooms.change(
            store.leader, room_id=store.cold, version=1, facts=room_facts("保鲜", Grams(9_000_000)), now=NOW
        )


async def test_a_room_does_not_shrink_below_what_is_booked_on_some_day(store: Store) -> None:
    today = clock.local_day(NOW)
    await bookings.place(
        store.clerk, id=new_id(), room_id=store.small, form="fresh", grams=Grams(50_000), from_on=today + timedelta(days=9),
        to_on=today + timedelta(days=9), now=NOW,
    )  # fmt: skip
    room = await queries.room(store.leader, store.small)
    with pytest.raises(Refused) as refused:
        await rooms.change(
            store.leader, room_id=room.id, version=room.version, facts=room_facts("2号", 49_999), now=NOW
        )
    assert refused.value.facts == {"day": today + timedelta(days=9), "needed": 50_000}
    await rooms.change(
        store.leader, room_id=room.id, version=room.version, facts=room_facts("2号", 50_000), now=NOW
    )
