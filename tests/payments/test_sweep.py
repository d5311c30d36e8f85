"""The sweep: what nobody told us is found out, what has waited long enough is let go, after asking."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from booking.bookings.models import Booking, State
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.fulfil import fulfil
from booking.payments.models import Payment, PaymentState, ProviderEvent, Refund, RefundState
from booking.payments.pay import NoAnswer
from booking.payments.provider import CheckoutSession, PaymentOrder, Rejected, Unreachable
from booking.payments.sweep import Places, sweep
from tests.builders import a_sale, taken
from tests.payments.buying import (
    a_basket,
    a_basket_at,
    a_paid_booking,
    begin,
    cancel_booking,
    payment_of,
    promised,
    ref_of,
    refunds_of,
    send_refunds,
    state_of,
    tickets_of,
)
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.stripe_double.client import Double


def baskets(slot: int, adult: int, count: int) -> list[int]:
    """So many buyers who have gone on to pay."""
    bookings = []
    for _ in range(count):
        held = a_basket_at(slot, adult, 1)
        begin(held)
        bookings.append(held.booking_id)
    return bookings


def test_money_that_no_webhook_told_of_is_found(stripe: Watched, double: Double, travel: Travel) -> None:
    held = a_basket()
    double.webhooks(drops=99)
    double.pay(ref_of(begin(held)))
    travel(timedelta(minutes=3))
    sweep(clock.now())
    assert (state_of(held.booking_id), tickets_of(held.booking_id)) == (State.CONFIRMED, 2)


def test_a_payment_just_looked_at_is_left_in_peace(stripe: Watched, double: Double) -> None:
    begin(a_basket())
    sweep(clock.now() + timedelta(minutes=1))
    assert double.requests("GET", "/v1/checkout/sessions/") == []


def test_undelivered_events_are_fetched_and_worked_on_once(stripe: Watched, double: Double) -> None:
    held = a_basket()
    double.pay(ref_of(begin(held)))
    for _ in range(2):
        sweep(clock.now())
    assert (state_of(held.booking_id), len(promised("mail.confirmation"))) == (State.CONFIRMED, 1)
    assert db.session.scalars(select(ProviderEvent.kind)).all() == ["checkout.session.completed"]


def test_more_undelivered_events_than_one_page_holds_are_all_seen(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment))
    double.pull("noise", kind="charge.dispute.closed", times=101)
    sweep(clock.now())
    assert db.session.scalar(select(func.count()).select_from(ProviderEvent)) == 102
    assert state_of(held.booking_id) is State.CONFIRMED


def test_an_abandoned_payment_is_closed_before_its_places_are_let_go(
    stripe: Watched, double: Double, travel: Travel
) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    payment = begin(held)
    with unit_of_work():
        db.session.execute(update(Booking).values(held_until=clock.now() - timedelta(seconds=1)))
        db.session.execute(update(Payment).values(expires_at=clock.now() - timedelta(seconds=1)))
    sweep(clock.now())
    assert (state_of(held.booking_id), taken(slot)) == (State.EXPIRED, 0)
    assert [
        request["status"] for request in double.requests("POST", f"/v1/checkout/sessions/{payment.provider_ref}")
    ] == [200]


def test_a_payment_made_in_the_last_second_is_not_let_go(stripe: Watched, double: Double) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    double.pay(ref_of(begin(held)))
    with unit_of_work():
        db.session.execute(update(Booking).values(held_until=clock.now() - timedelta(seconds=1)))
    sweep(clock.now())
    assert (state_of(held.booking_id), taken(slot)) == (State.CONFIRMED, 2)


def test_places_are_kept_while_the_till_cannot_say_whether_they_are_paid(
    stripe: Watched, double: Double, travel: Travel
) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    begin(held)
    travel(timedelta(hours=1))
    double.fault("500", times=99)
    sweep(clock.now())
    assert (state_of(held.booking_id), taken(slot)) == (State.PENDING, 2)


def test_a_payment_that_the_till_does_not_know_stops_nobody_else(
    stripe: Watched, double: Double, travel: Travel
) -> None:
    _, slot, adult = a_sale()
    strange, ordinary = baskets(slot, adult, 2)
    with unit_of_work():
        foreign = {"provider": "demo", "provider_ref": "DEMO0000000000000000000000"}
        db.session.execute(update(Payment).where(Payment.booking_id == strange).values(**foreign))
    double.pay(ref_of(payment_of(ordinary)))
    travel(timedelta(minutes=3))
    sweep(clock.now())
    assert (state_of(strange), state_of(ordinary)) == (State.PENDING, State.CONFIRMED)
    travel(timedelta(hours=1))
    sweep(clock.now())
    assert (state_of(strange), taken(slot)) == (State.EXPIRED, 1)


def test_one_payment_without_an_answer_does_not_keep_the_others_waiting(
    stripe: Watched, double: Double, travel: Travel
) -> None:
    _, slot, adult = a_sale()
    first, second = baskets(slot, adult, 2)
    for booking in (first, second):
        double.pay(ref_of(payment_of(booking)))
    travel(timedelta(minutes=3))
    double.fault("500", path=ref_of(payment_of(first)), times=99)
    double.fault("500", path="/v1/events")
    sweep(clock.now())
    assert (state_of(first), state_of(second)) == (State.PENDING, State.CONFIRMED)


def test_a_till_that_is_down_is_not_asked_about_everybody(stripe: Watched, double: Double, travel: Travel) -> None:
    _, slot, adult = a_sale()
    baskets(slot, adult, 5)
    travel(timedelta(minutes=3))
    before = len(double.requests())
    double.fault("500", times=99)
    sweep(clock.now())
    assert len(double.requests()) - before == 3


def test_whoever_got_no_answer_goes_to_the_back_of_the_queue(stripe: Watched, double: Double, travel: Travel) -> None:
    _, slot, adult = a_sale()
    bookings = baskets(slot, adult, 4)
    for booking in bookings:
        double.pay(ref_of(payment_of(booking)))
    travel(timedelta(minutes=3))
    for booking in bookings[:3]:
        double.fault("500", path=ref_of(payment_of(booking)), times=99)
    double.fault("500", path="/v1/events", times=99)
    sweep(clock.now())
    sweep(clock.now())
    assert [state_of(booking) for booking in bookings] == [State.PENDING] * 3 + [State.CONFIRMED]


def test_a_refund_under_way_for_long_is_asked_about(stripe: Watched, double: Double, travel: Travel) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    double.pull("next-refunds", statuses=["pending"])
    cancel_booking(held)
    send_refunds()
    (refund,) = refunds_of(held.booking_id)
    assert refund.state is RefundState.REQUESTED
    double.webhooks(drops=99)
    double.pull("refund", refund=refund.provider_ref, status="succeeded")
    travel(timedelta(minutes=11))
    double.fault("500", path="/v1/events")
    sweep(clock.now())
    assert refunds_of(held.booking_id)[0].state is RefundState.DONE


def test_a_bank_that_failed_without_telling_is_found_out(stripe: Watched, double: Double, travel: Travel) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment), "later_fails")
    fulfil(payment.id)
    travel(timedelta(minutes=3))
    sweep(clock.now())
    assert (state_of(held.booking_id), payment_of(held.booking_id).state) == (State.HELD, PaymentState.FAILED)
    assert promised("mail.payment_failed") == [{"booking_id": held.booking_id}]


def test_what_the_provider_says_of_a_buyers_address_is_in_no_log(
    stripe: Watched, monkeypatch: pytest.MonkeyPatch, travel: Travel, caplog: pytest.LogCaptureFixture
) -> None:
    held = a_basket()

    def away(_order: PaymentOrder) -> CheckoutSession:
        raise Unreachable("away")

    def refuse(order: PaymentOrder) -> CheckoutSession:
        raise Rejected(f"Request req_1: Invalid email address: {order.email}")

    monkeypatch.setattr(stripe, "open", away)
    with pytest.raises(NoAnswer):
        begin(held)
    monkeypatch.setattr(stripe, "open", refuse)
    travel(timedelta(seconds=61))
    sweep(clock.now())
    assert "payments.rejected" in caplog.text
    assert "kari@example.org" not in caplog.text


def test_refunds_that_stay_as_they_are_keep_no_other_from_its_turn(
    stripe: Watched, double: Double, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.payments.sweep.MOST", 2)
    for _ in range(3):
        held = a_basket()
        double.pay(ref_of(begin(held)))
        fulfil(payment_of(held.booking_id).id)
        cancel_booking(held)
    travel(timedelta(minutes=11))
    looked: list[int] = []
    monkeypatch.setattr("booking.payments.sweep._go_on_refunding", lambda refund_id, _now: looked.append(refund_id))
    places = Places()
    for _round in range(3):
        sweep(clock.now(), places)
    refunds = list(db.session.scalars(select(Refund.id).order_by(Refund.id)))
    assert looked == [*refunds, *refunds], "two of three each round, and behind the last the first again"
