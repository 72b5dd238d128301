"""The pages of samples and tests: each works, once however often it is sent, and not for strangers."""

from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.storage.store import all_fits
from tests.storage.test_pages import count, hidden


async def _dry_lot() -> int:
    return int(
        await db.scalar(
            "SELECT l.id FROM storage_lot l JOIN accounts_user u ON u.organization_id = l.cooperative_id"
            " WHERE u.phone = :phone AND l.is_open AND l.form = 'dry' ORDER BY l.id LIMIT 1",
            phone=cast.LEADER_A,
        )
    )


async def test_a_lot_is_sampled_tested_and_shows_its_certificate(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    lot = f"/storage/lots/{await _dry_lot()}"
    page = (await leader.get(f"{lot}/samples/new")).text
    data = {"id": hidden(page, "id"), "grams": "0.5", "grams_unit": "kg", "note": "中间五袋"}
    for _ in range(2):
        assert (await leader.post(f"{lot}/samples", data=data)).status_code == 303
    assert await count("storage_sample") == 1
    tests = f"/storage/samples/{data['id']}/tests"
    page = (await leader.get(f"{tests}/new")).text
    assert "AGI00053" in page
    found = {
        "id": hidden(page, "id"), "laboratory": "区检验所", "certificate": "JC-2026-1", "tested_on": hidden_day(page),
        "moisture_permille": "13.1", "numbing_decimg_per_g": "12",
    }  # fmt: skip
    assert (await leader.post(tests, data={**found, "moisture_permille": "13.15"})).status_code == 422
    for _ in range(2):
        assert (await leader.post(tests, data=found)).status_code == 303
    shown = (await leader.get(lot)).text
    for words in ("JC-2026-1", "13.1", "≤ 11", "不合格", "超限", "质量检验不合格"):
        assert words in shown, words
    await all_fits()


def hidden_day(page: str) -> str:
    return page.partition('name="tested_on" type="date" value="')[2].partition('"')[0]


async def test_samples_of_others_are_not_there_and_hostile_forms_write_nothing(client: SignIn) -> None:
    leader, leader_b = await client(cast.LEADER_A), await client(cast.LEADER_B)
    lot = f"/storage/lots/{await _dry_lot()}"
    data = {"id": str(new_id())}
    assert (await leader.post(f"{lot}/samples", data=data)).status_code == 303
    tests = f"/storage/samples/{data['id']}/tests"
    assert (await leader_b.get(f"{tests}/new")).status_code == 404
    assert (await leader_b.get(f"{lot}/samples/new")).status_code == 404
    assert (await leader_b.post(tests, data={"id": str(new_id())})).status_code == 404
    for sent in (
        {},
        {"id": "x"},
        {"id": str(new_id()), "laboratory": "甲", "tested_on": "2026-13-40"},
        {"id": str(new_id()), "laboratory": "x\x00", "tested_on": "2026-06-10", "ash_permille": "-1"},
    ):
        assert (await leader.post(tests, data=sent)).status_code == 422
    assert await count("storage_test") == 0
