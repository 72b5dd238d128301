"""The harvest's pages: each works, for whom it is meant, once however often it is sent, with and without scripts."""

import re
from uuid import UUID

import httpx2
import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
NEW = "/harvest/weigh-ins/new"
SLIPS = "/harvest/weigh-ins"


def field(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


async def weighing(client: httpx2.AsyncClient, **changes: str) -> dict[str, str]:
    """A filled form of the scale, as a browser would send it."""
    page = (await client.get(NEW)).text
    household = await db.scalar("SELECT household_id FROM accounts_user WHERE phone = :p", p=cast.GROWER_A)
    picked = re.search(r'name="picked_at" type="datetime-local" value="([^"]*)"', page)
    assert picked is not None
    usual = {
        "id": field(page, "id"), "site_id": field(page, "site_id"), "household_id": str(household), "form": "fresh",
        "grade_fresh": "grade_1", "cultivar": "jiuyeqing", "gross": "52.30", "gross_unit": "kg", "tare": "2.10",
        "tare_unit": "kg", "picked_at": picked[1], "sure": "on",
    }  # fmt: skip
    return {**usual, **changes}


async def slip_of(client: httpx2.AsyncClient) -> tuple[str, dict[str, str]]:
    """A slip just weighed in, and what was sent for it."""
    sent = await weighing(client)
    answer = await client.post(SLIPS, data=sent)
    assert answer.status_code == 303, answer.text[:2000]
    return sent["id"], sent


async def slips() -> int:
    return int(await db.scalar("SELECT COUNT(*) FROM harvest_weighin"))


async def test_a_slip_is_weighed_in_without_scripts(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    before = await slips()
    found = (await clerk.get(NEW, params={"q": "lds", "gross": "52.30"})).text
    assert "罗大山" in found
    assert 'value="52.30"' in found
    slip, _ = await slip_of(clerk)
    assert await slips() == before + 1
    said = (await clerk.get(NEW)).text
    assert "已保存" in said
    assert (await clerk.get(f"{SLIPS}/{slip}")).status_code == 200


async def test_htmx_gets_the_next_form_with_the_new_row_and_total_in_one_answer(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    sent = await weighing(clerk, keep_tare="on")
    answer = await clerk.post(SLIPS, data=sent, headers=FRAGMENT)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="weighing"')
    assert sent["id"] in answer.text  # the new row's link
    assert field(answer.text, "id") != sent["id"]
    assert 'value="2.1"' in answer.text  # the tare is remembered
    assert "<html" not in answer.text


async def test_the_same_form_again_shows_the_same_slip(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    _, sent = await slip_of(clerk)
    before = await slips()
    for headers in ({}, FRAGMENT):
        answer = await clerk.post(SLIPS, data=sent, headers=headers)
        assert answer.status_code in (200, 303)
    assert "已保存过" in answer.text
    assert await slips() == before


async def test_the_same_form_with_another_weight_may_be_saved_as_another_slip(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    _, sent = await slip_of(clerk)
    answer = await clerk.post(SLIPS, data={**sent, "gross": "60"}, headers=FRAGMENT)
    assert answer.status_code == 409
    fresh = field(answer.text, "id")
    assert fresh != sent["id"]
    assert (await clerk.post(SLIPS, data={**sent, "gross": "60", "id": fresh})).status_code == 303


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"household_id": ""}, "请先选椒农"),
        ({"gross": "0"}, "请填磅秤上的数"),
        ({"gross": "-5"}, "不能小于零"),
        ({"gross": "abc"}, "数字"),
        ({"gross": "2.10", "tare": "52.30"}, "填反了"),
        ({"gross": "99999"}, "最大称重"),
        ({"gross": "52.3001"}, "三位小数"),
        ({"picked_at": "2020-01-01T08:00"}, "采摘到过磅"),
        ({"picked_at": "2090-01-01T08:00"}, "不能晚于过磅"),
        ({"price": "0"}, "大于零"),
        ({"form": "smoked"}, "选"),
        ({"id": "not-an-id"}, ""),
        ({"bags": "1.5"}, "整数"),
    ],
)
async def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_lost(
    client: SignIn, changes: dict[str, str], words: str
) -> None:
    clerk = await client(cast.CLERK_A)
    before = await slips()
    sent = await weighing(clerk, bags="7", **{k: v for k, v in changes.items() if k != "bags"})
    answer = await clerk.post(SLIPS, data={**sent, **changes}, headers=FRAGMENT)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="7"' in answer.text or "bags" in changes
    assert await slips() == before


async def test_the_same_weight_again_is_asked_about_once(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    await slip_of(clerk)
    sent = await weighing(clerk)
    del sent["sure"]
    asked = await clerk.post(SLIPS, data=sent, headers=FRAGMENT)
    assert (asked.status_code, field(asked.text, "sure")) == (422, "on")
    assert (await clerk.post(SLIPS, data={**sent, "sure": "on"})).status_code == 303


async def test_who_delivers_for_a_household_is_offered_and_whose_proxy_is_over_is_asked_about(
    client: SignIn,
) -> None:
    leader = await client(cast.LEADER_A)
    sent = await weighing(leader)
    home, today = sent["household_id"], clock.local_day(clock.now())
    head = await db.scalar("SELECT head_id FROM directory_household WHERE id = :id", id=int(home))
    proxy = {
        "request_id": str(new_id()), "other": "仇玉兰", "given_by_id": str(head), "may_deliver": "on", "from_on": str(today),
        "until_on": str(today),
    }  # fmt: skip
    assert (await leader.post(f"/growers/{home}/proxies", data=proxy)).status_code == 303
    shown = (await leader.get(NEW, params={"q": "lds"}, headers=FRAGMENT)).text
    assert "仇玉兰代送" in shown
    person = await db.scalar("SELECT person_id FROM directory_proxy")
    del sent["sure"]
    sent[f"deliverer_id_{home}"] = str(person)
    assert (await leader.post(SLIPS, data=sent)).status_code == 303
    page = re.search(rf"/growers/{home}/proxies/\d+", (await leader.get(f"/growers/{home}")).text)
    assert page is not None
    await leader.post(f"{page[0]}/revocation", data={"version": "1", "reason": "不让送了"})
    assert "委托已于" in (await leader.get(NEW, params={"q": "lds"}, headers=FRAGMENT)).text
    again = sent | {"id": str(new_id()), "gross": "31.7"}
    asked = await leader.post(SLIPS, data=again)
    assert asked.status_code == 422
    assert "委托已到期" in asked.text
    assert (await leader.post(SLIPS, data=again | {"sure": "on"})).status_code == 303


async def test_strangers_growers_and_sites_do_not_exist(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    stranger = await db.scalar("SELECT household_id FROM accounts_user WHERE phone = :p", p=cast.GROWER_B)
    for changes in ({"household_id": str(stranger)}, {"site_id": "3"}, {"site_id": "999999"}):
        answer = await clerk.post(SLIPS, data=await weighing(clerk, **changes))
        assert answer.status_code == 404


async def test_growers_are_found_while_typing_and_only_ones_own(client: SignIn) -> None:
    clerk, leader_b = await client(cast.CLERK_A), await client(cast.LEADER_B)
    found = await clerk.get(NEW, params={"q": "lds", "site_id": "1"}, headers=FRAGMENT)
    assert found.text.lstrip().startswith('<div id="growers"')
    assert "罗大山" in found.text
    elsewhere = await leader_b.get(NEW, params={"q": "lds"}, headers=FRAGMENT)
    assert "罗大山" not in elsewhere.text
    for odd in ("%", "'", "\\", "😀", "a" * 300, "\x00"):
        answer = await clerk.get(NEW, params={"q": odd}, headers=FRAGMENT)
        assert answer.status_code == 200, odd


async def test_a_slip_is_undone_at_the_scale_and_only_once(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    slip, _ = await slip_of(clerk)
    sent = {"request_id": str(new_id()), "reason": "过磅时撤销", "back": NEW}
    for _ in range(2):
        answer = await clerk.post(f"{SLIPS}/{slip}/reversal", data=sent, headers=FRAGMENT)
        assert answer.status_code == 200
    assert "作废" in answer.text
    other = await clerk.post(f"{SLIPS}/{slip}/reversal", data={**sent, "request_id": str(new_id())})
    assert other.status_code == 409
    bare = await clerk.post(f"{SLIPS}/{slip}/reversal", data={"request_id": str(new_id())})
    assert bare.status_code == 422


@pytest.mark.parametrize(
    ("path", "who"),
    [
        (NEW, (cast.LEADER_A, cast.CLERK_A, cast.LEADER_B)),
        ("/harvest/evening", (cast.LEADER_A, cast.CLERK_A, cast.LEADER_B)),
        ("/harvest/prices", (cast.LEADER_A, cast.LEADER_B)),
        (SLIPS, (cast.LEADER_A, cast.CLERK_A, cast.LEADER_B, cast.COMMITTEE, cast.TECHNICIAN, cast.ADMIN,
                 cast.GROWER_A, cast.GROWER_B)),
        ("/harvest/yields", (cast.LEADER_A, cast.CLERK_A, cast.LEADER_B, cast.COMMITTEE, cast.TECHNICIAN,
                             cast.ADMIN, cast.GROWER_A, cast.GROWER_B)),
    ],
)  # fmt: skip
async def test_pages_open_to_those_they_are_for(client: SignIn, path: str, who: tuple[str, ...]) -> None:
    for phone in cast.EVERYONE:
        answer = await (await client(phone)).get(path)
        assert answer.status_code == (200 if phone in who else 403), (phone, path)
    assert (await (await client()).get(path)).status_code == 303


async def test_every_page_of_a_slip_is_for_its_own(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    slip, _ = await slip_of(clerk)
    sees = {
        cast.LEADER_A: 200, cast.CLERK_A: 200, cast.GROWER_A: 200, cast.COMMITTEE: 200, cast.LEADER_B: 404,
        cast.GROWER_B: 404, cast.BUYER_P: 403, cast.STOREKEEPER: 403,
    }  # fmt: skip
    for phone, status in sees.items():
        reader = await client(phone)
        for path in ("", "/print", "/print?width=58", "/print?width=80"):
            assert (await reader.get(f"{SLIPS}/{slip}{path}")).status_code == status, (phone, path)
    assert (await clerk.get(f"{SLIPS}/{slip}/print?width=70")).status_code == 422
    assert (await clerk.get(f"{SLIPS}/{new_id()}")).status_code == 404
    assert (await clerk.get(f"{SLIPS}/42")).status_code == 404


async def test_the_committee_reads_no_names(client: SignIn) -> None:
    clerk, committee = await client(cast.CLERK_A), await client(cast.COMMITTEE)
    slip, _ = await slip_of(clerk)
    for path in (SLIPS, f"{SLIPS}/{slip}", f"{SLIPS}/{slip}/print", "/harvest/yields?by=plot"):
        page = (await committee.get(path)).text
        assert "罗大山" not in page, path


async def test_prices_are_set_by_the_leader(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    slip, _ = await slip_of(clerk)
    assert (await clerk.post(f"{SLIPS}/{slip}/price", data={"price": "8.5"})).status_code == 403
    assert (await leader.post(f"{SLIPS}/{slip}/price", data={"price": "many"})).status_code == 422
    assert (await leader.post(f"{SLIPS}/{slip}/price", data={"price": "8.5"})).status_code == 303
    page = (await leader.get("/harvest/prices")).text
    sent = {name: field(page, name) for name in ("day", "product_id")}
    assert (await leader.post("/harvest/prices", data={**sent, "price": "0"})).status_code == 422
    for _ in range(2):
        assert (await leader.post("/harvest/prices", data={**sent, "price": "9"})).status_code == 303


async def test_a_whole_list_is_saved_or_corrected_in_its_cells(client: SignIn) -> None:
    clerk = await client(cast.CLERK_A)
    before = await slips()
    page = (await clerk.get("/harvest/evening")).text
    ids = re.findall(r'name="(\d+)-id" value="([^"]+)"', page)
    assert len(ids) == 20
    day = re.search(r'name="day" type="date" value="([^"]*)"', page)
    assert day is not None
    head = {
        "picked_before": field(page, "picked_before"),
        "site_id": "1",
        "day": day[1],
        "form": "fresh",
        "grade": "grade_1",
        "cultivar": "jiuyeqing",
    }
    rows = {f"{place}-id": str(UUID(id_)) for place, id_ in ids}
    good = {
        "0-grower": "罗大山",
        "0-gross": "40",
        "0-tare": "1",
        "1-grower": "lds",
        "1-gross": "30",
        "1-grade": "二级",
    }
    wrong = {"2-grower": "没有这个人", "2-gross": "30", "3-grower": "罗大山", "3-gross": "0"}
    answer = await clerk.post("/harvest/evening", data={**head, **rows, **good, **wrong})
    assert answer.status_code == 422
    assert 'id="e-2-grower"' in answer.text
    assert await slips() == before
    answer = await clerk.post(
        "/harvest/evening", data={**head, **rows, **good, "3-grower": "罗大山", "3-gross": "0"}
    )
    assert (answer.status_code, 'id="e-3-gross"' in answer.text) == (422, True)
    for _ in range(2):
        answer = await clerk.post("/harvest/evening", data={**head, **rows, **good})
        assert answer.status_code == 303
    assert await slips() == before + 2
    assert (await clerk.post("/harvest/evening", data={**head, **rows})).status_code == 422


async def test_a_grower_has_a_page_of_their_own(client: SignIn) -> None:
    grower = await client(cast.GROWER_A)
    assert (await grower.get("/harvest")).headers["location"] == "/harvest/mine"
    page = (await grower.get("/harvest/mine")).text
    assert "我的过磅单" in page
    assert (await (await client(cast.CLERK_A)).get("/harvest/mine")).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["day=2026-13-01", "site_id=x", "form=smoked", "cursor=nonsense", "cursor=WzFd", "household_id=-1"],
)
async def test_a_damaged_address_is_told_so(client: SignIn, query: str) -> None:
    clerk = await client(cast.CLERK_A)
    assert (await clerk.get(f"{SLIPS}?{query}")).status_code == 422


async def test_lists_go_on_by_cursor_and_speak_both_languages(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    page = (await leader.get(SLIPS)).text
    more = re.search(r'rel="next" href="([^"]+)"', page)
    assert more is not None
    following = (await leader.get(more[1].replace("&amp;", "&"))).text
    assert not set(re.findall(r"weigh-ins/([0-9a-f-]{36})", page)) & set(
        re.findall(r"weigh-ins/([0-9a-f-]{36})", following)
    )
    for path in (
        "/harvest",
        SLIPS,
        NEW,
        "/harvest/evening",
        "/harvest/prices",
        "/harvest/yields",
        "/harvest/yields?by=plot",
    ):
        english = await leader.get(f"{path}{'&' if '?' in path else '?'}lang=en")
        assert english.status_code == 200
        assert 'lang="en"' in english.text


@pytest.mark.parametrize("path", ["/harvest", NEW, "/harvest/evening", "/harvest/mine", "/harvest/yields"])
async def test_other_methods_are_told_so(client: SignIn, path: str) -> None:
    leader = await client(cast.LEADER_A)
    assert (await leader.delete(path)).status_code == 405
