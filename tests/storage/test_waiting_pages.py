"""The pages of the waiting list and of bookings that change: for whom they are meant, once, and nobody else."""

import re
from datetime import timedelta

import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import bookings, queries, waiting
from tests.harness import cast
from tests.harness.clients import SignIn


def today() -> str:
    return clock.local_day(clock.now()).isoformat()


async def full_room() -> tuple[int, str, int]:
    """A room of A for fresh pepper that is booked to the last gram, the booking and its kilograms."""
    actor = await cast.actor(cast.CLERK_A)
    (room_id,) = (
        await db.tuples(
            "SELECT id FROM storage_room WHERE operator_id = :of AND forms LIKE '%fresh%' AND purpose = 'commercial' ORDER BY id LIMIT 1",
            of=actor.organization_id,
        )
    )[0]
    now = clock.now()
    day = clock.local_day(now)
    free = (await queries.days(await queries.room(actor, room_id), day, day))[0].free_grams
    placed = await bookings.place(
        actor, id=new_id(), room_id=room_id, form="fresh", grams=free, from_on=day, to_on=day, now=now
    )
    return room_id, str(placed.id), free


async def test_one_waits_is_offered_and_takes_it_up_with_one_tap(client: SignIn) -> None:
    clerk, leader = await client(cast.CLERK_A), await client(cast.LEADER_A)
    room_id, booking, _ = await full_room()
    form = (await clerk.get(f"/storage/waits/new?room_id={room_id}")).text
    found = re.search(r'name="id" value="([^"]+)"', form)
    assert found is not None
    sent = {
        "id": found[1], "room_id": str(room_id), "form": "fresh", "grams": "1.5", "grams_unit": "kg", "from_on": today(), "to_on": today(),
    }  # fmt: skip
    for _ in range(2):
        assert (await clerk.post("/storage/waits", data=sent)).status_code == 303
    assert await db.scalar("SELECT COUNT(*) FROM storage_wait") == 1
    assert "排在最前" in (await leader.get("/storage/waits")).text
    assert (await clerk.post(f"/storage/bookings/{booking}/release")).status_code == 303
    assert "为您保留到" in (await leader.get("/storage/waits")).text
    assert "/storage/waits" in (await leader.get("/")).text
    assert "候补保留到" in (await leader.get(f"/storage/rooms/{room_id}")).text
    for _ in range(2):
        taken = await leader.post(f"/storage/waits/{sent['id']}/acceptance")
        assert (taken.status_code, taken.headers["location"]) == (303, f"/storage/rooms/{room_id}")
    assert (
        await db.scalar("SELECT COUNT(*) FROM storage_booking WHERE kind = 'booking' AND grams = 1500") == 1
    )


