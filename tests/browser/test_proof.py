"""A receipt proves itself in the browser alone: genuine, forged, cut short, of another installation."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.harness import cast
from tests.harness.demo import sign_in

Opened = Callable[..., Page]
Accessible = Callable[[Page], None]


def _changed(text: str, before: bytes, after: bytes) -> str:
    plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).replace(before, after)
    return urlsafe_b64encode(plain).decode().rstrip("=")


def test_a_receipt_proves_itself_without_asking_the_server(opened: Opened, accessible: Accessible) -> None:
    leader = opened()
    sign_in(leader, cast.LEADER_A)
    leader.goto("/bank")
    leader.goto(leader.locator("#rows a.title").first.get_attribute("href") or "")
    statement = leader.locator(".document .code a").get_attribute("data-statement") or ""
    text, signature = statement.split(".")
    number = re.search(rb"\|([A-Z]+-C\d\d-\d{6})\|", urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert number is not None

    anybody = opened()
    anybody.goto("/r/verify?lang=en")
    accessible(anybody)
    anybody.context.set_offline(True)
    own = re.search(rb"pepper1\|([0-9a-f]{8})", urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert own is not None
    for typed, found in (
        (f"https://elsewhere.test/r/x#s={statement}", "genuine"),
        (f"{_changed(text, number[1], number[1][:-1] + b'9')}.{signature}", "forged"),
        (f"{_changed(text, own[1], b'00000000')}.{signature}", "foreign"),
        (statement[:-12], "broken"),
        ("http://elsewhere.test/", "broken"),
    ):
        anybody.fill("textarea[name=code]", typed)
        anybody.locator("#verify button[type=submit]").click()
        expect(anybody.locator(f"#verdict[data-found={found}]")).to_be_visible()
    anybody.context.set_offline(False)
    anybody.goto(f"/r/verify?lang=en#s={statement}")
    expect(anybody.locator("#said")).to_contain_text(number[1].decode())
    accessible(anybody)
