"""`make screenshots`: the pages that each of the cast finds in the menu, on a phone and on a desk, into `screenshots-out/`.

Makes no judgement; people look at them.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.harness import cast, demo
from tests.harness.house import ROOT

OUT = ROOT / "screenshots-out"
SCREENS = {"phone": (390, 844), "desk": (1280, 900)}
WHO = {
    "admin": cast.ADMIN,
    "committee": cast.COMMITTEE,
    "technician": cast.TECHNICIAN,
    "leader": cast.LEADER_A,
    "clerk": cast.CLERK_A,
    "buyer": cast.BUYER_P,
    "storekeeper": cast.STOREKEEPER,
    "grower": cast.GROWER_A,
    "department": cast.DEPARTMENT,
}


def main() -> None:
    """Every role, every screen, every page of its menu."""
    OUT.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo.demo_server(Path(folder)) as address,
        demo.chromium() as browser,
    ):
        for screen, (width, height) in SCREENS.items():
            for who, phone in WHO.items():
                print(f"{screen}: {who}", flush=True)
                page = _page(browser, address, width, height)
                demo.sign_in(page, phone)
                for number, path in enumerate(_menu(page)):
                    page.goto(path)
                    name = path.partition("?")[0].strip("/").replace("/", "-") or "home"
                    page.screenshot(path=OUT / f"{screen}-{who}-{number:02}-{name}.png", full_page=True)
                page.context.close()


def _page(browser: Browser, address: str, width: int, height: int) -> Page:
    viewport = {"width": width, "height": height}
    return browser.new_context(base_url=address, locale="zh-CN", viewport=viewport).new_page()  # type: ignore[arg-type]


def _menu(page: Page) -> list[str]:
    links = page.locator("nav a[href^='/']").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return list(dict.fromkeys(["/", *links]))


if __name__ == "__main__":
    main()
