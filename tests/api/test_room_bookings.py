"""Booking space through the API: once for each id, never more than there is, and how much there is instead."""

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.api.test_weigh_ins import assert_problem
from tests.api.tokens import Machine, machine
from tests.harness import cast

__all__ = ["machine"]


def today() -> date:
    return clock.local_day(clock.now())


async def own_room(phone: str, form: str = "fresh") -> tuple[int, int]:
    """A room of somebody's organization for a form, and what it has free today and tomorrow."""
    rows = await db.tuples(
        "SELECT r.id, r.capacity_grams FROM storage_room r JOIN accounts_user u ON u.organization_id = r.operator_id"
        f" WHERE u.phone = :phone AND r.forms LIKE '%{form}%' AND r.closed_on IS NULL AND r.purpose = 'commercial' ORDER BY r.id LIMIT 1",
        phone=phone,
    )
    return rows[0]


async def free_of(client: httpx2.AsyncClient, room_id: int, days: int = 2) -> int:
    answer = await client.get(f"/api/v1/rooms?from={today()}&to={today() + timedelta(days)}&limit=200")
    (room,) = [each for each in answer.json()["items"] if each["id"] == room_id]
    assert 0 <= room["free_grams"] <= room["capacity_grams"]
    return int(room["free_grams"])


def wanted(room_id: int, amount: int, **changes: Any) -> dict[str, Any]:
    usual = {
        "id": str(new_id()), "room_id": room_id, "form": "fresh", "grams": amount, "from": today().isoformat(),
        "to": (today() + timedelta(2)).isoformat(),
    }  # fmt: skip
    return usual | changes


async def test_space_is_booked_once_for_each_id_and_counted(machine: Machine) -> None:
    clerk = await machine(cast.CLERK_A)
    room_id, _ = await own_room(cast.CLERK_A)
    free = await free_of(clerk, room_id)
    sent = wanted(room_id, 1_000)
    first = await clerk.post("/api/v1/room-bookings", json=sent)
    again = await clerk.post("/api/v1/room-bookings", json=sent)
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json()
    assert {name: first.json()[name] for name in sent} == sent
    assert await free_of(clerk, room_id) == free - 1_000
    assert await free_of(clerk, room_id, days=1) == free - 1_000
    other = await clerk.post("/api/v1/room-bookings", json=sent | {"grams": 999})
    assert other.status_code == 409
    assert "free_grams" not in other.json()


async def test_without_space_it_is_said_how_much_there_is(machine: Machine) -> None:
    clerk = await machine(cast.CLERK_A)
    room_id, _ = await own_room(cast.CLERK_A)
    free = await free_of(clerk, room_id)
    refused = await clerk.post("/api/v1/room-bookings", json=wanted(room_id, free + 1))
    assert refused.status_code == 409
    assert_problem(refused)
    assert refused.json()["free_grams"] == free
    assert refused.json()["errors"][0]["field"] == "grams"
    assert (await clerk.post("/api/v1/room-bookings", json=wanted(room_id, free))).status_code == 201
    full = await clerk.post("/api/v1/room-bookings", json=wanted(room_id, 1))
    assert (full.status_code, full.json()["free_grams"]) == (409, 0)


async def test_what_is_released_twice_is_free_once(machine: Machine) -> None:
    clerk = await machine(cast.CLERK_A)
    room_id, _ = await own_room(cast.CLERK_A)
    free = await free_of(clerk, room_id)
    sent = wanted(room_id, 5_000)
    await clerk.post("/api/v1/room-bookings", json=sent)
    for _ in range(2):
        answer = await clerk.post(f"/api/v1/room-bookings/{sent['id']}/release", json={})
        assert (answer.status_code, answer.json()["state"]) == (200, "released")
    assert await free_of(clerk, room_id) == free


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"grams": 0}, "grams"),
        ({"grams": -5}, "grams"),
        ({"grams": "12"}, None),
        ({"form": "tea"}, "form"),
        ({"to": "2020-01-01"}, "to"),
        ({"from": "2020-01-01"}, "from"),
        ({"from": "x"}, "from"),
        ({"to": None}, "to"),
    ],
)
async def test_what_cannot_be_is_named(machine: Machine, changes: dict[str, Any], field: str | None) -> None:
    clerk = await machine(cast.CLERK_A)
    room_id, _ = await own_room(cast.CLERK_A)
    answer = await clerk.post("/api/v1/room-bookings", json=wanted(room_id, 1_000, **changes))
    if field is None:
        assert answer.status_code in (201, 422)
        return
    assert answer.status_code == 422
    assert_problem(answer)
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_rooms_and_bookings_of_others_are_not_there(machine: Machine) -> None:
    clerk, leader_b, buyer = (
        await machine(cast.CLERK_A),
        await machine(cast.LEADER_B),
        await machine(cast.BUYER_P),
    )
    room_id, _ = await own_room(cast.CLERK_A)
    sent = wanted(room_id, 1_000)
    assert (await clerk.post("/api/v1/room-bookings", json=sent)).status_code == 201
    assert (await leader_b.post("/api/v1/room-bookings", json=wanted(room_id, 1_000))).status_code == 404
    assert (await leader_b.post("/api/v1/room-bookings", json=sent)).status_code == 404
    assert (await leader_b.post(f"/api/v1/room-bookings/{sent['id']}/release", json={})).status_code == 404
    assert (await buyer.post("/api/v1/room-bookings", json=wanted(room_id, 1_000))).status_code == 403
