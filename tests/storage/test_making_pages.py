"""The pages that make lots of lots and block them: each works, once however often it is sent, and not for strangers."""

import re

import httpx2
import pytest

from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.storage.store import all_fits
from tests.storage.test_pages import count, hidden, open_lot


async def _dry_room(phone: str) -> str:
    return str(
        await db.scalar(
            "SELECT r.id FROM storage_room r JOIN accounts_user u ON u.organization_id = r.operator_id"
            " WHERE u.phone = :phone AND r.forms LIKE '%dry%' LIMIT 1",
            phone=phone,
        )
    )


async def _grams(lot_id: int) -> int:
    return int(await db.scalar("SELECT on_hand_grams FROM storage_lot WHERE id = :id", id=lot_id))


async def _sent_twice(leader: httpx2.AsyncClient, url: str, data: dict[str, str]) -> httpx2.Response:
    first = await leader.post(url, data=data)
    assert first.status_code == 303, first.text[:3000]
    again = await leader.post(url, data=data)
    assert again.headers["location"] == first.headers["location"]
    return first


@pytest.mark.parametrize(
    ("act", "sent", "kind"),
    [
        ("splits", {"grams": "1", "grams_unit": "kg"}, "split"),
        (
            "regradings",
            {"grade": "grade_3", "grams": "1", "grams_unit": "kg", "reason": "重新分选"},
            "regrade",
        ),
        ("blocks", {"reason": "疑似霉变"}, "block"),
    ],
)
async def test_what_is_done_is_done_once_and_undone(
    client: SignIn, act: str, sent: dict[str, str], kind: str
) -> None:
    leader = await client(cast.LEADER_A)
    lot_id = await open_lot(cast.LEADER_A)
    lot = f"/storage/lots/{lot_id}"
    data = {"id": hidden((await leader.get(f"{lot}/{act}/new")).text, "id"), **sent}
    done = await _sent_twice(leader, f"{lot}/{act}", data)
    assert await count(f"storage_movement WHERE id = '{data['id']}' AND kind = '{kind}'") == 1
    assert (await leader.get(done.headers["location"])).status_code == 200
    assert (await leader.get(lot)).status_code == 200
    await all_fits()
    assert (await leader.post(f"/storage/movements/{data['id']}/reversal")).status_code == 303
    await all_fits()


async def test_a_lot_is_dried_from_the_page_and_told_of_with_what_it_gave(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    lot_id = await open_lot(cast.LEADER_A)
    lot = f"/storage/lots/{lot_id}"
    page = (await leader.get(f"{lot}/processings/new?to=dry")).text
    out = str((await _grams(lot_id)) * 20 // 100_000)
    data = {
        "id": hidden(page, "id"), "to": "dry", "grade": "grade_1", "out": out, "out_unit": "kg", "room_id": await _dry_room(cast.LEADER_A),
        "seed": "1", "seed_unit": "kg",
    }  # fmt: skip
    refused = await leader.post(f"{lot}/processings?to=dry", data={**data, "out": "99999"})
    assert refused.status_code == 422
    assert "不可能产出" in refused.text
    done = await _sent_twice(leader, f"{lot}/processings?to=dry", data)
    made = (await leader.get(done.headers["location"])).text
    assert "椒籽" in made
    assert "制成" in made
    assert lot in made
    code = re.search(r"/t/([0-9a-z]{26})", made)
    assert code is not None
    assert (await (await client()).get(code[0])).status_code == 200
    await all_fits()


async def test_lots_are_merged_from_the_page(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    lot_id = await open_lot(cast.LEADER_A)
    lot = f"/storage/lots/{lot_id}"
    split = {"id": str(new_id()), "grams": "2", "grams_unit": "kg"}
    part = (await leader.post(f"{lot}/splits", data=split)).headers["location"].rpartition("/")[2]
    page = (await leader.get(f"{lot}/mergers/new")).text
    assert f'value="{part}"' in page
    await _sent_twice(leader, f"{lot}/mergers", {"id": hidden(page, "id"), "with_lots": part})
    assert await _grams(int(part)) == 0
    nothing = await leader.post(f"{lot}/mergers", data={"id": str(new_id())})
    assert nothing.status_code == 422
    itself = await leader.post(f"{lot}/mergers", data={"id": str(new_id()), "with_lots": str(lot_id)})
    assert itself.status_code == 422
    await all_fits()


async def test_a_blocked_lot_says_so_and_is_not_issued_until_the_block_is_lifted(client: SignIn) -> None:
    leader, buyer = await client(cast.LEADER_A), await client(cast.BUYER_P)
    lot_id = await open_lot(cast.LEADER_A)
    lot = f"/storage/lots/{lot_id}"
    code = await db.scalar("SELECT code FROM storage_lot WHERE id = :id", id=lot_id)
    assert (await buyer.get(f"/market/lots/{code}")).status_code == 200
    await leader.post(f"{lot}/blocks", data={"id": str(new_id()), "reason": "疑似霉变"})
    assert (await buyer.get(f"/market/lots/{code}")).status_code == 404
    assert "疑似霉变" in (await leader.get(lot)).text
    refused = await leader.post(f"{lot}/issues", data={"id": str(new_id()), "reason": "卖掉"})
    assert refused.status_code == 422
    assert "疑似霉变" in refused.text
    page = (await leader.get(f"{lot}/blocks/new")).text
    await _sent_twice(leader, f"{lot}/releases", {"id": hidden(page, "id"), "reason": "复检合格"})
    assert (await buyer.get(f"/market/lots/{code}")).status_code == 200


async def test_foreign_lots_and_hostile_forms_change_nothing(client: SignIn) -> None:
    leader, leader_b = await client(cast.LEADER_A), await client(cast.LEADER_B)
    lot = f"/storage/lots/{await open_lot(cast.LEADER_A)}"
    before = await count("storage_movement")
    for act in ("processings", "splits", "regradings", "mergers", "blocks", "releases"):
        if act != "releases":
            assert (await leader_b.get(f"{lot}/{act}/new")).status_code == 404
        for sent in (
            {},
            {"id": "x"},
            {"id": str(new_id()), "grams": "-5", "with_lots": "0", "out": "1e9", "reason": "x\x00"},
        ):
            assert (await leader.post(f"{lot}/{act}", data=sent)).status_code in (404, 409, 422)
    assert (await leader.get(f"{lot}/processings/new?to=nonsense")).status_code == 422
    assert await count("storage_movement") == before
