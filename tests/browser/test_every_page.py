"""Every page and state, as axe and a person without a mouse meet them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.steps import buy, choose_time, fill_in, go_to_checkout, go_to_pay, link_in, new_address, play
from tests.support.axe import faults
from tests.support.house import House

# What pages look like does not depend on the database.
pytestmark = ON_SQLITE

PLAIN = (
    "/nb/",
    "/nb/tickets",
    "/nb/tickets?party=9&month=2027-01",
    "/nb/tickets?date=2026-12-25",
    "/nb/tickets?date=1999-01-01",
    "/nb/whats-on",
    "/nb/whats-on?day=weekend",
    "/nb/whats-on/ild-og-is",
    "/nb/my-booking",
    "/nb/school",
    "/nb/school/bruer",
    "/lv/school/roboten",
    "/nb/gift-cards",
    "/nb/withdraw",
    "/nb/newsletter",
    "/nb/terms",
    "/nb/privacy",
    "/nb/accessibility",
    "/nb/no-such-page",
    "/nb/b/4BKC9RC7M7AWJB3W3C1D4JSVCV",
    "/nn/",
    "/en/tickets",
    "/lv/tickets?party=2",
    "/staff/sign-in",
)


def test_pages_anybody_can_open_are_well_on_every_screen(open_page: Opener) -> None:
    page = open_page()
    unwell = []
    for path in PLAIN:
        page.goto(path)
        unwell += faults(page)
    assert unwell == []


def test_the_way_to_a_ticket_and_after_is_well_on_every_screen(open_page: Opener, house: House) -> None:
    page = open_page(viewport=PHONE)
    unwell = [line for state in the_way(page, house) for line in faults(state)]
    assert unwell == []


def the_way(page: Page, house: House) -> Iterator[Page]:
    """Every state of the pages on the way, one after the other."""
    email = new_address()
    choose_time(page)
    open_all(page)
    yield page
    for stepper in page.locator(".choice input").all():
        stepper.fill("0")
    page.locator(".pay-bar button:not([formaction])").click()
    expect(page.locator("[role=alert]")).to_contain_text("minst én billett")
    yield page
    choose_time(page)
    go_to_checkout(page)
    yield page
    page.locator("main form button.wide:not([value=vipps])").click()
    expect(page.locator("#errors")).to_be_visible()
    yield page
    fill_in(page, email)
    go_to_pay(page)
    yield page
    play(page, "decline")
    yield page
    page.locator("main p a").last.click()
    page.wait_for_url("**/checkout/**")
    yield page
    page.locator("main form").first.locator("button").click()
    page.wait_for_url("**/pay/**")
    play(page, "later")
    page.wait_for_url("**/b/**")
    yield page
    choose_time(page)
    go_to_checkout(page)
    fill_in(page, email)
    page.locator("main form button[value=vipps]").click()
    page.wait_for_url("**/pay/**")
    yield page
    play(page, "slow")
    page.wait_for_url("**/b/**")
    yield page
    booking = buy(page, email, later=3)
    yield page
    page.locator("main details summary").first.click()
    yield page
    page.goto(f"{booking}/receipts")
    open_all(page)
    yield page
    page.goto(f"{booking}/change")
    yield page
    page.locator("#when a.on-a-phone").click()  # a phone shows the times first, and the month when asked
    page.wait_for_url("**from=*")
    yield page
    page.locator("#when a.day.free").last.click()
    page.wait_for_url("**date=*")
    yield page
    page.locator("#when a.time.free").first.click()
    page.wait_for_url("**slot=*")
    yield page
    page.goto(f"{booking}/cancel")
    yield page
    page.locator("button.danger").click()
    expect(page.locator("h1")).to_contain_text("avbestilt")
    yield page
    page.goto("/nb/my-booking")
    page.locator("#email").fill("tull")
    page.locator("main form button").click()
    yield page
    page.locator("#email").fill(email)
    page.locator("main form button").click()
    expect(page.locator("[role=status]")).to_be_visible()
    yield page
    page.goto(link_in(house.mailbox.letter_to(email, "avbestilt"), "/b/"))
    yield page


def open_all(page: Page) -> None:
    """Open what is open on demand."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


STEPS: dict[str, Callable[[Page], None]] = {
    "checkout": go_to_checkout,
    "tickets": lambda page: None,
}


@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_field_and_button_has_a_name_that_is_seen(open_page: Opener, step: str) -> None:
    page = open_page()
    choose_time(page)
    STEPS[step](page)
    open_all(page)
    nameless = page.evaluate(
        """[...document.querySelectorAll('input:not([type=hidden]), textarea, select')]
           .filter(node => !node.labels.length || ![...node.labels].some(label => label.innerText.trim()))
           .map(node => node.outerHTML)"""
    )
    assert nameless == []


def test_the_focus_can_be_seen_wherever_it_goes(open_page: Opener) -> None:
    page = open_page(viewport=DESK)
    choose_time(page)
    unseen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        unseen += page.evaluate(
            """(() => { const node = document.activeElement, style = getComputedStyle(node);
               const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
               return node === document.body || seen ? [] : [node.outerHTML.slice(0, 120)]; })()"""
        )
    assert unseen == []


def test_a_page_asks_only_our_own_server_for_anything(open_page: Opener, house: House) -> None:
    page = open_page()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    choose_time(page)
    assert addresses
    assert [url for url in addresses if not url.startswith((house.url, "data:"))] == []
