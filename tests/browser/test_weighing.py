"""The scale in hands of every kind: quick, without scripts, by keyboard alone."""

import re
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, Route, expect

from tests.browser import scale
from tests.harness import cast
from tests.harness.demo import sign_in

# The answer to these letters is held back, as a weak signal does.
LATE = re.compile(r"/harvest/weigh-ins/new\?.*q=(lds|qy)\b")
ACTS_A_SLIP_MAX = 9
SECONDS_A_SLIP_MAX = 10


def test_a_slip_takes_nine_touches_at_most(opened: Callable[..., Page]) -> None:
    page = opened(**scale.PHONE)
    sign_in(page, cast.CLERK_A)
    page.goto(scale.PAGE)
    page.evaluate(scale.COUNTING)
    scale.weigh(page, "qy", "仇玉兰", "33.1")
    assert page.evaluate("window.acts") <= ACTS_A_SLIP_MAX


def test_a_slip_needs_no_script(opened: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    page = opened(java_script_enabled=False, **scale.PHONE)
    sign_in(page, cast.CLERK_A)
    page.goto(scale.PAGE)
    before = scale.running_total(page)
    page.fill("#f-gross", "44.37")
    page.fill("#f-q", "0110")
    page.click("noscript button")
    page.locator(".candidate label").filter(has_text="李国强").tap()
    assert page.locator("#f-gross").input_value() == "44.37"
    scale.save_button(page).tap()
    expect(page.locator("main .note.good")).to_contain_text("44.37")
    assert scale.running_total(page) - before == Decimal("44.37")
    assert scale.slips_of(page, "44.37") == 1


def test_a_slip_needs_no_mouse(opened: Callable[..., Page]) -> None:
    page = opened(**scale.DESK)
    sign_in(page, cast.CLERK_A)
    page.goto(scale.PAGE)
    before = scale.running_total(page)
    keys = page.keyboard
    expect(page.locator("#f-q")).to_be_focused()
    keys.type("zgy")
    expect(page.locator(".candidate")).not_to_have_count(0)
    keys.press("Enter")
    expect(page.locator("#f-gross")).to_be_focused()
    keys.type("28.64")
    keys.press("Enter")
    expect(page.locator(".running .saved")).to_be_visible()
    expect(page.locator("#f-q")).to_be_focused()
    assert scale.running_total(page) - before == Decimal("28.64")


def test_a_late_answer_does_not_lose_the_grower_who_was_tapped(opened: Callable[..., Page]) -> None:
    page = opened(**scale.PHONE)
    sign_in(page, cast.CLERK_A)
    page.goto(scale.PAGE)
    held = _hold(page)
    page.locator("#f-q").press_sequentially("q")
    tapped = page.locator(".candidate").filter(has_text="仇玉兰")
    expect(tapped).to_be_visible()
    with page.expect_request(LATE):
        page.locator("#f-q").press_sequentially("y")
    tapped.locator("label").tap()
    expect(page.locator("#f-gross")).to_be_focused()
    with page.expect_response(LATE):
        held.pop().continue_()
    expect(page.locator("#f-q.htmx-request")).to_have_count(0)
    expect(tapped.locator("input[type=radio]")).to_be_checked()


def test_enter_waits_for_the_answer_to_what_was_typed(opened: Callable[..., Page]) -> None:
    page = opened(**scale.DESK)
    sign_in(page, cast.CLERK_A)
    page.goto(scale.PAGE)
    held = _hold(page)
    page.locator("#f-q").press_sequentially("l")
    expect(page.locator(".candidate").first).not_to_contain_text("罗大山")
    with page.expect_request(LATE):
        page.locator("#f-q").press_sequentially("ds")
    page.keyboard.press("Enter")
    expect(page.locator("#growers input:checked")).to_have_count(0)
    held.pop().continue_()
    expect(page.locator(".candidate").filter(has_text="罗大山").locator("input[type=radio]")).to_be_checked()
    expect(page.locator("#f-gross")).to_be_focused()


def _hold(page: Page) -> list[Route]:
    held: list[Route] = []
    page.route(LATE, lambda route: held.append(route))
    return held
