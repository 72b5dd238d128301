"""The page of a household's heads: for whoever keeps it, with what was wrong beside its field."""

import re

from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.directory.test_grower_pages import household_of
from tests.harness import cast
from tests.harness.clients import SignIn


async def others(home: int) -> list[tuple[int, str]]:
    """Whoever of the household is not its head."""
    sql = "SELECT id, name FROM directory_person WHERE household_id = :id AND NOT is_head AND left_on IS NULL ORDER BY id"
    return [(int(id), name) for id, name in await db.tuples(sql, id=home)]


async def form(home: int, chosen: int, **more: str) -> dict[str, str]:
    version = await db.scalar("SELECT version FROM directory_household WHERE id = :id", id=home)
    return {
        "request_id": str(new_id()), "version": str(version), "person_id": str(chosen), "on": "2025-03-01",
        "reason": "age", **more,
    }  # fmt: skip


async def test_a_clerk_hands_a_household_over_and_takes_it_back(client: SignIn) -> None:
    browser, home = await client(cast.CLERK_A), await household_of("罗大山")
    page = f"/growers/{home}/heads"
    assert page in (await browser.get(f"/growers/{home}")).text
    ((next_id, name), *_) = await others(home)
    assert name in (await browser.get(page)).text
    sent = await form(home, next_id)
    for _ in range(2):
        assert (await browser.post(page, data=sent)).status_code == 303
    shown = (await browser.get(f"/growers/{home}")).text
    assert "任户主至2025年3月1日" in shown
    assert f"{name}接替罗大山任户主" in (await browser.get(f"/growers/{home}/timeline?kind=family")).text
    late = await browser.post(page, data=await form(home, next_id, version="1"))
    assert late.status_code in (409, 422)
    undo = re.search(r'action="(/growers/\d+/heads/\d+/reversal)"', (await browser.get(page)).text)
    assert undo is not None
    assert (await browser.post(undo[1], data={"reason": ""})).status_code == 422
    for _ in range(2):
        assert (await browser.post(undo[1], data={"reason": "点错了人"})).status_code == 303
    text = (await browser.get(page)).text
    assert "点错了人" in text
    assert "任户主至" not in (await browser.get(f"/growers/{home}")).text


async def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    page, stranger = f"/growers/{home}/heads", (await others(await household_of("邓九叶")))[0][0]
    ((next_id, _), *_) = await others(home)
    for wrong in (
        {"person_id": str(stranger)},
        {"person_id": "-1"},
        {"person_id": "x"},
        {"on": "1900-01-01"},
        {"on": "2100-01-01"},
        {"on": ""},
        {"reason": "magic"},
        {"request_id": "x"},
    ):
        answer = await browser.post(page, data=await form(home, next_id, **wrong))
        assert answer.status_code == 422, wrong
    assert (
        'value="2100-01-01"'
        in (await browser.post(page, data=await form(home, next_id, on="2100-01-01"))).text
    )
    assert (await browser.put(page)).status_code == 405


async def test_for_others_there_is_no_such_page(client: SignIn) -> None:
    home = await household_of("罗大山")
    page, ((next_id, _), *_) = f"/growers/{home}/heads", await others(home)
    for phone, status in (
        (cast.LEADER_B, 404),
        (cast.COMMITTEE, 403),
        (cast.GROWER_A, 403),
        (cast.BUYER_P, 403),
    ):
        browser = await client(phone)
        assert (await browser.get(page)).status_code == status, phone
        assert (await browser.post(page, data=await form(home, next_id))).status_code == status, phone
    assert (await (await client(cast.LEADER_A)).get(page)).status_code == 200
    assert "Change of head" in (await (await client(cast.CLERK_A)).get(f"{page}?lang=en")).text
