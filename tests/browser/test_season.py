"""From the members' list to the buyer: a cooperative's first evening, as four people live it."""

import re
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import scale
from tests.harness import cast
from tests.harness.demo import sign_in
from tests.harness.house import ROOT

Opened = Callable[..., Page]
Accessible = Callable[[Page], None]

HEADING_ROW = 3
WORK_MS = 60_000
APPROVAL = "form[action$='/committing'] button, form[action$='/approval'] button"
UNDOING = "form[action$='/undoing'] button, form[action$='/reversal'] button"
COLUMNS = {
    "zh": ("户主", "手机", "村", "组", "地块", "面积"),
    "en": ("Head of household", "Mobile number", "Village", "Group", "Plot", "Area"),
}
# Each way has newcomers of its own: the demo is one for all of them.
NEWCOMERS = {
    "zh on a phone": (("龚桂华", "19900017301"), ("邬显贵", "19900017302"), ("冉启秀", "19900017303")),
    "zh at a desk": (("卓元清", "19900017311"), ("骆春霞", "19900017312"), ("阳国平", "19900017313")),
    "en on a phone": (("申万全", "19900017411"), ("蒲秀英", "19900017412"), ("官德茂", "19900017413")),
    "en at a desk": (("粟万里", "19900017401"), ("庹长林", "19900017402"), ("晏开平", "19900017403")),
}

# Growers in a queue: what the clerk types, who it is, the weight.
QUEUE = (
    ("lds", "罗大山", "52.30"),
    ("0104", "曾祥云", "41.75"),
    ("xd", "解德全", "38.20"),
    ("qy", "仇玉兰", "19.85"),
    ("0110", "李国强", "67.40"),
    ("zgy", "张桂英", "24.60"),
    ("wcf", "王昌富", "88.15"),
    ("0114", "刘永福", "73.05"),
    ("ysh", "杨胜华", "30.90"),
)
FRESH = re.compile(r"^\s*(鲜花椒|Fresh)\s*\d")
GRADE_ONE = re.compile(r"^\s*(一级|Grade 1)")
FRESH_ONE = re.compile(r"(鲜花椒 一级 九叶青|Fresh Grade 1 Jiuyeqing)")
WAYS: dict[str, tuple[str, dict[str, object]]] = {
    "zh on a phone": ("zh", scale.PHONE),
    "zh at a desk": ("zh", scale.DESK),
    "en on a phone": ("en", scale.PHONE),
    "en at a desk": ("en", scale.DESK),
}


def _people() -> set[str]:
    """Every name of the village, and every phone."""
    households = tomllib.loads((ROOT / "fixtures/village/households.toml").read_text("utf-8"))["household"]
    people = [person for household in households for person in household["people"]]
    newcomers = {each for pairs in NEWCOMERS.values() for pair in pairs for each in pair}
    return (
        newcomers
        | {person["name"] for person in people}
        | {person["phone"] for person in people if "phone" in person}
    )


def _floor(page: Page) -> Decimal:
    """What of fresh grade 1 lies on the first site's floor, in kilograms."""
    page.goto("/storage/receipts/new")
    if not _heap(page).count():
        return Decimal()
    shown = _heap(page).locator(".weight b, .weight .num").first.inner_text()
    return Decimal(re.sub(r"[^\d.]", "", shown))


def _heap(page: Page) -> Locator:
    return page.locator("form.heap").filter(has_text="保坪收购点").filter(has_text=FRESH_ONE).first


def _bring_members(page: Page, accessible: Accessible, way: str, folder: Path) -> None:
    """Takes the empty sheet, writes the newcomers in, brings it, looks, and lets it happen."""
    page.goto("/imports")
    accessible(page)
    page.goto("/imports/new/households")
    accessible(page)
    with page.expect_download() as started:
        page.locator("a[href='/imports/templates/households']").click()
    sheet = folder / "members.xlsx"
    started.value.save_as(sheet)
    _fill(sheet, way)

    page.set_input_files("input[name=file]", sheet)
    page.locator("form[enctype] button[type=submit]").click()
    approval = page.locator(APPROVAL)
    expect(approval).to_be_visible(timeout=WORK_MS)
    expect(page.locator("#batch")).to_contain_text(NEWCOMERS[way][0][0])
    accessible(page)
    scale.press(page, approval)
    expect(page.locator(UNDOING)).to_be_attached(timeout=WORK_MS)
    accessible(page)
    for name, _ in NEWCOMERS[way]:
        page.goto(f"/growers?q={name}")
        expect(page.locator("main")).to_contain_text(name)
    accessible(page)


