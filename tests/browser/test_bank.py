"""From a lot over a loan to the payment list: a grower's pepper in the bank, as the people at the counter and the grower live it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scale
from tests.browser.test_season import WAYS
from tests.harness import cast
from tests.harness.demo import sign_in

Opened = Callable[..., Page]
Accessible = Callable[[Page], None]

GROWER, KG, YUAN = "罗大山", "0.5", "58.60"
OWN_STORE, GRADE_ONE = "保坪收购点", re.compile(r"一级|Grade 1")
DEPOSIT = "a[href^='/bank/deposits/new']"


def _lot(page: Page) -> str:
    """The address of the deposit form of a lot that has something to give."""
    page.goto("/storage/lots?form=dry")
    lots = [
        each.get_attribute("href") or ""
        for each in page.locator("#rows a.title").filter(has_text=GRADE_ONE).all()
    ]
    for lot in lots:
        page.goto(lot)
        if page.locator(DEPOSIT).count() and OWN_STORE in page.locator(".document").inner_text():
            return page.locator(DEPOSIT).first.get_attribute("href") or ""
    pytest.fail("no lot of the cooperative's own can be deposited")


@pytest.mark.parametrize("way", WAYS)
def test_a_growers_pepper_goes_from_its_lot_over_a_loan_to_the_payment_list(
    opened: Opened, accessible: Accessible, way: str
) -> None:
    language, screen = WAYS[way]
    leader = opened(**screen)
    sign_in(leader, cast.LEADER_A)
    leader.goto(f"/?lang={language}")

    leader.goto("/bank/prices")
    leader.fill("input[name=price]", YUAN)
    scale.press(leader, leader.locator("form[action='/bank/prices'] button[type=submit]"))
    expect(leader.locator("main table")).to_contain_text(YUAN)
    accessible(leader)

    leader.goto(_lot(leader))
    accessible(leader)
    leader.fill("input[name=grower]", GROWER)
    leader.fill("input[name=grams]", KG)
    scale.press(leader, leader.locator("form[action='/bank/deposits'] button[type=submit]").last)
    expect(leader).to_have_url(re.compile(r"/bank/receipts/\d+"))
    expect(leader.locator(".document")).to_contain_text(GROWER)
    accessible(leader)
    receipt = leader.url
    product = leader.locator(".document .product").inner_text()

    grower = opened(**screen)
    sign_in(grower, cast.GROWER_A)
    grower.goto(f"{receipt}?lang={language}")
    accessible(grower)
    _pledge_and_let_go(grower, opened(**screen), accessible, language)
    grower.goto(receipt)
    grower.locator("a[href$='/orders/new']").click()
    grower.fill("input[name=grams]", KG)
    accessible(grower)
    scale.press(grower, grower.locator("form[action$='/orders'] button[type=submit]"))
    expect(grower.locator("#orders")).to_be_visible()

    leader.goto("/bank/sales")
    accessible(leader)
    # What waits for a better price is not sold today.
    heap = (
        leader.locator(".heap-line")
        .filter(has_text=product, has_not_text=re.compile(r"(?<![\d.])0\.00"))
        .first
    )
    heap.locator("a.button").click()
    leader.fill("input[name=grams]", KG)
    leader.fill("input[name=price]", YUAN)
    leader.fill("input[name=buyer]", "青麻叙食品")
    leader.locator("button[value=look]").click()
    expect(leader.locator("main table")).to_be_visible()
    accessible(leader)
    leader.locator("button[value=sell]").click()
    expect(leader).to_have_url(re.compile(r"/bank/sales/[0-9a-f-]{36}"))
    leader.locator("a[href^='/bank/settlements/']").first.click()
    expect(leader.locator(".lines")).to_be_visible()
    accessible(leader)

    leader.goto("/bank/payouts")
    accessible(leader)
    leader.locator("form[action='/bank/payouts'] button").first.click()
    expect(leader).to_have_url(re.compile(r"/bank/payouts/[0-9a-f-]{36}"))
    accessible(leader)


def _pledge_and_let_go(grower: Page, lender: Page, accessible: Accessible, language: str) -> None:
    """The grower borrows on the receipt, the bank lends, the grower pays back, the bank lets it go."""
    grower.locator("a[href$='/pledges/new']").click()
    grower.fill("input[name=grams]", KG)
    grower.fill("input[name=loan]", "12")
    grower.fill("input[name=due_on]", "2099-01-31")
    accessible(grower)
    scale.press(grower, grower.locator("form[action$='/pledges'] button[type=submit]"))
    expect(grower).to_have_url(re.compile(r"/bank/pledges/[0-9a-f-]{36}"))
    pledge = grower.url.partition("?")[0]
    accessible(grower)

    sign_in(lender, cast.LENDER)
    lender.goto(f"/bank/pledges?lang={language}")
    accessible(lender)
    lender.goto(pledge)
    accessible(lender)
    lender.fill("input[name=loan_number]", "NS-2026-7")
    scale.press(lender, lender.locator("form[action$='/confirmation'] button"))
    expect(lender.locator("form[action$='/releases']")).to_be_visible()
    accessible(lender)
    grower.goto(pledge)
    expect(grower.locator(".document")).to_contain_text("NS-2026-7")

    lender.fill("form[action$='/releases'] input[name=grams]", KG)
    scale.press(lender, lender.locator("form[action$='/releases'] button[type=submit]"))
    expect(lender.locator("form[action$='/releases']")).to_have_count(0)
    accessible(lender)
