"""The application as a whole: who gets in, what every answer carries, where nobody is sent, when it is not ready.

What each piece promises by itself is tested in its room; here all of them stand in their order.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing

import httpx2
import pytest

from pepperchain.accounts.session_pages import COOKIE, COOKIE_OVER_HTTPS
from pepperchain.app import create_app, doors, require_fit, running, tuned
from pepperchain.core import db, migrating, readiness
from pepperchain.settings import Misconfigured, read, settings
from pepperchain.web.filters import say
from pepperchain.web.routing import GuardedRoute
from tests.harness import cast
from tests.harness.clients import ADDRESS, SignIn, sign_in_to_app

SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
PRODUCTION = {"PEPPERCHAIN_ENV": "production", "PEPPERCHAIN_SECRET_KEY": "k" * 40}


@pytest.fixture
async def strangers(database: str) -> AsyncIterator[SignIn]:
    """Clients of the app over an empty database."""
    async with AsyncExitStack() as stack:
        yield sign_in_to_app(stack)


def app() -> httpx2.ASGITransport:
    return httpx2.ASGITransport(app=create_app())


# Headers: D10 of the reliability list


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/login", 200),
        ("GET", "/me", 303),
        ("GET", "/nothing/here", 404),
        ("PUT", "/login", 405),
        ("POST", "/me", 303),
        ("GET", "/static/app.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/healthz", 200),
        ("GET", "/metrics", 200),
        ("GET", "/api/v1/growers", 401),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/login?cursor=%00%FF", 200),
    ],
)
async def test_every_answer_carries_the_safe_headers(
    strangers: SignIn, method: str, path: str, status: int
) -> None:
    answer = await (await strangers()).request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    if not path.startswith("/static/"):
        assert answer.headers["cache-control"] == "no-store"


async def test_a_body_that_is_too_large_is_a_calm_413(strangers: SignIn) -> None:
    answer = await (await strangers()).post("/login", data={"phone": "1" * 1_100_000})
    assert answer.status_code == 413
    assert answer.headers["x-frame-options"] == "DENY"


async def test_over_https_browsers_are_told_to_stay_there(strangers: SignIn) -> None:
    async with httpx2.AsyncClient(transport=app(), base_url="https://testserver") as browser:
        assert "max-age=31536000" in (await browser.get("/login")).headers["strict-transport-security"]


async def test_pages_hold_no_inline_script_or_style(client: SignIn) -> None:
    browser = await client(cast.ADMIN)
    for path in (
        "/login",
        "/me",
        "/me/password",
        "/me/tokens",
        "/admin",
        "/admin/users/new",
        "/admin/audit",
        "/admin/system",
    ):
        text = (await browser.get(path)).text
        assert "<script>" not in text
        assert " style=" not in text
        assert " onclick=" not in text


# Hosts and origins: D4 and D13


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "testserver.evil.example", "localhost.evil.example", "", "10.0.0.1", "[::2]", "testserver:80@evil.example",
        "testserver@evil.example", "testserver/evil.example", "testserver:evil", "[::1]evil.example",
    ],
)  # fmt: skip
async def test_another_host_name_is_not_served(strangers: SignIn, host: str) -> None:
    assert (await (await strangers()).get("/login", headers={"Host": host})).status_code == 400


def unsafe() -> Iterator[tuple[str, str]]:
    for route in create_app().routes:
        if isinstance(route, GuardedRoute):
            for method in sorted((route.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
                yield method, route.path


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Referer": "https://evil.example/testserver"},
    {},
]


async def test_nothing_is_done_that_another_site_started(client: SignIn) -> None:
    signed_in = await client(cast.ADMIN)
    before = await db.scalar("SELECT COUNT(*) FROM audit_entry")
    cookies = {COOKIE: signed_in.cookies[COOKIE]}
    async with httpx2.AsyncClient(transport=app(), base_url=ADDRESS, cookies=cookies) as browser:
        for method, path in unsafe():
            for headers in FOREIGN:
                url = path.replace(":int", "").replace("{", "").replace("}", "")
                answer = await browser.request(method, url, headers=headers)
                assert answer.status_code == 403, f"{method} {path} from {headers}"
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry") == before


async def test_reading_changes_nothing(client: SignIn) -> None:
    browser = await client(cast.ADMIN)
    before = await _whole()
    for path in doors(create_app().routes):
        if "{" not in path and path != "/metrics":
            await browser.get(path)
    assert await _whole() == before


async def _whole() -> dict[str, int]:
    """How many rows there are, of everything that is not the session's own."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if db.dialect() == "sqlite"
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    names = [name for (name,) in await db.tuples(query)]
    return {
        name: await db.scalar(f'SELECT COUNT(*) FROM "{name}"')
        for name in names
        if not name.startswith("sqlite_")
    }


