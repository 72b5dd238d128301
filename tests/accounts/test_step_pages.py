"""The pages of the second step and of where people are signed in, as browsers meet them."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.settings import settings
from tests.accounts import apps
from tests.harness import cast
from tests.harness.clients import ADDRESS, SignIn

STEP = "/me/second-step"


@pytest.fixture
def asked_of_leaders(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The installation asks leaders for a second step."""
    monkeypatch.setenv("PEPPERCHAIN_ACCOUNTS__SECOND_STEP_ROLES", '["coop_leader"]')
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def _id_of(phone: str) -> int:
    return int(await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=phone))


async def _enrol(browser: httpx2.AsyncClient, phone: str) -> list[str]:
    """Through the pages, as people do; the recovery codes."""
    assert (await browser.post(STEP)).headers["location"] == STEP
    page = (await browser.get(STEP)).text
    assert "otpauth://totp/pepperchain" in page
    code = await apps.shown(await _id_of(phone), at=clock.now())
    data = {"request_id": str(new_id()), "code": code}
    pages = [(await browser.post(f"{STEP}/confirmation", data=data)).text for _ in range(2)]
    codes = [re.findall(r"<li><code>([a-z0-9-]+)</code>", page) for page in pages]
    assert codes[0] == codes[1]
    return codes[0]


async def _password(browser: httpx2.AsyncClient, phone: str, wanted: str = "/me") -> httpx2.Response:
    return await browser.post("/login", data={"phone": phone, "password": cast.PASSWORD, "next": wanted})


async def test_password_then_code_then_on_to_what_was_wanted(client: SignIn) -> None:
    here = await client(cast.LEADER_A)
    codes = await _enrol(here, cast.LEADER_A)
    assert len(codes) == 10
    assert (await here.get("/me")).status_code == 200
    assert "otpauth" not in (await here.get(STEP)).text

    there = await client()
    answer = await _password(there, cast.LEADER_A, "/me/tokens")
    assert answer.headers["location"] == "/login/second-step?next=%2Fme%2Ftokens"
    assert (await there.get("/me")).headers["location"].startswith("/login")
    assert (await there.get("/login/second-step?next=/me/tokens&lang=en")).status_code == 200
    wrong = await there.post("/login/second-step?lang=en", data={"code": "000000", "next": "/me/tokens"})
    assert wrong.status_code == 422
    assert "not right" in wrong.text
    right = await there.post("/login/second-step", data={"code": codes[3], "next": "/me/tokens"})
    assert right.headers["location"] == "/me/tokens"
    assert (await there.get("/me/tokens")).status_code == 200
    # The same form sent again finds nothing that waits.
    assert (await there.post("/login/second-step", data={"code": codes[4]})).headers["location"] == "/login"


async def test_without_a_password_there_is_no_second_step(client: SignIn) -> None:
    stranger = await client()
    assert (await stranger.get("/login/second-step")).headers["location"] == "/login"
    answer = await stranger.post("/login/second-step", data={"code": "123456", "next": "//evil.example"})
    assert answer.headers["location"] == "/login"
    stranger.cookies.set("half-session", "made up", domain="testserver")
    assert (await stranger.post("/login/second-step", data={"code": "123456"})).headers[
        "location"
    ] == "/login"


async def test_the_half_of_a_session_is_never_taken_for_a_whole(client: SignIn) -> None:
    await _enrol(await client(cast.LEADER_A), cast.LEADER_A)
    there = await client()
    await _password(there, cast.LEADER_A)
    half = there.cookies["half-session"]
    thief = await client()
    thief.cookies.set("session", half, domain="testserver")
    assert (await thief.get("/me")).status_code == 303


