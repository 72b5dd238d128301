"""The headers of every answer, and what the whole stack costs."""

import time

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from pepperchain.settings import settings
from pepperchain.web.routing import PUBLIC, route
from pepperchain.web.stack import middleware
from tests.web.app import application, client


async def page(request: Request) -> Response:
    return PlainTextResponse("hello" * 10)


@pytest.fixture
def app():
    return application([route("/page", page, may=PUBLIC)])


@pytest.mark.parametrize("path", ["/page", "/nowhere"])
async def test_every_answer_is_locked_down(app, path):
    headers = (await client(app).get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


async def test_https_is_asked_for_again(app):
    browser = client(app)
    browser.base_url = "https://testserver"
    assert "max-age" in (await browser.get("/page")).headers["strict-transport-security"]


async def test_a_host_that_is_not_ours_gets_the_headers_too(app):
    answer = await client(app).get("/page", headers={"Host": "evil.example"})
    assert answer.headers["x-frame-options"] == "DENY"


async def test_the_middleware_costs_less_than_a_fifth_of_a_millisecond():
    async def bare(scope, receive, send):
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        )
        await send({"type": "http.response.body", "body": b"<p>hello</p>"})

    stacked: ASGIApp = bare
    for layer in reversed(middleware(settings())):
        stacked = layer.cls(stacked, *layer.args, **layer.kwargs)
    scope = {
        "type": "http", "method": "POST", "path": "/slips", "query_string": b"day=1", "scheme": "http",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"sec-fetch-site", b"same-origin"), (b"accept-encoding", b"gzip, br, zstd"),
                    (b"cookie", b"session=0123456789abcdef; prefer=zh.kg.normal"), (b"content-length", b"0")],
    }  # fmt: skip

    async def nothing(*_):
        return {"type": "http.request", "body": b""}

    async def cost(app):
        start = time.process_time_ns()
        for _ in range(500):
            await app(dict(scope), nothing, nothing)
        return (time.process_time_ns() - start) // 500

    await cost(stacked)
    assert min([await cost(stacked) for _ in range(5)]) - await cost(bare) < 200_000
