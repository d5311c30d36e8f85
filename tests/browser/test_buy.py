"""A visitor buys timed tickets: from the front page to a QR code in the mail that opens the door."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.models import DemoSession
from tests.browser.conftest import DESK, ON_POSTGRESQL, ON_SQLITE, PHONE, Opener
from tests.browser.desks import inside
from tests.browser.steps import (
    buy,
    choose_time,
    codes_on_first_page,
    fill_in,
    go_to_checkout,
    go_to_pay,
    new_address,
    pdf_in,
    play,
    reference_on,
)
from tests.support.axe import sticks_out
from tests.support.house import House

SUBJECTS = {"nb": "Billettene dine", "en": "Your tickets", "nn": "Billettane dine", "lv": "Jūsu biļetes"}


def party_code(house: House, reference: str) -> str:
    """The party's code as the database has it."""
    with inside(house):
        return db.session.scalars(select(Booking.code).where(Booking.reference == reference.replace(" ", ""))).one()


@pytest.mark.parametrize(("lang", "scripting"), [("nb", True), ("en", False)], ids=["nb-scripting", "en-no-scripting"])
def test_tickets_are_bought_in_three_pages_and_the_code_in_the_mailed_pdf_is_the_tickets(
    house: House, open_page: Opener, lang: str, scripting: bool
) -> None:
    page, email = open_page(java_script_enabled=scripting), new_address()
    buy(page, email, lang)
    reference = reference_on(page)
    letter = house.mailbox.letter_to(email, SUBJECTS[lang])
    assert codes_on_first_page(pdf_in(letter))[0] == f"BST1.{party_code(house, reference)}"
    assert "text/calendar" in {part.get_content_type() for part in letter.walk()}


@ON_SQLITE
def test_the_page_says_the_total_as_one_chooses(open_page: Opener) -> None:
    page = open_page(viewport=DESK)
    choose_time(page, "en", party=2)
    total = page.locator(".pay-bar output")
    before = total.inner_text()
    page.locator(".choice .stepper button").nth(1).click()
    expect(total).not_to_have_text(before)


@ON_SQLITE
def test_the_keyboard_alone_reaches_the_till(open_page: Opener) -> None:
    page = open_page(viewport=DESK)
    choose_time(page)
    press_until(page, ".pay-bar button:not([formaction])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/checkout/**")
    for selector, words in (("#name", "Kari Nordmann"), ("#email", new_address())):
        press_until(page, selector)
        page.keyboard.type(words)
    press_until(page, "#terms")
    page.keyboard.press("Space")
    press_until(page, "main form button.wide:not([value=vipps])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay/**")


def press_until(page: Page, selector: str) -> None:
    """Press Tab until this has the focus."""
    wanted = page.locator(selector).first
    for _ in range(80):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}")


@ON_POSTGRESQL
def test_what_was_typed_is_kept_when_something_is_wrong(open_page: Opener) -> None:
    page = open_page()
    choose_time(page)
    go_to_checkout(page)
    page.locator("#name").fill("Åse Ødegård")
    page.locator("#email").fill("ikke en adresse")
    page.locator("#pay .if-you-like summary").click()
    page.locator("#needs").fill("Rullestol")
    page.locator("main form button.wide:not([value=vipps])").click()
    expect(page.locator("#errors")).to_contain_text("e-postadresse")
    expect(page.locator("#errors")).to_be_focused()
    expect(page).to_have_title(re.compile("^Feil: "))
    expect(page.locator("#needs")).to_be_visible()  # what somebody has said does not fold away
    assert page.locator("#name").input_value() == "Åse Ødegård"
    assert page.locator("#needs").input_value() == "Rullestol"


def test_a_declined_card_keeps_the_places_and_lets_one_try_again(open_page: Opener) -> None:
    page = open_page()
    choose_time(page)
    go_to_checkout(page)
    fill_in(page, new_address())
    go_to_pay(page)
    play(page, "decline")
    expect(page.locator("[role=alert]")).to_contain_text("Kortet ble avvist")
    play(page, "pay")
    page.wait_for_url("**/b/**")
    expect(page.locator(".party-ticket")).to_be_visible()


