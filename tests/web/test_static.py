"""Static files: small, kept for ever under a name that changes with them, and nothing outside the folder."""

import gzip
import os

import brotli
import pytest
import zstandard
from starlette.routing import Route

from pepperchain.web.static import Static, static
from tests.web.app import application, client

FIRST_SCREEN = ("app.css", "app.js", "vendor/htmx-4.0.1.min.js", "icons.svg", "favicon.svg")


@pytest.fixture
def browser():
    return client(application([Route("/static/{name:path}", static())]))


async def test_a_hashed_file_may_be_kept_for_ever(browser):
    url = static().url("app.css")
    assert url.startswith("/static/app.")
    answer = await browser.get(url)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    again = await browser.get(url, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_plain_name_is_asked_for_again_each_time(browser):
    assert (await browser.get("/static/favicon.svg")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "coding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("zstd;q=1, br;q=0", "zstd", lambda data: zstandard.ZstdDecompressor().decompress(data)),
        ("gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
async def test_files_are_sent_in_the_smallest_way_the_browser_reads(accepted, coding, unpack):
    app = application([Route("/static/{name:path}", static())])
    plain = (static().folder / "app.css").read_bytes()
    async with client(app).stream(
        "GET", static().url("app.css"), headers={"Accept-Encoding": accepted}
    ) as answer:
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert unpack(b"".join([piece async for piece in answer.aiter_raw()])) == plain


@pytest.mark.parametrize(
    "name",
    [
        "nothing.css",
        "../pyproject.toml",
        "%2e%2e/pyproject.toml",
        "..%2fsettings.py",
        "",
        "app.deadbeef.css",
        "%00",
    ],
)
async def test_anything_else_is_missing(browser, name):
    assert (await browser.get(f"/static/{name}")).status_code == 404


async def test_files_are_only_read(browser):
    answer = await browser.post(static().url("app.css"), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405


def test_a_template_that_names_a_file_nobody_committed_fails(tmp_path):
    with pytest.raises(KeyError):
        Static(tmp_path).url("nothing.css")


def test_a_changed_file_gets_a_new_name_while_developing(tmp_path):
    path = tmp_path / "a.css"
    path.write_text("a {}")
    files = Static(tmp_path, watch=True)
    first = files.url("a.css")
    path.write_text("b {}")
    os.utime(path, ns=(1, 1))
    files._looked_ns = 0  # a second has passed
    assert files.url("a.css") != first


def test_the_first_screen_is_light():
    loaded = static()
    small = sum(len(loaded._files[name].encoded["br"]) for name in FIRST_SCREEN)
    assert small < 40_000  # of 60 KB, which leaves 20 for the page itself
