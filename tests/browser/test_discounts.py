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
    page.locator("details.if-you-like", has=page.locator("#gift_code")).evaluate("it => it.open = true")
    page.locator("#gift_code").fill(code)
    page.get_by_role("button", name="Bruk koden").click()


def test_a_party_buys_with_a_code_with_scripting_off_and_gets_a_part_back(open_page: Opener, house: House) -> None:
    page, email = open_page(viewport=PHONE, java_script_enabled=False), new_address()
    choose_time(page, party=2)
    go_to_checkout(page)
    full = _total(page)
    unwell = faults(page)
    for code, why in (("VINTER21", "Vi kjenner ingen slik kode"), ("HØST", "er brukt")):
        _try_code(page, code)
        expect(page.locator("#gift_code-error")).to_contain_text(why)
        expect(page.locator("#gift_code")).to_have_value(code)
    unwell += faults(page)
    _try_code(page, " vinter-2o ")
    expect(page.locator(".discounts-taken")).to_contain_text("Vinterferie")
    unwell += faults(page)
    paid = _total(page)
    assert paid * 10 == full * 8
    fill_in(page, email)
    go_to_pay(page)
    play(page, "pay")

    page.goto(link_in(house.mailbox.letter_to(email, "Billettene dine"), "/b/"))
    page.locator("a[href$='/change']").first.click()
    stepper = page.locator(".choice input").first
    stepper.fill(str(int(stepper.input_value()) - 1))
    page.locator("form .pay-bar button, form button.wide").last.click()
    expect(page.locator("main")).to_contain_text(re.compile(r"tilbake"))
    assert unwell == []


def test_the_offices_pages_of_campaigns_are_well_on_every_screen(open_page: Opener, house: House) -> None:
    office = open_page(viewport=PHONE)
    sign_in(office, house, Role.ADMIN)
    office.goto("/staff/campaigns")
    expect(office.locator("main")).to_contain_text("Vinterferie")
    unwell = faults(office)
    office.get_by_role("link", name="Vinterferie").click()
    expect(office.locator("#codes")).to_contain_text("40")
    unwell += faults(office)
    office.goto("/staff/campaigns/new")
    unwell += faults(office)
    office.get_by_role("button", name="Save").click()
    expect(office.locator("#errors")).to_be_visible()
    unwell += faults(office)
    assert unwell == []
