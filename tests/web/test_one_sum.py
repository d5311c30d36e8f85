"""The sum on a page is the sum that is paid or comes back: other tabs, time, the office and the bank come between."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, State
from booking.catalogue.models import TicketType
from booking.centre.models import Centre
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.mail.messages import write
from booking.outbox.models import Promise
from booking.payments.give_back import give_back
from booking.payments.models import Payment, Refund, RefundState
from booking.running.check import breaches
from booking.running.worker import run_once
from booking.settings import settings_of
from tests.builders import a_sale, a_slot, a_ticket_type, an_activity, tomorrow
from tests.door.doors import soon
from tests.web.browsing import Visitor, hidden, path_of, words
from tests.web.test_capacity import boss
from tests.web.test_tickets import activity_of

__all__ = ["boss"]
IN_ENGLISH = {"Accept-Language": "en"}
CONTACT = {"name": "Kari Nordmann", "email": "kari@example.org", "terms": "y"}


def said(response: object) -> str:
    """The words of a page with ordinary spaces."""
    return words(response).replace("\xa0", " ")  # type: ignore[arg-type]


def sent_back() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Refund.amount).order_by(Refund.id)))


def letter(app: Flask, kind: str) -> str:
    """The text of the last letter of a kind, as it goes out."""
    db.session.rollback()
    newest = select(Promise).where(Promise.kind == kind).order_by(Promise.id.desc()).limit(1)
    promise = db.session.scalars(newest).one()
    written = write(promise.kind, promise.id, promise.about, settings_of(app))
    assert written is not None
    return written.text.replace("\xa0", " ")


def goodwill(amount: int) -> None:
    """The office gives something back."""
    booking_id = db.session.scalars(select(Booking.id)).one()
    with unit_of_work():
        give_back(booking_id, amount, "Strømmen gikk", new_secret(), "account:1")


def test_page_before_letter_page_after_receipt_and_refund_say_one_sum(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=16800)
    booking = visitor.buy(slot, adult, 2)
    goodwill(5000)
    asks = visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": 1})
    assert "Du får tilbake 118 kr" in said(asks)
    assert "50 kr har du fått tilbake før" in said(asks)
    visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": 1, "shown": hidden(asks, "shown")})
    assert sent_back() == [5000, 11800]
    assert "118 kr er på vei tilbake" in letter(app, "mail.change")
    assert "118 kr er på vei tilbake" in said(visitor.get(booking))
    run_once(app)
    assert "Betalt tilbake: 118 kr" in said(visitor.get(booking))


def test_a_new_booking_says_what_was_paid_and_nothing_of_a_new_time(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    page = said(visitor.get(visitor.buy(slot, adult, 2)))
    assert "Betalt: 420 kr " in page
    assert "nytt tidspunkt" not in page


def test_one_ticket_for_nothing_is_not_given_after_goodwill(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=16800)
    booking = visitor.buy(slot, adult, 2)
    goodwill(21000)
    asks = visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": 1})
    assert "Det betales ikke mer tilbake" in said(asks)
    visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": 1, "shown": hidden(asks, "shown")})
    assert sent_back() == [21000]
    assert "Det betales ikke mer tilbake" in letter(app, "mail.change")
    page = visitor.get(f"{booking}/cancel")
    assert "Du får tilbake 126 kr. 42 kr" in said(page)  # of the 210 before, 168 were for the ticket taken off
    visitor.post(f"{booking}/cancel", {"shown": hidden(page, "shown")})
    assert sent_back() == [21000, 12600]
    assert "126 kr er på vei tilbake" in letter(app, "mail.cancellation")
    assert breaches() == []


def test_what_changed_between_page_and_button_is_shown_again_and_asked(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=16800)
    booking = visitor.buy(slot, adult, 2)
    page = visitor.get(f"{booking}/cancel")
    goodwill(10000)
    again = visitor.post(f"{booking}/cancel", {"shown": hidden(page, "shown")})
    assert again.status_code == 409
    assert "Nå er det 236 kr" in said(again)
    assert hidden(again, "shown") == "23600"
    assert sent_back() == [10000]
    assert visitor.post(f"{booking}/cancel", {"shown": "23600"}).status_code == 303
    assert sent_back() == [10000, 23600]


def test_the_change_form_shows_what_is_owned_and_no_longer_sold(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    other, student = a_slot(activity_of(slot), 10, tomorrow(13)), a_ticket_type(activity_of(slot), 17000, "Student")
    booking = visitor.buy(slot, student, 2)
    with unit_of_work():
        db.session.execute(update(TicketType).where(TicketType.id == student).values(active=False))
    page = visitor.get(f"{booking}/change")
    assert "Du har 2 til 170 kr" in said(page)
    assert "selges ikke lenger" in said(page)
    visitor.post(f"{booking}/change", {"slot": other})  # nothing but another time
    db.session.rollback()
    row = db.session.scalars(select(Booking)).one()
    assert (row.total, row.people, row.starts_at) == (34000, 2, tomorrow(13))
    assert sent_back() == []


def test_the_page_after_says_that_the_bank_refused(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult, 2)
    visitor.post(f"{booking}/cancel")
    with unit_of_work():
        db.session.execute(update(Refund).values(state=RefundState.FAILED))
    assert "420 kr kunne ikke betales tilbake: Banken sa nei." in said(visitor.get(booking))


def test_a_disputed_payment_is_not_promised_back_on_any_page(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult, 2)
    with unit_of_work():
        db.session.execute(update(Payment).values(disputed_at=clock.now()))
    page = said(visitor.get(f"{booking}/cancel"))
    assert "Banken din har krevd 420 kr av oss" in page
    assert "Du får" not in page
    visitor.post(f"{booking}/cancel")
    assert sent_back() == []
    assert "Banken din har krevd 420 kr av oss" in said(visitor.get(booking))
    assert "Banken din har krevd 420 kr av oss" in letter(app, "mail.cancellation")


def test_a_change_that_was_paid_says_so_on_page_and_in_letter(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult, 2)
    checkout = path_of(visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": 3}).location)
    till = path_of(visitor.post(checkout, CONTACT).location)
    visitor.get(path_of(visitor.post(till, {"play": "pay"}).location))
    assert "Betalt for endringen: 210 kr" in said(visitor.get(booking))
    assert "Du har betalt 210 kr for endringen." in letter(app, "mail.change")


def test_pay_pressed_where_another_sum_was_shown_asks_first(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult, 2)
    old = hidden(visitor.get(checkout), "shown")
    assert path_of(visitor.hold(slot, adult, 5).location) == checkout  # in another tab
    answer = visitor.post(checkout, CONTACT | {"shown": old})
    assert answer.status_code == 409
    assert "Nå er det 1 050 kr" in said(answer)
    assert hidden(answer, "shown") == "105000"
    assert db.session.scalars(select(Payment.id)).all() == []
    assert visitor.post(checkout, CONTACT | {"shown": "105000"}).status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Payment.amount)).all() == [105000]


def test_paid_in_another_tab_leads_on_to_the_booking(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult, 2)
    till = path_of(visitor.pay(checkout).location)
    visitor.post(till, {"play": "pay"})  # and the news of it has not come yet
    answer = visitor.post(checkout, {"shown": "42000"})
    booking = checkout.replace("checkout", "b")
    assert path_of(answer.location) == booking
    assert db.session.scalars(select(Booking.state)).one() is State.CONFIRMED
    for form in ({"shown": "42000"}, CONTACT):
        assert path_of(visitor.post(checkout, form).location) == booking
    assert path_of(visitor.post(f"{checkout}/renew").location) == booking


def test_a_basket_that_takes_the_place_of_another_says_so(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    other = a_slot(activity_of(slot), 10, tomorrow(13))
    visitor.checkout(slot, adult, 2)
    same = visitor.hold(slot, adult, 3)
    assert "har erstattet" not in said(visitor.get(same.location))
    another = visitor.hold(other, adult, 3)
    assert "har erstattet" in said(visitor.get(another.location))


@pytest.mark.parametrize("minutes", [5, 40])
def test_the_pay_button_goes_with_the_places_also_without_scripting(app: Flask, visitor: Visitor, minutes: int) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult, 2)
    lives = db.session.scalars(select(Booking.held_until)).one()
    assert lives is not None
    with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
        page = visitor.get(checkout)
        left = int((lives - clock.now()).total_seconds())
        if left > 0:
            assert page.headers["Refresh"].startswith(f"{left + 1};")
            assert "Betal 420 kr" in said(page)
        else:
            assert "Refresh" not in page.headers
            assert "Betal 420 kr" not in said(page)
            assert "Tiden gikk ut" in said(visitor.post(checkout, CONTACT))


def test_a_visit_that_nobody_paid_has_no_receipt(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    free = a_ticket_type(activity_of(slot), 0, "Gratis")
    booking = path_of(visitor.pay(visitor.checkout(slot, free, 2)).location)
    assert visitor.get(f"{booking}/receipt.pdf").status_code == 404
    assert visitor.get(f"{booking}/receipts").status_code == 404
    assert "/receipts" not in visitor.get(booking).get_data(as_text=True)


def test_a_late_cancellation_of_a_sale_in_the_till_is_paid_out_there_and_noted(boss: Visitor) -> None:
    activity = an_activity()
    slot, adult = a_slot(activity, 10, soon(), opens_at=None), a_ticket_type(activity)
    with unit_of_work():
        db.session.execute(update(Centre).values(late_refund_percent=50))
    sale = path_of(boss.post("/staff/desk/sell", {"slot": slot, f"q-{slot}-{adult}": 2}).location)
    assert boss.post(f"{sale}/till", {"receipt": "K-1"}).status_code == 303
    party = sale.replace("/sell/", "/booking/")
    assert "NOK 210 of NOK 420 is paid back" in said(boss.get(party, **IN_ENGLISH))
    assert boss.post(f"{party}/cancel", {"refund": "rule"}).status_code == 303
    page = boss.get(party, **IN_ENGLISH)
    assert "Pay NOK 210 out in the till." in said(page)
    refund_id = db.session.scalars(select(Refund.id)).one()
    assert boss.post(f"{party}/paid-out/{refund_id}", {"receipt": ""}).status_code == 422
    assert boss.post(f"{party}/paid-out/999", {"receipt": "K-2"}).status_code == 404
    assert boss.post(f"{party}/paid-out/{refund_id}", {"receipt": "K-2"}).status_code == 303
    db.session.rollback()
    refund = db.session.get_one(Refund, refund_id)
    assert (refund.state, refund.amount, refund.till_receipt) == (RefundState.DONE, 21000, "K-2")
    assert "Pay NOK 210 out" not in said(boss.get(party, **IN_ENGLISH))
    money = said(boss.get("/staff/reports/money", **IN_ENGLISH))
    assert "Kept after late changes and cancellations 1 NOK 210" in money
    assert "Paid in the centre's till in the period 1 NOK 420" in money
    assert "Paid out of the centre's till in the period 1 NOK 210" in money
    assert breaches() == []