def _fill(sheet: Path, way: str) -> None:
    """Adds a row for each newcomer beneath the headings, as people do."""
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    column = {str(cell.value).rstrip(" *"): cell.column for cell in page[HEADING_ROW]}
    for row, (name, phone) in enumerate(NEWCOMERS[way], HEADING_ROW + 2):
        for words, value in zip(
            COLUMNS[WAYS[way][0]], (name, phone, "保坪村", "3", "新开土", "2.5"), strict=True
        ):
            place = next(at for title, at in column.items() if title.startswith(words))
            page.cell(row, place, value)
    book.save(sheet)


@pytest.mark.parametrize("way", WAYS)
def test_pepper_finds_its_buyer_the_evening_it_is_weighed(
    opened: Opened, accessible: Accessible, tmp_path: Path, way: str
) -> None:
    language, screen = WAYS[way]
    leader = opened(**screen)
    sign_in(leader, cast.LEADER_A)
    leader.goto(f"/?lang={language}")
    accessible(leader)
    _bring_members(leader, accessible, way, tmp_path)
    newcomer, phone = NEWCOMERS[way][0]
    queue = ((phone[-4:], newcomer, "36.45"), *QUEUE)

    clerk = opened(**screen)
    sign_in(clerk, cast.CLERK_A)
    clerk.goto(f"/?lang={language}")
    accessible(clerk)
    lay = _floor(clerk)
    accessible(clerk)

    clerk.goto(scale.PAGE)
    accessible(clerk)
    before = scale.running_total(clerk)
    # No two evenings bring the same weights: the scale would ask whether one is a slip sent twice.
    weights = [Decimal(weight) + list(WAYS).index(way) for _, _, weight in queue]
    for (letters, name, _), weight in zip(queue, weights, strict=True):
        scale.weigh(clerk, letters, name, str(weight))
    weighed = sum(weights)
    assert scale.running_total(clerk) == before + weighed
    accessible(clerk)

    # The last one was on the scale twice: it is taken back with one tap, and stays visible as void.
    scale.press(clerk, clerk.locator(".latest li").first.locator("button"))
    expect(clerk.locator(".latest li").first.locator(".badge")).to_be_visible()
    kept = weighed - weights[-1]
    assert scale.running_total(clerk) == before + kept

    assert _floor(clerk) == lay + kept
    _heap(clerk).get_by_role("button").click()
    clerk.wait_for_url(re.compile(r"/storage/lots/\d+$"))
    expect(clerk.locator("main")).to_contain_text(f"{lay + kept:.2f}")
    accessible(clerk)
    code = clerk.locator("main a[href^='/t/']").first.inner_text().rpartition("/")[2]

    buyer = opened(**screen)
    sign_in(buyer, cast.BUYER_P)
    buyer.goto(f"/market?lang={language}")
    accessible(buyer)
    _narrow(buyer, FRESH)
    buyer.wait_for_url(re.compile(r"[?&]form=fresh\b"))
    _narrow(buyer, GRADE_ONE)
    buyer.wait_for_url(re.compile(r"[?&]grade=\w+"))
    accessible(buyer)
    found = buyer.url
    offer = buyer.locator(f"a[href='/market/lots/{code}']")
    expect(offer).to_be_visible()
    _tells_of_nobody(buyer)

    # The address is the search: somebody else who opens it sees the same.
    colleague = opened(**screen)
    sign_in(colleague, cast.BUYER_Q)
    colleague.goto(found)
    expect(colleague.locator(f"a[href='/market/lots/{code}']")).to_be_visible()

    scale.press(buyer, offer)
    buyer.wait_for_url(re.compile(f"/market/lots/{code}"))
    accessible(buyer)
    _tells_of_nobody(buyer)
    buyer.goto(f"/t/{code}")
    accessible(buyer)
    _tells_of_nobody(buyer)
    buyer.go_back()
    buyer.go_back()
    expect(offer).to_be_visible()
    assert buyer.url == found


def _narrow(page: Page, words: re.Pattern[str]) -> None:
    """Takes a filter, which a phone keeps folded."""
    choice = page.locator(".facet a").filter(has_text=words).first
    if not choice.is_visible():
        scale.press(page, page.locator(".filtered > details > summary").first)
    scale.press(page, choice)
    expect(page.locator(".facet a[aria-current]").filter(has_text=words)).to_have_count(1)


def _tells_of_nobody(page: Page) -> None:
    """Nobody of the village is on the page: not on the screen, not behind it."""
    page.wait_for_load_state("networkidle")
    text = page.content()
    assert not [each for each in _people() if each in text]
