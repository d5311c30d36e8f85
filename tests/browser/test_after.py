"""What a visitor does with a booking: come back to it, change it, cancel it, wait for places, choose mail."""

from __future__ import annotations

import re
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.browser.conftest import ON_POSTGRESQL, ON_SQLITE, Opener
from tests.browser.steps import (
    buy,
    choose_time,
    codes_on_first_page,
    fill_in,
    go_to_checkout,
    go_to_pay,
    link_in,
    new_address,
    pdf_in,
    play,
)
from tests.support.house import House


def calendar_in(letter: EmailMessage) -> bytes:
    """The calendar file in a letter."""
    (calendar, *_) = [
        part.get_payload(decode=True) for part in letter.walk() if part.get_content_type() == "text/calendar"
    ]
    assert isinstance(calendar, bytes)
    return calendar


def until_shown(page: Page, words: str) -> None:
    """Look at the page again until the worker has done its part."""
    for _ in range(40):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"“{words}” never came")


@ON_POSTGRESQL
def test_the_link_of_a_lost_booking_comes_by_mail(open_page: Opener, house: House) -> None:
    page, email = open_page(), new_address()
    booking = buy(page, email)
    stranger = open_page()
    stranger.goto("/nb/my-booking")
    stranger.locator("#email").fill(email.upper())
    stranger.locator("main form button").click()
    letter = house.mailbox.letter_to(email, "Bestillingene dine")
    assert booking.endswith(link_in(letter, "/b/"))


def test_another_time_for_the_same_party_keeps_the_code_that_was_printed(open_page: Opener, house: House) -> None:
    page, email = open_page(), new_address()
    booking = buy(page, email)
    printed = codes_on_first_page(pdf_in(house.mailbox.letter_to(email, "Billettene dine")))[0]
    page.goto(f"{booking}/change")
    page.locator("#when a.time.free, #when a.time.few").last.click()
    expect(page.locator("#sum")).to_have_text("Ingenting å betale")
    page.locator(".pay-bar button:not([formaction])").click()
    page.wait_for_url(re.compile(r"/b/[0-9A-Z]+#done$"))
    expect(page.locator("#done")).to_be_focused()  # what was done is where one goes on
    letter = house.mailbox.letter_to(email, "endret")
    assert codes_on_first_page(pdf_in(letter))[0] == printed
    assert b"SEQUENCE:2" in calendar_in(letter)


def test_one_more_is_paid_for_before_the_booking_changes(open_page: Opener, house: House) -> None:
    page, email = open_page(), new_address()
    booking = buy(page, email)
    page.goto(f"{booking}/change")
    first = page.locator(".choice input").first
    first.fill(str(int(first.input_value()) + 1))
    page.locator(".pay-bar button:not([formaction])").click()
    page.wait_for_url("**/checkout/**")
    expect(page.get_by_role("heading", name="Betal for endringen")).to_be_visible()
    page.locator("main form button.wide:not([value=vipps])").click()
    page.wait_for_url("**/pay/**")
    play(page, "pay")
    page.wait_for_url("**/b/**")
    assert page.url == f"{booking}#done"
    expect(page.locator("#done")).to_contain_text("Betalt for endringen")
    expect(page.get_by_text("Én kode for alle 4")).to_be_visible()
    house.mailbox.letter_to(email, "endret")


def test_fewer_gives_the_difference_back(open_page: Opener, house: House) -> None:
    page, email = open_page(), new_address()
    booking = buy(page, email)
    page.goto(f"{booking}/change")
    first = page.locator(".choice input").first
    first.fill(str(int(first.input_value()) - 1))
    expect(page.locator("#sum")).to_contain_text("Du får tilbake")  # told before the press, so it asks no more
    told = page.locator("#sum").inner_text().removeprefix("Du får tilbake ")
    page.locator(".pay-bar button:not([formaction])").click()
    page.wait_for_url(re.compile(r"/b/[0-9A-Z]+#done$"))
    expect(page.locator("#done")).to_contain_text(f"Du får tilbake {told}")
    until_shown(page, "Betalt tilbake:")


def test_cancelling_gives_the_money_back_by_rule_and_ends_the_tickets(open_page: Opener, house: House) -> None:
    page, email = open_page(), new_address()
    booking = buy(page, email)
    page.goto(f"{booking}/cancel")
    expect(page.get_by_text("Du får alt tilbake")).to_be_visible()
    page.locator("button.danger").click()
    letter = house.mailbox.letter_to(email, "avbestilt")
    assert b"METHOD:CANCEL" in calendar_in(letter)
    answer = page.request.get(f"{booking}/tickets.pdf")
    assert answer.status in (404, 409, 410)


@ON_SQLITE
def test_news_come_only_after_saying_yes_twice(open_page: Opener, house: House) -> None:
    page, email = open_page(), new_address()
    choose_time(page)
    go_to_checkout(page)
    fill_in(page, email)
    page.locator("#pay .if-you-like summary").click()  # on a phone what is optional is one line
    page.locator("input[name=topics]").first.check()
    go_to_pay(page)
    play(page, "pay")
    letter = house.mailbox.letter_to(email, "nyheter fra")
    page.goto(link_in(letter, "newsletter"))
    page.get_by_role("button", name="Ja takk").click()
    expect(page.get_by_text("Du hører fra oss av og til")).to_be_visible()


@ON_POSTGRESQL
def test_the_ticket_file_calendar_and_receipt_can_be_fetched(open_page: Opener) -> None:
    page = open_page()
    booking = buy(page, new_address())
    for name, kind, begins in (
        ("tickets.pdf", "application/pdf", b"%PDF"),
        ("receipt.pdf", "application/pdf", b"%PDF"),
        ("calendar.ics", "text/calendar", b"BEGIN:VCALENDAR"),
    ):
        answer = page.request.get(f"{booking}/{name}")
        assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, kind)
        assert answer.body().startswith(begins)


@ON_SQLITE
def test_the_first_administrator_comes_in_by_the_printed_link_once(open_page: Opener, house: House) -> None:
    page = open_page()
    page.goto(house.staff_link())
    page.locator("main form button").click()
    expect(page.locator("h1")).to_contain_text("Slik står det til")
    stranger = open_page()
    stranger.goto(house.staff_link())
    stranger.locator("main form button").click()
    assert "/staff/enter" in stranger.url or "sign-in" in stranger.url


@ON_SQLITE
def test_nothing_that_opens_or_names_somebody_is_in_the_log(open_page: Opener, house: House) -> None:
    page, email = open_page(), new_address()
    booking = buy(page, email)
    page.goto(f"{booking}/change")
    page.goto("/nb/my-booking")
    page.locator("#email").fill(email)
    page.locator("main form button").click()
    house.mailbox.letter_to(email, "Bestillingene dine")
    lines = [line for line in house.said().splitlines() if line.startswith("{")]
    assert any('"route": "/<lang>/b/<secret>"' in line for line in lines)
    secret = booking.rsplit("/", 1)[1]
    for private in (secret, email, "Nordmann", "Kari"):
        assert not [line for line in lines if private in line], private
