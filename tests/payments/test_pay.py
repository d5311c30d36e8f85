"""Paying: from the basket to the tickets, by whichever way the news of the money comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from booking.bookings import queries
from booking.bookings.models import State
from booking.bookings.refusals import WrongState
from booking.kernel import clock
from booking.kernel.database import db
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.payments.models import PaymentState
from tests.payments.buying import (
    a_basket,
    begin,
    payment_of,
    payments_of,
    promised,
    raise_prices,
    ref_of,
    state_of,
    tickets_of,
)
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.stripe_double.client import Double
from tests.stripe_double.forms import decode


def test_a_buyer_pays_and_has_tickets_and_a_mail(stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=3)
    payment = begin(held)
    double.pay(ref_of(payment))
    assert fulfil(payment.id) is PaymentState.PAID
    assert (state_of(held.booking_id), tickets_of(held.booking_id)) == (State.CONFIRMED, 3)
    assert promised("mail.confirmation") == [{"booking_id": held.booking_id}]


def test_hearing_of_the_money_twice_changes_nothing(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment))
    assert [fulfil(payment.id), fulfil(payment.id)] == [PaymentState.PAID] * 2
    assert (tickets_of(held.booking_id), len(promised("mail.confirmation"))) == (2, 1)


def test_coming_back_without_having_paid_leaves_everything_as_it_was(stripe: Watched) -> None:
    held = a_basket()
    payment = begin(held)
    assert fulfil(payment.id) is PaymentState.OPEN
    assert state_of(held.booking_id) is State.PENDING


def test_going_on_to_pay_again_leads_to_the_same_page(stripe: Watched, double: Double) -> None:
    held = a_basket()
    assert pay.begin(held.booking_id) == pay.begin(held.booking_id)
    assert len(double.requests("POST", "/v1/checkout/sessions")) == 1


def test_the_places_are_kept_longer_than_the_session_can_be_paid(stripe: Watched) -> None:
    held = a_basket()
    payment = begin(held)
    facts = queries.by_id(held.booking_id)
    assert facts is not None and facts.held_until is not None
    assert facts.held_until > payment.expires_at > clock.now() + timedelta(minutes=30)


def test_pressing_the_button_twice_at_once_makes_one_payment(app: Flask, stripe: Watched, double: Double) -> None:
    held = a_basket()

    def press(_: int) -> str | None:
        with app.app_context():
            try:
                return pay.begin(held.booking_id).url
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as buyers:
        urls = set(buyers.map(press, range(4)))
    assert urls == {payment_of(held.booking_id).url}
    assert len(payments_of(held.booking_id)) == 1


def test_what_costs_nothing_is_confirmed_without_a_till(stripe: Watched) -> None:
    held = a_basket(price=0)
    assert pay.begin(held.booking_id).url is None
    assert (state_of(held.booking_id), payments_of(held.booking_id)) == (State.CONFIRMED, [])
    assert "before open" not in stripe.steps.done


def test_a_basket_whose_time_ran_out_cannot_be_paid(stripe: Watched, travel: Travel) -> None:
    held = a_basket()
    travel(timedelta(hours=1))
    with pytest.raises(WrongState, match="expired"):
        pay.begin(held.booking_id)
    assert payments_of(held.booking_id) == []


def test_a_declined_card_can_be_followed_by_another(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment), "declined")
    assert fulfil(payment.id) is PaymentState.OPEN
    double.pay(ref_of(payment), "card")
    assert fulfil(payment.id) is PaymentState.PAID


def test_stripe_is_told_what_the_basket_says_and_nothing_else(stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=3, price=21000)
    begin(held)
    (request,) = double.requests("POST", "/v1/checkout/sessions")
    told = decode(request["text"])
    (item,) = told["line_items"]
    assert (item["quantity"], item["price_data"]["unit_amount"], item["price_data"]["currency"]) == (
        "3",
        "21000",
        "nok",
    )
    assert told["client_reference_id"] == told["metadata"]["booking_id"] == str(held.booking_id)
    assert told["payment_intent_data"]["metadata"] == told["metadata"]
    assert "Nordmann" not in request["text"]


def test_a_price_that_rises_during_the_payment_changes_nothing(stripe: Watched, double: Double) -> None:
    held = a_basket(price=21000)
    payment = begin(held)
    raise_prices()
    double.pay(ref_of(payment))
    assert fulfil(payment.id) is PaymentState.PAID
    assert payment_of(held.booking_id).amount == 42000


def test_who_has_paid_by_bank_is_not_sent_to_a_page_where_nothing_can_be_paid(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment), "later")
    fulfil(payment.id)
    assert pay.begin(held.booking_id).url is None


def test_who_comes_back_after_the_session_ran_out_is_told_so(stripe: Watched, travel: Travel) -> None:
    held = a_basket()
    begin(held)
    travel(timedelta(minutes=33))
    with pytest.raises(WrongState, match="expired"):
        pay.begin(held.booking_id)
    assert state_of(held.booking_id) is State.EXPIRED
