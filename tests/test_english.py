"""Whoever reads English reads places by their English names, on every page."""

import re
from html import unescape

import pytest

from pepperchain.app import create_app
from pepperchain.core import db
from pepperchain.web.routing import GuardedRoute
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.test_doors import _PARAM

_DEEPER = r'href="(/(?:growers|organizations|storage/(?:lots|rooms)|market/lots|harvest/weigh-ins)/[\w-]+)"'
_DEEPER_EACH = 3
_TEXT = re.compile(r">([^<>]+)<")
# A village whose name an organization, an address or a site carries is part of that name.
_APART = re.compile(r"[\s·,:;()/]+")
_TRAIL = "/admin/audit"  # tells a village by the name that was written down


@pytest.mark.parametrize("phone", [cast.ADMIN, cast.LEADER_A, cast.TECHNICIAN, cast.BUYER_P, cast.GROWER_A])
async def test_no_page_in_english_calls_a_place_by_its_chinese_name(client: SignIn, phone: str) -> None:
    rows = await db.tuples(
        "SELECT v.name, t.name FROM directory_area v JOIN directory_area t ON t.id = v.township_id WHERE v.kind <> 'district'"
    )
    places = {place for village, township in rows for place in (village, township, township + village)}
    person = await client(phone)
    found, shown = set(), 0
    paths = [
        route.path
        for route in create_app().routes
        if isinstance(route, GuardedRoute)
        and "GET" in (route.methods or ())
        and not _PARAM.search(route.path)
    ]
    deeper: dict[str, list[str]] = {}
    for path in [path for path in paths if not path.startswith(("/api/", _TRAIL))]:
        page = (await person.get(path, params={"lang": "en"})).text
        found |= {(path, word) for word in _words(page) if word in places}
        shown += "Baoping Village" in page or "Xianfeng Town" in page
        for link in re.findall(_DEEPER, page):
            deeper.setdefault(link.rpartition("/")[0], []).append(link)
    for links in deeper.values():
        for link in dict.fromkeys(links[:_DEEPER_EACH]):
            page = (await person.get(link, params={"lang": "en"})).text
            found |= {(link, word) for word in _words(page) if word in places}
            shown += "Village" in page or "Town" in page
    assert found == set()
    assert shown


def _words(page: str) -> list[str]:
    return [word for text in _TEXT.findall(page) for word in _APART.split(unescape(text))]
