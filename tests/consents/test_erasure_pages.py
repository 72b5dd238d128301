"""The pages of being forgotten: they work, once for a form sent twice, and for nobody outside the scope."""

import re

from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.consents.dealing import home_of, person
from tests.consents.forgetting import newcomer, village_of
from tests.harness import cast
from tests.harness.clients import SignIn


def asking(**more: str) -> dict[str, str]:
    return {"request_id": str(new_id()), "words": "想删掉我的信息"} | more


async def place(name: str) -> str:
    whose = await person(name)
    return f"/growers/{await home_of(whose)}/people/{whose}"


async def test_a_clerk_asks_a_leader_proposes_an_officer_approves_and_the_page_says_it_is_done(
    client: SignIn,
) -> None:
    clerk, leader, officer = (
        await client(cast.CLERK_A),
        await client(cast.LEADER_A),
        await client(cast.COMMITTEE),
    )
    actor = await cast.actor(cast.CLERK_A)
    whose, home, _ = await newcomer(actor, "要忘人", await village_of(actor), phone="13955500012")
    rights = f"/growers/{home}/people/{whose}/rights"
    assert "请求删除个人信息" in (await clerk.get(rights)).text
    sent = asking()
    for _ in range(2):
        answer = await clerk.post(f"/growers/{home}/people/{whose}/erasures", data=sent)
        assert answer.status_code == 303
    page = answer.headers["location"]
    assert "要忘人" in (await clerk.get("/consents/erasures")).text
    assert (await leader.get(page)).status_code == 200
    form = {"request_id": str(new_id())}
    for _ in range(2):
        assert (await leader.post(f"{page}/proposal", data=form)).status_code == 303
    assert "等第二人" in (await leader.get(page)).text
    waiting = re.search(r"/approvals/\d+/approval", (await officer.get("/approvals")).text)
    assert waiting
    for _ in range(2):
        assert (await officer.post(waiting[0])).status_code == 303
    done = await leader.get(page)
    assert "已删除" in done.text
    assert "要忘人" not in done.text
    assert "13955500012" not in done.text
    for url in (rights, f"/growers/{home}/people/{whose}"):
        assert (await clerk.get(url)).status_code == 404
    assert (await officer.get(f"/growers/{home}")).status_code == 200
    for url in ("/consents/erasures?state=decided", f"/growers/{home}", "/approvals?state=decided"):
        assert "要忘人" not in (await officer.get(url)).text, url


async def test_a_grower_asks_and_takes_it_back(client: SignIn) -> None:
    grower, whose = await client(cast.GROWER_A), await person("罗大山")
    assert (await grower.post(f"/consents/people/{whose}/erasures", data=asking())).status_code == 303
    page = (await grower.get("/consents")).text
    address = re.search(r"/consents/own-erasures/\d+/withdrawal", page)
    assert address
    for _ in range(2):
        assert (await grower.post(address[0])).status_code == 303
    assert await db.scalar("SELECT state FROM consents_erasure") == "withdrawn"
    assert (await grower.get(address[0])).status_code == 405


async def test_what_is_in_the_way_is_named_with_a_way_there(client: SignIn) -> None:
    clerk, home = await client(cast.CLERK_A), await place("罗大山")
    page = (await clerk.post(f"{home}/erasures", data=asking())).headers["location"]
    told = await clerk.get(page)
    household = home.split("/")[2]
    assert f"/growers/{household}/heads" in told.text
    refused = await clerk.post(f"{page}/proposal", data={"request_id": str(new_id())})
    assert refused.status_code == 422
    assert await db.scalar("SELECT COUNT(*) FROM accounts_approval") == 0
    declined = await clerk.post(f"{page}/refusal", data={"answer": "还有人要管"})
    assert declined.status_code == 303
    assert "还有人要管" in (await (await client(cast.GROWER_A)).get("/consents")).text


async def test_who_opens_which_page(client: SignIn) -> None:
    clerk, home = await client(cast.CLERK_A), await place("罗大山")
    page = (await clerk.post(f"{home}/erasures", data=asking())).headers["location"]
    for phone, seen, listed in (
        (cast.LEADER_A, 200, True), (cast.LEADER_B, 404, False), (cast.ADMIN, 200, True), (cast.COMMITTEE, 200, True),
        (cast.TECHNICIAN, 403, False), (cast.GROWER_B, 403, False), (cast.BUYER_P, 403, False),
    ):  # fmt: skip
        browser = await client(phone)
        assert (await browser.get(page)).status_code == seen, phone
        assert ("罗大山" in (await browser.get("/consents/erasures")).text) == listed, phone
    stranger = await client()
    assert (await stranger.get(page)).headers["location"].startswith("/login?next=")
    assert (await clerk.post(page)).status_code == 405
    assert (await clerk.post(f"{page}/particulars", data={"reason": "好奇"})).status_code == 403
    admin = await client(cast.ADMIN)
    assert (await admin.post(f"{page}/particulars", data={"reason": "来函"})).status_code == 422


async def test_a_form_that_is_none_changes_nothing(client: SignIn) -> None:
    clerk, home = await client(cast.CLERK_A), await place("罗大山")
    for wrong in ({"request_id": "1"}, {"words": "x" * 501}, {"request_id": ""}):
        assert (await clerk.post(f"{home}/erasures", data=asking(**wrong))).status_code == 422, wrong
    stranger = await client(cast.LEADER_B)
    assert (await stranger.post(f"{home}/erasures", data=asking())).status_code == 404
    assert await db.scalar("SELECT COUNT(*) FROM consents_erasure") == 0
