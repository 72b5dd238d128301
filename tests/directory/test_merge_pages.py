"""The pages that make one of two: they work, once for a form sent twice, and for nobody outside the scope."""

import re
from typing import Any
from uuid import uuid4

import pytest

from pepperchain.accounts.queries import actor_of_user
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.directory import households, people
from pepperchain.directory.people import Particulars
from tests.harness import cast
from tests.harness.clients import SignIn

MERGES = "/growers/merges"


@pytest.fixture
async def two(village: str) -> tuple[int, int]:
    """A member of A's, and the same family entered again."""
    leader = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=cast.LEADER_A)
    actor = await actor_of_user(leader)
    [(home, name, phone, village_id)] = await db.tuples(
        "SELECT h.id, p.name, p.phone, h.village_id FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
        " WHERE h.cooperative_id = :own AND p.phone IS NOT NULL ORDER BY h.id LIMIT 1",
        own=actor.organization_id,
    )
    again = await households.enter(
        actor, id=new_id(), village_id=village_id, head=Particulars(name, phone=phone), address="河边12号", group_number=9,
        confirmed=True, now=clock.now(),
    )  # fmt: skip
    for other in ("罗小花", "罗小草"):
        await people.enter(
            actor,
            id=new_id(),
            household_id=again.id,
            person=Particulars(other),
            confirmed=True,
            now=clock.now(),
        )
    return home, again.id


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


async def _form(browser: Any, two: tuple[int, int]) -> dict[str, Any]:
    page = (await browser.get(f"{MERGES}/new?one={two[0]}&other={two[1]}")).text
    alike = re.findall(r'<option value="(\d+:\d+)" selected>', page)
    assert len(alike) == 1
    return {**_hidden(page), "alike": alike, "reason": "同一户两张卡"}


async def test_a_leader_makes_one_of_two_sees_what_moved_and_undoes_it(
    client: SignIn, two: tuple[int, int]
) -> None:
    browser = await client(cast.LEADER_A)
    form = await _form(browser, two)
    for _ in range(2):
        done = await browser.post(MERGES, data={**form, "place": "other"})
        assert done.status_code == 303
        where = done.headers["location"]
    page = (await browser.get(f"{where}?lang=en")).text
    assert "同一户两张卡" in page
    assert f"{where}/reversal" in page
    assert where in (await browser.get(MERGES)).text
    gone = await browser.get(f"/growers/{two[1]}")
    assert (gone.status_code, gone.headers["location"]) == (303, f"/growers/{two[0]}")
    gone = await browser.get(f"/growers/{two[1]}/timeline")
    assert gone.headers["location"] == f"/growers/{two[0]}/timeline"
    home = (await browser.get(f"/growers/{two[0]}")).text
    assert f'href="{where}"' in home
    assert "罗小花" in home
    for _ in range(2):
        assert (await browser.post(f"{where}/reversal")).status_code == 303
    assert (await browser.get(f"/growers/{two[1]}")).status_code == 200
    assert "罗小花" not in (await browser.get(f"/growers/{two[0]}/particulars")).text


async def test_the_other_household_may_be_named_by_its_card(client: SignIn, two: tuple[int, int]) -> None:
    browser = await client(cast.LEADER_A)
    card = await db.scalar("SELECT card_number FROM directory_household WHERE id = :id", id=two[1])
    page = await browser.get(f"{MERGES}/new?one={two[0]}&card={card}")
    assert page.status_code == 200
    assert f'name="other" value="{two[1]}"' in page.text
    for wrong in ("card=12345678", "card=", "other=", f"other={two[0]}", "other=0", "one=x"):
        assert (await browser.get(f"{MERGES}/new?one={two[0]}&{wrong}")).status_code == 422, wrong


async def test_a_refused_form_is_drawn_again_with_what_was_chosen(
    client: SignIn, two: tuple[int, int]
) -> None:
    browser = await client(cast.LEADER_A)
    form = {**await _form(browser, two), "reason": "", "place": "other"}
    again = await browser.post(MERGES, data=form)
    assert again.status_code == 422
    assert re.search(r'name="place" value="other"[^>]* checked', again.text)
    stale = await browser.post(MERGES, data={**form, "reason": "同一户", "seen": "0" * 16})
    assert stale.status_code == 409
    hostile = (
        {"alike": ["1:2:3"]},
        {"alike": [f"{9**19}:1"]},
        {"place": "both"},
        {"one": form["other"]},
        {"alike": ["1:2"] * 50},
    )
    for wrong in hostile:
        assert (await browser.post(MERGES, data={**form, "reason": "同一户", **wrong})).status_code == 422, (
            wrong
        )


