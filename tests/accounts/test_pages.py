"""The pages of this room: they work, twice too; strangers, teammates and wrong methods meet what they should."""

import re

import httpx2
import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.access.policy import Role
from pepperchain.accounts import user_queries
from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn

PHONE = "13900000777"
CHOSEN = "a brook under the terraces"


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no hidden {name}"
    return found.group(1)


def _secret(page: str) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert found is not None, "no secret is shown"
    return found.group(1)


async def _id_of(phone: str) -> int:
    (row,) = await user_queries.list_users(SYSTEM, text=phone, limit=1)
    return row.id


# Signing in


async def test_the_demo_shows_its_people_and_a_tap_fills_the_form(client: SignIn) -> None:
    browser = await client()
    page = (await browser.get("/login?lang=en")).text
    for phone in cast.EVERYONE:
        assert f"/login?lang=en&amp;phone={phone}" in page
    filled = (await browser.get(f"/login?phone={cast.GROWER_A}")).text
    assert f'value="{cast.GROWER_A}"' in filled
    assert f'value="{cast.PASSWORD}"' in filled


async def test_only_the_demos_own_people_are_filled_in(client: SignIn) -> None:
    filled = (await (await client()).get("/login?phone=13912345678")).text
    assert cast.PASSWORD not in re.findall(r'value="([^"]*)"', filled)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "do not belong together"), ("zh", "手机号与密码不符")]
)
async def test_a_wrong_password_keeps_the_number_and_forgets_the_password(
    client: SignIn, language: str, words: str
) -> None:
    data = {"phone": cast.LEADER_A, "password": "not my password at all", "next": "/me"}
    answer = await (await client()).post(f"/login?lang={language}", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{cast.LEADER_A}"' in answer.text
    assert "not my password" not in answer.text
    assert _hidden(answer.text, "next") == "/me"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"phone": "", "password": ""},
        {"phone": "1990000000\0", "password": "x"},
        {"phone": "９" * 5000, "password": "x" * 5000},
        {"phone": cast.LEADER_A, "password": "x" * 100_000},
        {"phone": cast.LEADER_A, "password": "\ud83c"},
    ],
)
async def test_nonsense_is_refused_beside_the_field(client: SignIn, data: dict[str, str]) -> None:
    encoded = "&".join(
        f"{key}={value.encode('utf-8', 'surrogatepass').hex('%')}" for key, value in data.items()
    )
    encoded = re.sub(r"=([0-9a-f])", r"=%\1", encoded)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await (await client()).post("/login", content=encoded.encode(), headers=headers)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


# Oneself


