"""What each reader chooses: once, on any page, remembered."""

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pepperchain.web import i18n
from pepperchain.web.routing import PUBLIC, route
from tests.web.app import application, client


async def who(request: Request) -> Response:
    reader = i18n.reader()
    return PlainTextResponse(f"{reader.language} {reader.unit} {reader.large_type}")


@pytest.fixture
def browser():
    return client(application([route("/who", who, may=PUBLIC), route("/api/v1/who", who, may=PUBLIC)]))


async def test_chinese_and_kilograms_unless_chosen_otherwise(browser):
    answer = await browser.get("/who", headers={"Accept-Language": "en"})
    assert answer.text == "zh kg False"
    assert "set-cookie" not in answer.headers


async def test_a_choice_is_remembered(browser):
    assert (await browser.get("/who?lang=en")).text == "en kg False"
    assert (await browser.get("/who?unit=jin&type=large")).text == "en jin True"
    assert (await browser.get("/who")).text == "en jin True"
    assert (await browser.get("/who?lang=zh&type=normal")).text == "zh jin False"


async def test_a_program_is_given_no_cookie(browser):
    answer = await browser.get("/api/v1/who?lang=en")
    assert answer.text == "en kg False"
    assert "set-cookie" not in answer.headers


async def test_the_cookie_is_kept_from_scripts(browser):
    cookie = (await browser.get("/who?lang=en")).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "query", ["lang=fr", "lang=", "lang=en%00", "unit=stone", "type=" + "x" * 3_000, "lang=" + "&a=" * 500]
)
async def test_an_unknown_choice_changes_nothing(browser, query):
    answer = await browser.get(f"/who?{query}")
    assert (answer.status_code, answer.text) == (200, "zh kg False")


@pytest.mark.parametrize("value", ["en", "xx.yy.zz", "....", "%", "en.jin.large.more", "a" * 3_000])
async def test_a_hostile_cookie_changes_nothing_else(browser, value):
    assert (await browser.get("/who", headers={"Cookie": f"prefer={value}"})).status_code == 200


async def test_the_account_decides_what_the_reader_has_not_chosen(browser):
    assert (await browser.get("/who", headers={"X-Role": "grower"})).text == "zh kg False"
