"""Every page that a role finds: accessible, whole on a narrow phone, also in large type, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import scale
from tests.browser.conftest import DOUBLED_PX
from tests.harness import cast
from tests.harness.demo import sign_in

# Each page is visited by somebody who works with it. A record is reached by the first link of its list.
HARVEST = (
    "/harvest", "/harvest/weigh-ins/new", "/harvest/weigh-ins", "/harvest/evening", "/harvest/prices", "/harvest/yields",
)  # fmt: skip
PEOPLE = ("/growers", "/growers/new", "/organizations")
STORAGE = ("/storage", "/storage/lots", "/storage/receipts/new", "/storage/sites")
VISITS = (
    "/visits", "/visits/follow-ups", "/growers/1/visits/new", "/growers/1/plans/new", "/growers/1/timeline",
)  # fmt: skip
IMPORTS = ("/imports", "/imports/new/households", "/imports/new/weighins")
ACCOUNTS = (
    "/me/password", "/me/tokens", "/me/second-step", "/invitations", "/invitations/new", "/approvals", "/login/code",
)  # fmt: skip
BANK = (
    "/bank",
    "/bank/receipts/1",
    "/bank/settlements/1",
    "/bank/statements/1",
    "/bank/storage-books/1",
    "/bank/pledges",
    "/bank/closes",
    "/bank/sales",
    "/bank/payouts",
    "/bank/prices",
    "/bank/schemes",
    "/bank/schemes/1",
    "/bank/schemes/1/trial",
    "/bank/schemes/new",
    "/bank/reports",
    "/storage/climate/report",
)
OWN = ("/bank", "/bank/receipts/1", "/bank/storage-books/1")
ROUNDS = {
    "leader": (cast.LEADER_A, ("/", *HARVEST, *PEOPLE, *STORAGE, *BANK, "/market", *IMPORTS, "/me", *ACCOUNTS)),
    "admin": (cast.ADMIN, ("/", "/admin", "/admin/users/new", "/admin/system", "/admin/audit", *ACCOUNTS, "/organizations/new")),
    "technician": (cast.TECHNICIAN, ("/", *VISITS)),
    "storekeeper": (cast.STOREKEEPER, ("/", "/storage", "/storage/lots")),
    "grower": (cast.GROWER_A, ("/", "/harvest", "/harvest/mine", "/harvest/weigh-ins", *OWN)),
    "lender": (cast.LENDER, ("/", "/bank", "/bank/pledges")),
    "buyer": (cast.BUYER_Q, ("/", "/market", "/organizations")),
}  # fmt: skip
RECORDS = (
    "/harvest/weigh-ins",
    "/growers",
    "/organizations",
    "/storage",
    "/storage/lots",
    "/visits/follow-ups",
    "/market",
    "/admin",
)


NARROW_ROWS = """[...document.querySelectorAll("main .rows")].some(
  (rows) => rows.offsetWidth && rows.offsetWidth < document.documentElement.clientWidth / 2)"""


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


def _too_wide(page: Page, paths: tuple[str, ...]) -> list[str]:
    faults = []
    for path in paths:
        _visit(page, path)
        try:
            _require_no_sideways_scrolling(page)
        except AssertionError as fault:
            faults.append(str(fault))
    return faults


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


@pytest.mark.parametrize("who", ROUNDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_type_of_twice_the_size_scrolls_only_down(
    opened: Callable[..., Page], doubled: Browser, who: str, language: str
) -> None:
    phone, paths = ROUNDS[who]
    page = opened(by=doubled, viewport={"width": 360, "height": 740})
    page.goto(f"/login?lang={language}")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{DOUBLED_PX}px"
    faults = _too_wide(page, ("/login",))
    sign_in(page, phone)
    faults += _too_wide(page, (*paths, *_records(page, paths)))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("who", ROUNDS)
def test_a_printed_list_takes_the_width_of_its_paper(opened: Callable[..., Page], who: str) -> None:
    phone, paths = ROUNDS[who]
    page = opened(viewport={"width": 1123, "height": 794})  # A4 on its side
    sign_in(page, phone)
    page.emulate_media(media="print")
    narrow = []
    for path in paths:
        _visit(page, path)
        if page.evaluate(NARROW_ROWS):
            narrow.append(path)
    assert not narrow, narrow
