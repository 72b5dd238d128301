"""A card before the camera: the household is chosen as by a tap, and whoever has no camera is told in words."""

from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from tests.browser import scale
from tests.harness import cast, demo
from tests.harness.demo import sign_in

WIDTH, HEIGHT, MODULE = 640, 480, 12
GREY, BLACK, WHITE = 150, 20, 235
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# Even where the browser can read codes itself, ours is to be proved.
NO_READER = "delete globalThis.BarcodeDetector"


def film(path: Path, text: str) -> Path:
    """What a camera sees that is held over a card: a code on white on grey, as a film of two pictures."""
    code = [list(row) for row in segno.make_qr(text, error="m").matrix]
    side = (len(code) + 8) * MODULE
    left, top = (WIDTH - side) // 2, (HEIGHT - side) // 2
    rows = []
    for y in range(HEIGHT):
        row = bytearray([GREY]) * WIDTH
        if 0 <= y - top < side:
            row[left : left + side] = bytes([WHITE]) * side
            line = (y - top) // MODULE - 4
            if 0 <= line < len(code):
                for place, dark in enumerate(code[line]):
                    start = left + (place + 4) * MODULE
                    row[start : start + MODULE] = bytes([BLACK if dark else WHITE]) * MODULE
        rows.append(bytes(row))
    picture = b"FRAME\n" + b"".join(rows) + bytes([128]) * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + picture * 2)
    return path


def card_of(page: Page, name: str) -> str:
    """The card of a grower, as the list of growers shows it."""
    page.goto(f"/growers?q={name}")
    return str(page.locator("#rows a.title").first.get_attribute("data-card"))


@pytest.fixture
def filmed(browser: Browser, opened: Callable[..., Page], tmp_path: Path) -> Callable[..., Page]:
    """`filmed(text, name, options)`: a page whose camera is held over that code; without a text, over the card of `name`."""
    started: list[Browser] = []

    def open_page(text: str = "", name: str = "李国强", **options: object) -> Page:
        if not text:
            asking = opened()
            sign_in(asking, cast.CLERK_A)
            text = card_of(asking, name)
        seen = f"--use-file-for-fake-video-capture={film(tmp_path / f'{text[-8:]}.y4m', text)}"
        started.append(demo.launch(browser.browser_type, *CAMERA, seen))
        page = opened(by=started[-1], **options)
        page.context.grant_permissions(["camera"])
        page.add_init_script(NO_READER)
        sign_in(page, cast.CLERK_A)
        return page

    return open_page


def test_a_scanned_card_chooses_the_household_at_the_scale(filmed: Callable[..., Page]) -> None:
    page = filmed(**scale.PHONE)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(scale.PAGE)
    assert not [url for url in loaded if "scan." in url or "/qr-" in url]
    page.get_by_role("button", name="扫卡").tap()
    expect(page.locator(".candidate input[type=radio]")).to_be_checked()
    expect(page.locator(".candidate")).to_contain_text("李国强")
    expect(page.locator("#f-gross")).to_be_focused()
    expect(page.locator("#scanner")).to_be_hidden()
    assert [url for url in loaded if "/qr-" in url]


def test_a_scanned_card_opens_the_household_in_the_list_of_growers(filmed: Callable[..., Page]) -> None:
    page = filmed(**scale.DESK)
    page.goto("/growers")
    page.get_by_role("button", name="扫卡").click()
    expect(page.locator("#side")).to_contain_text("李国强")


def test_a_scanned_card_fills_the_first_empty_row_of_a_list(filmed: Callable[..., Page]) -> None:
    page = filmed(**scale.DESK)
    page.goto("/harvest/evening")
    page.locator("[name='0-grower']").fill("罗大山")
    page.get_by_role("button", name="扫卡").click()
    expect(page.locator("[name='1-gross']")).to_be_focused()
    assert page.locator("[name='1-grower']").input_value().isdigit()


def test_a_code_of_something_else_is_told_and_chooses_nobody(filmed: Callable[..., Page]) -> None:
    page = filmed("http://127.0.0.1/t/ABCDEFGH", **scale.PHONE)
    page.goto(scale.PAGE)
    page.get_by_role("button", name="扫卡").tap()
    expect(page.locator("#scanner [role=status]")).to_contain_text("不是椒农卡")
    page.get_by_role("button", name="关闭").tap()
    expect(page.locator("#f-q")).to_have_value("")


def test_without_a_camera_the_number_is_typed(
    opened: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    page = opened(**scale.PHONE)
    sign_in(page, cast.CLERK_A)
    page.goto(scale.PAGE)
    page.get_by_role("button", name="扫卡").tap()
    expect(page.locator("#scanner [role=status]")).to_contain_text("卡号")
    accessible(page)


def test_a_refused_camera_is_told_in_words(filmed: Callable[..., Page]) -> None:
    page = filmed("00000018", **scale.PHONE)
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); }"
    )
    page.goto(scale.PAGE)
    page.get_by_role("button", name="扫卡").tap()
    expect(page.locator("#scanner [role=status]")).to_contain_text("没有使用摄像头的权限")


def test_a_hand_scanner_types_the_number_and_enter(opened: Callable[..., Page]) -> None:
    page = opened(**scale.DESK)
    sign_in(page, cast.CLERK_A)
    card = card_of(page, "李国强")
    page.goto(scale.PAGE)
    expect(page.locator("#f-q")).to_be_focused()
    page.keyboard.type(card)
    page.keyboard.press("Enter")
    expect(page.locator("#f-gross")).to_be_focused()
    expect(page.locator(".candidate").filter(has_text="李国强").locator("input[type=radio]")).to_be_checked()


def test_where_no_camera_can_be_asked_for_there_is_no_button(opened: Callable[..., Page]) -> None:
    page = opened(**scale.PHONE)
    page.add_init_script("delete Navigator.prototype.mediaDevices")
    sign_in(page, cast.CLERK_A)
    page.goto(scale.PAGE)
    expect(page.locator("[data-scan]")).to_be_hidden()