def test_one_may_go_back_from_the_till_and_change_the_basket(open_page: Opener) -> None:
    page = open_page()
    choose_time(page)
    go_to_checkout(page)
    fill_in(page, new_address())
    go_to_pay(page)
    page.locator("main p a").last.click()
    page.wait_for_url("**/checkout/**")
    page.locator("form[action$=back] button, form[action*=back] button").first.click()
    expect(page.get_by_text("Endre kurven")).to_be_visible()


def the_bank_has_it(house: House) -> None:
    """What the demo's bank takes 20 seconds for is done now."""
    with inside(house), unit_of_work():
        db.session.execute(update(DemoSession).where(DemoSession.outcome == "later").values(pays_at=clock.now()))


@ON_SQLITE
def test_a_slow_bank_is_waited_for_and_the_page_finds_out_by_itself(open_page: Opener, house: House) -> None:
    page = open_page()
    choose_time(page)
    go_to_checkout(page)
    fill_in(page, new_address())
    go_to_pay(page)
    play(page, "later")
    page.wait_for_url("**/b/**")
    expect(page.get_by_text("Vi venter på banken din")).to_be_visible()
    the_bank_has_it(house)
    expect(page.locator(".party-ticket")).to_be_visible(timeout=60_000)


def test_ones_own_basket_never_makes_the_shop_look_full(open_page: Opener) -> None:
    page = open_page()
    choose_time(page, party=3)
    address = page.url
    go_to_checkout(page)
    page.goto(address)
    page.locator("#choose").wait_for()
    go_to_checkout(page)
    expect(page.locator(".time-left")).to_be_visible()


@ON_POSTGRESQL
def test_more_time_is_a_button_away(open_page: Opener) -> None:
    page = open_page()
    choose_time(page)
    go_to_checkout(page)
    before = page.locator(".time-left").get_attribute("data-until")
    page.get_by_role("button", name="Mer tid").click()
    page.wait_for_load_state()
    after = page.locator(".time-left").get_attribute("data-until")
    assert before and after and after > before


@ON_SQLITE
def test_no_page_is_wider_than_the_smallest_phone(open_page: Opener) -> None:
    page = open_page(viewport={"width": 320, "height": 640})
    too_wide = []
    for path in ("/nb/", "/lv/", "/nb/tickets", "/nb/my-booking", "/lv/terms", "/nb/privacy", "/en/school"):
        page.goto(path)
        too_wide += [path] if sticks_out(page) else []
    choose_time(page, "lv")
    too_wide += [page.url] if sticks_out(page) else []
    go_to_checkout(page)
    too_wide += [page.url] if sticks_out(page) else []
    assert too_wide == []


@ON_SQLITE
def test_a_phone_needs_no_zoom(open_page: Opener) -> None:
    page = open_page(viewport=PHONE)
    choose_time(page)
    small = page.evaluate(
        """[...document.querySelectorAll('main a, main button, main input')]
           .map(node => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
           .filter(([, box]) => box.height > 0 && box.height < 24).map(([html]) => html)"""
    )
    assert [html for html in small if 'type="checkbox"' not in html and "<a href" not in html] == []


@ON_SQLITE
@pytest.mark.parametrize("hours", [-5, 5])
def test_time_left_is_the_servers_whatever_the_devices_clock_shows(open_page: Opener, hours: int) -> None:
    page = open_page(locale="nb-NO", timezone_id="Pacific/Auckland")
    page.clock.install(time=clock.now() + timedelta(hours=hours))
    choose_time(page)
    go_to_checkout(page)
    shown = page.locator("[data-left]")
    expect(shown).to_have_text(re.compile(r"^1[0-9] min$"))
    before = _minutes(shown.inner_text())
    page.clock.fast_forward("03:00")
    expect(shown).not_to_have_text(f"{before} min")
    assert 2 <= before - _minutes(shown.inner_text()) <= 4


def _minutes(shown: str) -> int:
    return int(shown.split()[0])
