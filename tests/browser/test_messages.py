"""A receipt's text for a message, copied at the counter and pasted elsewhere."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.harness import cast
from tests.harness.demo import sign_in


def test_the_text_of_a_receipt_is_copied_and_its_address_leads_to_its_proof(
    opened: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    leader = opened(permissions=["clipboard-read", "clipboard-write"])
    sign_in(leader, cast.LEADER_A)
    leader.goto("/bank")
    leader.goto(leader.locator("#rows a.title").first.get_attribute("href") or "")
    leader.locator("details:has(#message) summary").click()
    text = leader.locator("#message").input_value()
    assert text.startswith("代储")
    leader.locator("[data-copy=message]").click()
    expect(leader.locator("details:has(#message) [role=status]")).to_have_text("已复制。")
    assert leader.evaluate("navigator.clipboard.readText()") == text
    accessible(leader)
    address = text.rpartition("，")[2]
    anybody = opened()
    anybody.goto(f"http://{address}")
    expect(anybody.locator(".big.money")).to_be_visible()
