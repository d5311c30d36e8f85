"""Where a gift card has paid, pages and letters say that the money is back on it, and nothing of a bank's days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.bookings.hold import expire_run_out
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.mail import messages
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.settings import settings_of
from tests.gift_cards.given import a_card, pay_by, sell_cards
from tests.payments.buying import a_basket, begin, cancel_booking, payments_of, promised, ref_of
from tests.payments.watched import Watched
from tests.stripe_double.client import Double

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

BANK = "kortet eller kontoen"


def test_what_a_card_has_paid_alone_is_said_to_be_back_on_it(app: Flask, client: FlaskClient) -> None:
    held = a_basket(quantity=2, price=20_000)
    sell_cards()
    _card_id, code = a_card(50_000)
    pay_by(held.booking_id, code)
    pay.begin(held.booking_id)
    asks = client.get(f"/nb/b/{held.secret}/cancel").text
    assert "Det et gavekort har betalt, er tilbake på kortet med en gang." in asks
    assert BANK not in asks
    cancel_booking(held)
    (about,) = promised("mail.cancellation")
    letter = messages.write("mail.cancellation", 1, about, settings_of(app))
    assert letter is not None
    for told in (letter.text, letter.html, client.get(f"/nb/b/{held.secret}").text):
        assert "Tilbake på gavekortet: 400 kr" in told.replace("\N{NO-BREAK SPACE}", " ")
        assert BANK not in told


def test_what_a_card_and_a_bank_card_have_paid_is_said_of_each(
    app: Flask, client: FlaskClient, stripe: Watched, double: Double
) -> None:
    held = a_basket(quantity=2, price=20_000)
    sell_cards()
    _card_id, code = a_card(15_000)
    pay_by(held.booking_id, code)
    payment = begin(held)
    double.pay(ref_of(payment))
    fulfil(payment.id)
    assert len(payments_of(held.booking_id)) == 2
    asks = client.get(f"/nb/b/{held.secret}/cancel").text
    assert "Det et gavekort har betalt, er tilbake på kortet med en gang." in asks
    assert BANK in asks
    cancel_booking(held)
    (about,) = promised("mail.cancellation")
    letter = messages.write("mail.cancellation", 1, about, settings_of(app))
    assert letter is not None
    told = letter.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Tilbake på gavekortet: 150 kr" in told
    assert "250 kr er på vei tilbake til kortet eller kontoen" in told


def test_a_basket_whose_time_ran_out_says_that_its_card_has_its_money(app: Flask, client: FlaskClient) -> None:
    held = a_basket(quantity=2, price=20_000)
    sell_cards()
    _card_id, code = a_card(15_000)
    pay_by(held.booking_id, code)
    with unit_of_work():
        expire_run_out(clock.now() + timedelta(hours=2))
    assert "Det gavekortet skulle betale, er tilbake på kortet." in client.get(f"/nb/b/{held.secret}").text
