"""The pages of households that may be entered twice: they work, once for a form sent twice, and for nobody outside the scope."""

import re

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.accounts.queries import actor_of_user
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.directory import findings, households
from pepperchain.directory.people import Particulars
from tests.harness import cast
from tests.harness.clients import SignIn

LIST = "/growers/duplicates"
HTMX = {"HX-Request": "true"}


@pytest.fixture
async def pair(village: str) -> int:
    """A second entry of one of A's members, as the search finds it."""
    leader = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=cast.LEADER_A)
    actor = await actor_of_user(leader)
    [(name, phone, village_id)] = await db.tuples(
        "SELECT p.name, p.phone, h.village_id FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
        " WHERE h.cooperative_id = :own AND p.phone IS NOT NULL ORDER BY h.id LIMIT 1",
        own=actor.organization_id,
    )
    again = Particulars(name, phone=phone)
    now = clock.now()
    await households.enter(actor, id=new_id(), village_id=village_id, head=again, confirmed=True, now=now)
    await findings.search(SYSTEM, now=now)
    return int(await db.scalar("SELECT id FROM directory_duplicate ORDER BY points DESC LIMIT 1"))


async def test_a_leader_finds_the_pair_and_looks_at_the_two_side_by_side(client: SignIn, pair: int) -> None:
    browser = await client(cast.LEADER_A)
    assert f'href="{LIST}"' in (await browser.get("/growers")).text
    page = (await browser.get(f"{LIST}?lang=en")).text
    assert f"{LIST}/{pair}" in page
    assert "same phone" in page
    part = (await browser.get(LIST, headers=HTMX)).text
    assert f"{LIST}/{pair}" in part
    assert "<html" not in part
    shown = (await browser.get(f"{LIST}/{pair}")).text
    assert "Not the same" in shown
    hints = await db.tuples(
        "SELECT phone FROM directory_person WHERE phone IS NOT NULL AND id IN"
        " (SELECT person_id FROM directory_duplicate WHERE id = :id)",
        id=pair,
    )
    assert hints
    assert hints[0][0] not in shown


async def test_saying_that_they_are_not_the_same_can_be_repeated_and_undone(
    client: SignIn, pair: int
) -> None:
    browser = await client(cast.CLERK_A)
    for _ in range(2):
        said = await browser.post(f"{LIST}/{pair}/dismissal", data={"version": "1"})
        assert (said.status_code, said.headers["location"]) == (303, LIST)
    page = (await browser.get(LIST)).text
    assert f"{LIST}/{pair}/reversal" in page
    assert f'href="{LIST}/{pair}"' not in page
    assert f'href="{LIST}/{pair}"' in (await browser.get(f"{LIST}?state=dismissed")).text
    for _ in range(2):
        assert (await browser.post(f"{LIST}/{pair}/reversal")).status_code == 303
    assert f'href="{LIST}/{pair}"' in (await browser.get(LIST)).text
    old = await browser.post(f"{LIST}/{pair}/dismissal", data={"version": "1"})
    assert old.status_code == 409


async def test_who_may_look_and_who_may_decide(client: SignIn, pair: int) -> None:
    for phone, listed, opened, decided in (
        (cast.ADMIN, 200, 200, 422), (cast.LEADER_A, 200, 200, 422), (cast.COMMITTEE, 200, 200, 403), (cast.LEADER_B, 200, 404, 404),
        (cast.TECHNICIAN, 200, 404, 403), (cast.BUYER_P, 403, 403, 403), (cast.GROWER_A, 403, 403, 403),
    ):  # fmt: skip
        browser = await client(phone)
        page = await browser.get(LIST)
        assert page.status_code == listed, phone
        assert (f"{LIST}/{pair}" in page.text) == (opened == 200), phone
        assert (await browser.get(f"{LIST}/{pair}")).status_code == opened, phone
        assert (await browser.post(f"{LIST}/{pair}/dismissal", data={})).status_code == decided, phone
    assert (await (await client()).get(LIST)).status_code == 303


async def test_a_wrong_method_a_strange_place_and_a_damaged_link(client: SignIn, pair: int) -> None:
    browser = await client(cast.LEADER_A)
    assert (await browser.get(f"{LIST}/{pair}/dismissal")).status_code == 405
    assert (await browser.post(LIST)).status_code == 405
    assert (await browser.get(f"{LIST}/{10**12}")).status_code == 404
    for query in ("cursor=W10", "state=merged", "village=x", "cursor=eyJ", "cursor=WzEwOTk1MTE2Mjc3NzYsMV0"):
        assert (await browser.get(f"{LIST}?{query}")).status_code in (200, 422), query


async def test_an_empty_list_says_why(client: SignIn) -> None:
    page = (await (await client(cast.LEADER_B)).get(f"{LIST}?lang=en")).text
    assert "Nobody seems to be entered twice" in page
    assert not re.search(rf"{LIST}/\d", page)
