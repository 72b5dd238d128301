"""Inviting and being invited, and signing in by a code, through the pages."""

import re

import httpx2
import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.accounts import sign_in_codes
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn

INVITED = "13900000777"
CHOSEN = "a brook under the terraces"


async def _invite(browser: httpx2.AsyncClient, **changes: str) -> httpx2.Response:
    data = {"request_id": str(new_id()), "phone": INVITED, "role": "coop_clerk"}
    return await browser.post("/invitations?lang=en", data=data | changes)


def _path(page: str) -> str:
    found = re.search(r"http://testserver(/invitations/[0-9a-f]{32})<", page)
    assert found is not None, "no link is shown"
    return found.group(1)


def _form(page: str) -> dict[str, str]:
    found = re.search(r'name="request_id" value="([^"]+)"', page)
    assert found is not None
    return {"request_id": found.group(1), "name": "林小溪", "password": CHOSEN, "language": "en"}


async def test_an_invited_clerk_sets_name_and_password_and_is_in(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    path = _path((await _invite(leader)).text)
    listed = (await leader.get("/invitations?lang=en")).text
    assert INVITED in listed
    assert path not in listed

    invited = await client()
    answer = await invited.get(f"{path}?lang=en")
    assert answer.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert INVITED not in answer.text
    assert "Cooperative clerk" in answer.text
    poor = await invited.post(path, data=_form(answer.text) | {"password": "12345678"})
    assert poor.status_code == 422
    form = _form(poor.text)
    assert (await invited.post(path, data=form)).headers["location"] == "/"
    assert (await invited.get("/harvest/weigh-ins/new")).status_code == 200
    # Tapped twice: the second is led home, and nobody else finds anything.
    assert (await invited.post(path, data=form)).headers["location"] == "/"
    stranger = await client()
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.post(path, data=form | {"request_id": str(new_id())})).status_code == 404
    assert INVITED not in (await leader.get("/invitations")).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "coop_leader"}, "role"),
        ({"role": "admin"}, "role"),
        ({"role": "system"}, "role"),
        ({"role": "grower"}, "household_card"),
        ({"role": "grower", "household_card": "9999999"}, "household_card"),
        ({"phone": "123"}, "phone"),
        ({"phone": cast.CLERK_A}, "phone"),
        ({"request_id": "x"}, "request_id"),
    ],
)
async def test_what_cannot_be_is_told_and_nothing_is_kept(
    client: SignIn, changes: dict[str, str], field: str
) -> None:
    answer = await _invite(await client(cast.LEADER_A), **changes)
    assert answer.status_code == 422
    assert f'id="e-{field}' in answer.text or field == "request_id"
    assert await db.scalar("SELECT COUNT(*) FROM accounts_invitation") == 0


async def test_a_leader_invites_growers_of_members_only(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    card = (
        "SELECT h.card_number FROM directory_household h JOIN accounts_user u ON u.organization_id = h.cooperative_id"
        " WHERE u.phone = :phone ORDER BY h.id LIMIT 1"
    )
    theirs = await db.scalar(card, phone=cast.LEADER_B)
    assert (await _invite(leader, role="grower", household_card=theirs)).status_code == 422
    own = await db.scalar(card, phone=cast.LEADER_A)
    path = _path((await _invite(leader, role="grower", household_card=own)).text)
    invited = await client()
    form = _form((await invited.get(path)).text)
    assert (await invited.post(path, data=form)).headers["location"] == "/"
    assert (await invited.get("/harvest/mine")).status_code == 200


async def test_taken_back_it_opens_nothing_and_only_the_own_can_be(client: SignIn) -> None:
    leader, other = await client(cast.LEADER_A), await client(cast.LEADER_B)
    path = _path((await _invite(leader)).text)
    number = await db.scalar("SELECT id FROM accounts_invitation")
    assert INVITED not in (await other.get("/invitations")).text
    assert (await other.post(f"/invitations/{number}/revocation")).status_code == 404
    for _ in range(2):
        assert (await leader.post(f"/invitations/{number}/revocation")).status_code == 303
    assert (await (await client()).get(path)).status_code == 404


async def test_invitations_are_for_leaders_and_administrators(client: SignIn) -> None:
    for phone in (cast.CLERK_A, cast.GROWER_A, cast.COMMITTEE):
        assert (await (await client(phone)).get("/invitations")).status_code == 403
    admin = await client(cast.ADMIN)
    page = (await admin.get("/invitations/new?lang=en")).text
    assert "Technician" in page
    answer = await _invite(admin, role="committee")
    assert (await (await client()).get(_path(answer.text))).status_code == 200


async def test_guessed_links_are_soon_not_looked_at(client: SignIn) -> None:
    stranger = await client()
    answers = [(await stranger.get(f"/invitations/{number:032}")).status_code for number in range(12)]
    assert answers == [404] * 10 + [429] * 2


async def test_a_code_of_the_operator_signs_in_once(client: SignIn) -> None:
    user_id = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=cast.CLERK_A)
    code = await sign_in_codes.issue(SYSTEM, user_id=user_id, now=clock.now())
    browser = await client()
    assert "/login/code" in (await browser.get("/login")).text
    assert (await browser.get("/login/code?lang=en")).status_code == 200
    data = {"phone": cast.CLERK_A, "code": code, "next": "/me"}
    assert (await browser.post("/login/code", data=data)).headers["location"] == "/me"
    assert (await browser.get("/me")).status_code == 200
    again = await (await client()).post("/login/code?lang=en", data=data)
    assert again.status_code == 422
    assert "Ask for a new one" in again.text
    assert code not in again.text or 'name="code"' in again.text
