"""Finding pepper: the address is the search, live or pasted."""

import re

import pytest

from pepperchain.core import db
from tests.harness import cast
from tests.harness.clients import SignIn

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


def offers(page: str) -> list[str]:
    """The codes of the offers in their order."""
    return re.findall(r'href="/market/lots/([0-9a-z]{26})"', page)


async def test_the_address_is_the_search_live_or_pasted(client: SignIn) -> None:
    buyer = await client(cast.BUYER_P)
    address = "/market?form=fresh&grade=grade_1&sort=cheapest"
    page, part = await buyer.get(address), await buyer.get(address, headers=FRAGMENT)
    assert "<html" in page.text
    assert part.text.lstrip().startswith('<div id="results"')
    assert offers(page.text) == offers(part.text) != []
    codes = await db.tuples(
        "SELECT code FROM storage_lot WHERE form = 'fresh' AND grade = 'grade_1' AND free_grams > 0"
    )
    assert sorted(offers(page.text)) == sorted(row[0] for row in codes)


async def test_every_filter_is_a_link_that_can_be_dropped(client: SignIn) -> None:
    buyer = await client(cast.BUYER_P)
    page = (await buyer.get("/market?form=dry")).text
    assert 'href="/market"' in page
    assert re.search(r'href="/market\?form=dry&amp;grade=[a-z_0-9]+"', page)
    assert re.search(r'href="/market\?form=dry&amp;township=\d+"', page)
    narrowed = (await buyer.get("/market?form=dry&min=60&min_unit=kg&max_price=60&fresh_only=on")).text
    assert set(offers(narrowed)) <= set(offers(page))


async def test_nobody_is_named_to_a_buyer(client: SignIn) -> None:
    buyer = await client(cast.BUYER_Q)
    page = (await buyer.get("/market")).text
    pages = [page] + [(await buyer.get(f"/market/lots/{code}")).text for code in offers(page)[:3]]
    people = [row[0] for row in await db.tuples("SELECT name FROM directory_person")]
    cooperatives = [
        row[0]
        for row in await db.tuples("SELECT name FROM directory_organization WHERE kind = 'cooperative'")
    ]
    cards = [
        row[0]
        for row in await db.tuples(
            "SELECT card_number FROM directory_household WHERE card_number IS NOT NULL"
        )
    ]
    for told in pages:
        assert not [canary for canary in [*people, *cooperatives, *cards] if canary in told]


async def test_growers_and_strangers_do_not_search_the_market(client: SignIn) -> None:
    assert (await (await client(cast.GROWER_A)).get("/market")).status_code == 403
    assert (await (await client()).get("/market")).status_code == 303
    assert (await (await client(cast.BUYER_P)).post("/market")).status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        "form=tea", "grade=%00", "cultivar='", "township=x", "township=-1", "township=99999999999999999999", "site=0",
        "min=abc", "min=-1", "min=9999999999999999999", "max_price=0.001", "picked_since=2026-02-30", "fresh_only=maybe",
        "sort=random", "sort=newest;drop", "cursor=x", "cursor=WzEsMl0", "cursor=" + "A" * 2000, "township=1&township=2",
        "form=fresh&form=dry", "min=1&min_unit=%00", "q=%ED%A0%80", "sort[]=newest",
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_told_and_not_asked(client: SignIn, query: str) -> None:
    buyer = await client(cast.BUYER_P)
    for headers in ({}, FRAGMENT):
        assert (await buyer.get(f"/market?{query}", headers=headers)).status_code in (200, 422)


@pytest.mark.parametrize("code", ["x", "0" * 26, "%00", "%F0%9F%8C%B6", "a" * 500])
async def test_an_offer_that_is_not_there_is_missing(client: SignIn, code: str) -> None:
    assert (await (await client(cast.BUYER_P)).get(f"/market/lots/{code}")).status_code == 404