NEXT = [
    "https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
    "\\\\evil.example", "/\\/evil.example", "\\/evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,hi", "vbscript:x", "mailto:a@b.c", "ftp://evil.example",
    " https://evil.example", "\thttps://evil.example", "\nhttps://evil.example", "/\t/evil.example", "/\n/evil.example",
    "/ /evil.example", "%2F%2Fevil.example", "/%0d%0aLocation:https://evil.example", "/\r\nSet-Cookie: a=b", "//testserver@evil.example",
    "http://testserver@evil.example", "http://testserver.evil.example", "//testserver:80@evil.example/", "?next=//evil.example",
    "#//evil.example", "evil.example", "./evil.example", "../evil.example", "/login", "/login?next=/login", "/a\u2028b", "/" + "a" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("target", NEXT)
async def test_signing_in_leads_to_this_site_alone(client: SignIn, target: str) -> None:
    browser = await client()
    data = {"phone": cast.LEADER_A, "password": cast.PASSWORD, "next": target}
    answer = await browser.post("/login", data=data)
    if answer.status_code == 422:  # what no address bar sends
        return
    location = answer.headers["location"]
    assert httpx2.URL(ADDRESS).join(location).host == "testserver"
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\", "/login"))
    assert "set-cookie: a=b" not in str(answer.headers).lower()


async def test_signing_in_leads_where_one_wanted_to_go(client: SignIn) -> None:
    browser = await client()
    asked = await browser.get("/me/tokens?lang=en")
    assert asked.headers["location"] == "/login?next=%2Fme%2Ftokens%3Flang%3Den"
    data = {"phone": cast.LEADER_A, "password": cast.PASSWORD, "next": "/me/tokens?lang=en"}
    assert (await browser.post("/login", data=data)).headers["location"] == "/me/tokens?lang=en"


# Cookies and sessions: D5


async def test_over_https_the_cookie_is_bound_to_this_host(client: SignIn) -> None:
    await client()
    headers = {"Origin": "https://testserver"}
    async with httpx2.AsyncClient(transport=app(), base_url="https://testserver", headers=headers) as browser:
        answer = await browser.post("/login", data={"phone": cast.LEADER_A, "password": cast.PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"{COOKIE_OVER_HTTPS}=")
        for word in ("HttpOnly", "Path=/", "SameSite=lax", "Secure"):
            assert word in cookie
        assert "Domain" not in cookie
        # The name that any page of http could have set is not looked at.
        secret = browser.cookies[COOKIE_OVER_HTTPS]
    async with httpx2.AsyncClient(
        transport=app(), base_url="https://testserver", cookies={COOKIE: secret}
    ) as browser:
        assert (await browser.get("/me")).status_code == 303


async def test_a_secret_that_was_planted_before_is_worth_nothing_afterwards(client: SignIn) -> None:
    browser = await client()
    browser.cookies.set(COOKIE, "planted-by-somebody-else-before-sign-in-xyz")
    await browser.post("/login", data={"phone": cast.LEADER_A, "password": cast.PASSWORD})
    async with httpx2.AsyncClient(
        transport=app(), base_url=ADDRESS, cookies={COOKIE: "planted-by-somebody-else-before-sign-in-xyz"}
    ) as planter:
        assert (await planter.get("/me")).status_code == 303


async def test_signing_in_again_ends_the_session_before(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    old = browser.cookies[COOKIE]
    await browser.post("/login", data={"phone": cast.CLERK_A, "password": cast.PASSWORD})
    assert browser.cookies[COOKIE] != old
    async with httpx2.AsyncClient(transport=app(), base_url=ADDRESS, cookies={COOKIE: old}) as other:
        assert (await other.get("/me")).status_code == 303


async def test_signing_out_ends_it_on_the_server(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    old = browser.cookies[COOKIE]
    assert (await browser.post("/logout")).headers["location"] == "/login"
    async with httpx2.AsyncClient(transport=app(), base_url=ADDRESS, cookies={COOKIE: old}) as other:
        assert (await other.get("/me")).status_code == 303


async def test_what_a_stranger_says_of_their_address_does_not_count(client: SignIn) -> None:
    browser = await client()
    statuses = []
    for number in range(12):
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"}
        data = {"phone": f"139000000{number:02}", "password": "not the password"}
        statuses.append((await browser.post("/login", data=data, headers=headers)).status_code)
    assert statuses == [422] * 10 + [429] * 2


@pytest.fixture
def behind_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx2.ASGITransport]:
    """The app as it is when the config names the proxy in front of it."""
    monkeypatch.setenv("PEPPERCHAIN_SERVER__TRUSTED_PROXIES", '["127.0.0.1"]')
    settings.cache_clear()
    yield app()
    monkeypatch.undo()
    settings.cache_clear()


async def test_a_proxy_that_the_config_names_is_believed(
    village: str, behind_proxy: httpx2.ASGITransport
) -> None:
    headers = {"X-Forwarded-Proto": "https", "Origin": "https://testserver"}
    async with httpx2.AsyncClient(transport=behind_proxy, base_url=ADDRESS, headers=headers) as browser:
        wrong = {"phone": "13900000001", "password": "not the password"}
        for number in range(12):
            answer = await browser.post(
                "/login",
                data=wrong | {"phone": f"139000000{number:02}"},
                headers={"X-Forwarded-For": f"198.51.100.{number}"},
            )
            assert answer.status_code == 422
        right = {"phone": cast.LEADER_A, "password": cast.PASSWORD}
        answer = await browser.post("/login", data=right, headers={"X-Forwarded-For": "203.0.113.9"})
        assert answer.headers["set-cookie"].startswith(f"{COOKIE_OVER_HTTPS}=")
        assert "strict-transport-security" in answer.headers
    address = await db.scalar("SELECT address FROM accounts_session ORDER BY created_at DESC LIMIT 1")
    assert address == "203.0.113.9"


# The menu


@pytest.mark.parametrize("phone", cast.EVERYONE)
async def test_every_place_of_the_menu_opens_for_whoever_sees_it(client: SignIn, phone: str) -> None:
    browser = await client(phone)
    page = (await browser.get("/me")).text
    places = set(doors(create_app().routes)) - {"/login"}
    linked = [path for path in places if f'<a href="{path}"' in page and "{" not in path]
    assert "/me" in linked
    for path in linked:
        answer = await browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"


async def test_the_place_one_is_in_is_marked(client: SignIn) -> None:
    page = (await (await client(cast.ADMIN)).get("/admin/users/new")).text
    assert '<a href="/admin" aria-current="page"' in page


@pytest.mark.parametrize(
    ("phone", "path", "place"),
    [
        (cast.ADMIN, "/approvals", "/admin"),
        (cast.ADMIN, "/invitations", "/admin"),
        (cast.LEADER_A, "/invitations", "/invitations"),
    ],
)
async def test_pages_reached_from_another_place_mark_that_one(
    client: SignIn, phone: str, path: str, place: str
) -> None:
    page = (await (await client(phone)).get(path)).text
    assert f'<a href="{place}" aria-current="page"' in page


# Readiness, and what production refuses


async def test_ready_when_the_database_is(strangers: SignIn) -> None:
    answer = await (await strangers()).get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready")


async def test_not_ready_without_its_migrations(blank_url: str) -> None:
    await db.open(blank_url, migrating.apps())
    try:
        async with httpx2.AsyncClient(transport=app(), base_url=ADDRESS) as browser:
            answer = await browser.get("/readyz")
            assert answer.status_code == 503
            assert "pepperchain migrate" in answer.text
            assert (await browser.get("/healthz")).status_code == 200
        why = await readiness.problem()
        assert why is not None
        assert "个迁移" in say(why), "whoever looks at it on a page reads it in Chinese"
        with pytest.raises(Misconfigured, match="pepperchain migrate"):
            await require_fit(settings())
    finally:
        await db.close()


@pytest.mark.sqlite
async def test_not_ready_while_another_program_locks_the_database(strangers: SignIn, database: str) -> None:
    browser = await strangers()
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = await browser.get("/readyz")
        other.execute("ROLLBACK")
    assert answer.status_code == 503
    assert "locked" in answer.text
    assert (await browser.get("/readyz")).status_code == 200


async def test_production_refuses_the_demos_accounts(village: str) -> None:
    with pytest.raises(Misconfigured, match="demo accounts"):
        await require_fit(read(PRODUCTION))


async def test_production_starts_without_them_on_a_database_that_keeps_its_word(database: str) -> None:
    if await readiness.hasty():
        with pytest.raises(Misconfigured, match="power cut"):
            await require_fit(read(PRODUCTION))
    else:
        await require_fit(read(PRODUCTION))


@pytest.mark.postgres
async def test_a_database_in_haste_is_known_by_its_settings(database: str) -> None:
    @db.unit_of_work
    async def hurried() -> list[str]:
        await db.execute("SET LOCAL synchronous_commit = off")
        return await readiness.hasty()

    assert "synchronous_commit" in await hurried()


async def test_it_starts_and_stops_with_its_timers(blank_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrating.migrate(blank_url)
    settings.cache_clear()
    monkeypatch.setenv("PEPPERCHAIN_DATABASE_URL", blank_url)
    try:
        whole = create_app()
        async with (
            running(whole),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=whole), base_url=ADDRESS) as browser,
        ):
            assert (await browser.get("/readyz")).text == "ready"
            assert "pepperchain_timer_failures_total 0" in (await browser.get("/metrics")).text
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_options_of_the_database_come_from_config_unless_the_address_has_its_own() -> None:
    chosen = read({"PEPPERCHAIN_DATABASE_URL": "sqlite:///a.db"})
    assert tuned(chosen) == "sqlite:///a.db?readers=2&cache_size=-65536"
    assert tuned(read({"PEPPERCHAIN_DATABASE_URL": "sqlite:///a.db?readers=1"})) == "sqlite:///a.db?readers=1"
    assert tuned(read({"PEPPERCHAIN_DATABASE_URL": "postgres://h/d"})) == "postgres://h/d?maxsize=16"


async def test_metrics_name_nobody(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    await browser.get("/me")
    text = (await browser.get("/metrics")).text
    assert 'pepperchain_requests_total{method="GET",status="2xx"} 1' in text
    assert cast.LEADER_A not in text
