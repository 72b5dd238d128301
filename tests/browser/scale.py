"""The scale as a clerk's thumb knows it, and a list of slips as anybody reads it."""

import re
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

PAGE = "/harvest/weigh-ins/new"
PHONE: dict[str, object] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK: dict[str, object] = {"viewport": {"width": 1280, "height": 900}}
# What a hand does to the page: taps and keys, counted where the browser hands them to us.
COUNTING = """() => {
  window.acts = 0;
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { window.acts += 1; }, true);
}"""


def save_button(page: Page) -> Locator:
    """The big button."""
    return page.locator("#scale .lower button[type=submit]")


def choose(page: Page, letters: str, name: str) -> None:
    """Types letters or digits and taps the grower of that name among those found."""
    page.locator("#f-q").press_sequentially(letters)
    press(page, page.locator(".candidate label").filter(has_text=name).first)
    expect(page.locator("#f-gross")).to_be_focused()


def press(page: Page, target: Locator) -> None:
    """A tap where there is a finger, a click where there is a mouse."""
    if page.evaluate("navigator.maxTouchPoints > 0"):
        target.tap()
    else:
        target.click()


def weigh(page: Page, letters: str, name: str, kilograms: str) -> None:
    """One slip from the first letter to the answer; afterwards the next grower may be typed."""
    choose(page, letters, name)
    page.locator("#f-gross").press_sequentially(kilograms)
    form = page.locator("#scale input[name=id]").input_value()
    press(page, save_button(page))
    expect(page.locator("#scale input[name=id]")).not_to_have_value(form)
    expect(page.locator(".running .saved")).to_be_visible()
    expect(page.locator("#f-q")).to_be_focused()


def running_total(page: Page) -> Decimal:
    """Today's kilograms above the form."""
    return Decimal(re.sub(r"[^\d.]", "", page.locator(".running b").inner_text()))


def slips_of(page: Page, net: str) -> int:
    """How many of the newest slips weigh exactly this; void ones show no weight."""
    page.goto("/harvest/weigh-ins")
    return page.locator("#rows .end b").filter(has_text=re.compile(rf"^\s*{re.escape(net)}\b")).count()
