"""The pages of downloads: asked for, made, found again, fetched; for whoever asked alone."""

from datetime import timedelta
from uuid import UUID

import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.exportables import EXPORTABLES
from pepperchain.exports import working
from tests.accounts import apps
from tests.exports.taking import NOW, ask, page_of, read_csv, read_xlsx, rows_of
from tests.harness import cast
from tests.harness.clients import SignIn

FRAGMENT = {"HX-Request": "true"}


async def test_a_short_list_is_there_at_once_and_begins_to_come_by_itself(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    offered = await leader.get("/exports/new/households?township=3&cursor=abc&lang=zh")
    assert 'action="/exports/new/households?township=3"' in offered.text
    answer = await ask(leader, "households")
    shown = await leader.get(answer.headers["location"])
    page = page_of(answer)
    assert shown.headers["refresh"] == f"0; url={page}/file"
    assert "refresh" not in (await leader.get(page)).headers
    file = await leader.get(f"{page}/file")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["content-disposition"]
    assert file.headers["cache-control"] == "private, no-store"
    rows = read_csv(file.content)
    assert {row["户主"] for row in rows} >= {"罗大山"}
    assert page in (await leader.get("/exports")).text


async def test_the_same_list_in_excel_and_in_english(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    await leader.get("/exports?lang=en")
    page = page_of(await ask(leader, "weighins", format="xlsx"))
    [sheet] = read_xlsx((await leader.get(f"{page}/file")).content)
    assert {"Paper number", "Gross(kg)", "Head of household"} <= set(sheet[0])
    assert len(sheet) > 10


async def test_a_list_comes_out_as_narrowed_as_it_is_shown(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    found = await rows_of(leader, page_of(await ask(leader, "households", query="?q=罗大山")))
    assert {row["户主"] for row in found} == {"罗大山"}
    without = await rows_of(leader, page_of(await ask(leader, "households", query="?lacking=phone")))
    assert {row["手机"] for row in without} <= {""}


async def test_a_list_that_tells_of_people_wants_a_reason(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    refused = await ask(leader, "households", reason=None)
    assert refused.status_code == 422
    assert "请写明用途" in refused.text
    assert 'name="reason"' not in (await leader.get("/exports/new/days")).text
    assert (await ask(leader, "days", reason=None)).status_code == 303


@pytest.mark.parametrize(
    "query",
    ["?township=abc", "?village=99999999999999999999", "?q=%00", "?lacking=everything", "?household=-1"],
)
async def test_a_hostile_filter_is_refused(client: SignIn, query: str) -> None:
    leader = await client(cast.LEADER_A)
    assert (await leader.get(f"/exports/new/households{query}")).status_code == 422
    assert (await ask(leader, "households", query=query)).status_code == 422
    assert await db.scalar("SELECT COUNT(*) FROM exports_export") == 0


async def test_a_filter_for_anothers_household_brings_nothing(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    theirs = await db.scalar(
        "SELECT MIN(h.id) FROM directory_household h JOIN accounts_user u ON u.organization_id = h.cooperative_id WHERE u.phone = :phone",
        phone=cast.LEADER_B,
    )
    for kind in ("households", "people", "memberships", "cards", "plots"):
        page = page_of(await ask(leader, kind, query=f"?household={theirs}"))
        assert await rows_of(leader, page) == []


async def test_sent_twice_it_is_one_file(client: SignIn) -> None:
    leader, id = await client(cast.LEADER_A), str(new_id())
    first, second = await ask(leader, "days", id=id), await ask(leader, "days", id=id)
    assert page_of(first) == page_of(second)
    assert (await ask(leader, "sites", id=id)).status_code == 409
    stranger = await client(cast.LEADER_B)
    assert (await ask(stranger, "days", id=id)).status_code == 409
    assert await db.scalar("SELECT COUNT(*) FROM exports_export") == 1


async def test_a_file_is_for_whoever_asked_and_nobody_else(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    page = page_of(await ask(leader, "households"))
    for phone in (cast.CLERK_A, cast.LEADER_B, cast.ADMIN, cast.GROWER_A):
        other = await client(phone)
        for path in (page, f"{page}/file"):
            assert (await other.get(path)).status_code == 404
        assert (await other.post(f"{page}/disposal")).status_code == 404
        assert page not in (await other.get("/exports")).text
    stranger = await client(None)
    assert (await stranger.get(f"{page}/file")).status_code == 303
    assert (await leader.post(f"{page}/file")).status_code == 405


async def test_whose_rights_changed_finds_the_file_closed(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    page = page_of(await ask(leader, "households"))

    @db.unit_of_work
    async def moved() -> None:
        await db.execute(
            "UPDATE accounts_user SET organization_id = (SELECT organization_id FROM accounts_user WHERE phone = :other)"
            " WHERE phone = :phone",
            other=cast.LEADER_B,
            phone=cast.LEADER_A,
        )

    await moved()
    assert (await leader.get(f"{page}/file")).status_code == 404
    shown = (await leader.get(page)).text
    assert f"{page}/file" not in shown
    assert "请重新导出" in shown


async def test_a_file_is_removed_when_its_owner_says_so_twice(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    page = page_of(await ask(leader, "households"))
    assert [(await leader.post(f"{page}/disposal")).status_code for _ in range(2)] == [303, 303]
    assert (await leader.get(f"{page}/file")).status_code == 404
    assert await working.tidy(now=NOW) == 1
    assert "已删除" in (await leader.get(page)).text


async def test_the_part_of_a_page_that_htmx_asks_for_is_the_part_alone(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    page = page_of(await ask(leader, "households"))
    part = (await leader.get(page, headers=FRAGMENT)).text
    assert part.lstrip().startswith('<section id="export"')
    assert "<html" not in part


async def test_every_list_is_for_those_who_see_it_and_not_found_by_others(client: SignIn) -> None:
    for phone in cast.EVERYONE:
        person, actor = await client(phone), await cast.actor(phone)
        for exportable in EXPORTABLES.values():
            query = f"?room_id=1&payment_id={new_id()}" if exportable.needs_choice else ""
            answer = await person.get(f"/exports/new/{exportable.code}{query}")
            assert answer.status_code == (200 if actor.may(exportable.capability) else 404), (
                phone,
                exportable.code,
            )


async def test_every_list_page_leads_to_its_file(client: SignIn) -> None:
    person = {phone: await client(phone) for phone in (cast.LEADER_A, cast.ADMIN, cast.COMMITTEE)}
    room = await db.scalar("SELECT room_id FROM storage_lot LIMIT 1")
    home = await db.scalar("SELECT household_id FROM accounts_user WHERE phone = :phone", phone=cast.GROWER_A)
    for phone, path, link in (
        (cast.LEADER_A, "/growers?lacking=plot", "/exports/new/households?lacking=plot"),
        (cast.LEADER_A, f"/growers/{home}", f"/exports/new/people?household={home}"),
        (cast.LEADER_A, "/organizations", "/exports/new/organizations"),
        (cast.LEADER_A, "/harvest/weigh-ins?grade=grade_1", "/exports/new/weighins?grade=grade_1"),
        (cast.LEADER_A, "/storage/lots", "/exports/new/lots"),
        (cast.LEADER_A, "/storage/sites", "/exports/new/sites"),
        (cast.LEADER_A, f"/storage/rooms/{room}", f"/exports/new/movements?room_id={room}"),
        (cast.LEADER_A, "/market?form=fresh", "/exports/new/offers?form=fresh"),
        (cast.LEADER_A, "/visits", "/exports/new/visits"),
        (cast.ADMIN, "/admin", "/exports/new/users"),
        (cast.ADMIN, "/admin/audit", "/exports/new/trail"),
    ):
        assert f'href="{link}"' in (await person[phone].get(path)).text, path


async def test_names_of_growers_stay_masked_where_the_list_masks_them(client: SignIn) -> None:
    officer = await client(cast.COMMITTEE)
    assert 'name="reason"' not in (await officer.get("/exports/new/weighins")).text
    rows = await rows_of(officer, page_of(await ask(officer, "weighins", reason=None)))
    assert {row["户主"][1:] for row in rows} == {"**"}
    assert {row["电话"] for row in rows} == {""}
    people = await rows_of(officer, page_of(await ask(officer, "people")))
    phones = {row["手机"] for row in people} - {""}
    assert phones
    assert all("****" in phone for phone in phones)


async def test_a_code_is_asked_for_on_the_page_of_who_has_a_second_step(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    assert 'name="code"' not in (await leader.get("/exports/new/people")).text
    user_id, session = (
        await db.tuples(
            "SELECT u.id, s.id FROM accounts_user u JOIN accounts_session s ON s.user_id = u.id WHERE u.phone = :phone",
            phone=cast.LEADER_A,
        )
    )[0]
    now = clock.now()
    await apps.enrol(user_id, at=now - timedelta(minutes=10), keep=UUID(str(session)))
    assert 'name="code"' in (await leader.get("/exports/new/people")).text
    assert 'name="code"' not in (await leader.get("/exports/new/days")).text
    refused = await ask(leader, "people")
    assert refused.status_code == 422
    assert 'id="e-code"' in refused.text
    form = {"id": str(new_id()), "format": "csv", "reason": "x", "code": await apps.shown(user_id, at=now)}
    places = {
        (await leader.post("/exports/new/people", data=form)).headers["location"].partition("?")[0]
        for _ in range(2)
    }
    assert places == {f"/exports/{form['id']}"}
