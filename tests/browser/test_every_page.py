"""Every page that a role finds: accessible, whole on a narrow phone, also in large type, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import scale
from tests.harness import cast
from tests.harness.demo import sign_in

# Each page is visited by somebody who works with it. A record is reached by the first link of its list.
HARVEST = (
    "/harvest", "/harvest/weigh-ins/new", "/harvest/weigh-ins", "/harvest/evening", "/harvest/prices", "/harvest/yields",
)  # fmt: skip
PEOPLE = ("/growers", "/growers/new", "/organizations")
STORAGE = ("/storage", "/storage/lots", "/storage/receipts/new", "/storage/sites")
ROUNDS = {
    "leader": (cast.LEADER_A, ("/", *HARVEST, *PEOPLE, *STORAGE, "/market", "/me", "/me/password", "/me/tokens")),
    "admin": (cast.ADMIN, ("/", "/admin", "/admin/users/new", "/admin/system", "/admin/audit", "/organizations/new")),
    "storekeeper": (cast.STOREKEEPER, ("/", "/storage", "/storage/lots")),
    "grower": (cast.GROWER_A, ("/", "/harvest", "/harvest/mine", "/harvest/weigh-ins")),
    "buyer": (cast.BUYER_Q, ("/", "/market", "/organizations")),
}  # fmt: skip
RECORDS = (
    "/harvest/weigh-ins",
    "/growers",
    "/organizations",
    "/storage",
    "/storage/lots",
    "/market",
    "/admin",
)


def _visit(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, f"{path}: {answer.status}"


def _records(page: Page, paths: tuple[str, ...]) -> list[str]:
    """The first record of each list among the paths, by its own address."""
    found = []
    for path in paths:
        if path in RECORDS:
            _visit(page, path)
            link = page.locator("main .rows a.title, main tbody a").first
            if link.count():
                found.append(str(link.get_attribute("href")))
    return found


def _require_no_sideways_scrolling(page: Page) -> None:
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0, f"{page.url} is {excess} px too wide"


def _judge(page: Page, paths: tuple[str, ...], accessible: Callable[[Page], None]) -> None:
    """Goes to every page, then tells of all faults together."""
    faults = []
    for path in (*paths, *_records(page, paths)):
        _visit(page, path)
        try:
            accessible(page)
            _require_no_sideways_scrolling(page)
        except AssertionError as fault:
            faults.append(f"{path}: {fault}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("who", ROUNDS)
def test_every_page_is_accessible_and_fits_a_narrow_phone(
    opened: Callable[..., Page], accessible: Callable[[Page], None], who: str
) -> None:
    phone, paths = ROUNDS[who]
    page = opened(**scale.PHONE)
    sign_in(page, phone)
    _judge(page, paths, accessible)


@pytest.mark.parametrize("who", ROUNDS)
def test_every_page_is_accessible_in_english_at_a_desk(
    opened: Callable[..., Page], accessible: Callable[[Page], None], who: str
) -> None:
    phone, paths = ROUNDS[who]
    page = opened(**scale.DESK, color_scheme="dark")
    sign_in(page, phone)
    page.goto("/?lang=en")
    _judge(page, paths, accessible)


@pytest.mark.parametrize("who", ROUNDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_large_type_scrolls_only_down(opened: Callable[..., Page], who: str, language: str) -> None:
    phone, paths = ROUNDS[who]
    page = opened(viewport={"width": 360, "height": 740})
    sign_in(page, phone)
    page.goto(f"/?lang={language}&type=large")
    for path in paths:
        _visit(page, path)
        _require_no_sideways_scrolling(page)
