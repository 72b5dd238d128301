"""The pages of organizations, their relations and sites."""

from typing import Any

from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn


async def organization_id(short_name: str) -> int:
    return int(
        await db.scalar("SELECT id FROM directory_organization WHERE short_name = :name", name=short_name)
    )


def entry(**more: Any) -> dict[str, Any]:
    """A form for a new organization."""
    return {"request_id": str(new_id()), "kind": "bank", "name": "江津某银行", "short_name": "某银行", **more}


async def test_who_may_look_and_who_may_enter(client: SignIn) -> None:
    home = f"/organizations/{await organization_id('青岚坪合作社')}"
    for phone, looked, entered in (
        (cast.ADMIN, 200, 303), (cast.COMMITTEE, 200, 403), (cast.LEADER_A, 200, 403), (cast.BUYER_P, 200, 403),
        (cast.DEPARTMENT, 200, 403), (cast.STOREKEEPER, 200, 403), (cast.GROWER_A, 403, 403),
    ):  # fmt: skip
        browser = await client(phone)
        assert (await browser.get("/organizations")).status_code == looked
        assert (await browser.get(home)).status_code == looked
        assert (await browser.post("/organizations", data=entry())).status_code == entered
    assert (await (await client()).get(home)).status_code == 303


async def test_a_form_sent_twice_enters_one_and_bad_input_is_told(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    form = entry(credit_code="91500199PC00000104", contact_phone="023-4752 1234")
    wrong = await admin.post("/organizations", data=form)
    assert wrong.status_code == 422
    assert 'id="e-credit_code"' in wrong.text
    form = entry()
    first, second = [await admin.post("/organizations", data=form) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert (await admin.post(first.headers["location"], data=form)).status_code == 405


async def test_phones_are_told_to_those_who_work_together(client: SignIn) -> None:
    home = f"/organizations/{await organization_id('云沙垭合作社')}"
    assert "19900000005" in (await (await client(cast.BUYER_P)).get(home)).text  # B supplies P
    assert "19900000005" not in (await (await client(cast.LEADER_A)).get(home)).text
    assert "19900000005" not in (await (await client(cast.LEADER_A)).get("/organizations")).text


async def test_a_list_is_searched_and_narrowed(client: SignIn) -> None:
    browser = await client(cast.BUYER_P)
    page = (await browser.get("/organizations?q=凝翠", headers={"HX-Request": "true"})).text
    assert "凝翠冷链" in page
    assert "青岚坪合作社" not in page
    assert "凝翠冷链" not in (await browser.get("/organizations?kind=cooperative")).text
    for query in ("kind=club", "township=x", "cursor=%20x"):
        assert (await browser.get(f"/organizations?{query}")).status_code == 422


async def test_relations_begin_and_end(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    home = f"/organizations/{await organization_id('青岚坪合作社')}"
    form = {"request_id": str(new_id()), "kind": "supplies", "other": "拾椒语", "started_on": "2026-03-01"}
    for _ in range(2):
        assert (await admin.post(f"{home}/relations", data=form)).status_code == 303
    unknown = await admin.post(
        f"{home}/relations", data=form | {"request_id": str(new_id()), "other": "无名"}
    )
    assert unknown.status_code == 422
    assert 'id="e-other"' in unknown.text
    relation = await db.scalar("SELECT MAX(id) FROM directory_organization_relation")
    ending = {"on": "2026-04-01", "version": "1"}
    assert (await admin.post(f"{home}/relations/{relation}/ending", data=ending)).status_code == 303
    assert (await admin.post(f"{home}/relations/{relation}/ending", data=ending)).status_code == 422
    leader = await client(cast.LEADER_A)
    assert (await leader.post(f"{home}/relations", data=form)).status_code == 403


async def test_a_leader_runs_the_sites_of_the_own_cooperative(client: SignIn) -> None:
    leader, other = await client(cast.LEADER_A), await client(cast.LEADER_B)
    home = f"/organizations/{await organization_id('青岚坪合作社')}"
    village = await db.scalar("SELECT id FROM directory_area WHERE name = '麻柳村'")
    form = {
        "request_id": str(new_id()),
        "kind": "collecting_point",
        "name": "麻柳收购点",
        "village_id": village,
        "slip_prefix": "ml",
    }
    assert (await other.post(f"{home}/sites", data=form)).status_code == 403
    for _ in range(2):
        assert (await leader.post(f"{home}/sites", data=form)).status_code == 303
    site = await db.scalar("SELECT id FROM directory_site WHERE slip_prefix = 'ML'")
    url = f"/organizations/sites/{site}"
    assert (await leader.get(url)).status_code == 200
    assert (await other.get(url)).status_code == 404
    assert (await (await client(cast.CLERK_A)).get(url)).status_code == 403
    taken = await leader.post(f"{home}/sites", data=form | {"request_id": str(new_id()), "name": "二点"})
    assert taken.status_code == 422
    assert 'id="e-slip_prefix"' in taken.text
    change = {**form, "version": "1", "name": "麻柳集配站", "public_benefit": "on"}
    assert (await leader.post(url, data=change)).status_code == 303
    assert (await leader.post(url, data=change)).status_code == 409
    assert (await leader.post(f"{url}/closing", data={"on": "2026-04-01", "version": "2"})).status_code == 303
    assert "麻柳集配站" in (await leader.get(home)).text


async def test_an_organization_changes_and_ends(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    made = (await admin.post("/organizations", data=entry())).headers["location"]
    assert (await admin.get(f"{made}/particulars")).status_code == 200
    form = entry(version="1", short_name="某某银行")
    assert (await admin.post(f"{made}/particulars", data=form)).status_code == 303
    assert (await admin.post(f"{made}/particulars", data=form)).status_code == 409
    assert (await admin.post(f"{made}/ending", data={"on": "2026-04-01", "version": "2"})).status_code == 303
    assert "某某银行" not in (await admin.get("/organizations")).text
    members = f"/organizations/{await organization_id('青岚坪合作社')}"
    assert (
        await admin.post(f"{members}/ending", data={"on": "2026-04-01", "version": "1"})
    ).status_code == 422
