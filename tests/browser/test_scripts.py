"""D11 in a browser: what looks like a script stands there as letters and does not run."""

from collections.abc import Callable

from playwright.sync_api import Dialog, Page, expect

from tests.harness import cast
from tests.harness.demo import sign_in

PAYLOAD = "\"'><img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"


def test_a_note_that_is_a_script_is_read_and_does_not_run(opened: Callable[..., Page]) -> None:
    page = opened()
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    sign_in(page, cast.LEADER_A)
    page.goto("/growers")
    page.locator("a[href^='/growers/'].title").first.click()
    page.goto(f"{page.url.partition('?')[0]}/timeline")
    page.locator("details:has([name=text]) summary").first.click()
    page.locator("[name=text]").first.fill(PAYLOAD)
    page.locator("form:has([name=text]) [type=submit]").first.click()
    expect(page.get_by_text(PAYLOAD).first).to_be_visible()
    assert page.title() != "ran"
    assert page.locator("img[src=x]").count() == 0
    assert asked == []
