"""The pages of what is on the road: sent off, scanned, received or turned back; once, and not for strangers."""

import re

import httpx2

from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.storage.store import all_fits
from tests.storage.test_pages import FRAGMENT, count, hidden, open_lot

ROAD = "/storage/consignments"


async def on_the_road(leader: httpx2.AsyncClient, kg: str = "20") -> str:
    """The address of a consignment of so much of a lot, filled in as on the page and sent twice."""
    lot = f"/storage/lots/{await open_lot(cast.LEADER_A)}"
    page = (await leader.get(f"{lot}/consignments/new")).text
    expected = re.search(r'name="expected_at" type="datetime-local" value="([^"]*)"', page)
    room = await _room_at_the_cold_store()
    assert f'<option value="{room}"' in page
    assert expected is not None
    data = {
        "id": hidden(page, "id"), "grams": kg, "grams_unit": "kg", "room_id": str(room), "plate": "渝A12345", "vehicle": "chilled",
        "expected_at": expected[1], "driver_name": "冉大川", "driver_phone": "15400001234",
    }  # fmt: skip
    for _ in range(2):
        answer = await leader.post(f"{lot}/consignments", data=data)
        assert answer.status_code == 303, answer.text[:3000]
    return str(answer.headers["location"])


async def _room_at_the_cold_store() -> int:
    return int(
        await db.scalar(
            "SELECT r.id FROM storage_room r JOIN accounts_user u ON u.organization_id = r.operator_id"
            " WHERE u.phone = :phone AND r.forms LIKE '%fresh' AND r.kind = 'chilled' LIMIT 1",
            phone=cast.STOREKEEPER,
        )
    )


async def test_a_part_of_a_lot_is_sent_scanned_and_received(client: SignIn) -> None:
    leader, keeper = await client(cast.LEADER_A), await client(cast.STOREKEEPER)
    consignment = await on_the_road(leader)
    assert await count("storage_consignment") == 1
    assert consignment.rpartition("/")[2] in (await keeper.get(ROAD)).text
    assert "在途" in (await keeper.get(f"/storage/rooms/{await _room_at_the_cold_store()}")).text
    waybill = await leader.get(f"{consignment}/waybill")
    assert waybill.headers["content-type"] == "application/pdf"
    page = (await keeper.get(f"{consignment}/arrivals/new")).text
    data = {
        "id": hidden(page, "id"), "lot_id": hidden(page, "lot_id"), "received_unit": hidden(page, "received_unit"),
        "room_id": str(await _room_at_the_cold_store()), "received": "19",
    }  # fmt: skip
    refused = await keeper.post(f"{consignment}/arrivals", data=data)
    assert refused.status_code == 422
    assert 'value="19"' in refused.text
    said = {**data, "reason": "破袋", "document": "交接单12号"}
    for _ in range(2):
        assert (await keeper.post(f"{consignment}/arrivals", data=said)).status_code == 303
    again = await keeper.post(f"{consignment}/arrivals", data={**said, "id": str(new_id())})
    assert again.status_code == 409
    shown = (await keeper.get(consignment)).text
    assert "破袋" in shown
    assert "交接单12号" in shown
    moved_on = await keeper.get(f"{consignment}/arrivals/new")
    assert (moved_on.status_code, moved_on.headers["location"]) == (303, consignment)
    await all_fits()


async def test_a_truck_turns_back_with_a_reason(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    consignment = await on_the_road(leader)
    data = {"id": hidden((await leader.get(consignment)).text, "id")}
    assert (await leader.post(f"{consignment}/returns", data=data)).status_code == 422
    for _ in range(2):
        answer = await leader.post(f"{consignment}/returns", data={**data, "reason": "路断了"})
        assert answer.status_code == 303
    assert "路断了" in (await leader.get(consignment)).text
    assert consignment.rpartition("/")[2] in (await leader.get(f"{ROAD}?ended=on")).text
    await all_fits()


async def test_the_drivers_phone_is_for_those_who_wait_for_him(client: SignIn) -> None:
    leader, officer = await client(cast.LEADER_A), await client(cast.COMMITTEE)
    consignment = await on_the_road(leader)
    assert "15400001234" in (await leader.get(consignment)).text
    assert "15400001234" not in (await leader.get(ROAD)).text
    page = (await officer.get(consignment)).text
    assert "15400001234" not in page
    assert "···1234" in page


async def test_it_is_not_there_for_others_and_the_list_is_a_page_and_a_fragment(client: SignIn) -> None:
    leader, leader_b, buyer, stranger = (
        await client(cast.LEADER_A),
        await client(cast.LEADER_B),
        await client(cast.BUYER_P),
        await client(),
    )
    consignment = await on_the_road(leader)
    for path in ("", "/waybill", "/arrivals/new"):
        assert (await leader_b.get(consignment + path)).status_code == 404
        assert (await buyer.get(consignment + path)).status_code == 403
        assert (await stranger.get(consignment + path)).status_code == 303
    assert (
        await leader_b.post(f"{consignment}/returns", data={"id": str(new_id()), "reason": "试试"})
    ).status_code == 404
    assert consignment.rpartition("/")[2] not in (await leader_b.get(ROAD)).text
    part = await leader.get(ROAD, headers=FRAGMENT)
    assert part.text.lstrip().startswith('<div id="results"')
    assert (await leader.post(ROAD)).status_code == 405


async def test_hostile_forms_send_nothing(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    lot = f"/storage/lots/{await open_lot(cast.LEADER_A)}"
    usual = {
        "room_id": str(await _room_at_the_cold_store()),
        "plate": "渝A12345",
        "vehicle": "chilled",
        "expected_at": "2020-01-01 10:00",
    }
    for sent in (
        {},
        {"id": "x"},
        {"id": str(new_id()), **usual},
        {"id": str(new_id()), **usual, "expected_at": "9999-12-31T23:59"},
        {"id": str(new_id()), **usual, "plate": "渝\x00"},
        {"id": str(new_id()), **usual, "vehicle": "rocket", "grams": "-1"},
    ):
        assert (await leader.post(f"{lot}/consignments", data=sent)).status_code == 422
    consignment = await on_the_road(leader)
    for sent in (
        {},
        {"id": str(new_id()), "room_id": "1", "lot_id": "1", "received": "1e9"},
        {"id": str(new_id()), "room_id": "0", "received": "x" * 50},
    ):
        assert (await leader.post(f"{consignment}/arrivals", data=sent)).status_code in (404, 422)
    assert await count("storage_consignment") == 1
    await all_fits()
