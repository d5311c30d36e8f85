"""A party buys with a discount code, with scripting off, and gets a part back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from booking.staff.models import Role
from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.desks import sign_in
from tests.browser.steps import choose_time, fill_in, go_to_checkout, go_to_pay, link_in, new_address, play
from tests.support.axe import faults
from tests.support.house import House

pytestmark = ON_SQLITE


def _total(page: Page) -> int:
    """Kroner in the last row of the basket, 420 of “kr 420”."""
    digits = re.sub(r"[^0-9]", "", page.locator("table tfoot tr").last.locator(".sum").inner_text())
    return int(digits)


def _try_code(page: Page, code: str) -> None:
    if not page.locator("#gift_code").is_visible():
        page.locator("details.if-you-like", has=page.locator("#gift_code")).locator("summary").click()
    page.locator("#gift_code").fill(code)
    page.get_by_role("button", name="Bruk koden").click()


def test_a_party_buys_with_a_code_with_scripting_off_and_gets_a_part_back(open_page: Opener, house: House) -> None:
    page, email = open_page(viewport=PHONE, java_script_enabled=False), new_address()
    choose_time(page, party=2)
    go_to_checkout(page)
    full, checkout = _total(page), page.url
    for code, why in (("VINTER21", "Vi kjenner ikke denne koden"), ("HØST", "er brukt")):
        _try_code(page, code)
        expect(page.locator("#gift_code-error")).to_contain_text(why)
        expect(page.locator("#gift_code")).to_have_value(code)
    _try_code(page, " vinter-2o ")
    expect(page.locator(".discounts-taken")).to_contain_text("Vinterferie")
    with_scripting = open_page(viewport=PHONE)
    with_scripting.goto(checkout)
    assert faults(with_scripting) == []
    _try_code(with_scripting, "VINTER21")
    assert faults(with_scripting) == []
    paid = _total(page)
    assert paid * 10 == full * 8
    fill_in(page, email)
    go_to_pay(page)
    play(page, "pay")

    page.goto(link_in(house.mailbox.letter_to(email, "Billettene dine"), "/b/"))
    page.locator("a[href$='/change']").first.click()
    stepper = page.locator(".choice input").first
    stepper.fill(str(int(stepper.input_value()) - 1))
    page.locator(".pay-bar button:not([formaction])").click()
    expect(page.locator("main")).to_contain_text(f"Du får tilbake {paid // 2}\N{NO-BREAK SPACE}kr")
    page.get_by_role("button", name="Endre", exact=True).click()
    page.wait_for_url(re.compile(r"/b/[0-9A-Z]+#done$"))
    expect(page.locator("#done")).to_contain_text(f"{paid // 2}\N{NO-BREAK SPACE}kr")


def test_the_offices_pages_of_campaigns_are_well_on_every_screen(open_page: Opener, house: House) -> None:
    office = open_page(viewport=PHONE)
    sign_in(office, house, Role.ADMIN)
    office.goto("/staff/campaigns")
    expect(office.locator("main")).to_contain_text("Winter holidays")
    unwell = faults(office)
    office.get_by_role("link", name="Winter holidays").click()
    expect(office.locator("#codes")).to_contain_text("40")
    unwell += faults(office)
    office.goto("/staff/campaigns/new")
    unwell += faults(office)
    office.get_by_role("button", name="Save").click()
    expect(office.locator("#errors")).to_be_visible()
    unwell += faults(office)
    assert unwell == []
