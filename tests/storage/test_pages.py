"""The pages of rooms and lots: each works, for whom it is meant, once however often it is sent, with and without scripts."""

import re

import httpx2
import pytest

from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.storage.store import all_fits

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
PUT_AWAY = "/storage/receipts/new"


def hidden(page: str, name: str) -> str:
    """The value of the first hidden field of that name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


async def heap(client: httpx2.AsyncClient) -> dict[str, str]:
    """The first heap of the page, filled in as a thumb would leave it."""
    page = (await client.get(PUT_AWAY)).text
    room = re.search(r'<option value="(\d+)" selected', page)
    assert room is not None
    sent = {name: hidden(page, name) for name in ("id", "site_id", "product_id", "through_number")}
    return {**sent, "room_id": room[1]}


async def open_lot(phone: str) -> int:
    """An open lot that belongs to the cooperative of somebody of the cast."""
    lot_id = await db.scalar(
        "SELECT l.id FROM storage_lot l JOIN accounts_user u ON u.organization_id = l.cooperative_id"
        " WHERE u.phone = :phone AND l.is_open AND l.form = 'fresh' AND l.operator_id = l.cooperative_id ORDER BY l.id LIMIT 1",
        phone=phone,
    )
    return int(lot_id)


async def count(table: str) -> int:
    return int(await db.scalar(f"SELECT COUNT(*) FROM {table}"))


async def test_a_heap_is_put_away_with_one_tap_and_taken_back_with_another(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    sent = await heap(clerk)
    answer = await clerk.post("/storage/receipts", data=sent)
    assert answer.status_code == 303, answer.text[:2000]
    page = (await clerk.get(answer.headers["location"])).text
    undo = re.search(r'action="(/storage/movements/[^"]+/reversal)"', page)
    assert undo is not None
    for _ in range(2):
        taken_back = await clerk.post(undo[1])
        assert taken_back.status_code == 303
    assert await count("storage_movement WHERE kind = 'reversal'") >= 1
    assert (await heap(clerk))["product_id"] == sent["product_id"]
    await all_fits()


async def test_the_same_receipt_twice_is_one_lot(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    sent, before = await heap(clerk), await count("storage_lot")
    first = await clerk.post("/storage/receipts", data=sent)
    again = await clerk.post("/storage/receipts", data=sent)
    assert first.headers["location"] == again.headers["location"]
    assert await count("storage_lot") == before + 1


async def test_a_room_that_is_too_small_is_told_with_what_was_chosen(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    sent = await heap(clerk)
    await _fill(int(sent["room_id"]))
    refused = await clerk.post("/storage/receipts", data=sent)
    assert refused.status_code == 422
    assert "只能再放" in refused.text


@db.unit_of_work
async def _fill(room_id: int) -> None:
    await db.execute("UPDATE storage_room SET capacity_grams = stock_grams + 1 WHERE id = :id", id=room_id)


@pytest.mark.parametrize(
    ("act", "sent", "kind"),
    [
        ("moves", {"grams": "1", "grams_unit": "kg"}, "split"),
        ("moves", {}, "move"),
        ("issues", {"grams": "2", "grams_unit": "jin", "reason": "样品"}, "issue"),
        ("adjustments", {"counted": "1", "counted_unit": "kg", "reason": "盘点"}, "adjust"),
    ],
)
async def test_what_is_done_to_a_lot_is_done_once_and_undone(
    client: SignIn, act: str, sent: dict[str, str], kind: str
) -> None:
    leader = await client(cast.LEADER_A)
    lot = f"/storage/lots/{await open_lot(cast.LEADER_A)}"
    form = (await leader.get(f"{lot}/{act}/new")).text
    data = {"id": hidden(form, "id"), **sent}
    if act == "moves":
        rooms = re.findall(r'name="room_id" value="(\d+)"', form)
        data["room_id"] = rooms[0]
    if act == "adjustments":
        data["seen"] = hidden(form, "seen")
    for _ in range(2):
        done = await leader.post(f"{lot}/{act}", data=data)
        assert done.status_code == 303, done.text[:3000]
    assert await count(f"storage_movement WHERE id = '{data['id']}' AND kind = '{kind}'") == 1
    await all_fits()
    undone = await leader.post(f"/storage/movements/{data['id']}/reversal")
    assert undone.status_code == 303
    await all_fits()


async def test_a_price_is_asked_and_taken_off(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    lot_id = await open_lot(cast.LEADER_A)
    for typed, kept in (("9.85", 985), ("", None)):
        assert (
            await leader.post(f"/storage/lots/{lot_id}/asking-price", data={"price": typed})
        ).status_code == 303
        assert await db.scalar("SELECT asking_fen_per_kg FROM storage_lot WHERE id = :id", id=lot_id) == kept
    wrong = await leader.post(f"/storage/lots/{lot_id}/asking-price", data={"price": "0.001"})
    assert wrong.status_code == 422


async def test_lots_of_another_cooperative_are_not_there(client: SignIn) -> None:
    leader_b, buyer = await client(cast.LEADER_B), await client(cast.BUYER_P)
    lot_id = await open_lot(cast.LEADER_A)
    for path in (f"/storage/lots/{lot_id}", f"/storage/lots/{lot_id}/moves/new"):
        assert (await leader_b.get(path)).status_code == 404
        assert (await buyer.get(path)).status_code == 403
    data = {"id": str(new_id()), "reason": "试试"}
    assert (await leader_b.post(f"/storage/lots/{lot_id}/issues", data=data)).status_code == 404
    stranger = await client()
    assert (await stranger.get(f"/storage/lots/{lot_id}")).status_code == 303


async def test_the_storekeeper_sees_what_lies_there_and_no_grower(client: SignIn) -> None:
    keeper = await client(cast.STOREKEEPER)
    lot_id = await db.scalar(
        "SELECT l.id FROM storage_lot l JOIN accounts_user u ON u.organization_id = l.operator_id"
        " WHERE u.phone = :phone AND l.is_open ORDER BY l.id LIMIT 1",
        phone=cast.STOREKEEPER,
    )
    page = (await keeper.get(f"/storage/lots/{lot_id}")).text
    names = [row[0] for row in await db.tuples("SELECT name FROM directory_person")]
    assert not [name for name in names if name in page]


async def test_where_is_room_is_a_page_and_a_fragment_of_it(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    address = "/storage?form=fresh&need=3200&need_unit=kg"
    page, part = await clerk.get(address), await clerk.get(address, headers=FRAGMENT)
    assert page.status_code == part.status_code == 200
    assert "<html" in page.text
    assert part.text.lstrip().startswith('<div id="results"')
    assert "速冻" not in part.text


async def test_space_is_booked_and_released(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    room_id = await db.scalar(
        "SELECT r.id FROM storage_room r WHERE r.purpose = 'public_benefit' AND r.kind = 'chilled' ORDER BY r.capacity_grams DESC LIMIT 1"
    )
    page = (await clerk.get(f"/storage/rooms/{room_id}")).text
    day = re.search(r'name="from_on" type="date" value="([^"]*)"', page)
    assert day is not None
    sent = {
        "id": hidden(page, "id"),
        "form": "fresh",
        "grams": "500",
        "grams_unit": "kg",
        "from_on": day[1],
        "to_on": day[1],
    }
    for _ in range(2):
        assert (await clerk.post(f"/storage/rooms/{room_id}/bookings", data=sent)).status_code == 303
    assert await count(f"storage_booking WHERE id = '{sent['id']}'") == 1
    too_much = await clerk.post(
        f"/storage/rooms/{room_id}/bookings", data={**sent, "id": str(new_id()), "grams": "99999999"}
    )
    assert too_much.status_code == 422
    assert (await clerk.post(f"/storage/bookings/{sent['id']}/release")).status_code == 303


async def test_a_room_is_entered_changed_and_closed_by_those_who_plan(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    site_id = await db.scalar(
        "SELECT s.id FROM directory_site s JOIN accounts_user u ON u.organization_id = s.operator_id WHERE u.phone = :phone LIMIT 1",
        phone=cast.LEADER_A,
    )
    form = (await leader.get(f"/storage/sites/{site_id}/rooms/new")).text
    sent = {
        "id": hidden(form, "id"), "name": "9号", "capacity": "12.5", "kind": "chilled", "forms": "fresh",
        "purpose": "commercial", "set_point": "2", "band": "1.5",
    }  # fmt: skip
    assert (await clerk.post(f"/storage/sites/{site_id}/rooms", data=sent)).status_code == 403
    for _ in range(2):
        entered = await leader.post(f"/storage/sites/{site_id}/rooms", data=sent)
        assert entered.status_code == 303, entered.text[:3000]
    room = entered.headers["location"]
    assert "12.5" in (await leader.get(f"{room}/particulars")).text
    wrong = await leader.post(
        f"{room}/particulars", data={**sent, "version": "1", "set_point": "30", "capacity": "-1"}
    )
    assert wrong.status_code == 422
    changed = await leader.post(f"{room}/particulars", data={**sent, "version": "1", "capacity": "20"})
    assert changed.status_code == 303
    assert (await leader.post(f"{room}/closing", data={"version": "1"})).status_code == 409
    assert (await leader.post(f"{room}/closing", data={"version": "2"})).status_code == 303


async def test_anybody_with_the_code_learns_what_a_lot_is_and_nobodys_name(client: SignIn) -> None:
    stranger = await client()
    code = await db.scalar("SELECT code FROM storage_lot WHERE is_open ORDER BY id LIMIT 1")
    page = await stranger.get(f"/t/{code}")
    assert page.status_code == 200
    assert page.headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in page.headers
    told = [
        row[0]
        for row in await db.tuples(
            "SELECT name FROM directory_person UNION SELECT name FROM directory_organization"
        )
    ]
    assert not [name for name in told if name in page.text]
    for nothing in ("x" * 26, "%00", "0" * 26, "%F0%9F%8C%B6"):
        assert (await stranger.get(f"/t/{nothing}")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "form=x", "need=-1", "need=1e9", "near=0", "near=9999999999999999999", "from_on=2026-13-40", "from_on=0001-01-01",
        "cursor=%00", "cursor=WzEsMiwzXQ", "form=%00", "need=%F0%9F%8C%B6", "from_on=2099-12-31", "a=1&a=2&form=fresh&form=dry",
    ],
)  # fmt: skip
async def test_hostile_addresses_are_answered_in_words(client: SignIn, query: str) -> None:
    clerk = await client(cast.CLERK_A)
    for path in ("/storage", "/storage/lots", "/storage/rooms/1", PUT_AWAY):
        assert (await clerk.get(f"{path}?{query}")).status_code in (200, 422, 404)


async def test_hostile_forms_write_nothing(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    lot_id, before = await open_lot(cast.LEADER_A), await count("storage_movement")
    for path in (
        "receipts",
        f"lots/{lot_id}/moves",
        f"lots/{lot_id}/issues",
        f"lots/{lot_id}/adjustments",
        "rooms/1/bookings",
    ):
        for sent in (
            {},
            {"id": "x"},
            {
                "id": str(new_id()),
                "grams": "-5",
                "counted": "99999999999999",
                "room_id": "0",
                "reason": "x\x00",
            },
        ):
            assert (await leader.post(f"/storage/{path}", data=sent)).status_code in (404, 409, 422)
    assert await count("storage_movement") == before
