"""The pages of proxies: given to one of the household or to another by name, shown, revoked, listed before they end."""

import re
from datetime import timedelta

import httpx2

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.directory.relation_rules import PAPERS
from pepperchain.settings import settings
from tests.directory.test_grower_pages import household_of
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.visits.dealing import picture


async def form(home: int, **more: str) -> dict[str, str]:
    today = clock.local_day(clock.now())
    head = await db.scalar("SELECT head_id FROM directory_household WHERE id = :id", id=home)
    return {
        "request_id": str(new_id()), "given_by_id": str(head), "may_deliver": "on", "from_on": str(today),
        "until_on": str(today + timedelta(days=9)), "witness": "仇玉兰", **more,
    }  # fmt: skip


async def given(browser: httpx2.AsyncClient, home: int, **more: str) -> str:
    """A proxy just given; its address."""
    answer = await browser.post(f"/growers/{home}/proxies", data=await form(home, **more))
    assert answer.status_code == 303, answer.text
    found = re.search(rf"/growers/{home}/proxies/\d+", (await browser.get(f"/growers/{home}")).text)
    assert found is not None
    return found[0]


async def test_a_leader_gives_shows_lists_and_revokes_one(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    assert "罗大山" in (await browser.get(f"/growers/{home}/proxies/new")).text
    sent = await form(home, other="仇玉兰")
    for _ in range(2):
        assert (await browser.post(f"/growers/{home}/proxies", data=sent)).status_code == 303
    assert await db.scalar("SELECT COUNT(*) FROM directory_proxy") == 1
    page = (re.search(rf"/growers/{home}/proxies/\d+", (await browser.get(f"/growers/{home}")).text) or [""])[
        0
    ]
    assert "仇玉兰" in (await browser.get(page)).text
    listed = (await browser.get("/growers/proxies")).text
    assert page in listed
    assert "/growers/proxies" in (await browser.get("/growers")).text
    assert (await browser.post(f"{page}/revocation", data={"version": "1", "reason": " "})).status_code == 422
    for _ in range(2):
        assert (
            await browser.post(f"{page}/revocation", data={"version": "1", "reason": "另有安排"})
        ).status_code == 303
    assert "另有安排" in (await browser.get(page)).text
    assert page not in (await browser.get("/growers/proxies")).text


async def test_what_cannot_be_is_said_beside_its_field(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    head = await db.scalar("SELECT head_id FROM directory_household WHERE id = :id", id=home)
    stranger = await db.scalar(
        "SELECT head_id FROM directory_household WHERE id = :id", id=await household_of("邓九叶")
    )
    yesterday = str(clock.local_day(clock.now()) - timedelta(days=1))
    for wrong in (
        {},
        {"other": "查无此人"},
        {"other": "邓九叶"},
        {"other": "仇玉兰", "until_on": yesterday},
        {"other": "仇玉兰", "from_on": "1900-01-01"},
        {"other": "仇玉兰", "until_on": "2100-01-01"},
        {"other": "仇玉兰", "may_deliver": ""},
        {"other": "仇玉兰", "given_by_id": "99999999"},
        {"person_id": str(head)},
        {"other": "'", "person_id": str(head)},
        {"person_id": "x"},
    ):
        answer = await browser.post(f"/growers/{home}/proxies", data=await form(home, **wrong))
        assert answer.status_code == 422, wrong
        assert "仇玉兰" in answer.text  # the witness that was typed
    answer = await browser.post(f"/growers/{home}/proxies", data=await form(home, person_id=str(stranger)))
    assert answer.status_code == 404
    for cursor in ("x", "W10", "WzEsMl0"):
        assert (await browser.get(f"/growers/proxies?cursor={cursor}")).status_code == 422, cursor


async def test_for_others_there_is_no_such_proxy(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    page = await given(browser, home, other="仇玉兰")
    for phone, read, write in (
        (cast.CLERK_A, 200, 422),
        (cast.LEADER_B, 404, 404),
        (cast.COMMITTEE, 200, 403),
        (cast.GROWER_A, 403, 403),
        (cast.BUYER_P, 403, 403),
    ):
        other = await client(phone)
        assert (await other.get(page)).status_code == read, phone
        assert (await other.post(f"{page}/revocation")).status_code == write, phone
    foreign = await client(cast.LEADER_B)
    revocation = {"version": "1", "reason": "不关我事"}
    assert (await foreign.post(f"{page}/revocation", data=revocation)).status_code == 404
    assert "仇玉兰" not in (await foreign.get("/growers/proxies")).text
    assert "Proxies that end soon" in (await browser.get("/growers/proxies?lang=en")).text


def _papers() -> set[str]:
    folder = settings().data_dir / PAPERS
    return {each.name for each in folder.iterdir()} if folder.is_dir() else set()


async def test_what_was_signed_is_kept_once_and_shown_to_whoever_sees_the_proxy(client: SignIn) -> None:
    browser, home, before = await client(cast.LEADER_A), await household_of("罗大山"), _papers()
    sent = await form(home, other="仇玉兰")
    files = [("photos", ("a.php", picture(size=(300, 200)), "text/html"))]
    for _ in range(2):
        answer = await browser.post(f"/growers/{home}/proxies", data=sent, files=files)
        assert answer.status_code == 303, answer.text
    assert len(_papers() - before) == 1
    found = re.search(rf"/growers/{home}/proxies/\d+", (await browser.get(f"/growers/{home}")).text)
    assert found is not None
    assert f'src="{found[0]}/photo"' in (await browser.get(found[0])).text
    shown = await browser.get(f"{found[0]}/photo")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-disposition"].startswith("attachment")
    for phone, status in (
        (cast.CLERK_A, 200), (cast.COMMITTEE, 200), (cast.LEADER_B, 404), (cast.GROWER_A, 403), (cast.BUYER_P, 403)
    ):  # fmt: skip
        assert (await (await client(phone)).get(f"{found[0]}/photo")).status_code == status, phone
    assert (await browser.post(f"{found[0]}/photo")).status_code == 405


async def test_a_paper_that_is_no_photo_is_refused_and_goes_with_a_form_that_is(client: SignIn) -> None:
    browser, home, before = await client(cast.LEADER_A), await household_of("罗大山"), _papers()
    for more, data, status in (
        ({"other": "仇玉兰"}, b"<?php echo 1;", 422),
        ({"other": "仇玉兰"}, picture() + b"<script>1</script>", 422),
        ({"other": "查无此人"}, picture(), 422),
    ):
        answer = await browser.post(
            f"/growers/{home}/proxies", data=await form(home, **more), files=[("photos", ("a.jpg", data, "image/jpeg"))]
        )  # fmt: skip
        assert answer.status_code == status
        assert "仇玉兰" in answer.text
    assert _papers() == before
    page = await given(browser, home, other="仇玉兰")
    assert (await browser.get(f"{page}/photo")).status_code == 404
