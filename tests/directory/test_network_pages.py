"""The page of whom an organization works with."""

from pepperchain.core.ids import new_id
from tests.directory.test_organization_pages import organization_id
from tests.harness import cast
from tests.harness.clients import SignIn


async def test_the_picture_has_its_table_and_ended_relations_stand_apart(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    home = f"/organizations/{await organization_id('青岚坪合作社')}"
    page = (await admin.get(f"{home}/relations?lang=en")).text
    for words in ("<svg viewBox", "As a table", "In store elsewhere now", "Stores at", "in store now"):
        assert words in page
    assert (await admin.get(home)).text.count(f'href="{home}/relations"') == 1
    beside = await admin.get(home, headers={"HX-Request": "true"})
    assert beside.status_code == 200
    assert "<svg viewBox" not in beside.text
    ended = (await admin.get(f"{home}/relations?ended=1", headers={"HX-Request": "true"})).text
    assert 'id="results"' in ended
    assert "<svg viewBox" not in ended
    assert 'id="rows"' not in ended


async def test_a_consortium_tells_what_its_members_weighed_in(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    union = f"/organizations/{await organization_id('产业促进会')}"
    page = (await admin.get(f"{union}/relations?lang=en")).text
    assert "Its members weighed in this season" in page
    buyer = (await (await client(cast.BUYER_P)).get(f"{union}/relations?lang=en")).text
    assert "weighed in" not in buyer
    # Another cooperative's weighing is no business of this one's.
    stranger = (await (await client(cast.LEADER_B)).get(f"{union}/relations?lang=en")).text
    assert "weighed in" not in stranger


async def test_a_list_is_narrowed_and_hostile_choices_are_refused(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    home = f"/organizations/{await organization_id('青岚坪合作社')}/relations"
    narrowed = (await admin.get(f"{home}?kind=stores_at-out", headers={"HX-Request": "true"})).text
    assert "凝翠冷链" in narrowed
    assert "青麻叙食品" not in narrowed
    for query in ("kind=likes", "kind=supplies", "cursor=%20x", "ended=perhaps"):
        assert (await admin.get(f"{home}?{query}")).status_code == 422
    assert (await admin.get("/organizations/999999/relations")).status_code == 404


async def test_who_may_look(client: SignIn) -> None:
    home = f"/organizations/{await organization_id('青岚坪合作社')}/relations"
    for phone, looked in (
        (cast.ADMIN, 200), (cast.COMMITTEE, 200), (cast.LEADER_A, 200), (cast.LEADER_B, 200), (cast.BUYER_P, 200),
        (cast.DEPARTMENT, 200), (cast.TECHNICIAN, 200), (cast.STOREKEEPER, 200), (cast.GROWER_A, 403),
    ):  # fmt: skip
        browser = await client(phone)
        assert (await browser.get(home)).status_code == looked
    assert (await (await client()).get(home)).status_code == 303
    assert (await (await client(cast.ADMIN)).put(home, json={"id": str(new_id())})).status_code == 405


async def test_whoever_may_ends_a_relation_where_all_of_them_stand(client: SignIn) -> None:
    home = f"/organizations/{await organization_id('青岚坪合作社')}"
    admin, leader = await client(cast.ADMIN), await client(cast.LEADER_A)
    assert (await admin.get(f"{home}/relations")).text.count("/ending") >= 3
    assert "/ending" not in (await leader.get(f"{home}/relations")).text