async def test_one_leaves_the_line_and_what_is_gone_is_said_in_words(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    room_id, _, _ = await full_room()
    actor, now, id = await cast.actor(cast.CLERK_A), clock.now(), new_id()
    day = clock.local_day(now)
    await waiting.ask(
        actor, id=id, room_id=room_id, form="fresh", grams=Grams(1_000), from_on=day, to_on=day, now=now
    )
    early = await clerk.post(f"/storage/waits/{id}/acceptance")
    assert early.status_code == 422
    assert "没有可接受的库容" in early.text
    for _ in range(2):
        assert (await clerk.post(f"/storage/waits/{id}/withdrawal")).status_code == 303
    assert "已退出" in (await clerk.get("/storage/waits")).text


async def test_places_of_another_cooperative_are_not_there(client: SignIn) -> None:
    room_id, booking, _ = await full_room()
    actor, now, id = await cast.actor(cast.CLERK_A), clock.now(), new_id()
    day = clock.local_day(now)
    await waiting.ask(
        actor, id=id, room_id=room_id, form="fresh", grams=Grams(1_000), from_on=day, to_on=day, now=now
    )
    leader_b, buyer, stranger = await client(cast.LEADER_B), await client(cast.BUYER_P), await client()
    assert str(id) not in (await leader_b.get("/storage/waits")).text
    for path in (f"/storage/waits/{id}/acceptance", f"/storage/waits/{id}/withdrawal"):
        assert (await leader_b.post(path)).status_code == 404
        assert (await buyer.post(path)).status_code == 403
        assert (await stranger.post(path)).status_code == 303
        assert (await leader_b.get(path)).status_code == 405
    assert (await leader_b.get(f"/storage/bookings/{booking}/particulars")).status_code == 404
    assert (await leader_b.get(f"/storage/waits/new?room_id={room_id}")).status_code == 404


async def test_a_booking_changes_as_its_next_version(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    _, booking, grams = await full_room()
    page = (await clerk.get(f"/storage/bookings/{booking}/particulars")).text
    later = (clock.local_day(clock.now()) + timedelta(days=1)).isoformat()
    found = re.search(r'name="id" value="([^"]+)"', page)
    assert found is not None
    sent = {
        "id": found[1], "version": "1", "grams": "2", "grams_unit": "kg", "from_on": today(), "to_on": later,
    }  # fmt: skip
    for _ in range(2):
        done = await clerk.post(f"/storage/bookings/{booking}/particulars", data=sent)
        assert done.status_code == 303, done.text[:2000]
    assert await db.tuples("SELECT version, grams, was_grams FROM storage_booking_version") == [
        (2, 2_000, grams)
    ]
    stale = await clerk.post(f"/storage/bookings/{booking}/particulars", data=sent | {"id": str(new_id())})
    assert stale.status_code == 409
    too_much = sent | {"id": str(new_id()), "version": "2", "grams": str(grams)}
    assert (await clerk.post(f"/storage/bookings/{booking}/particulars", data=too_much)).status_code == 422


@pytest.mark.parametrize(
    "query", ["room_id=0", "near=x", "from_on=2026-99-99", "need=-1", "cursor=zzz", "form=%00", "room_id=99999999999999999999"]
)  # fmt: skip
async def test_hostile_addresses_are_answered_calmly(client: SignIn, query: str) -> None:
    clerk = await client(cast.CLERK_A)
    for path in ("/storage/waits/new", "/storage/waits", "/storage"):
        assert (await clerk.get(f"{path}?{query}")).status_code in (200, 404, 422), path


async def test_a_keeper_books_for_who_stores_there_and_for_nobody_else(client: SignIn) -> None:
    keeper, clerk = await client(cast.STOREKEEPER), await client(cast.CLERK_A)
    room_id = await db.scalar(
        "SELECT r.id FROM storage_room r JOIN accounts_user u ON u.organization_id = r.operator_id"
        " WHERE u.phone = :phone AND r.forms LIKE '%fresh%' AND r.kind = 'chilled' ORDER BY r.id LIMIT 1",
        phone=cast.STOREKEEPER,
    )
    a, buyer = (
        (await cast.actor(cast.CLERK_A)).organization_id,
        (await cast.actor(cast.BUYER_P)).organization_id,
    )
    sent = {
        "form": "fresh", "grams": "1", "grams_unit": "kg", "from_on": today(), "to_on": today(),
    }  # fmt: skip
    for whose, status in ((a, 303), (buyer, 422)):
        data = sent | {"id": str(new_id()), "for_organization_id": str(whose)}
        assert (await keeper.post(f"/storage/rooms/{room_id}/bookings", data=data)).status_code == status
    assert await db.scalar(
        "SELECT COUNT(*) FROM storage_booking WHERE organization_id = :a AND grams = 1000 AND room_id = :room", a=a, room=room_id
    ) == 1  # fmt: skip
    own, _, _ = await full_room()
    data = sent | {"id": str(new_id()), "for_organization_id": str(buyer)}
    assert (await clerk.post(f"/storage/rooms/{own}/bookings", data=data)).status_code == 422
