"""A gift card is bought, and its buyer withdraws from the purchase in two clicks, with scripting off."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from booking.staff.models import Role
from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.desks import sign_in
from tests.browser.steps import fill_in, go_to_pay, link_in, new_address, play
from tests.support.axe import faults
from tests.support.house import House

pytestmark = ON_SQLITE


def test_a_gift_card_is_withdrawn_from_in_two_clicks_with_scripting_off(open_page: Opener, house: House) -> None:
    page, email = open_page(viewport=PHONE, java_script_enabled=False), new_address()
    page.goto("/nb/gift-cards")
    page.get_by_label("Et annet beløp").fill("450")
    page.get_by_role("button", name="Gå til betaling").click()
    expect(page.locator("main")).to_contain_text("Du kan angre kjøpet til og med")
    fill_in(page, email)
    go_to_pay(page)
    play(page, "pay")
    page.goto(link_in(house.mailbox.letter_to(email, "Gavekortet ditt er betalt"), "/withdraw"))
    order = page.url.removesuffix("/withdraw")

    page.goto(order)
    page.get_by_role("link", name="Angre kjøpet her").click()
    expect(page.get_by_label("E-post")).to_have_value(email)
    page.get_by_role("button", name="Bekreft at du angrer").click()

    expect(page.get_by_role("heading", name="Du har angret kjøpet")).to_be_visible()
    receipt = house.mailbox.letter_to(email, "Bekreftelse: Du har angret kjøpet")
    body = receipt.get_body(("plain",))
    assert body is not None
    assert re.search(r"Mottatt: [0-9]+\.\s\w+ 20[0-9]{2}, [0-9]{2}:[0-9]{2}", body.get_content())
    page.goto(f"{order}/receipts")
    expect(page.locator(".receipt")).to_have_count(2)
    expect(page.locator(".receipt").nth(1)).to_contain_text("Gjelder kvittering")


def test_its_pages_are_well_on_every_screen(open_page: Opener, house: House) -> None:
    page = open_page(viewport=PHONE)
    unwell = []
    page.goto("/nb/withdraw")
    unwell += faults(page)
    page.get_by_role("button", name="Send meg lenken").click()
    expect(page.locator("#errors")).to_be_visible()
    unwell += faults(page)
    page.get_by_label("Referanse").fill("0000-0000")
    page.get_by_label("E-post").fill(new_address())
    page.get_by_role("button", name="Send meg lenken").click()
    expect(page.get_by_text("Se i innboksen din.")).to_be_visible()
    unwell += faults(page)
    office = open_page(viewport=PHONE)
    sign_in(office, house, Role.FINANCE)
    office.goto("/staff/withdrawals")
    expect(office.get_by_role("heading", name="Money on its way back")).to_be_visible()
    unwell += faults(office)
    assert unwell == []
