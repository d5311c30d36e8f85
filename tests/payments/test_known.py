"""What a page has read before counts only while it is so: whatever comes between is seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.details import Contact, Details
from booking.bookings.hold import expire_pending, hold
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.bookings.refusals import AnotherSum
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import end_reading, unit_of_work
from booking.payments import pay
from booking.payments.pay import KnownBooking
from booking.running.check import breaches
from tests.builders import a_hold, a_sale, taken
from tests.payments.buying import a_basket, begin, payment_of, ref_of, state_of, tickets_of
from tests.payments.watched import Watched
from tests.stripe_double.client import Double
from tests.stripe_double.forms import decode

DETAILS = Details(Contact("Kari Nordmann", "kari@example.org"), "nb")


def known(booking_id: int) -> KnownBooking:
    """What a page reads first."""
    facts = queries.by_id(booking_id)
    assert facts is not None
    return KnownBooking(facts, the_centre())


def test_a_basket_that_another_tab_has_changed_is_paid_as_it_is_now(
    app: Flask, stripe: Watched, double: Double
) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult, 2)
    before = known(held.booking_id)
    _change(held.secret, [Pick(slot, adult, 3)])
    pay.begin(held.booking_id, DETAILS, None, before)
    payment = payment_of(held.booking_id)
    assert payment.amount == 3 * 21000
    (opened,) = double.requests("POST", "/v1/checkout/sessions")
    (item,) = decode(opened["text"])["line_items"]
    assert item["quantity"] == "3"


def test_who_was_shown_another_sum_is_told_although_the_page_knew_it(app: Flask, stripe: Watched) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult, 2)
    before = known(held.booking_id)
    _change(held.secret, [Pick(slot, adult, 3)])
    with pytest.raises(AnotherSum):
        pay.begin(held.booking_id, DETAILS, before.facts.total, before)


def test_what_is_bought_is_what_was_paid_for_and_not_what_a_page_remembers(
    app: Flask, stripe: Watched, double: Double
) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult, 2)
    first = pay.begin(held.booking_id, DETAILS, None, known(held.booking_id))
    assert first.url
    waiting = _facts(held.booking_id)
    pay.withdraw(held.booking_id)
    _change(held.secret, [Pick(slot, adult, 3)])
    pay.begin(held.booking_id, DETAILS)
    double.pay(ref_of(payment_of(held.booking_id)))
    settled = pay.ask_provider(held.booking_id, waiting)
    assert settled is not None
    assert settled.bought is None
    assert (state_of(held.booking_id), tickets_of(held.booking_id), taken(slot)) == (State.CONFIRMED, 3, 3)
    end_reading()
    assert breaches() == []


def test_a_page_that_comes_when_its_time_is_over_takes_the_places_again(
    app: Flask, stripe: Watched, double: Double
) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment))
    with unit_of_work():
        expire_pending(held.booking_id, clock.now())
    settled = pay.ask_provider(held.booking_id, _facts(held.booking_id))
    assert settled is not None
    assert settled.bought is not None
    assert settled.bought.facts == _facts(held.booking_id)
    assert len(settled.bought.tickets) == 2
    end_reading()
    assert breaches() == []


def _facts(booking_id: int) -> BookingFacts:
    facts = queries.by_id(booking_id)
    end_reading()
    assert facts is not None
    return facts


def _change(secret: str, picks: list[Pick]) -> None:
    with unit_of_work():
        now = clock.now() + timedelta(seconds=1)
        hold(picks, centre=the_centre(), now=now, lang="nb", basket_secret=secret)
