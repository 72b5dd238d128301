"""Routes: who is let in, who is sent to sign in, who is told no."""

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pepperchain.access.capabilities import Capability
from pepperchain.web.routing import PUBLIC, SIGNED_IN, local_path, route
from tests.web.app import HTMX, OURS, application, client


async def here(request: Request) -> Response:
    return PlainTextResponse("here")


async def take(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


ROUTES = [
    route("/public", here, may=PUBLIC),
    route("/mine", here, may=SIGNED_IN, name="mine"),
    route("/slips", here, may=Capability.HARVEST_READ, name="slips"),
    route("/slips", take, may=Capability.HARVEST_RECORD, methods=["POST"], name="record"),
    route("/slips/{id:int}", here, may=PUBLIC, name="slip"),
    route("/uploads", take, may=PUBLIC, methods=["POST"], name="upload", body_bytes_max=3_000_000),
    route("/small", take, may=PUBLIC, methods=["POST"], name="small"),
    route("/api/v1/slips", here, may=SIGNED_IN, name="api"),
]


@pytest.fixture
def app():
    return application(list(ROUTES))


def test_a_route_tells_who_may_use_it():
    assert [each.may for each in ROUTES[:4]] == [
        PUBLIC,
        SIGNED_IN,
        Capability.HARVEST_READ,
        Capability.HARVEST_RECORD,
    ]
    assert ROUTES[0].name == "here"


async def test_everyone_is_let_into_a_public_page(app):
    assert (await client(app).get("/public")).text == "here"


async def test_an_anonymous_person_is_sent_to_sign_in_and_comes_back(app):
    answer = await client(app).get("/slips?day=2026-06-10&q=张")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fslips%3Fday%3D2026-06-10%26q%3D%25E5%25BC%25A0"


async def test_an_anonymous_post_comes_back_to_the_page_of_the_form(app):
    answer = await client(app).post("/slips", headers={**OURS, "Referer": "http://testserver/slips?new=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fslips%3Fnew%3D1")


async def test_htmx_is_told_to_go_to_the_sign_in_page_as_a_whole(app):
    answer = await client(app).get("/slips", headers={**HTMX, "HX-Current-URL": "http://testserver/home"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/login?next=%2Fhome")


async def test_a_machine_without_a_token_gets_401(app):
    answer = await client(app).get("/api/v1/slips")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_a_role_without_the_capability_is_told_no(app):
    assert (await client(app).get("/slips", headers={"X-Role": "processor"})).status_code == 403
    assert (await client(app).get("/mine", headers={"X-Role": "processor"})).status_code == 200


async def test_a_wrong_method_is_405_and_names_all_that_work(app):
    answer = await client(app).put("/slips", headers=OURS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert "<h1>这一页不能这样用</h1>" in answer.text


@pytest.mark.parametrize("number", [str(2**63), "9" * 5_000])
async def test_an_id_no_database_can_hold_is_missing(app, number):
    assert (await client(app).get(f"/slips/{number}")).status_code == 404


async def test_a_body_over_the_limit_is_413_and_an_upload_may_bring_more(app):
    assert (await client(app).post("/small", headers=OURS, content=b"x" * 999_999)).text == "999999"
    answer = await client(app).post("/small", headers=OURS, content=b"x" * 1_000_001)
    assert answer.status_code == 413
    assert "一次发送得太多" in answer.text
    assert (await client(app).post("/uploads", headers=OURS, content=b"x" * 2_000_000)).text == "2000000"
    assert (await client(app).post("/uploads", headers=OURS, content=b"x" * 3_000_001)).status_code == 413


async def test_a_body_without_a_declared_length_is_counted_while_it_comes(app):
    async def pieces():
        for _ in range(20):
            yield b"x" * 100_000

    assert (await client(app).post("/small", headers=OURS, content=pieces())).status_code == 413


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/a\\b", "javascript:alert(1)", "", None, "/a\nb", "/login?next=/",
     "/" + "a" * 2_000, "/a b", "evil"],
)  # fmt: skip
def test_only_a_path_of_our_own_is_gone_back_to(wanted):
    assert local_path(wanted) == "/"


def test_a_local_path_is_kept_with_its_query():
    assert local_path("/slips?q=%E5%BC%A0&day=1") == "/slips?q=%E5%BC%A0&day=1"
