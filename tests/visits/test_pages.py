"""The pages of visits and histories: they work, once for a form sent twice, and for nobody outside the scope."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.settings import settings
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.visits.dealing import home_of, organization, picture

HTMX = {"HX-Request": "true"}


def form(**more: Any) -> dict[str, Any]:
    """A visit of this hour, as its form sends it."""
    at = clock.local(clock.now() - timedelta(minutes=30))
    sent = {
        "request_id": str(new_id()), "kind": "visit", "purpose": "advice", "outcome": "看了树", "happened_at": f"{at:%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    return sent | more


async def noted(browser: httpx2.AsyncClient, home: int, **more: Any) -> str:
    """The address of a new visit."""
    answer = await browser.post(f"/growers/{home}/visits", data=form(**more))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def _files() -> set[str]:
    return {path.name for path in (settings().data_dir / "photos").glob("*")}


async def test_a_visit_with_photos_and_a_next_step_sent_twice_is_one(client: SignIn) -> None:
    browser, home = await client(cast.CLERK_A), await home_of("罗大山")
    assert "记走访或电话" in (await browser.get(f"/growers/{home}")).text
    assert (await browser.get(f"/growers/{home}/visits/new")).status_code == 200
    due = clock.local_day(clock.now()) + timedelta(days=2)
    data = form(what="送样", due_on=due.isoformat())
    before = _files()
    files = [("photos", (f"{n}.php", picture(size=(300, 200)), "text/html")) for n in range(2)]
    first, second = [await browser.post(f"/growers/{home}/visits", data=data, files=files) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert len(_files() - before) == 2
    page = (await browser.get(first.headers["location"])).text
    assert "看了树" in page
    assert "送样" in page
    photos = re.findall(r'src="(/visits/\d+/photos/\d+)"', page)
    assert len(photos) == 2
    photo = await browser.get(photos[0])
    assert photo.headers["content-type"] == "image/jpeg"
    assert photo.headers["content-disposition"].startswith("attachment")
    assert photo.headers["x-content-type-options"] == "nosniff"
    assert photo.content.startswith(b"\xff\xd8\xff")
    for phone, status in (
        (cast.LEADER_A, 200),
        (cast.TECHNICIAN, 200),
        (cast.LEADER_B, 404),
        (cast.BUYER_P, 403),
    ):
        assert (await (await client(phone)).get(photos[0])).status_code == status, phone
    assert (await (await client()).get(photos[0])).status_code == 303


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?php echo 1;",
        picture() + b"<?php echo 1;",
        b"\x89PNG\r\n\x1a\n" + b"0" * 90,
    ],
    ids=["svg", "php", "polyglot", "broken png"],
)
async def test_what_is_no_photo_is_told_beside_the_form_and_the_words_are_kept(
    client: SignIn, data: bytes
) -> None:
    browser, home = await client(cast.CLERK_A), await home_of("罗大山")
    before = _files()
    files = [("photos", ("a.jpg", picture(), "image/jpeg")), ("photos", ("b.jpg", data, "image/jpeg"))]
    answer = await browser.post(f"/growers/{home}/visits", data=form(outcome="要留住的话"), files=files)
    assert answer.status_code == 422
    assert 'id="e-photos"' in answer.text
    assert "要留住的话" in answer.text
    assert _files() == before


async def test_a_next_step_without_a_day_is_asked_for_one(client: SignIn) -> None:
    browser, home = await client(cast.CLERK_A), await home_of("罗大山")
    answer = await browser.post(f"/growers/{home}/visits", data=form(what="送样"))
    assert answer.status_code == 422
    assert 'id="e-due_on"' in answer.text


async def test_who_may_open_and_note(client: SignIn) -> None:
    home = await home_of("邓九叶")
    for phone, opened in (
        (cast.LEADER_B, 200), (cast.TECHNICIAN, 200), (cast.COMMITTEE, 200), (cast.LEADER_A, 404), (cast.CLERK_A, 404),
        (cast.ADMIN, 403), (cast.BUYER_P, 403), (cast.STOREKEEPER, 403), (cast.GROWER_B, 403), (cast.DEPARTMENT, 403),
    ):  # fmt: skip
        browser = await client(phone)
        for place in ("visits/new", "plans/new"):
            assert (await browser.get(f"/growers/{home}/{place}")).status_code == opened, (phone, place)
        answer = await browser.post(f"/growers/{home}/visits", data=form())
        assert answer.status_code == (303 if opened == 200 else opened), phone
    stranger = await client()
    assert (await stranger.get(f"/growers/{home}/visits/new")).headers["location"].startswith("/login?next=")


async def test_a_visit_of_another_cooperative_answers_like_none(client: SignIn) -> None:
    owner, trespasser = await client(cast.LEADER_B), await client(cast.LEADER_A)
    theirs = await noted(owner, await home_of("邓九叶"))
    assert (await owner.get(theirs)).status_code == 200
    for path in (theirs, f"{theirs}/particulars"):
        assert (await trespasser.get(path)).status_code == 404
    sent = form(version="1", reason="x", what="偷看", due_on="2026-12-30")
    for path in ("report", "particulars", "cancellation", "follow-ups"):
        assert (await trespasser.post(f"{theirs}/{path}", data=sent)).status_code == 404, path


async def test_wrong_methods_are_refused(client: SignIn) -> None:
    browser = await client(cast.CLERK_A)
    place = await noted(browser, await home_of("罗大山"))
    assert (await browser.post(place)).status_code == 405
    assert (await browser.get(f"{place}/cancellation")).status_code == 405
    assert (await browser.post("/visits")).status_code == 405


async def test_a_plan_is_reported_corrected_or_called_off(client: SignIn) -> None:
    browser, home = await client(cast.TECHNICIAN), await home_of("罗大山")
    day = clock.local_day(clock.now())
    plans = []
    for _ in range(2):
        answer = await browser.post(f"/growers/{home}/plans", data=form(planned_on=day.isoformat()))
        plans.append(answer.headers["location"])
    assert (
        await browser.post(f"{plans[0]}/report", data=form(version="1", outcome="去了"))
    ).status_code == 303
    assert "去了" in (await browser.get(plans[0])).text
    assert (await browser.get(f"{plans[0]}/particulars")).status_code == 200
    assert (
        await browser.post(f"{plans[0]}/particulars", data=form(version="2", kind="call"))
    ).status_code == 303
    assert (
        await browser.post(f"{plans[0]}/particulars", data=form(version="2", kind="visit"))
    ).status_code == 409
    for _ in range(2):
        assert (
            await browser.post(f"{plans[1]}/cancellation", data={"version": "1", "reason": "下雨"})
        ).status_code == 303
    assert "下雨" in (await browser.get(plans[1])).text


async def test_a_step_is_done_undone_and_handed_over_from_the_pages(client: SignIn) -> None:
    browser, home = await client(cast.CLERK_A), await home_of("罗大山")
    due = clock.local_day(clock.now()).isoformat()
    place = await noted(browser, home, what="今天送样", due_on=due)
    assert "今天送样" in (await browser.get("/visits/follow-ups")).text
    assert "今天送样" in (await browser.get("/visits")).text
    assert "后续事项今天到期" in (await browser.get("/")).text
    step = await db.scalar("SELECT id FROM visits_follow_up WHERE what = '今天送样'")
    for _ in range(2):
        assert (await browser.post(f"/visits/follow-ups/{step}/done")).status_code == 303
    page = (await browser.get("/visits/follow-ups")).text
    assert f"/visits/follow-ups/{step}/reopening" in page  # the undo of what was just done
    for _ in range(2):
        assert (await browser.post(f"/visits/follow-ups/{step}/reopening")).status_code == 303
    leader = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=cast.LEADER_A)
    other = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=cast.LEADER_B)
    version = await db.scalar("SELECT version FROM visits_follow_up WHERE id = :id", id=step)
    sent = {"version": str(version), "owner_id": str(other)}
    assert (await browser.post(f"/visits/follow-ups/{step}/owner", data=sent)).status_code == 422
    answer = await browser.post(f"/visits/follow-ups/{step}/owner", data=sent | {"owner_id": str(leader)})
    assert answer.headers["location"] == place
    trespasser = await client(cast.LEADER_B)
    for path in ("done", "reopening", "owner"):
        answer = await trespasser.post(f"/visits/follow-ups/{step}/{path}", data=sent)
        assert answer.status_code == 404, path


async def test_weeks_lie_side_by_side_and_a_day_that_is_none_is_refused(client: SignIn) -> None:
    browser = await client(cast.TECHNICIAN)
    page = (await browser.get("/visits")).text
    assert page.count('<section class="') >= 7
    later = re.search(r"week=(\d{4}-\d\d-\d\d)\">下一周", page.replace("&amp;", "&"))
    assert later
    assert (await browser.get(f"/visits?week={later[1]}")).status_code == 200
    assert (await browser.get("/visits?week=2026-02-30")).status_code == 422
    assert (await (await client(cast.BUYER_P)).get("/visits")).status_code == 403


async def test_a_history_is_narrowed_and_paged_by_its_address(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await home_of("罗大山")
    page = (await browser.get(f"/growers/{home}/timeline")).text
    assert "过磅单" in page
    part = (await browser.get(f"/growers/{home}/timeline?kind=note", headers=HTMX)).text
    assert "<html" not in part
    assert "晚饭后" in part
    assert "过磅单BP" not in part
    assert (await browser.get(f"/growers/{home}/timeline?cursor=WzFd")).status_code == 422
    assert (await browser.get(f"/growers/{home}/timeline?kind=cone")).status_code == 422
    head = await db.scalar("SELECT head_id FROM directory_household WHERE id = :id", id=home)
    assert (await browser.get(f"/growers/{home}/people/{head}/timeline")).status_code == 200
    other = await home_of("单正茂")
    assert (await browser.get(f"/growers/{other}/people/{head}/timeline")).status_code == 404
    assert (await (await client(cast.LEADER_B)).get(f"/growers/{home}/timeline")).status_code == 404
    assert (await (await client(cast.GROWER_A)).get(f"/growers/{home}/timeline")).status_code == 403


async def test_a_note_is_written_once_and_taken_back(client: SignIn) -> None:
    browser, home = await client(cast.CLERK_A), await home_of("罗大山")
    sent = {"request_id": str(new_id()), "text": "只在周末回来"}
    for _ in range(2):
        assert (await browser.post(f"/growers/{home}/notes", data=sent)).status_code == 303
    page = (await browser.get(f"/growers/{home}/timeline")).text
    assert page.count("只在周末回来") == 1
    undo = re.search(r"/notes/\d+/withdrawal", page)
    assert undo
    assert (await (await client(cast.LEADER_B)).post(undo[0])).status_code == 404
    assert (await browser.post(undo[0])).status_code == 303
    assert "只在周末回来" not in (await browser.get(f"/growers/{home}/timeline")).text
    assert (
        await browser.post(f"/growers/{home}/notes", data={"request_id": str(new_id())})
    ).status_code == 422


async def test_an_organizations_history_is_for_the_district(client: SignIn) -> None:
    firm = await organization("青麻叙食品")
    for phone, opened in (
        (cast.COMMITTEE, 200),
        (cast.ADMIN, 200),
        (cast.LEADER_A, 404),
        (cast.BUYER_P, 403),
    ):
        browser = await client(phone)
        assert (await browser.get(f"/organizations/{firm}/timeline")).status_code == opened, phone
        page = (await browser.get(f"/organizations/{firm}")).text
        assert ("往来记录" in page) == (opened == 200), phone
        assert ("记走访或电话" in page) == (phone == cast.COMMITTEE), phone
