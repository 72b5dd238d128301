"""The doors: everyone of the cast comes in, on a phone, with and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness import cast
from tests.harness.demo import sign_in


def test_the_sign_in_page_shows_the_demo_accounts(page: Page, accessible: Callable[[Page], None]) -> None:
    page.goto("/login")
    expect(page.get_by_text(cast.CLERK_A).first).to_be_visible()
    accessible(page)


@pytest.mark.parametrize("phone", cast.EVERYONE)
def test_everyone_finds_an_accessible_home(
    page: Page, accessible: Callable[[Page], None], phone: str
) -> None:
    sign_in(page, phone)
    expect(page.locator("h1").first).to_be_visible()
    accessible(page)


def test_signing_in_needs_no_script(opened: Callable[..., Page]) -> None:
    page = opened(java_script_enabled=False)
    sign_in(page, cast.GROWER_A)
    expect(page.locator("h1").first).to_be_visible()


def test_a_home_fits_a_narrow_phone(opened: Callable[..., Page]) -> None:
    page = opened(viewport={"width": 360, "height": 740})
    sign_in(page, cast.CLERK_A)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
