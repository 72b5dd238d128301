"""What impatient thumbs and bad signal do to a form: there is one slip, whatever they do."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scale
from tests.harness import cast
from tests.harness.demo import sign_in

Opened = Callable[..., Page]


def _filled(opened: Opened, kilograms: str, **options: object) -> Page:
    """The scale with a grower and a weight, not yet saved."""
    page = opened(**(scale.PHONE | options))
    sign_in(page, cast.LEADER_A)
    page.goto(scale.PAGE)
    scale.choose(page, "xdq", "解德全")
    page.fill("#f-gross", kilograms)
    return page


def _saved(page: Page) -> None:
    expect(page.locator(".running .saved")).to_be_visible()


def test_a_double_tap_saves_one_slip(opened: Opened) -> None:
    page = _filled(opened, "21.01")
    scale.save_button(page).dblclick()
    _saved(page)
    assert scale.slips_of(page, "21.01") == 1


def test_a_reload_after_saving_saves_nothing_more(opened: Opened) -> None:
    page = _filled(opened, "21.02")
    scale.save_button(page).tap()
    _saved(page)
    page.reload()
    expect(page.locator("#f-gross")).to_have_value("")
    assert scale.slips_of(page, "21.02") == 1


def test_going_back_after_saving_offers_nothing_to_save_again(opened: Opened) -> None:
    page = _filled(opened, "21.03")
    scale.save_button(page).tap()
    _saved(page)
    page.goto("/harvest")
    page.go_back()
    expect(page.locator("#f-gross")).to_have_value("")
    assert scale.slips_of(page, "21.03") == 1


def test_going_back_without_scripts_and_saving_again_is_the_same_slip(opened: Opened) -> None:
    page = opened(java_script_enabled=False, **scale.PHONE)
    sign_in(page, cast.LEADER_A)
    page.goto(f"{scale.PAGE}?q=xdq")
    page.locator(".candidate label").first.tap()
    page.fill("#f-gross", "21.04")
    scale.save_button(page).tap()
    expect(page.locator("main .note.good")).to_be_visible()
    page.go_back()
    if page.locator("#f-gross").input_value() and page.locator(".candidate input:checked").count():
        scale.save_button(page).tap()
        expect(page.locator("#f-gross")).to_have_value("")
    assert scale.slips_of(page, "21.04") == 1


def test_two_tabs_with_the_same_form_save_one_slip(opened: Opened) -> None:
    first = _filled(opened, "21.05")
    second = first.context.new_page()
    second.goto(scale.PAGE)
    scale.choose(second, "xdq", "解德全")
    second.fill("#f-gross", "21.05")
    # A tab that was duplicated holds the very same form.
    form = first.locator("#scale input[name=id]").input_value()
    second.locator("#scale input[name=id]").evaluate("(field, form) => { field.value = form; }", form)
    scale.save_button(first).tap()
    _saved(first)
    scale.save_button(second).tap()
    _saved(second)
    assert scale.slips_of(first, "21.05") == 1


def test_a_lost_signal_keeps_what_was_typed_and_a_retry_saves_it_once(opened: Opened) -> None:
    page = _filled(opened, "21.06")
    page.context.set_offline(True)
    scale.save_button(page).tap()
    expect(page.locator(".offline")).to_be_visible()
    expect(page.locator("#f-gross")).to_have_value("21.06")
    page.context.set_offline(False)
    page.locator("[data-again]").tap()
    _saved(page)
    assert scale.slips_of(page, "21.06") == 1


def test_an_answer_that_is_lost_on_its_way_is_asked_for_again(opened: Opened) -> None:
    page = _filled(opened, "21.07")
    # The server saves; the answer never arrives, as in a lift or behind a hill.
    page.route("**/harvest/weigh-ins", lambda route: (route.fetch(), route.abort())[1], times=1)
    scale.save_button(page).tap()
    expect(page.locator(".offline")).to_be_visible()
    page.locator("[data-again]").tap()
    _saved(page)
    assert scale.slips_of(page, "21.07") == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_weight_again_is_asked_about_and_taken_when_meant(opened: Opened, language: str) -> None:
    page = opened(**scale.PHONE)
    sign_in(page, cast.LEADER_A)
    page.goto(f"{scale.PAGE}?lang={language}")
    weight = {"zh": "21.08", "en": "21.09"}[language]
    scale.weigh(page, "xdq", "解德全", weight)
    scale.choose(page, "xdq", "解德全")
    page.fill("#f-gross", weight)
    scale.save_button(page).tap()
    expect(page.locator("#scale .error").first).to_be_visible()
    scale.save_button(page).tap()
    _saved(page)
    assert scale.slips_of(page, weight) == 2
