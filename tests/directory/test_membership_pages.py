"""The page of a membership's days: for its own cooperative, with what was wrong beside its field."""

from pepperchain.core import db
from tests.directory.test_grower_pages import household_of
from tests.harness import cast
from tests.harness.clients import SignIn


async def address(name: str) -> str:
    home = await household_of(name)
    id = await db.scalar("SELECT id FROM directory_membership WHERE household_id = :id", id=home)
    return f"/growers/{home}/memberships/{id}"


async def test_a_leader_corrects_since_when_a_member_is_one(client: SignIn) -> None:
    browser, page = await client(cast.LEADER_A), await address("罗大山")
    home = page.partition("/memberships")[0]
    assert page in (await browser.get(home)).text
    assert "入社" in (await browser.get(page)).text
    days = {"version": "1", "started_on": "2021-02-03"}
    assert (await browser.post(page, data=days)).status_code == 303
    assert (await browser.post(page, data=days)).status_code == 409
    assert "2021年2月3日" in (await browser.get(home)).text
    for wrong in (
        {"started_on": "2999-01-01"},
        {"started_on": "x"},
        {"started_on": ""},
        {"ended_on": "2022-01-01"},
    ):
        answer = await browser.post(page, data={"version": "2", "started_on": "2021-02-03", **wrong})
        assert answer.status_code == 422, wrong
    teammate = await client(cast.CLERK_A)
    assert (await teammate.get(page)).status_code == 200


async def test_for_others_there_is_no_such_membership(client: SignIn) -> None:
    page = await address("罗大山")
    days = {"version": "1", "started_on": "2021-02-03"}
    for phone, status in (
        (cast.LEADER_B, 404),
        (cast.COMMITTEE, 403),
        (cast.GROWER_A, 403),
        (cast.BUYER_P, 403),
    ):
        browser = await client(phone)
        assert (await browser.get(page)).status_code == status, phone
        assert (await browser.post(page, data=days)).status_code == status, phone
    other = (await address("邓九叶")).rpartition("/")[2]
    browser = await client(cast.LEADER_A)
    assert (await browser.get(page.rpartition("/")[0] + "/" + other)).status_code == 404