async def test_who_may_look_and_who_may_merge(client: SignIn, two: tuple[int, int]) -> None:
    form = await _form(await client(cast.LEADER_A), two)
    new = f"{MERGES}/new?one={two[0]}&other={two[1]}"
    for phone, listed, looked, posted in (
        (cast.COMMITTEE, 200, 403, 403), (cast.LEADER_B, 200, 404, 404), (cast.TECHNICIAN, 200, 403, 403),
        (cast.BUYER_P, 403, 403, 403), (cast.GROWER_A, 403, 403, 403),
    ):  # fmt: skip
        browser = await client(phone)
        assert (await browser.get(MERGES)).status_code == listed, phone
        assert (await browser.get(new)).status_code == looked, phone
        assert (await browser.post(MERGES, data=form)).status_code == posted, phone
    clerk = await client(cast.CLERK_A)
    assert (await clerk.get(new)).status_code == 200
    made = (await clerk.post(MERGES, data=form)).headers["location"]
    for phone, looked, undone in (
        (cast.LEADER_B, 404, 404),
        (cast.COMMITTEE, 200, 403),
        (cast.TECHNICIAN, 404, 403),
    ):
        browser = await client(phone)
        assert (await browser.get(made)).status_code == looked, phone
        assert (await browser.post(f"{made}/reversal")).status_code == undone, phone
    assert (await (await client()).get(made)).status_code == 303


async def test_a_wrong_method_and_a_damaged_link(client: SignIn, two: tuple[int, int]) -> None:
    browser = await client(cast.LEADER_A)
    assert (await browser.get(f"{MERGES}/1/reversal")).status_code == 405
    assert (await browser.post(f"{MERGES}/new")).status_code == 405
    assert (await browser.get(f"{MERGES}/{10**12}")).status_code == 404
    for query in ("cursor=W10", "cursor=eyJ"):
        assert (await browser.get(f"{MERGES}?{query}")).status_code in (200, 422)


async def test_two_people_of_a_household_are_merged_from_a_persons_page(
    client: SignIn, two: tuple[int, int]
) -> None:
    browser = await client(cast.LEADER_A)
    one, other = await db.fetch(
        int,
        "SELECT p.id FROM directory_person p WHERE p.household_id = :home AND NOT p.is_head ORDER BY p.id",
        home=two[1],
    )
    page = (await browser.get(f"/growers/{two[1]}/people/{one}")).text
    assert f"{MERGES}/people/new?one={one}&amp;other={other}" in page
    shown = (await browser.get(f"{MERGES}/people/new?one={one}&other={other}")).text
    done = await browser.post(
        f"{MERGES}/people", data={**_hidden(shown), "name": "other", "reason": "同一人"}
    )
    assert done.status_code == 303
    gone = await browser.get(f"/growers/{two[1]}/people/{other}")
    assert gone.headers["location"] == f"/growers/{two[1]}/people/{one}"
    assert (await browser.get(done.headers["location"])).status_code == 200
    assert (
        await browser.post(f"{MERGES}/people", data={"request_id": str(uuid4()), "reason": "x"})
    ).status_code == 422
    assert (await browser.get(f"{MERGES}/people/new?one={one}&other={one}")).status_code == 422


async def test_a_merge_across_cooperatives_waits_for_a_second_person(
    client: SignIn, two: tuple[int, int]
) -> None:
    admin, officer = await client(cast.ADMIN), await client(cast.COMMITTEE)
    theirs = await db.scalar(
        "SELECT MIN(h.id) FROM directory_household h JOIN accounts_user u ON u.organization_id = h.cooperative_id"
        " WHERE u.phone = :phone",
        phone=cast.LEADER_B,
    )
    page = (await admin.get(f"{MERGES}/new?one={two[0]}&other={theirs}")).text
    done = await admin.post(MERGES, data={**_hidden(page), "reason": "两社同一户"})
    assert (done.status_code, done.headers["location"]) == (303, "/approvals")
    assert "两社同一户" in (await officer.get("/approvals")).text
    waiting = await db.scalar("SELECT id FROM accounts_approval")
    assert (await officer.post(f"/approvals/{waiting}/approval")).status_code == 303
    assert (
        await db.scalar("SELECT merged_into_id FROM directory_household WHERE id = :id", id=theirs) == two[0]
    )
