"""A party says no in Vipps, pays with a code, a gift card and Vipps after all, comes, and gets a part back of it.

What the pages, the letters, the papers, Vipps and the books say of the money is the same everywhere.
"""

from __future__ import annotations

import io
import re
from email.message import EmailMessage

import pypdf
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from booking.bookings.confirm import confirm
from booking.bookings.models import Booking
from booking.gift_cards.issue import WantedCard
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.models import GIFT_CARD, TILL, Payment
from booking.running.check import breaches
from booking.staff.models import Role
from tests.browser.desks import answer, inside, sign_in
from tests.browser.steps import (
    choose_time,
    codes_on_first_page,
    fill_in,
    go_to_checkout,
    link_in,
    new_address,
    pdf_in,
    reference_on,
)
from tests.builders import pay_for
from tests.gift_cards.given import an_order
from tests.payments.vipps.test_in_browser import app_of_vipps, house, page, pay_with_vipps
from tests.receipts.given import documents
from tests.support.house import House
from tests.support.one_day import new_context
from tests.vipps_double.client import Vipps

__all__ = ["app_of_vipps", "house", "page"]
CARD, BACK = 100, 50  # kroner


def a_sent_card(house: House) -> str:
    """The code of a card of so much that was bought before, from its letter."""
    with inside(house):
        order = an_order(WantedCard(CARD * 100))
        with unit_of_work():
            confirm(order, clock.now())
        pay_for(order, CARD * 100, TILL)
    code = re.search(
        r"(?:[0-9A-Z]{4}[ -]){3}[0-9A-Z]{4}", text_of(house.mailbox.letter_to("kari@example.org", "gavekort"))
    )
    assert code is not None
    return code[0]


def text_of(letter: EmailMessage) -> str:
    """Its plain text, with ordinary spaces."""
    part = letter.get_body(("plain",))
    assert part is not None
    return flat(part.get_content())


def total(page: Page) -> int:
    """Kroner in the last row of the basket."""
    return int(re.sub(r"[^0-9]", "", page.locator("table tfoot tr").last.locator(".sum").inner_text()))


def use(page: Page, code: str) -> None:
    """Type a code at the checkout."""
    if not page.locator("#gift_code").is_visible():
        page.locator("details.if-you-like", has=page.locator("#gift_code")).locator("summary").click()
    page.locator("#gift_code").fill(code)
    page.get_by_role("button", name="Bruk koden").click()


def flat(text: str) -> str:
    """With ordinary spaces."""
    return " ".join(text.split())


def receipt_texts(page: Page) -> list[str]:
    """What the receipts of the page say as papers."""
    links = [link.get_attribute("href") or "" for link in page.locator(".receipt a.button").all()]
    papers = [pypdf.PdfReader(io.BytesIO(page.request.get(link).body())) for link in links]
    return [flat(paper.pages[0].extract_text()) for paper in papers]


def test_a_party_says_no_pays_in_three_ways_comes_and_gets_a_part_back(
    page: Page, house: House, app_of_vipps: Vipps, browser: Browser
) -> None:
    code, email = a_sent_card(house), new_address()
    choose_time(page)
    go_to_checkout(page)
    full = total(page)
    fill_in(page, email)
    refused = pay_with_vipps(page)
    page.get_by_role("button", name="Say no").click()
    page.wait_for_url("**/checkout/**")

    use(page, "VINTER20")
    worth = total(page)
    assert worth * 10 == full * 8
    use(page, code)
    rest = worth - CARD
    expect(page.locator("main form button.wide").first).to_contain_text(f"{rest}\N{NO-BREAK SPACE}kr")
    page.locator("#terms").check()
    approved = pay_with_vipps(page)
    assert app_of_vipps.payment(approved)["amount"]["value"] == rest * 100
    page.get_by_role("button", name="Approve", exact=True).click()
    page.wait_for_url("**/b/**")
    expect(page.locator(".party-ticket")).to_be_visible(timeout=20_000)
    booking, reference = page.url, reference_on(page)
    moved = flat(page.locator("ul.moved").inner_text())
    assert f"Betalt med gavekort: {CARD} kr" in moved
    assert f"Betalt: {rest} kr" in moved

    letter = house.mailbox.letter_to(email, "Billettene dine")
    assert f"{worth} kr" in text_of(letter)
    page.goto(link_in(letter, "/receipts"))
    expect(page.locator(".receipt")).to_have_count(1)
    number = page.locator(".receipt h2 .code").inner_text()
    assert f"Med gavekort: {CARD} kr · Med Vipps: {rest} kr" in flat(page.locator(".receipt").inner_text())
    (paper,) = receipt_texts(page)
    for words in (number, "Vinterferie", f"{worth},00 NOK", f"Med gavekort: {CARD},00", f"Med Vipps: {rest},00"):
        assert words in paper, paper

    context = new_context(browser, base_url=house.url, locale="en-GB")
    desk = context.new_page()
    sign_in(desk, house, Role.DESK)
    desk.goto("/staff/desk/scan")
    desk.locator("#code").fill(codes_on_first_page(pdf_in(letter))[0])
    desk.keyboard.press("Enter")
    answer(desk, "wrong_day")
    desk.get_by_role("link", name="Let in anyway").click()
    desk.get_by_label("Why are they let in at another time?").fill("They are here now")
    desk.locator(".sheet > .counts input[type=number]").first.fill("3")
    desk.locator(".sheet > .counts").get_by_role("button", name="Let in").click()
    expect(desk.locator(".answer-count")).to_have_text("3 people")

    with inside(house):
        booking_id = db.session.scalars(select(Booking.id).where(Booking.reference == reference)).one()
    office = context.new_page()
    sign_in(office, house, Role.FINANCE)
    office.goto(f"/staff/bookings/{booking_id}")
    give(office)
    assert f"{BACK} kr" in text_of(house.mailbox.letter_to(email))
    context.close()

    page.goto(booking)
    assert f"Betalt tilbake: {BACK} kr" in flat(page.locator("ul.moved").inner_text())
    page.goto(f"{booking.partition('#')[0]}/receipts")
    expect(page.locator(".receipt")).to_have_count(2)
    expect(page.locator(".receipt").nth(1)).to_contain_text(f"Gjelder kvittering {number}")
    paper = receipt_texts(page)[1]
    for words in (f"{BACK},00 NOK", "Med Vipps"):
        assert words in paper, paper

    captured, _let_go, refunded = app_of_vipps.money(approved)
    assert (captured, refunded) == (rest * 100, BACK * 100)
    assert app_of_vipps.payment(refused)["state"] == "ABORTED"
    with inside(house):
        paid = db.session.execute(
            select(Payment.provider, Payment.amount, Payment.refunded).where(
                Payment.booking_id == booking_id, Payment.paid_at.is_not(None)
            )
        )
        assert sorted(map(tuple, paid)) == [(GIFT_CARD, CARD * 100, 0), ("vipps", rest * 100, BACK * 100)]
        assert [receipt.amount for receipt in documents(booking_id)] == [worth * 100, BACK * 100]
        assert breaches() == []


def give(office: Page) -> None:
    """A part back, of what was paid last: to Vipps."""
    office.locator("summary", has_text="Pay money back").click()
    office.locator("#amount").fill(str(BACK))
    office.locator("#reason").fill("The show was late")
    office.get_by_role("button", name="Pay back", exact=True).click()
