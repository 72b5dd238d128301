"""A running demo, a page of a fresh browser profile, and the accessibility rules."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.harness import demo

PHONE = {"width": 390, "height": 844}
WAIT_MS = 15_000
DOUBLED_PX = 32


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser, whether it says so or not."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running demo, one for each worker: tests must not count on being alone in it.

    When all are done the doctor adds its books up again.
    """
    folder = tmp_path_factory.mktemp("server")
    with demo.demo_server(folder) as address:
        yield address
    faults = demo.doctor(folder)
    assert not faults, f"the doctor found faults after the tests: {faults}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for each worker."""
    with demo.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def doubled(browser: Browser) -> Iterator[Browser]:
    """The browser of somebody who has set its type to twice the usual size."""
    started = demo.launch(browser.browser_type, f"--blink-settings=defaultFontSize={DOUBLED_PX}")
    yield started
    started.close()


@pytest.fixture
def opened(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """`opened(java_script_enabled=False)`: a page of a fresh profile with the context options of playwright, `by` another browser.

    Afterwards no page may have failed quietly: an error in a script, a file that is not there, something the
    content policy forbids.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(by: Browser = browser, **options: object) -> Page:
        wanted: dict[str, object] = {"base_url": server, "locale": "zh-CN", "viewport": PHONE, **options}
        context = by.new_context(**wanted)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda line: (
                complaints.append(f"{page.url}: {line.text}") if _is_ours(line.text, line.type) else None
            ),
        )
        page.on(
            "response",
            lambda answer: (
                complaints.append(f"{answer.status} {answer.url}") if _is_a_fault(answer) else None
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(opened: Callable[..., Page]) -> Page:
    """A page as on a phone, in Chinese, not signed in."""
    return opened()


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Fails with every accessibility rule that the page breaks, once what moves has come to rest: half faded in, ink is pale."""

    def check(page: Page) -> None:
        page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()

    return check


def _is_ours(text: str, kind: str) -> bool:
    # A refused form answers 422 on purpose and a test may cut the line; the browser and htmx call these errors.
    on_purpose = ("status of 4", "net::ERR_", "htmx:error: Failed to fetch")
    return kind == "error" and not any(said in text for said in on_purpose)


def _is_a_fault(answer: Response) -> bool:
    return answer.status >= 500 or (answer.status >= 400 and "/static/" in answer.url)
