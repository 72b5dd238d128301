"""Cards on paper: what stands on them, in both languages, ten to a sheet."""

import pytest

from pepperchain.directory import card_papers
from pepperchain.directory.card_queries import PrintedCard
from pepperchain.directory.rules import card_number
from pepperchain.web.i18n import Reader, reading_as
from tests.directory.registry import NOW


def card(id: int, name: str = "罗大山", cooperative: str | None = "青岚坪花椒专业合作社") -> PrintedCard:
    return PrintedCard(
        id, card_number(id), name, "保坪村", "Baoping", 1, "先锋镇", "Xianfeng", id % 12 or None, cooperative
    )


def test_a_card_says_whose_it_is_in_the_readers_language() -> None:
    with reading_as(Reader("zh")):
        (printed,) = card_papers.sheets([card(3)])["cards"]
    assert (printed["name"], printed["place"]) == ("罗大山", "先锋镇保坪村3组")
    assert printed["number"].split() == ["0000", "0034"]
    with reading_as(Reader("en")):
        data = card_papers.sheets([card(3, cooperative=None)])
    assert (data["lang"], data["cards"][0]["place"]) == ("en", "Baoping, group 3, Xianfeng")
    assert data["cards"][0]["cooperative"] == ""


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (10, 1), (11, 2), (25, 3)])
async def test_ten_cards_go_on_a_sheet(count: int, pages: int) -> None:
    made = await card_papers.pdf([card(id) for id in range(1, count + 1)], now=NOW)
    assert made.startswith(b"%PDF-")
    assert f"/Count {pages}".encode() in made
    assert b"/FontFile" in made


async def test_hostile_names_are_only_text() -> None:
    for name in ("#panic()", "]#pagebreak()[", '"><svg onload=1>', "罗" * 40, "Ἀ🌶", "$x^2$ *_ @a <b>"):
        assert (await card_papers.pdf([card(1, name)], now=NOW)).startswith(b"%PDF-")
