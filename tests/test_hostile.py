"""Hostile input at every door: whatever is sent, the answer is below 500 and says something a person can understand."""

import random

import httpx2
import pytest

from pepperchain.app import create_app
from pepperchain.core import db
from pepperchain.ledger import books
from pepperchain.web.routing import GuardedRoute
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.test_doors import _PARAM, filled

VALUES = (
    "", " ", "0", "-1", "1.5", "9" * 30, "1e9", "NaN", "Infinity", "null", "true", "\x00", "a\x00b", "\ud800",
    "' OR 1=1 --", "%' ; DROP TABLE harvest_weighin; --", "{{7*7}}", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
    "../../etc/passwd", "２０２６", "１２３。５", "李" * 1_500, "𠮷龘", "\u202e\u0645", "2026-02-30", "2026-06-10T25:61",
    "0001-01-01", "9999-12-31T23:59:59+14:00", "[]", "{}", "%", "_", "\\", ":id", "$1", "?", "eyJ", "W10", "WzFd",
)  # fmt: skip
NAMES = (
    "q", "cursor", "limit", "sort", "day", "site", "site_id", "form", "grade", "township", "page", "id", "lang", "unit",
    "next", "from", "to",
)  # fmt: skip
PAIRS_EACH = 8


def routes() -> list[GuardedRoute]:
    return [
        route for route in create_app().routes if isinstance(route, GuardedRoute) and route.path != "/logout"
    ]


@pytest.fixture
async def person(client: SignIn, phone: str) -> httpx2.AsyncClient:
    return await client(phone)


@pytest.mark.parametrize("phone", [cast.LEADER_A, cast.ADMIN, cast.STOREKEEPER, cast.BUYER_P])
async def test_no_query_string_breaks_a_page(person: httpx2.AsyncClient, phone: str) -> None:
    chance = random.Random(phone)
    broken = []
    for route in routes():
        if "GET" not in (route.methods or ()):
            continue
        names = [*NAMES, *_names_of(route)]
        for _ in range(PAIRS_EACH):
            params = {chance.choice(names): chance.choice(VALUES) for _ in range(chance.randint(1, 3))}
            query = "&".join(f"{name}={_quoted(value)}" for name, value in params.items())
            path = filled(
                route.path,
                lambda name: chance.choice(("1", "0", "999999999", "00000000-0000-7000-8000-000000000000")),
            )
            answer = await person.get(f"{path}?{query}")
            if answer.status_code >= 500:
                broken.append((path, params, answer.status_code))
    assert broken == []


def _names_of(route: GuardedRoute) -> list[str]:
    return _PARAM.findall(route.path)


def _quoted(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode("utf-8", "surrogatepass"))


FIELDS = (
    "id", "request_id", "household_id", "card_number", "site_id", "form", "grade", "cultivar", "gross", "tare", "deduction", "bags",
    "picked_at", "weighed_at", "price", "reason", "name", "phone", "password", "role", "organization_id", "village_id", "area",
    "room_id", "lot_id", "grams", "capacity", "credit_code", "id_number", "bank_card", "version", "day", "product_id", "kind",
)  # fmt: skip


@pytest.mark.parametrize("phone", [cast.LEADER_A, cast.ADMIN, cast.STOREKEEPER])
async def test_no_form_breaks_a_page_or_unbalances_the_books(person: httpx2.AsyncClient, phone: str) -> None:
    chance = random.Random(phone)
    broken = []
    for route in routes():
        if "POST" not in (route.methods or ()) or route.path.startswith("/api/"):
            continue
        for _ in range(PAIRS_EACH):
            fields = {name: chance.choice(VALUES) for name in chance.sample(FIELDS, 12)}
            body = "&".join(f"{name}={_quoted(value)}" for name, value in fields.items())
            path = filled(
                route.path, lambda name: chance.choice(("1", "2", "00000000-0000-7000-8000-000000000000"))
            )
            answer = await person.post(
                path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
            )
            if answer.status_code >= 500:
                broken.append((path, fields, answer.status_code))
    assert broken == []
    assert await books.findings() == []


async def test_damaged_bodies_are_told_so(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    for content, kind in (
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data"),
        (b"garbage", "multipart/form-data; boundary="),
        (b"\xff\xfe=\x00", "application/x-www-form-urlencoded"),
        (b"a=" + b"b" * 900_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % number for number in range(5_000)), "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ):
        answer = await leader.post("/harvest/weigh-ins", content=content, headers={"Content-Type": kind})
        assert 400 <= answer.status_code < 500, (kind, content[:40], answer.status_code)


async def test_a_body_past_the_limit_is_refused(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    answer = await leader.post(
        "/harvest/weigh-ins",
        content=b"a=" + b"b" * 3_000_000,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413


async def test_script_in_every_text_field_is_shown_as_text(client: SignIn) -> None:
    """A name that is a script is entered where names can be, and every list and page that shows it shows letters."""
    payload = '"><script>document.title=1</script>'
    admin = await client(cast.ADMIN)
    person_id = await db.scalar("SELECT MIN(id) FROM directory_person")
    await _rename(person_id, payload)
    for route in routes():
        if (
            "GET" in (route.methods or ())
            and not _PARAM.search(route.path)
            and not route.path.startswith("/api/")
        ):
            for query in ("", "?q=%22%3E%3Cscript%3E"):
                text = (await admin.get(route.path + query)).text
                assert "<script>document" not in text
                assert '"><script>' not in text


@db.unit_of_work
async def _rename(person_id: int, name: str) -> None:
    await db.execute("UPDATE directory_person SET name = :name WHERE id = :id", name=name, id=person_id)
