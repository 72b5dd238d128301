"""Errors: one calm page or one alert, in the reader's language, and nothing private in the log."""

import json

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from structlog.testing import capture_logs

from pepperchain.core.errors import Conflict, Invalid, Missing, NotYours, Refused
from pepperchain.core.units import Grams
from pepperchain.web.routing import PUBLIC, route
from tests.web.app import HTMX, application, client

ERRORS = {
    "refused": Refused("This must be at most %(limit)s.", limit=Grams(5_000)),
    "invalid": Invalid([Refused("Please fill this in.", "gross"), Refused("There is no such day.", "on")]),
    "not-yours": NotYours(),
    "missing": Missing(),
    "conflict": Conflict("Someone was quicker than you."),
    "busy": HTTPException(503),
    "odd": HTTPException(418),
    "unforeseen": ValueError("李四 500116199001011234"),
}


async def fail(request: Request) -> Response:
    raise ERRORS[request.path_params["kind"]]


@pytest.fixture
def app():
    return application(
        [
            route("/fail/{kind}", fail, may=PUBLIC),
            route("/api/v1/fail/{kind}", fail, may=PUBLIC, name="api"),
        ]
    )


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("refused", 422, "不能大于 5.00\u00a0公斤。"),
        ("invalid", 422, "没有这一天。"),
        ("not-yours", 403, "您的岗位没有这项权限。"),
        ("missing", 404, "不归您查看"),
        ("conflict", 409, "有人抢先了一步。"),
        ("busy", 503, "请稍候"),
        ("odd", 418, "没能读懂这个请求"),
        ("unforeseen", 500, "我们这边出了点问题"),
    ],
)
async def test_each_error_is_a_calm_page(app, kind, status, words):
    answer = await client(app).get(f"/fail/{kind}")
    assert answer.status_code == status
    assert words in answer.text
    assert '<html lang="zh-Hans"' in answer.text


async def test_the_reader_of_english_is_told_in_english(app):
    assert "at most 5.00\u00a0kg" in (await client(app).get("/fail/refused?lang=en")).text


async def test_htmx_gets_an_alert_for_the_place_that_every_page_keeps(app):
    answer = await client(app).get("/fail/conflict", headers=HTMX)
    assert answer.status_code == 409
    assert (answer.headers["hx-retarget"], answer.headers["hx-reswap"]) == ("#alerts", "innerHTML")
    assert answer.text.startswith('<div class="note bad">')


async def test_an_unknown_path_is_a_calm_404(app):
    answer = await client(app).get("/no/such/page")
    assert answer.status_code == 404
    assert "这里什么也没有" in answer.text


async def test_an_unforeseen_error_is_logged_with_the_number_people_see_and_without_their_data(
    app, monkeypatch
):
    with capture_logs() as logs:
        answer = await client(app).get("/fail/unforeseen?phone=19900000001")
    reference = logs[0]["reference"]
    assert reference in answer.text
    assert "500116" not in answer.text
    logged = {
        name: value for name, value in logs[0].items() if name != "message"
    }  # the demo may quote invented people
    assert "500116" not in json.dumps(logged, ensure_ascii=False)
    assert "1990000" not in json.dumps(logged)
    assert logs[0]["kind"] == "builtins.ValueError"


async def test_under_api_the_api_answers(app):
    async def problem(request: Request, error: Exception) -> Response:
        return JSONResponse({"kind": type(error).__name__}, 400)

    app.state.api_errors = problem
    assert (await client(app).get("/api/v1/fail/refused")).json() == {"kind": "Refused"}
    assert (await client(app).get("/api/v1/fail/unforeseen")).json() == {"kind": "HTTPException"}


async def test_when_the_page_itself_cannot_be_drawn_there_is_still_an_answer(app):
    app.state.menu = lambda actor, path: 1 // 0
    answer = await client(app).get("/fail/unforeseen", headers={"X-Role": "admin"})
    assert answer.status_code == 500
    assert "请把编号" in answer.text
