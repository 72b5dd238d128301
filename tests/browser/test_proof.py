"""A receipt proves itself in the browser alone: genuine, forged, cut short, of another installation."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness import cast
from tests.harness.demo import sign_in

Opened = Callable[..., Page]
Accessible = Callable[[Page], None]


def _changed(text: str, before: bytes, after: bytes) -> str:
    plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).replace(before, after)
    return urlsafe_b64encode(plain).decode().rstrip("=")


WITHOUT_ED25519 = """for (const name of ["importKey", "verify"]) {
  const known = SubtleCrypto.prototype[name];
  SubtleCrypto.prototype[name] = function (...asked) {
    if (asked.some((each) => (each?.name ?? each) === "Ed25519")) {
      return Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
    }
    return known.apply(this, asked);
  };
}"""
"""A browser of some years ago."""

WITHOUT_ANY = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
"""A page that came over a line which the browser does not trust."""

CHECKER = "noble-ed25519"


def _statement(leader: Page) -> str:
    """What a receipt says for itself."""
    sign_in(leader, cast.LEADER_A)
    leader.goto("/bank")
    leader.goto(leader.locator("#rows a.title").first.get_attribute("href") or "")
    return leader.locator(".document .code a").get_attribute("data-statement") or ""


def _said(statement: str) -> tuple[str, str, bytes, bytes]:
    """Its text, its signature, the receipt's number, and the name of the key."""
    text, signature = statement.split(".")
    plain = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    number = re.search(rb"\|([A-Z]+-C\d\d-\d{6})\|", plain)
    own = re.search(rb"pepper1\|([0-9a-f]{8})", plain)
    assert number is not None
    assert own is not None
    return text, signature, number[1], own[1]


@pytest.mark.parametrize("script", [None, WITHOUT_ED25519], ids=["a new browser", "an older browser"])
def test_a_receipt_proves_itself_without_asking_the_server(
    opened: Opened, accessible: Accessible, script: str | None
) -> None:
    statement = _statement(opened())
    text, signature, number, own = _said(statement)
    anybody = opened()
    loaded: list[str] = []
    anybody.on("request", lambda asked: loaded.append(asked.url))
    if script:
        anybody.add_init_script(script)
    anybody.goto("/r/verify?lang=en")
    anybody.wait_for_load_state("networkidle")
    assert any(CHECKER in url for url in loaded) == (script is not None)
    accessible(anybody)
    anybody.context.set_offline(True)
    asked_before = len(loaded)
    another = number[:-1] + (b"8" if number.endswith(b"9") else b"9")
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    for typed, found in (
        (f"https://elsewhere.test/r/x#s={statement}", "genuine"),
        (f"{_changed(text, number, another)}.{signature}", "forged"),
        (f"{text}.{flipped}", "forged"),
        (f"{_changed(text, own, b'00000000')}.{signature}", "foreign"),
        (statement[:-12], "broken"),
        (f"{text}.", "broken"),
        ("http://elsewhere.test/", "broken"),
        (statement, "genuine"),
    ):
        anybody.fill("textarea[name=code]", typed)
        anybody.locator("#verify button[type=submit]").click()
        expect(anybody.locator(f"#verdict[data-found={found}]")).to_be_visible()
    assert len(loaded) == asked_before
    anybody.context.set_offline(False)
    anybody.goto(f"/r/verify?lang=en#s={statement}")
    expect(anybody.locator("#said")).to_contain_text(number.decode())
    accessible(anybody)


def test_a_browser_that_can_check_nothing_says_so(opened: Opened) -> None:
    statement = _statement(opened())
    anybody = opened()
    anybody.add_init_script(WITHOUT_ANY)
    anybody.goto(f"/r/verify?lang=en#s={statement}")
    expect(anybody.locator("#verdict[data-found=unable]")).to_be_visible()
