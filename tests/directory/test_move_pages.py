"""The pages of moves, of people who go to another household, and of a household that becomes two."""

import re
from datetime import timedelta

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.directory.test_grower_pages import household_of, village_id
from tests.harness import cast
from tests.harness.clients import SignIn


async def form(home: int, **more: str) -> dict[str, str]:
    version = await db.scalar("SELECT version FROM directory_household WHERE id = :id", id=home)
    return {
        "request_id": str(new_id()), "version": str(version), "village_id": str(await village_id("沙埂村")),
        "on": "2025-03-01", **more,
    }  # fmt: skip


async def person_of(home: int) -> int:
    sql = "SELECT MIN(id) FROM directory_person WHERE household_id = :id AND NOT is_head AND left_on IS NULL"
    return int(await db.scalar(sql, id=home))


async def test_a_leader_moves_a_household_and_takes_it_back(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    page = f"/growers/{home}/moves"
    assert page in (await browser.get(f"/growers/{home}")).text
    assert "沙埂村" in (await browser.get(page)).text
    sent = await form(home)
    for _ in range(2):
        assert (await browser.post(page, data=sent)).status_code == 303
    assert "沙埂村" in (await browser.get(f"/growers/{home}")).text
    assert "从保坪村迁到沙埂村" in (await browser.get(f"/growers/{home}/timeline?kind=family")).text
    undo = re.search(r'action="(/growers/\d+/moves/\d+/reversal)"', (await browser.get(page)).text)
    assert undo is not None
    assert (await browser.post(undo[1], data={"reason": ""})).status_code == 422
    for _ in range(2):
        assert (await browser.post(undo[1], data={"reason": "没有搬"})).status_code == 303
    assert "没有搬" in (await browser.get(page)).text


async def test_a_move_to_come_is_shown_and_called_off(client: SignIn) -> None:
    browser, home = await client(cast.CLERK_A), await household_of("罗大山")
    page, day = f"/growers/{home}/moves", clock.local_day(clock.now()) + timedelta(days=9)
    assert (await browser.post(page, data=await form(home, on=str(day)))).status_code == 303
    assert "未到期" in (await browser.get(f"/growers/{home}")).text
    again = await browser.post(page, data=await form(home, on=str(day)))
    assert again.status_code == 422
    undo = re.search(r'action="(/growers/\d+/moves/\d+/reversal)"', (await browser.get(page)).text)
    assert undo is not None
    assert (await browser.post(undo[1], data={"reason": "不搬了"})).status_code == 303


async def test_whoever_no_longer_sees_it_is_led_to_the_list(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    sent = await form(home, ends_membership="on")
    for _ in range(2):
        answer = await browser.post(f"/growers/{home}/moves", data=sent)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/growers")


async def test_what_cannot_be_is_said_beside_its_field(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    for wrong in (
        {"village_id": str(await village_id("保坪村"))},
        {"village_id": "x"},
        {"on": "1900-01-01"},
        {"on": "2100-01-01"},
        {"group_number": "0"},
        {"address": "长" * 121},
    ):
        answer = await browser.post(f"/growers/{home}/moves", data=await form(home, **wrong))
        assert answer.status_code == 422, wrong
    person = await person_of(home)
    page = f"/growers/{home}/people/{person}/household"
    going = {"request_id": str(new_id()), "version": "1", "on": "2025-03-01", "reason": "marriage"}
    for name in ("查无此人", "邓九叶", "罗大山", ""):
        assert (await browser.post(page, data=going | {"household": name})).status_code == 422, name
    split = await form(home, head_id="x")
    assert (await browser.post(f"/growers/{home}/division", data=split)).status_code == 422


async def test_somebody_goes_to_another_household_and_another_makes_one_of_their_own(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    target, person = await household_of("仇玉兰"), await person_of(home)
    page = f"/growers/{home}/people/{person}/household"
    assert page in (await browser.get(f"/growers/{home}/people/{person}")).text
    assert (await browser.get(page)).status_code == 200
    sent = {
        "request_id": str(new_id()), "version": "1", "household": "仇玉兰", "on": "2025-03-01", "reason": "marriage",
    }  # fmt: skip
    for _ in range(2):
        answer = await browser.post(page, data=sent)
        assert (answer.status_code, answer.headers.get("location")) == (303, f"/growers/{target}")
    assert "转入别户" in (await browser.get(f"/growers/{target}/timeline?kind=family")).text
    other = await person_of(home)
    page = f"/growers/{home}/division"
    assert (await browser.get(page)).status_code == 200
    split = await form(home, head_id=str(other), reason="separation")
    for _ in range(2):
        assert (await browser.post(page, data=split)).status_code == 303
    made = await db.scalar("SELECT household_id FROM directory_person WHERE id = :id", id=other)
    assert made not in (home, target)
    assert (await browser.get(f"/growers/{made}")).status_code == 200


async def test_for_others_there_are_no_such_pages(client: SignIn) -> None:
    home = await household_of("罗大山")
    person = await person_of(home)
    for phone, status in (
        (cast.LEADER_B, 404),
        (cast.COMMITTEE, 403),
        (cast.GROWER_A, 403),
        (cast.BUYER_P, 403),
    ):
        browser = await client(phone)
        for page in ("moves", f"people/{person}/household", "division"):
            assert (await browser.get(f"/growers/{home}/{page}")).status_code == status, (phone, page)
            assert (
                await browser.post(f"/growers/{home}/{page}", data=await form(home))
            ).status_code == status
    teammate = await client(cast.CLERK_A)
    for page in ("moves", f"people/{person}/household", "division"):
        assert (await teammate.get(f"/growers/{home}/{page}?lang=en")).status_code == 200
