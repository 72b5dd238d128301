"""People are found as one types: by name, pinyin, initials, phone and card, in scope, the likeliest first."""

import pytest

from pepperchain.core.ids import new_id
from pepperchain.directory import people, queries
from pepperchain.directory.people import Particulars
from pepperchain.directory.search_queries import plans
from tests.directory.registry import ADMIN, COMMITTEE, DEPARTMENT, NOW, Registry, grower, household

NAMES = [
    ("张伟", "13812342231"), ("张伟明", "13812340917"), ("章伟", "15900002231"), ("曾祥云", None), ("吕布衣", "19911112222"),
    ("单正茂", None), ("欧阳娜", None), ("伟张", None), ("覃永", None),
]  # fmt: skip


@pytest.fixture
async def cards(registry: Registry) -> dict[str, str]:
    """Households headed by each of NAMES in cooperative A, and one 张伟 in B; card numbers by name."""
    made = {
        name: (await household(registry.leader_a, registry.baoping, name, phone)).card_number
        for name, phone in NAMES
    }
    await household(registry.leader_b, registry.shageng, "张伟", "13812342231")
    return made


async def found(registry: Registry, text: str) -> list[str]:
    """Names that leader A finds."""
    return [hit.name for hit in await queries.search_growers(registry.leader_a, text)]


async def test_whole_names_come_before_longer_ones_and_those_before_parts(
    registry: Registry, cards: dict[str, str]
) -> None:
    assert await found(registry, "张伟") == ["张伟", "张伟明"]
    assert (await found(registry, "伟"))[0] == "伟张"
    assert set(await found(registry, "伟")) == {"伟张", "张伟", "章伟", "张伟明"}
    assert await found(registry, "zw") == ["章伟", "张伟", "张伟明"]


TYPED: dict[str, set[str]] = {
    "zhangw": {"张伟", "章伟", "张伟明"},
    "ZHANG W": {"张伟", "章伟", "张伟明"},
    "zhang wei": {"张伟", "章伟", "张伟明"},
    "z weim": {"张伟明"},
    "weiming": {"张伟明"},
    "zeng": {"曾祥云"},
    "ceng": set(),
    "zxy": {"曾祥云"},
    "shan": {"单正茂"},
    "dan": set(),
    "szm": {"单正茂"},
    "qin": {"覃永"},
    "tan": {"覃永"},
    "lv": {"吕布衣"},
    "lü": {"吕布衣"},
    "lu": {"吕布衣"},
    "lyu": {"吕布衣"},
    "ouy": {"欧阳娜"},
    "na": {"欧阳娜"},
    "欧阳": {"欧阳娜"},
    "2231": {"张伟", "章伟"},
    "31": {"张伟", "章伟"},
    "13812342231": {"张伟"},
    "1381234": {"张伟", "张伟明"},
    "张2231": {"张伟"},
    "2231 zhang": {"张伟", "章伟"},
    "zwm 0917": {"张伟明"},
    "张wei": {"张伟", "张伟明"},
    "zhang伟": {"张伟", "章伟", "张伟明", "伟张"},
    "　张　伟　明　": {"张伟明"},
    "張": set(),
    "": set(),
    "   ": set(),
}
HOSTILE = [
    "'; DROP TABLE directory_term; --", "%", "_", "%%%", "*", "\\", '"', "\x00", "张\x00伟", "\ud800", "\U0010ffff", "a" * 5000,
    "9" * 5000, "张" * 5000, "🌶", "\u202e张", "-1", "null", ":from_0", "?", "$1", "²³", "٣٤", "ﬀ", "İ", "ß", "'", "·", "a'b", "1e9",
]  # fmt: skip


async def test_people_are_found_however_they_are_typed(registry: Registry, cards: dict[str, str]) -> None:
    assert {text: set(await found(registry, text)) for text in TYPED} == TYPED


async def test_hostile_text_breaks_nothing(registry: Registry, cards: dict[str, str]) -> None:
    for text in HOSTILE:
        assert len(await found(registry, text)) <= len(NAMES), text
    assert await found(registry, "张伟") == ["张伟", "张伟明"]


async def test_a_card_is_found_by_its_number(registry: Registry, cards: dict[str, str]) -> None:
    assert await found(registry, cards["曾祥云"]) == ["曾祥云"]
    hit = await queries.household_by_card(registry.leader_a, cards["曾祥云"])
    assert hit is not None
    assert (hit.name, hit.card_number, hit.village, hit.cooperative) == (
        "曾祥云",
        cards["曾祥云"],
        "保坪村",
        "青岚坪合作社",
    )
    for actor, card in (
        (registry.leader_b, cards["曾祥云"]),
        (registry.leader_a, "00000000"),
        (registry.leader_a, "x' OR 1=1"),
    ):
        assert await queries.household_by_card(actor, card) is None


async def test_each_role_finds_its_own_people(registry: Registry, cards: dict[str, str]) -> None:
    for actor, many in (
        (registry.leader_a, 1), (registry.clerk_a, 1), (registry.leader_b, 1), (registry.technician, 2), (ADMIN, 2), (COMMITTEE, 2),
        (registry.buyer, 0), (registry.storekeeper, 0), (DEPARTMENT, 0), (grower(1), 1), (grower(2), 0),
    ):  # fmt: skip
        assert len([hit for hit in await queries.search_growers(actor, "张伟") if hit.name == "张伟"]) == many


async def test_a_search_shows_no_more_than_asked_for(registry: Registry, cards: dict[str, str]) -> None:
    assert len(await queries.search_growers(ADMIN, "z", limit=3)) == 3


async def test_households_are_found_once_even_when_two_of_its_people_match(registry: Registry) -> None:
    entered = await household(registry.leader_a, registry.baoping, "罗大山")
    await people.enter(
        registry.leader_a, id=new_id(), household_id=entered.id, person=Particulars("罗小川"), now=NOW
    )
    rows = await queries.households_found(registry.leader_a, "罗", limit=9)
    assert [(row.id, row.head, row.people) for row in rows] == [(entered.id, "罗大山", 2)]
    assert await queries.households_found(registry.leader_a, "罗", village_id=registry.shageng, limit=9) == []
    assert len(await queries.households_found(registry.leader_a, "罗", lacking="phone", limit=9)) == 1
    assert await queries.households_found(registry.leader_b, "罗", limit=9) == []


def test_letters_and_digits_are_told_apart() -> None:
    (plan,) = plans("张2231")
    assert [probe.start for probe in plan.probes] == ["1322", "2231"]
    assert plan.also[0][0].start == "张"
