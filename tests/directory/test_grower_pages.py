"""The pages of growers, their people and plots: they work, once for a form sent twice, and for nobody outside the scope."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.accounts import apps
from tests.harness import cast
from tests.harness.clients import SignIn

HTMX = {"HX-Request": "true"}


async def one(sql: str, **params: Any) -> Any:
    """The first value of a query."""
    return await db.scalar(sql, **params)


async def household_of(name: str) -> int:
    """The household headed by somebody of the cast's village."""
    return int(
        await one("SELECT household_id FROM directory_person WHERE name = :name AND is_head", name=name)
    )


async def village_id(name: str) -> int:
    return int(await one("SELECT id FROM directory_area WHERE name = :name AND kind = 'village'", name=name))


async def entry(**more: Any) -> dict[str, Any]:
    """A form for a new household."""
    return {
        "request_id": str(new_id()),
        "name": "舒望山",
        "village_id": await village_id("保坪村"),
        "joined_on": "2026-01-05",
        **more,
    }


async def test_a_leader_finds_own_growers_as_a_page_and_as_a_fragment(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    page = (await browser.get("/growers?q=luod")).text
    assert "罗大山" in page
    assert "<html" in page
    part = (await browser.get("/growers?q=lds", headers=HTMX)).text
    assert "罗大山" in part
    assert "<html" not in part
    assert "邓九叶" not in (await browser.get("/growers?q=djy")).text
    assert "何素芳" in (await browser.get("/growers?q=hesufang")).text


async def test_who_may_look_at_growers(client: SignIn) -> None:
    theirs = f"/growers/{await household_of('邓九叶')}"
    for phone, listed, opened in (
        (cast.LEADER_B, 200, 200), (cast.LEADER_A, 200, 404), (cast.CLERK_A, 200, 404), (cast.ADMIN, 200, 200),
        (cast.COMMITTEE, 200, 200), (cast.BUYER_P, 403, 403), (cast.STOREKEEPER, 403, 403), (cast.GROWER_B, 403, 403),
        (cast.DEPARTMENT, 403, 403),
    ):  # fmt: skip
        browser = await client(phone)
        assert ((await browser.get("/growers")).status_code, (await browser.get(theirs)).status_code) == (
            listed,
            opened,
        ), phone
    stranger = await client()
    assert (await stranger.get(theirs)).headers["location"].startswith("/login?next=")


async def test_a_household_of_others_cannot_be_changed_by_any_of_its_forms(client: SignIn) -> None:
    home = f"/growers/{await household_of('邓九叶')}"
    person = await one(
        "SELECT head_id FROM directory_household WHERE id = :id", id=int(home.rpartition("/")[2])
    )
    browser = await client(cast.LEADER_A)
    day = {
        "on": "2026-06-01",
        "version": "1",
        "request_id": str(new_id()),
        "name": "甲",
        "area": "1",
        "cultivar": "jiuyeqing",
    }
    for path in ("/particulars", "/people/new", f"/people/{person}", "/plots/new"):
        assert (await browser.get(home + path)).status_code == 404, path
    for path in (
        "/ending",
        "/memberships/ending",
        "/people",
        f"/people/{person}",
        f"/people/{person}/departure",
        "/plots",
    ):
        assert (await browser.post(home + path, data=day)).status_code == 404, path
    readers = await client(cast.COMMITTEE)
    assert (await readers.post(home + "/ending", data=day)).status_code == 403


async def test_a_person_or_plot_is_only_found_under_its_own_household(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    ours, other = await household_of("罗大山"), await household_of("单正茂")
    person = await one("SELECT head_id FROM directory_household WHERE id = :id", id=ours)
    plot = await one("SELECT MIN(id) FROM directory_plot WHERE household_id = :id", id=ours)
    assert (await browser.get(f"/growers/{ours}/people/{person}")).status_code == 200
    assert (await browser.get(f"/growers/{other}/people/{person}")).status_code == 404
    assert (await browser.get(f"/growers/{ours}/plots/{plot}")).status_code == 200
    assert (await browser.get(f"/growers/{other}/plots/{plot}")).status_code == 404


async def test_wrong_methods_are_refused(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    home = f"/growers/{await household_of('罗大山')}"
    assert (await browser.post(home)).status_code == 405
    assert (await browser.get(home + "/ending")).status_code == 405
    assert (await browser.delete(home)).status_code == 405


async def test_a_form_sent_twice_enters_one_household(client: SignIn) -> None:
    browser = await client(cast.CLERK_A)
    form = await entry(phone="199 0002 9999", group_number="3", plot_area="2.5", plot_name="屋后")
    first, second = [await browser.post("/growers", data=form) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    page = (await browser.get(first.headers["location"])).text
    assert "舒望山" in page
    assert "199****9999" in page
    assert "屋后" in page


async def test_somebody_alike_is_shown_first_and_saved_when_confirmed(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    form = await entry(phone=cast.GROWER_A)
    asked = await browser.post("/growers", data=form)
    assert asked.status_code == 422
    assert "罗大山" in asked.text
    assert 'name="confirmed"' in asked.text
    assert f'value="{form["request_id"]}"' in asked.text
    assert (await browser.post("/growers", data=form | {"confirmed": "on"})).status_code == 303


async def test_of_somebody_alike_elsewhere_no_name_is_told(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    asked = await browser.post("/growers", data=await entry(phone=cast.GROWER_B))
    assert asked.status_code == 422
    assert "邓九叶" not in asked.text
    assert "别的合作社的人" in asked.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"phone": "12345"}, "phone"),
        ({"id_number": "110100196204180031"}, "id_number"),
        ({"bank_card": "12"}, "bank_card"),
        ({"born_on": "2030-01-01"}, "born_on"),
        ({"born_on": "yesterday"}, "born_on"),
        ({"group_number": "100"}, "group_number"),
        ({"group_number": "-1"}, "group_number"),
        ({"plot_area": "0"}, "plot_area"),
        ({"plot_area": "1e9"}, "plot_area"),
        ({"plot_area": "1", "plot_cultivar": "apple"}, "plot_cultivar"),
        ({"joined_on": "2099-01-01"}, "on"),
        ({"village_id": "9" * 30}, "village_id"),
        ({"village_id": "0"}, "village_id"),
        ({"request_id": "x"}, None),
        ({"name": "张\x00伟"}, "name"),
        ({"sex": "other"}, "sex"),
    ],
)
async def test_bad_input_is_told_beside_its_field_and_nothing_is_written(
    client: SignIn, wrong: dict[str, str], field: str | None
) -> None:
    browser = await client(cast.LEADER_A)
    before = await one("SELECT COUNT(*) FROM directory_household")
    answer = await browser.post("/growers", data=await entry(**wrong))
    assert answer.status_code == 422
    if field not in (None, "on"):
        assert f'id="e-{field}"' in answer.text
    assert await one("SELECT COUNT(*) FROM directory_household") == before


async def test_a_folded_part_opens_over_its_mistake(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    folded = '<details class="sheet">'
    assert (await browser.get("/growers/new")).text.count(folded) == 2
    wrong = await browser.post("/growers", data=await entry(bank_card="12"))
    assert wrong.text.count(folded) == 1


async def test_addresses_with_nonsense_are_answered_calmly(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    for query in (
        "cursor=x",
        "village=-1",
        "village=1e9",
        "lacking=hope",
        "q=%00",
        "township=99999999999999999999",
        f"q={'9' * 300}",
    ):
        assert (await browser.get(f"/growers?{query}")).status_code == 422, query
    for query in ("q='", "q=%25", "village=1", "township=999999", "cursor="):
        assert (await browser.get(f"/growers?{query}")).status_code == 200, query
    assert (await browser.get(f"/growers/{'9' * 40}")).status_code == 404


async def test_an_older_form_does_not_overwrite_a_newer_change(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    home = await household_of("罗大山")
    page = (await browser.get(f"/growers/{home}/particulars")).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    form = {
        "version": version[1],
        "village_id": await village_id("保坪村"),
        "address": "新址",
    }
    assert (await browser.post(f"/growers/{home}/particulars", data=form)).status_code == 303
    late = await browser.post(f"/growers/{home}/particulars", data=form | {"address": "旧址"})
    assert late.status_code == 409
    assert "旧址" in late.text
    assert await one("SELECT address FROM directory_household WHERE id = :id", id=home) == "新址"


async def test_people_and_plots_come_change_and_go(client: SignIn) -> None:
    browser = await client(cast.CLERK_A)
    home = f"/growers/{await household_of('罗大山')}"
    form = {"request_id": str(new_id()), "name": "罗小叶", "has_smartphone": "no"}
    for _ in range(2):
        assert (await browser.post(f"{home}/people", data=form)).status_code == 303
    person = await one("SELECT id FROM directory_person WHERE name = '罗小叶'")
    change = {"version": "1", "name": "罗晓叶", "phone": "19900029998", "id_number": "110100196204180030"}
    refused = await browser.post(f"{home}/people/{person}", data=change)
    assert refused.status_code == 422  # that ID number is her father's
    assert "罗大山" in refused.text
    assert (
        await browser.post(f"{home}/people/{person}", data=change | {"confirmed": "on"})
    ).status_code == 303
    assert "罗晓叶" in (await browser.get(home)).text
    assert (
        await browser.post(f"{home}/people/{person}/departure", data={"on": "2026-01-01", "version": "2"})
    ).status_code == 303
    assert f'/people/{person}"' not in (await browser.get(home)).text
    plot_form = {
        "request_id": str(new_id()),
        "name": "试验坡",
        "area": "1.25",
        "cultivar": "jiuyeqing",
        "practice": "light_simplified",
    }
    for _ in range(2):
        assert (await browser.post(f"{home}/plots", data=plot_form)).status_code == 303
    plot = await one("SELECT id FROM directory_plot WHERE name = '试验坡'")
    wrong = await browser.post(
        f"{home}/plots/{plot}", data=plot_form | {"version": "1", "tree_count": "9999"}
    )
    assert wrong.status_code == 422
    assert 'id="e-tree_count"' in wrong.text
    assert (
        await browser.post(f"{home}/plots/{plot}", data=plot_form | {"version": "1", "area": "2"})
    ).status_code == 303
    assert (
        await browser.post(f"{home}/plots/{plot}/ending", data={"on": "2026-01-01", "version": "2"})
    ).status_code == 303
    assert f'/plots/{plot}"' not in (await browser.get(home)).text


async def test_numbers_are_masked_on_every_page(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    home = await household_of("罗大山")
    person = await one("SELECT head_id FROM directory_household WHERE id = :id", id=home)
    for url in (
        "/growers",
        f"/growers/{home}",
        f"/growers/{home}/people/{person}",
        f"/growers/{home}/particulars",
    ):
        page = (await browser.get(url)).text
        assert "110100196204180030" not in page
        assert "6200000000000000018" not in page
    assert "199****0010" in (await browser.get(f"/growers/{home}")).text


async def test_a_membership_ends_and_an_administrator_enters_the_next(client: SignIn) -> None:
    home = f"/growers/{await household_of('罗大山')}"
    leader, admin = await client(cast.LEADER_A), await client(cast.ADMIN)
    left = await leader.post(f"{home}/memberships/ending", data={"on": "2026-01-01"})
    assert (left.status_code, left.headers["location"]) == (303, "/growers")
    assert (await leader.get(home)).status_code == 404
    cooperative = await one("SELECT id FROM directory_organization WHERE short_name = '云沙垭合作社'")
    form = {"request_id": str(new_id()), "cooperative_id": cooperative, "on": "2026-02-01"}
    for _ in range(2):
        assert (await admin.post(f"{home}/memberships", data=form)).status_code == 303
    assert (await (await client(cast.LEADER_B)).get(home)).status_code == 200


async def test_an_ended_household_is_gone_from_the_list(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    home = f"/growers/{await household_of('罗大山')}"
    page = (await admin.get(f"{home}/particulars")).text
    assert (await admin.post(f"{home}/ending", data={"on": "2026-01-01", "version": "99"})).status_code == 409
    version = re.findall(r'name="version" value="(\d+)"', page)[-1]
    on = re.findall(r'name="on" value="([0-9-]+)"', page)[-1]
    assert (await admin.post(f"{home}/ending", data={"on": on, "version": version})).status_code == 303
    assert f'href="{home}"' not in (await admin.get("/growers?q=罗大山")).text
    assert (await admin.get(home)).status_code == 200


async def test_pages_are_there_in_english_too(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    page = (await browser.get("/growers?lang=en")).text
    assert "New grower" in page
    assert "Baoping Village" in page


async def test_a_phone_that_a_family_shares_is_said_in_words_and_warned_about_by_nobody(
    client: SignIn,
) -> None:
    browser = await client(cast.LEADER_A)
    home = await household_of("罗大山")
    phone = await one("SELECT phone FROM directory_person WHERE household_id = :id AND is_head", id=home)
    person = {"request_id": str(new_id()), "name": "罗小满", "phone": phone}
    assert (await browser.post(f"/growers/{home}/people", data=person)).status_code == 303
    text = (await browser.get(f"/growers/{home}")).text
    assert "和罗大山共用电话" in text
    assert "和罗小满共用电话" in text


async def test_another_bank_card_takes_a_code_of_who_has_a_second_step(client: SignIn) -> None:
    browser, home = await client(cast.CLERK_A), f"/growers/{await household_of('罗大山')}"
    person = await one("SELECT id FROM directory_person WHERE name = '罗大山'")
    page = f"{home}/people/{person}"
    assert 'name="code"' not in (await browser.get(page)).text
    user = await one("SELECT id FROM accounts_user WHERE phone = :phone", phone=cast.CLERK_A)
    session = await one("SELECT id FROM accounts_session WHERE user_id = :user", user=user)
    now = clock.now()
    await apps.enrol(user, at=now - timedelta(minutes=10), keep=UUID(str(session)))
    assert 'name="code"' in (await browser.get(page)).text
    form = {"version": "1", "name": "罗大山", "confirmed": "on"}
    for change in ({"bank_card": "6200000000000000034"}, {"forget_bank_card": "on"}):
        for code in ({}, {"code": "000000"}):
            refused = await browser.post(page, data=form | change | code)
            assert refused.status_code == 422
            assert 'id="e-code"' in refused.text
    assert (await browser.post(page, data=form)).status_code == 303
    hint = await one("SELECT bank_card_hint FROM directory_person WHERE name = '罗大山'")
    code = {"code": await apps.shown(user, at=now), "bank_card": "6200000000000000034"}
    assert (await browser.post(page, data=form | code | {"version": "1"})).status_code == 409
    assert (await browser.post(page, data=form | code | {"version": "2"})).status_code == 303
    assert await one("SELECT bank_card_hint FROM directory_person WHERE name = '罗大山'") != hint
    again = await browser.post(page, data=form | code | {"version": "3"})
    assert again.status_code == 422, "each code opens once"
