"""What was taken off is named wherever an order is told, and the rows of every sum come to it."""

from __future__ import annotations

import io
import re

import pypdf
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.discounts.models import Campaign, DiscountWay
from booking.kernel.database import db, end_reading, unit_of_work
from booking.mail import messages
from booking.mail.letter import Letter
from booking.outbox.models import Promise
from booking.receipts.document import Receipt
from booking.receipts.models import PaymentReceipt
from booking.records.frozen import read_back
from booking.settings import settings_of
from booking.staff.models import Role
from tests.builders import a_sale, in_all
from tests.discounts.campaigns import a_campaign, used
from tests.web.browsing import Visitor, path_of, words
from tests.web.staffing import a_colleague

CODE, AUTOMATIC = "Discount “Vinter”, code VINTER20", "Discount “Tidlig”"
FULL, OFF_BY_CODE, OFF_EARLY = 3 * 19_500, 10_000, 3 * 1_950  # a sum that three tickets cannot share evenly
TOTAL = FULL - OFF_EARLY - OFF_BY_CODE


def rows_of(text: str) -> list[int]:
    """The sums of an order's lines, in minor units, from above; the last is what they come to."""
    tables = re.findall(r'(?s)<table class="l(?:ist|ines)".*?</table>', text)
    table = next(table for table in tables if "of-a-time" in table or 'class="lines"' in table)
    sums = re.findall(r'(?s)<td class="sum">(.*?)</td>', table)
    return [minor(re.sub(r"<[^>]+>|&[a-z]+;", " ", cell)) for cell in sums]


def minor(words: str) -> int:
    """12550 of NOK 125.50."""
    digits = re.sub(r"[^0-9.]", "", words)
    whole, _point, rest = digits.partition(".")
    sign = -1 if re.search("[-\N{MINUS SIGN}]", words) else 1
    return sign * (int(whole) * 100 + int(rest or 0))


def comes_to(rows: list[int], total: int) -> bool:
    """Whether these rows are of an order with discounts, and come to what it costs."""
    return sum(rows[:-1]) == rows[-1] == total and min(rows) < 0


def a_discounted_order(visitor: Visitor) -> tuple[str, int]:
    """Three tickets with a code and what takes itself off: the checkout's address and the booking's id."""
    _centre, slot, adult = a_sale(price=19_500)
    a_campaign(None, 10, stacks=True, name=in_all("Tidlig"))
    a_campaign(way=DiscountWay.ORDER, amount=OFF_BY_CODE, stacks=True)
    checkout = visitor.checkout(slot, adult, 3, "en")
    visitor.post(f"{path_of(checkout)}/gift-card", {"gift_code": "VINTER20"})
    end_reading()
    return checkout, db.session.scalars(select(Booking.id)).one()


def test_every_page_letter_and_paper_names_what_was_taken_off_and_its_rows_come_to_the_sum(
    app: Flask, visitor: Visitor
) -> None:
    checkout, booking_id = a_discounted_order(visitor)
    till = path_of(visitor.pay(checkout, shown=str(TOTAL)).location)
    booking = path_of(visitor.post(till, {"play": "pay"}).location)
    boss = a_colleague(app, Role.ADMIN, "boss@example.org")
    pages = {
        "booking": visitor.get(booking),
        "cancelling": visitor.get(f"{booking}/cancel"),
        "desk": boss.get(f"/staff/desk/booking/{booking_id}"),
        "office": boss.get(f"/staff/bookings/{booking_id}"),
    }
    for name, page in pages.items():
        assert page.status_code == 200, name
        assert CODE in words(page), name
        assert AUTOMATIC in words(page), name
        assert comes_to(rows_of(page.get_data(as_text=True)), TOTAL), name
    letter = _letter(app, "mail.confirmation")
    for text in (letter.html, letter.text):
        assert CODE in text and AUTOMATIC in text
    assert comes_to(rows_of(letter.html), TOTAL)
    ticket = pypdf.PdfReader(io.BytesIO(visitor.get(f"{booking}/tickets.pdf").data)).pages[0].extract_text()
    assert "Vinter: NOK 100 off." in " ".join(ticket.split())
    assert visitor.get(f"{booking}/receipt.pdf").status_code == 200
    receipt = read_back(Receipt, db.session.scalars(select(PaymentReceipt.document)).one())
    assert sum(line.total for line in receipt.lines) == receipt.amount == TOTAL
    kinds = [line.kind.replace("\N{NO-BREAK SPACE}", " ") for line in receipt.lines]
    assert all("“Tidlig”, NOK 19.50 each" in kind and "“Vinter”, NOK 33.3" in kind for kind in kinds), kinds
    end_reading()

    assert visitor.post(f"{booking}/cancel").status_code == 303
    gone = visitor.get(booking)
    assert CODE in words(gone)
    assert comes_to(rows_of(gone.get_data(as_text=True)), TOTAL)
    assert CODE in _letter(app, "mail.cancellation").text


def test_a_basket_and_a_change_that_waits_for_its_money_add_up_too(app: Flask, visitor: Visitor) -> None:
    checkout, _booking_id = a_discounted_order(visitor)
    page = visitor.get(checkout)
    assert CODE in words(page)
    assert comes_to(rows_of(page.get_data(as_text=True)), TOTAL)
    till = path_of(visitor.pay(checkout, shown=str(TOTAL)).location)
    booking = path_of(visitor.post(till, {"play": "pay"}).location)
    assert visitor.get(booking).status_code == 200
    (slot, adult) = db.session.execute(db.text("SELECT slot_id, ticket_type_id FROM line LIMIT 1")).one()
    end_reading()
    more = visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": 4})
    assert more.status_code == 303, words(more)
    page = visitor.get(path_of(more.location))
    assert "Before the change" in words(page)
    rows = rows_of(page.get_data(as_text=True))
    assert sum(rows[:-1]) == rows[-1] == 19_500 - 1_950, rows
    assert [CODE in words(page), AUTOMATIC in words(page)] == [True, True]
    assert used(1) == 1


def test_what_was_sold_keeps_its_price_and_its_sums_when_the_campaign_is_changed(app: Flask, visitor: Visitor) -> None:
    checkout, _booking_id = a_discounted_order(visitor)
    till = path_of(visitor.pay(checkout, shown=str(TOTAL)).location)
    booking = path_of(visitor.post(till, {"play": "pay"}).location)
    with unit_of_work():
        db.session.execute(update(Campaign).values(amount=1, name=in_all("Noe annet"), way=DiscountWay.PRICE))
    rows = rows_of(visitor.get(booking).get_data(as_text=True))
    assert comes_to(rows, TOTAL)


def _letter(app: Flask, kind: str) -> Letter:
    end_reading()
    promise = db.session.scalars(select(Promise).where(Promise.kind == kind)).one()
    letter = messages.write(promise.kind, promise.id, promise.about, settings_of(app))
    assert letter is not None
    return letter