async def test_preferences_are_kept_and_seen_at_once(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    await browser.get("/me?lang=zh&type=normal")
    data = {"name": "单正茂", "language": "en", "unit": "jin", "large_type": "on"}
    for _ in range(2):
        assert (await browser.post("/me", data=data)).headers["location"] == "/me"
    page = (await browser.get("/me")).text
    assert '<html lang="en" class="large">' in page
    assert "Saved." in page


async def test_what_a_form_does_not_ask_is_not_taken(client: SignIn) -> None:
    browser = await client(cast.GROWER_A)
    user_id = await _id_of(cast.GROWER_A)
    before = await user_queries.get_user(SYSTEM, user_id)
    extra = {
        "role": "admin",
        "organization_id": "1",
        "household_id": "1",
        "id": "1",
        "disabled_at": "1",
        "phone": "13900000000",
    }
    await browser.post(
        "/me", data={"name": before.name, "language": "zh", "unit": "kg", "large_type": "on"} | extra
    )
    after = await user_queries.get_user(SYSTEM, user_id)
    assert (after.role, after.phone, after.household_id, after.organization_id) == (
        Role.GROWER, before.phone, before.household_id, before.organization_id,
    )  # fmt: skip


async def test_a_changed_password_leaves_one_signed_in_here_alone(client: SignIn) -> None:
    here, there = await client(cast.LEADER_A), await client(cast.LEADER_A)
    data = {"old": cast.PASSWORD, "password": CHOSEN}
    assert (await here.post("/me/password", data=data)).headers["location"] == "/me"
    assert (await here.get("/me")).status_code == 200
    assert (await there.get("/me")).status_code == 303
    again = await here.post("/me/password", data=data)
    assert again.status_code == 422
    assert CHOSEN not in again.text


async def test_other_browsers_are_listed_and_signed_out(client: SignIn) -> None:
    here, there = await client(cast.LEADER_A), await client(cast.LEADER_A)
    page = (await here.get("/me")).text
    session_id = _hidden(page, "session_id")
    assert (await here.post("/me/sign-outs", data={"session_id": session_id})).status_code == 303
    assert (await there.get("/me")).status_code == 303
    assert (await here.post("/me/sign-outs", data={"session_id": session_id})).status_code == 404
    assert (await here.post("/me/sign-outs")).status_code == 303
    assert (await here.get("/me")).status_code == 200


async def test_a_token_is_shown_once_and_opens_the_api_until_it_is_revoked(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    request_id = _hidden((await browser.get("/me/tokens")).text, "request_id")
    data = {"request_id": request_id, "label": "秤", "days": "10", "scopes": ["directory:read"]}
    issued = [await browser.post("/me/tokens", data=data) for _ in range(2)]
    secret = _secret(issued[0].text)
    assert _secret(issued[1].text) == secret
    stranger = await client()
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await stranger.get("/api/v1/growers?q=dsh", headers=headers)).status_code == 200
    assert (await stranger.get("/api/v1/weigh-ins", headers=headers)).status_code == 403
    listed = (await browser.get("/me/tokens")).text
    assert secret not in listed
    revoke = re.search(r"/me/tokens/\d+/revocation", listed)
    assert revoke is not None
    assert (await browser.post(revoke.group())).status_code == 303
    assert (await stranger.get("/api/v1/growers?q=dsh", headers=headers)).status_code == 401


# Others


async def _create(browser: httpx2.AsyncClient, **changes: str) -> httpx2.Response:
    data = {
        "request_id": str(new_id()),
        "phone": PHONE,
        "name": "林小溪",
        "role": "committee",
        "language": "zh",
    }
    return await browser.post("/admin/users", data=data | changes)


async def test_a_new_user_chooses_a_password_before_anything_else(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    request_id = str(new_id())
    shown = [_secret((await _create(admin, request_id=request_id)).text) for _ in range(2)]
    assert shown[0] == shown[1]

    browser = await client(PHONE, shown[0])
    for path in ("/", "/me", "/me/tokens", "/admin/audit"):
        assert (await browser.get(path)).headers["location"] == "/me/password"
    assert (await browser.post("/me", data={"name": "x"})).headers["location"] == "/me/password"
    page = (await browser.get("/me/password?lang=en")).text
    assert "Choose one of your own" in page
    assert (await browser.post("/me/password", data={"old": shown[0], "password": CHOSEN})).status_code == 303
    assert (await browser.get("/admin/audit")).status_code == 200
    # The administrator's page, reloaded, no longer shows what is over.
    assert "secret" not in (await _create(admin, request_id=request_id)).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": cast.LEADER_A}, "phone"),
        ({"phone": "123"}, "phone"),
        ({"name": ""}, "name"),
        ({"name": "名" * 41}, "name"),
        ({"role": "king"}, "role"),
        ({"role": "system"}, "role"),
        ({"role": "coop_clerk"}, "organization"),
        ({"role": "coop_clerk", "organization": "青麻叙食品"}, "organization"),
        ({"role": "grower"}, "household_card"),
        ({"role": "technician"}, "township_ids"),
        ({"role": "technician", "township_ids": "999999"}, "township_ids"),
        ({"role": "technician", "township_ids": "9" * 30}, "township_ids"),
    ],
)
async def test_what_does_not_fit_is_told_beside_its_field(
    client: SignIn, changes: dict[str, str], field: str
) -> None:
    before = await db.scalar("SELECT COUNT(*) FROM accounts_user")
    answer = await _create(await client(cast.ADMIN), **changes)
    assert answer.status_code == 422
    assert f'id="e-{field}' in answer.text
    assert await db.scalar("SELECT COUNT(*) FROM accounts_user") == before


