"""An evening in the cold: space booked, pepper chilled in time, a room too warm, and what lies there counted."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from pepperchain.core import clock
from tests.browser import scale
from tests.browser.test_season import WAYS
from tests.harness import cast
from tests.harness.demo import sign_in

Opened = Callable[..., Page]
Accessible = Callable[[Page], None]

COOL = "保坪预冷间"
GROWER, LETTERS = "罗大山", "lds"
SHORT_KG = Decimal("1.10")
DATETIME = "%Y-%m-%dT%H:%M"


@pytest.mark.parametrize("way", WAYS)
def test_an_evenings_pepper_is_chilled_in_time_and_its_room_can_be_trusted(
    opened: Opened, accessible: Accessible, way: str
) -> None:
    language, screen = WAYS[way]
    leader, clerk = opened(**screen), opened(**screen)
    for page, phone in ((leader, cast.LEADER_A), (clerk, cast.CLERK_A)):
        sign_in(page, phone)
        page.goto(f"/?lang={language}")

    _book(leader, accessible)
    _weigh(clerk, way)
    lot = _chill(clerk, accessible)
    room = _room_of(leader, lot)
    _too_warm(leader, accessible, room, way)
    _count(leader, clerk, accessible, room)


def _book(page: Page, accessible: Accessible) -> None:
    """Asks where two tonnes of fresh pepper find room tonight, and takes the best answer."""
    page.goto("/storage?form=fresh&need=2000&need_unit=kg&span=7")
    accessible(page)
    best = page.locator(".best li").first
    room = best.locator("a.title").inner_text()
    scale.press(page, best.locator("button"))
    expect(page).to_have_url(re.compile(r"/storage/rooms/\d+"))
    expect(page.locator("h1")).to_contain_text(room)
    expect(page.locator("[aria-labelledby=booked]")).to_contain_text(re.compile(r"\b2\b"))
    accessible(page)


def _weigh(page: Page, way: str) -> None:
    """Each way weighs something of its own: the scale would ask whether one is a slip sent twice."""
    page.goto(scale.PAGE)
    scale.weigh(page, LETTERS, GROWER, str(Decimal("23.45") + list(WAYS).index(way)))


def _chill(page: Page, accessible: Accessible) -> str:
    """Puts the fresh heap into the cool room while its clock still runs; the address of its lot."""
    page.goto("/storage/receipts/new")
    heap = (
        page.locator("form.heap")
        .filter(has_text="保坪收购点")
        .filter(has_text=re.compile("鲜花椒|Fresh"))
        .first
    )
    cool = heap.locator("select option").filter(has_text=COOL).first.get_attribute("value")
    heap.locator("select").select_option(cool)
    scale.press(page, heap.get_by_role("button"))
    page.wait_for_url(re.compile(r"/storage/lots/\d+"))
    expect(page.locator("main")).to_contain_text(COOL)
    expect(page.locator("main .freshness").first).to_be_visible()
    accessible(page)
    return page.url


def _room_of(page: Page, lot: str) -> str:
    """The room that a lot lies in, by its number."""
    page.goto(lot)
    address = page.locator("main a[href^='/storage/rooms/']").first.get_attribute("href") or ""
    return address.rpartition("/")[2]


def _too_warm(page: Page, accessible: Accessible, room: str, way: str) -> None:
    """A thermometer read by eye tells of an hour that was too warm; somebody is on it, explains it and settles it."""
    page.goto(f"/storage/climate/rooms/{room}/sensors/new")
    code = f"EYE-{list(WAYS).index(way)}"
    page.fill("input[name=code]", code)
    page.fill("input[name=silent_minutes]", "600")
    page.fill("input[name=active_from]", str(clock.local_day(clock.now()) - timedelta(days=1)))
    accessible(page)
    scale.press(page, page.locator("form.narrow button[type=submit]"))
    expect(page).to_have_url(re.compile(rf"/storage/climate/rooms/{room}"))
    now = clock.local(clock.now())
    for minutes, degrees in ((50, "9.4"), (32, "9.8"), (14, "9.1"), (1, "2.2")):
        _read(page, room, code, degrees, now - timedelta(minutes=minutes))
    accessible(page)
    breach = page.locator("[aria-labelledby=breaches] li").filter(has_text="9.8").first
    scale.press(page, breach.locator("a"))
    expect(page.locator(".facts")).to_contain_text(code)
    expect(page.locator(".facts")).to_contain_text("9.8")
    accessible(page)
    scale.press(page, page.locator("form[action$='/acknowledgement'] button"))
    page.locator("input[name=cause]").first.check(force=True)
    page.fill("[name=done]", "门未关严，已关好")
    scale.press(page, page.locator("form[action$='/explanation'] button"))
    expect(page.locator("main")).to_contain_text("门未关严")
    scale.press(page, page.locator("form[action$='/closing'] button"))
    expect(page.locator("form[action$='/explanation']")).to_have_count(0)
    accessible(page)


def _read(page: Page, room: str, code: str, degrees: str, at: datetime) -> None:
    page.goto(f"/storage/climate/rooms/{room}/readings/new")
    form = page.locator("form.thermometer").filter(has_text=code)
    form.locator("input[name=degrees]").fill(degrees)
    form.locator("input[name=taken_at]").fill(at.strftime(DATETIME))
    scale.press(page, form.locator("button[type=submit]"))
    expect(page).to_have_url(re.compile(rf"/storage/climate/rooms/{room}(\?|$)"))


def _count(leader: Page, clerk: Page, accessible: Accessible, room: str) -> None:
    """The clerk counts blind, the smallest lot a little short; the leader signs, and the book says what was counted."""
    book = _book_of(leader, room)
    leader.goto(f"/storage/stocktakes/new?room_id={room}")
    accessible(leader)
    scale.press(leader, leader.locator("form[action='/storage/stocktakes'] button[type=submit]"))
    expect(leader).to_have_url(re.compile(r"/storage/stocktakes/\d+"))
    stocktake = leader.url.partition("?")[0]

    clerk.goto(stocktake)
    accessible(clerk)
    clerk.locator("a[href$='/counts/new']").click()
    short = min(book, key=lambda code: book[code])
    accessible(clerk)
    asked = 0
    while clerk.locator(".which").count():
        code = clerk.locator(".which .code").inner_text().strip()
        assert f"{book[code]}" not in clerk.locator("main").inner_text()
        clerk.fill("input[name=loose]", str(book[code] - (SHORT_KG if code == short else 0)))
        with clerk.expect_navigation():
            scale.press(clerk, clerk.locator("form[action$='/counts'] button[type=submit]"))
        asked += 1
    # What differs is asked for twice.
    assert asked == len(book) + 1
    clerk.goto(stocktake)
    scale.press(clerk, clerk.locator("form[action$='/submission'] button"))
    expect(clerk.locator("form[action$='/submission']")).to_have_count(0)

    leader.goto(stocktake)
    expect(leader.locator("main")).to_contain_text(short)
    accessible(leader)
    leader.fill("form[action$='/signature'] input[name=reason]", "破袋漏出")
    scale.press(leader, leader.locator("form[action$='/signature'] button"))
    expect(leader.locator("form[action$='/signature']")).to_have_count(0)
    accessible(leader)
    assert _book_of(leader, room)[short] == book[short] - SHORT_KG


def _book_of(page: Page, room: str) -> dict[str, Decimal]:
    """What lies in a room, in kilograms by the code of its lot."""
    page.goto(f"/storage/lots?room_id={room}")
    lots = [each.get_attribute("href") or "" for each in page.locator("#rows a.title").all()]
    assert lots
    found = {}
    for lot in lots:
        page.goto(lot)
        code = page.locator("main a[href^='/t/']").first.inner_text().rpartition("/")[2][:6]
        found[code] = Decimal(
            re.sub(r"[^\d.]", "", page.locator("main .big b, main .weight b").first.inner_text())
        )
    return found
