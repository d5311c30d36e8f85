"""Without a mouse, on a phone: buy, change and cancel. The focus is always seen, nothing lies over it or catches it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.steps import NEXT_MONTH, is_nearly_over, new_address

pytestmark = ON_SQLITE

MOST = 60  # stops on any of these pages, and on all of them together on the way to a ticket
GO_ON = ".pay-bar button:not([formaction])"
PAY = "main form button.wide:not([value=vipps])"

# Of what has the focus: whether it is ringed, and whether something lies over the middle of what is seen of it.
SEEN = """(() => {
    const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
    if (node === document.body) return '';
    const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const middle = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
    const over = document.elementFromPoint(box.x + box.width / 2, middle);
    const mine = [node, ...node.labels ?? []].some(one => one.contains(over)) || over?.contains(node);
    if (ringed && mine) return '';
    return (ringed ? '' : 'no ring: ') + (mine ? '' : 'covered: ') + node.outerHTML.slice(0, 120);
})()"""


def go_to(page: Page, selector: str, skipping: bool = False) -> int:
    """Tab until the focus is on one of these; every stop before it is seen. How many there were.

    With `skipping` the first link of a page is taken, past its head.
    """
    unseen = []
    for stop_number in range(1, MOST + 1):
        page.keyboard.press("Tab")
        if skipping and page.evaluate("document.activeElement.matches('.skip')"):
            page.keyboard.press("Enter")
        unseen += [stop] if (stop := page.evaluate(SEEN)) else []
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            assert unseen == []
            return stop_number
    raise AssertionError(f"{selector} is not reached on {page.url}: {page.locator('main').inner_text()}")


def press(page: Page, selector: str, leads_to: str, skipping: bool = False) -> int:
    """Go there and press Enter; how many stops it was."""
    stops = go_to(page, selector, skipping)
    page.keyboard.press("Enter")
    page.wait_for_url(leads_to)
    page.wait_for_load_state()
    return stops


@pytest.mark.parametrize("skipping", [False, True])
def test_from_the_front_page_to_the_payment_are_fewer_than_sixty_stops(open_page: Opener, skipping: bool) -> None:
    page, stops = open_page(viewport=PHONE), 0
    page.goto("/nb/")
    for selector, leads_to in (
        (".hero .button", "**/tickets"),
        ("a.day.free", "**date=*"),
        ("a.time.free", "**slot=*"),
        (GO_ON, "**/checkout/**"),
    ):
        stops += press(page, selector, leads_to, skipping)
    for selector, typed in (("#name", "Kari Nordmann"), ("#email", new_address()), ("#terms", " ")):
        stops += go_to(page, selector, skipping)
        page.keyboard.type(typed)
    stops += press(page, PAY, "**/pay/**", skipping)
    if skipping:
        stops += press(page, "button[value=pay]", "**/b/**", skipping)
        expect(page.locator(".party-ticket")).to_be_visible()
    assert stops < MOST


def test_tickets_are_bought_changed_and_cancelled_by_keyboard_alone(open_page: Opener) -> None:
    page, email = open_page(viewport=PHONE), new_address()
    page.goto("/nb/")
    press(page, ".hero .button", "**/tickets")
    if is_nearly_over(page, later=2):
        press(page, NEXT_MONTH, "**month=*")
    day = page.locator("a.day.free").nth(2).get_attribute("href")
    press(page, f"a[href='{day}']", "**date=*")
    press(page, "a.time.free", "**slot=*")
    go_to(page, ".choice input")
    page.keyboard.type("2")
    press(page, GO_ON, "**/checkout/**")
    go_to(page, "#name")
    page.keyboard.type("Kari Nordmann")
    go_to(page, "#terms")
    page.keyboard.press("Space")
    go_to(page, PAY)
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_be_focused()  # what is missing is where one goes on
    go_to(page, "#errors a")
    page.keyboard.press("Enter")
    expect(page.locator("#email")).to_be_focused()
    page.keyboard.type(email)
    press(page, PAY, "**/pay/**")
    press(page, "button[value=pay]", "**/b/**")
    own = page.url.split("#")[0]  # a browser keeps the place that a link to a field led to
    expect(page.locator(".party-ticket")).to_be_visible()
    press(page, "a[href$='/change']", "**/change")
    press(page, "#when a.time.free", "**slot=*")
    press(page, GO_ON, f"{own}*")
    expect(page.locator(".party-ticket")).to_be_visible()
    press(page, "a[href$='/cancel']", "**/cancel")
    press(page, "button.danger", f"{own}*")
    expect(page.locator("h1")).to_contain_text("avbestilt")
