"""A family on a phone: little to scroll, few stops for the keyboard, the best price by one press, and a full day."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.steps import choose_time
from tests.support.axe import faults

pytestmark = ON_SQLITE

HIGHEST = 2400  # px of a page on a phone once the time is chosen
MOST_STOPS = 25  # from the time to Go on
GO_ON = ".pay-bar button:not([formaction])"


def numbers(page: Page) -> list[str]:
    """What the first six ticket types say: adult, child, toddler, student, family, and one more child."""
    return [field.input_value() for field in page.locator(".choice input").all()[:6]]


def test_the_page_is_short_and_its_stops_are_few_once_the_time_is_chosen(open_page: Opener) -> None:
    page = open_page(viewport=PHONE)
    choose_time(page, party=4)
    assert page.evaluate("document.documentElement.scrollHeight") < HIGHEST
    page.locator("#choose").focus()
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({GO_ON!r})"):
            return
    raise AssertionError(f"more than {MOST_STOPS} stops")


def test_two_adults_and_five_children_pay_least_after_one_press(open_page: Opener) -> None:
    page = open_page(viewport=PHONE)
    choose_time(page, party=4)
    for place, many in ((0, "2"), (1, "5")):
        page.locator(".choice input").nth(place).fill(many)
    offer = page.locator(".take-best")
    expect(offer).to_contain_text("spar 220")
    assert faults(page) == []
    offer.click()
    assert numbers(page) == ["0", "0", "0", "0", "1", "3"]
    expect(page.locator("[data-sum]")).to_contain_text("050")
    expect(page.locator("[data-best-place]")).to_be_focused()
    page.locator(GO_ON).click()
    page.wait_for_url("**/checkout/**")
    expect(page.locator(".basket-line")).to_contain_text("050")


def test_without_scripting_the_best_price_is_a_link_after_counting(open_page: Opener) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=False)
    choose_time(page, party=4)
    for place, many in ((0, "2"), (1, "2")):
        page.locator(".choice input").nth(place).fill(many)
    page.locator(".without-scripting").click()
    expect(page.locator("[data-sum]")).to_contain_text("760")
    page.locator(".take-best").click()
    expect(page.locator("[data-sum]")).to_contain_text("690")
    assert numbers(page) == ["0", "0", "0", "0", "1", "0"]


def test_a_full_day_begins_with_what_is_near(open_page: Opener) -> None:
    page = open_page(viewport=PHONE)
    page.goto("/nb/tickets?party=4")
    page.locator("a.day.full").first.click()
    page.locator("#times").wait_for()
    near = page.locator(".near a.time")
    assert 2 <= near.count() <= 3
    assert faults(page) == []
    near.first.click()
    expect(page.locator("#choose")).to_be_visible()
