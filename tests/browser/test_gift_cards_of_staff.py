"""A gift card is sold and handed over at the desk with scripting off, and the office deals with it; pages are well."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from booking.staff.models import Role
from tests.browser.conftest import DESK, ON_SQLITE, Opener
from tests.browser.desks import sign_in
from tests.support.axe import faults
from tests.support.house import House

pytestmark = ON_SQLITE


def test_a_card_is_sold_and_handed_over_at_the_desk_and_the_office_deals_with_it(
    open_page: Opener, house: House
) -> None:
    desk = open_page(viewport=DESK, java_script_enabled=False)
    sign_in(desk, house, Role.DESK)
    desk.goto("/staff/desk/sell")
    desk.get_by_role("link", name="Sell a gift card").click()
    desk.get_by_label("Another amount").fill("101")
    desk.get_by_role("button", name="Continue to payment").click()
    expect(desk.locator("#amount-error")).to_be_visible()
    desk.get_by_label("Another amount").fill("350")
    desk.get_by_role("button", name="Continue to payment").click()
    desk.get_by_label("Number on the receipt").fill("K-1")
    desk.get_by_role("button", name="It is paid in the till").click()
    desk.get_by_role("button", name="Show the code and print the card").click()
    code = desk.locator(".gift-card-signs").inner_text()
    desk.get_by_role("button", name="It is handed over").click()
    expect(desk.locator("main")).not_to_contain_text(code)
    card = desk.url
    office = open_page(viewport=DESK)
    sign_in(office, house, Role.FINANCE)
    unwell = well(office, "/staff/gift-cards")
    office.get_by_role("textbox", name="Find a gift card").fill("nobody@example.org")
    office.get_by_role("button", name="Find").click()
    unwell += faults(office)
    office.get_by_role("textbox", name="Find a gift card").fill(code.lower())
    office.get_by_role("button", name="Find").click()
    expect(office).to_have_url(card)
    office.get_by_text("Block", exact=True).first.click()
    office.get_by_role("button", name="Block").click()
    unwell += opened(office)
    office.get_by_label("Why?").first.fill("Lost on the bus")
    office.locator("form[action$='/block'] button").click()
    expect(office.locator("main")).to_contain_text("Lost on the bus")
    office.locator("summary", has_text="Unblock").click()
    office.locator("#unblock_reason").fill("Found")
    office.locator("form[action$='/unblock'] button").click()
    office.locator("summary", has_text="Hand it over here").click()
    office.locator("#renew_reason").fill("They want another")
    office.locator("form[action$='/renew'] button").click()
    expect(office).to_have_url(re.compile("/code$"))
    unwell += faults(office)
    assert office.locator(".gift-card-signs").inner_text() != code
    unwell += well(office, "/staff/reports/gift-cards", "/staff/reports/gift-cards-days")
    assert not unwell, "\n".join(unwell)


def opened(page: Page) -> list[str]:
    """What is wrong with the page as it stands, with all opened that can be opened."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    return faults(page)


def well(page: Page, *paths: str) -> list[str]:
    """The same of pages."""
    unwell = []
    for path in paths:
        page.goto(path)
        unwell += opened(page)
    return unwell
