"""No other site may act in a person's name; nobody else's host name is served."""

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pepperchain.web.routing import PUBLIC, route
from tests.web.app import application, client


async def act(request: Request) -> Response:
    return PlainTextResponse("done")


@pytest.fixture
def app():
    return application(
        [
            route("/act", act, may=PUBLIC, methods=["GET", "POST"]),
            route("/api/v1/act", act, may=PUBLIC, methods=["POST"], name="api"),
        ]
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://testserver"},
        {"Origin": "https://testserver"},
        {"Referer": "http://testserver/somewhere"},
    ],
)
async def test_our_own_pages_may_act(app, headers):
    assert (await client(app).post("/act", headers=headers)).text == "done"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:81"},
        {"Origin": "ftp://testserver"},
        {"Origin": "http://[bad"},
        {"Referer": "https://evil.example/http://testserver/"},
        {"Authorization": "Bearer x"},
    ],
)
async def test_others_may_not(app, headers):
    answer = await client(app).post("/act", headers=headers)
    assert answer.status_code == 403
    assert "不是从本系统的页面发出的" in answer.text


async def test_reading_is_open_to_links_from_anywhere(app):
    assert (await client(app).get("/act", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 200


async def test_a_machine_with_a_bearer_token_and_no_cookie_needs_no_origin(app):
    bearer = {"Authorization": "Bearer abc"}
    assert (await client(app).post("/api/v1/act", headers=bearer)).text == "done"
    assert (
        await client(app).post("/api/v1/act", headers={**bearer, "Cookie": "session=1"})
    ).status_code == 403
    assert (await client(app).post("/api/v1/act")).status_code == 403


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1:8000", 200), ("[::1]:8000", 200), ("LOCALHOST", 200),
                                             ("evil.example", 400), ("testserver.evil.example", 400), ("", 400)])  # fmt: skip
async def test_only_our_own_host_names_are_served(app, host, status):
    assert (await client(app).get("/act", headers={"Host": host})).status_code == status