async def test_a_role_that_must_have_one_is_led_to_it_and_may_do_nothing_else(
    client: SignIn, asked_of_leaders: None
) -> None:
    leader = await client(cast.LEADER_A)
    for path in ("/", "/me", "/me/tokens", "/harvest/weigh-ins/new", "/growers"):
        assert (await leader.get(path)).headers["location"] == STEP
    assert (await leader.post("/harvest/weigh-ins", data={})).headers["location"] == STEP
    await _enrol(leader, cast.LEADER_A)
    assert (await leader.get("/growers")).status_code == 200
    refused = await leader.post(f"{STEP}/removal?lang=en", data={"code": "123456"})
    assert refused.status_code == 422
    assert "must have a second step" in refused.text
    assert (await (await client(cast.CLERK_A)).get("/growers")).status_code == 200


async def test_tokens_of_a_role_that_must_have_one_rest_until_then(
    client: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = await client(cast.LEADER_A)
    data = {"request_id": str(new_id()), "label": "秤", "days": "10"}
    page = (await leader.post("/me/tokens", data=data)).text
    found = re.search(r'<code class="secret">([^<]+)<', page)
    assert found is not None
    machine = httpx2.AsyncClient(
        transport=leader._transport, base_url=ADDRESS, headers={"Authorization": f"Bearer {found.group(1)}"}
    )
    async with machine:
        assert (await machine.get("/api/v1/growers?q=dsh")).status_code == 200
        monkeypatch.setenv("PEPPERCHAIN_ACCOUNTS__SECOND_STEP_ROLES", '["coop_leader"]')
        settings.cache_clear()
        try:
            assert (await machine.get("/api/v1/growers?q=dsh")).status_code == 401
        finally:
            monkeypatch.undo()
            settings.cache_clear()


async def test_new_codes_and_off_through_the_page(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    codes = await _enrol(leader, cast.LEADER_A)
    data = {"request_id": str(new_id()), "code": codes[0]}
    page = (await leader.post(f"{STEP}/recovery-codes?lang=en", data=data)).text
    fresh = re.findall(r"<li><code>([a-z0-9-]+)</code>", page)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert (await leader.post(f"{STEP}/removal", data={"code": codes[1]})).status_code == 422
    assert (await leader.post(f"{STEP}/removal", data={"code": fresh[0]})).status_code == 303
    assert (await _password(await client(), cast.LEADER_A)).headers["location"] == "/me"


async def test_an_administrator_sees_where_somebody_is_signed_in_and_ends_it(client: SignIn) -> None:
    admin, theirs = await client(cast.ADMIN), await client(cast.CLERK_A)
    url = f"/admin/users/{await _id_of(cast.CLERK_A)}"
    page = (await admin.get(f"{url}?lang=en")).text
    assert "Where they are signed in" in page
    assert "127.0.0.1" in page
    for _ in range(2):
        assert (await admin.post(f"{url}/sign-outs")).status_code == 303
    assert (await theirs.get("/me")).status_code == 303
    assert "Nowhere at present" in (await admin.get(f"{url}?lang=en")).text


async def test_from_where_a_grower_reads_their_slips_is_told_to_nobody_else(client: SignIn) -> None:
    admin, grower = await client(cast.ADMIN), await client(cast.GROWER_A)
    url = f"/admin/users/{await _id_of(cast.GROWER_A)}"
    assert "127.0.0.1" not in (await admin.get(url)).text
    assert "127.0.0.1" in (await grower.get("/me")).text


async def test_an_administrator_takes_a_second_step_away(client: SignIn) -> None:
    await _enrol(await client(cast.LEADER_A), cast.LEADER_A)
    admin = await client(cast.ADMIN)
    url = f"/admin/users/{await _id_of(cast.LEADER_A)}"
    assert "Take the second step away" in (await admin.get(f"{url}?lang=en")).text
    for _ in range(2):
        assert (await admin.post(f"{url}/second-step/removal")).status_code == 303
    assert (await _password(await client(), cast.LEADER_A)).headers["location"] == "/me"
    trail = (
        await admin.get(f"/admin/audit?subject=user&subject_id={await _id_of(cast.LEADER_A)}&lang=en")
    ).text
    assert "Took a second step away" in trail
