"""Pages and fragments: the server picks the block, and the whole page is always one header away."""

import pytest
from jinja2 import UndefinedError
from starlette.requests import Request
from starlette.responses import Response

from pepperchain.web.flash import Flash
from pepperchain.web.menu import MenuItem
from pepperchain.web.render import environment, redirect, render, to_text
from pepperchain.web.routing import PUBLIC, route
from tests.web.app import HTMX, OURS, application, client


async def slips(request: Request) -> Response:
    return render(request, "t/list.html", {"slip": "<b>1</b>"}, block="results", also=["total"])


async def save(request: Request) -> Response:
    return redirect(request, "/slips", said=Flash("Saved %(what)s.", {"what": "№1"}, undo="/reversals"))


@pytest.fixture
def app():
    return application(
        [
            route("/slips", slips, may=PUBLIC),
            route("/slips", save, may=PUBLIC, methods=["POST"]),
        ]
    )


async def test_people_get_the_whole_page_and_htmx_its_block(app):
    page = await client(app).get("/slips")
    assert page.text.startswith("<!doctype html>")
    fragment = await client(app).get("/slips", headers=HTMX)
    assert fragment.text.startswith('<ul id="results">')
    assert "<html" not in fragment.text
    assert "HX-Request" in page.headers["vary"]
    assert "HX-Request" in fragment.headers["vary"]


async def test_other_blocks_are_sent_to_their_own_places(app):
    fragment = await client(app).get("/slips", headers=HTMX)
    assert '<hx-partial hx-target="#total" hx-swap="outerHTML"><p id="total">' in fragment.text


@pytest.mark.parametrize(
    "header", [{"HX-Boosted": "true"}, {"HX-History-Restore-Request": "true"}, {"HX-Request-Type": "full"}]
)
async def test_boosted_and_history_requests_get_the_whole_page(app, header):
    assert (await client(app).get("/slips", headers={**HTMX, **header})).text.startswith("<!doctype html>")


async def test_a_whole_page_where_a_part_was_awaited_takes_the_place_of_the_whole():
    async def page(request: Request) -> Response:
        return render(request, "t/list.html", {"slip": 1})

    answer = await client(application([route("/page", page, may=PUBLIC)])).get("/page", headers=HTMX)
    assert (answer.headers["hx-retarget"], answer.headers["hx-reswap"]) == ("body", "outerHTML")


async def test_values_are_escaped(app):
    assert "<li>&lt;b&gt;1&lt;/b&gt;</li>" in (await client(app).get("/slips")).text


def test_an_undefined_name_is_an_error_and_never_an_empty_place():
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody_gave_this }}").render()


async def test_what_was_done_is_said_once_on_the_next_page(app):
    browser = client(app, **OURS)
    assert (await browser.post("/slips")).status_code == 303
    shown = await browser.get("/slips")
    assert "Saved №1." in shown.text
    assert 'action="/reversals"' in shown.text
    assert "Saved №1." not in (await browser.get("/slips")).text


@pytest.mark.parametrize("value", ["x", "é", "a" * 5_000, "AAAA" * 20])
async def test_a_forged_flash_says_nothing(app, value):
    answer = await client(app).get("/slips", headers={b"Cookie": f"flash={value}".encode()})
    assert answer.status_code == 200
    assert 'role="status"' not in answer.text


async def test_after_htmx_saved_the_browser_goes_on_as_a_whole(app):
    answer = await client(app).post("/slips", headers=HTMX)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/slips")


async def test_the_menu_is_drawn_from_what_the_app_hands_in(app):
    app.state.menu = lambda actor, path: [MenuItem("过磅", "/slips", "scale", active=path == "/slips")]
    signed = await client(app).get("/slips", headers={"X-Role": "coop_leader"})
    assert '<a href="/slips" aria-current="page">' in signed.text
    assert "aria-current" not in (await client(app).get("/slips")).text


def test_a_template_can_ask_whether_the_actor_may():
    with pytest.raises(ValueError, match="harvest:fly"):
        from_string("{{ may('harvest:fly') }}")


def from_string(source: str) -> str:
    from pepperchain.web.render import _Asker  # noqa: PLC0415  (only to ask it the wrong thing)

    return environment().from_string(source).render(may=_Asker(None))


def test_text_is_rendered_without_a_request():
    assert environment().from_string("{{ 50200|weight }}").render() == "50.20\u00a0公斤"
    assert to_text("errors/alert.html", {"why": "x", "errors": [], "reference": None}).startswith("<div")