async def test_an_administrator_changes_closes_and_opens_an_account(client: SignIn) -> None:
    admin, user_id = await client(cast.ADMIN), await _id_of(cast.CLERK_A)
    theirs = await client(cast.CLERK_A)
    page = (await admin.get(f"/admin/users/{user_id}")).text
    version = _hidden(page, "version")
    data = {"version": version, "name": "曾满满", "phone": cast.CLERK_A}
    assert (await admin.post(f"/admin/users/{user_id}", data=data)).status_code == 303
    assert (await admin.post(f"/admin/users/{user_id}", data=data)).status_code == 409

    assert (await admin.post(f"/admin/users/{user_id}/closing")).status_code == 303
    assert (await theirs.get("/me")).status_code == 303
    refused = await theirs.post("/login", data={"phone": cast.CLERK_A, "password": cast.PASSWORD})
    assert refused.status_code == 422
    assert (await admin.post(f"/admin/users/{user_id}/reopening")).status_code == 303
    assert (await (await client(cast.CLERK_A)).get("/me")).status_code == 200


async def test_a_reset_shows_a_password_once_and_signs_them_out(client: SignIn) -> None:
    admin, user_id = await client(cast.ADMIN), await _id_of(cast.CLERK_A)
    theirs = await client(cast.CLERK_A)
    request_id = _hidden((await admin.get(f"/admin/users/{user_id}")).text, "request_id")
    password = _secret(
        (await admin.post(f"/admin/users/{user_id}/password", data={"request_id": request_id})).text
    )
    assert (await theirs.get("/me")).status_code == 303
    assert (await (await client(cast.CLERK_A, password)).get("/me")).headers["location"] == "/me/password"


async def test_an_administrator_cannot_close_their_own_account(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    answer = await admin.post(f"/admin/users/{await _id_of(cast.ADMIN)}/closing?lang=en")
    assert answer.status_code == 422
    assert "own account" in answer.text


async def test_a_role_is_given_with_what_it_is_for(client: SignIn) -> None:
    admin, user_id = await client(cast.ADMIN), await _id_of(cast.DEPARTMENT)
    version = (await user_queries.get_user(SYSTEM, user_id)).version
    data = {"version": str(version), "role": "processor", "organization": "青麻叙食品"}
    assert (await admin.post(f"/admin/users/{user_id}/role", data=data)).status_code == 303
    assert (await user_queries.get_user(SYSTEM, user_id)).role is Role.PROCESSOR


async def test_users_are_looked_up_while_typing(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial"}
    part = (await admin.get("/admin?q=0004", headers=htmx)).text
    assert part.lstrip().startswith('<section id="results"')
    assert "单正茂" in part
    assert "曾小满" not in part
    whole = (await admin.get("/admin?q=0004")).text
    assert "<html" in whole


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=bnVsbA", "role=king", "q=%00", f"q={'9' * 5000}", "cursor=W10"]
)
async def test_a_damaged_address_is_told_so(client: SignIn, query: str) -> None:
    assert (await (await client(cast.ADMIN)).get(f"/admin?{query}")).status_code == 422


@pytest.mark.parametrize("user_id", [0, 999_999_999, 2**63 - 1, 2**63, 10**4000])
async def test_nobody_there_is_404(client: SignIn, user_id: int) -> None:
    assert (await (await client(cast.ADMIN)).get(f"/admin/users/{user_id}")).status_code == 404


async def test_the_trail_is_read_by_subject_and_by_actor(client: SignIn) -> None:
    admin, user_id = await client(cast.ADMIN), await _id_of(cast.CLERK_A)
    await client(cast.CLERK_A)
    await admin.post(f"/admin/users/{user_id}/closing")
    about = (await admin.get(f"/admin/audit?subject=user&subject_id={user_id}&lang=en")).text
    assert "Closed an account" in about
    by = (await admin.get(f"/admin/audit?actor_id={user_id}&lang=en")).text
    assert "Signed in" in by
    assert "Closed an account" not in by


async def test_the_trails_pages_together_show_every_act_once(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    url, shown = "/admin/audit", 0
    while url:
        page = (await admin.get(url)).text
        shown += len(re.findall(r'<time class="num soft"', page))
        link = re.search(r'rel="next" href="([^"]+)"', page)
        url = link.group(1).replace("&amp;", "&") if link else ""
    assert shown == await db.scalar("SELECT COUNT(*) FROM audit_entry")


async def test_the_system_page_tells_how_things_stand(client: SignIn) -> None:
    page = (await (await client(cast.ADMIN)).get("/admin/system?lang=en")).text
    assert "The database answers" in page
    assert ("SQLite" if db.dialect() == "sqlite" else "PostgreSQL") in page
