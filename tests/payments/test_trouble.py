"""The provider answers badly, late or not at all; or we die in the middle. What is due is finished afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from booking.bookings.hold import expire_pending
from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.payments.models import PaymentState, RefundState
from booking.payments.pay import NoAnswer
from booking.payments.provider import Rejected, Unreachable
from booking.payments.sweep import sweep
from tests.builders import a_hold, a_sale
from tests.payments.buying import (
    a_basket,
    a_basket_at,
    a_paid_booking,
    begin,
    cancel_booking,
    payment_of,
    payments_of,
    promised,
    ref_of,
    refunds_of,
    send_refunds,
    state_of,
    tickets_of,
)
from tests.payments.conftest import Travel, stripe_in_use
from tests.payments.watched import Killed, Steps, Watched
from tests.stripe_double.client import Double

SESSIONS = "/v1/checkout/sessions$"


def sweep_later(travel: Travel, by: timedelta = timedelta(seconds=61)) -> None:
    """The next round of the sweep that finds what was left."""
    travel(by)
    sweep(clock.now())


@pytest.mark.parametrize(
    ("what", "after"),
    [("500", False), ("500", True), ("429", False), ("cut", False), ("cut", True), ("hang", False), ("hang", True)],
)
def test_a_session_that_could_not_be_opened_is_opened_by_the_sweep(
    stripe: Watched, double: Double, travel: Travel, what: str, after: bool
) -> None:
    held = a_basket()
    double.fault(what, path=SESSIONS, after=after, seconds=0.6)
    with stripe.impatient(), pytest.raises(NoAnswer):
        pay.begin(held.booking_id)
    assert (state_of(held.booking_id), payment_of(held.booking_id).state) == (State.PENDING, PaymentState.BEGUN)
    sweep_later(travel)
    assert payment_of(held.booking_id).state is PaymentState.OPEN
    requests = double.requests("POST", "/v1/checkout/sessions")
    assert len({request["key"] for request in requests}) == len({request["text"] for request in requests}) == 1
    double.pay(ref_of(payment_of(held.booking_id)))
    assert fulfil(payment_of(held.booking_id).id) is PaymentState.PAID


def test_the_buyer_who_tries_again_pays_in_the_same_session(stripe: Watched, double: Double) -> None:
    held = a_basket()
    double.fault("500", path=SESSIONS, after=True)
    with pytest.raises(NoAnswer):
        pay.begin(held.booking_id)
    assert pay.begin(held.booking_id).url
    assert len(payments_of(held.booking_id)) == 1


def test_a_short_hiccup_is_not_noticed(stripe: Watched, double: Double) -> None:
    held = a_basket()
    double.fault("500", path=SESSIONS, again=True)
    assert pay.begin(held.booking_id).url


def test_a_till_that_stays_away_gives_the_basket_back(stripe: Watched, double: Double, travel: Travel) -> None:
    held = a_basket()
    double.fault("500", path=SESSIONS, times=9)
    with pytest.raises(NoAnswer):
        pay.begin(held.booking_id)
    sweep_later(travel)
    assert state_of(held.booking_id) is State.PENDING
    sweep_later(travel)
    assert (state_of(held.booking_id), payment_of(held.booking_id).state) == (State.HELD, PaymentState.FAILED)


def test_a_till_that_will_never_take_it_gives_the_basket_back_at_once(stripe: Watched) -> None:
    held = a_basket(quantity=1, price=100)  # less than Stripe charges
    with pytest.raises(Rejected, match="too small"):
        pay.begin(held.booking_id)
    assert (state_of(held.booking_id), payment_of(held.booking_id).state) == (State.HELD, PaymentState.FAILED)


def test_giving_up_a_payment_that_never_came_to_a_page_needs_no_till(stripe: Watched, double: Double) -> None:
    held = a_basket()
    double.fault("500", path=SESSIONS)
    with pytest.raises(NoAnswer):
        pay.begin(held.booking_id)
    double.fault("500")
    assert pay.withdraw(held.booking_id) is State.HELD


def test_an_answer_that_comes_after_giving_up_sends_nobody_to_pay(stripe: Watched, double: Double) -> None:
    held = a_basket()
    double.fault("500", path=SESSIONS)
    with pytest.raises(NoAnswer):
        pay.begin(held.booking_id)
    payment = payment_of(held.booking_id)
    pay.withdraw(held.booking_id)
    with pytest.raises(NoAnswer):
        pay.open_session(payment.id)
    assert state_of(held.booking_id) is State.HELD


@pytest.mark.parametrize("what", ["500", "429"])
def test_a_payment_whose_end_we_cannot_hear_of_stays_as_it_is(stripe: Watched, double: Double, what: str) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment))
    double.fault(what)
    with pytest.raises(Unreachable):
        fulfil(payment.id)
    assert (state_of(held.booking_id), payment_of(held.booking_id).state) == (State.PENDING, PaymentState.OPEN)
    assert fulfil(payment.id) is PaymentState.PAID


@pytest.fixture
def wrong_key(app: Flask, double: Double, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Stripe in use with a key that Stripe does not know."""
    yield from stripe_in_use(app, double, steps, monkeypatch, "sk_wrong")


def test_a_wrong_key_decides_nothing_about_anybodys_payment(wrong_key: Watched) -> None:
    held = a_basket()
    with pytest.raises(NoAnswer):
        pay.begin(held.booking_id)
    assert (state_of(held.booking_id), payment_of(held.booking_id).state) == (State.PENDING, PaymentState.BEGUN)


# What is done in each story, one line a step; after each of them everything may end.
BEGIN = ["commit", "before open", "after open", "commit"]
FULFIL = ["before look", "after look", "commit"]
WITHDRAW = ["before close", "after close", "commit"]
REFUND = ["before refund", "after refund", "commit"]


def cut_off(stripe: Watched, after: int, story: Callable[[], object]) -> None:
    """Let a story end after so many of its steps."""
    stripe.steps.done.clear()
    stripe.steps.fatal = after
    with pytest.raises(Killed):
        story()
    stripe.steps.fatal = None
    db.session.remove()


@pytest.mark.parametrize("cut", range(len(BEGIN)), ids=BEGIN)
def test_beginning_to_pay_survives_a_crash(stripe: Watched, double: Double, travel: Travel, cut: int) -> None:
    held = a_basket()
    cut_off(stripe, cut, lambda: pay.begin(held.booking_id))
    assert stripe.steps.done == BEGIN[: cut + 1]
    sweep_later(travel)
    payment = payment_of(held.booking_id)
    assert payment.state is PaymentState.OPEN
    double.pay(ref_of(payment))
    assert fulfil(payment.id) is PaymentState.PAID
    assert len({request["key"] for request in double.requests("POST", "/v1/checkout/sessions")}) == 1


@pytest.mark.parametrize("cut", range(len(BEGIN)), ids=BEGIN)
def test_a_crash_that_is_found_late_gives_the_basket_back(stripe: Watched, travel: Travel, cut: int) -> None:
    held = a_basket()
    cut_off(stripe, cut, lambda: pay.begin(held.booking_id))
    sweep_later(travel, timedelta(minutes=5))
    expected = State.PENDING if cut == len(BEGIN) - 1 else State.HELD
    assert state_of(held.booking_id) is expected


@pytest.mark.parametrize("cut", range(len(FULFIL)), ids=FULFIL)
def test_hearing_of_the_money_survives_a_crash(stripe: Watched, double: Double, travel: Travel, cut: int) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment))
    cut_off(stripe, cut, lambda: fulfil(payment.id))
    assert stripe.steps.done == FULFIL[: cut + 1]
    sweep_later(travel, timedelta(minutes=3))
    assert (state_of(held.booking_id), tickets_of(held.booking_id)) == (State.CONFIRMED, 2)
    assert len(promised("mail.confirmation")) == 1


@pytest.mark.parametrize("cut", range(len(FULFIL)), ids=FULFIL)
def test_returning_late_money_survives_a_crash(stripe: Watched, double: Double, travel: Travel, cut: int) -> None:
    _, slot, adult = a_sale(capacity=10, days=5)
    held = a_basket_at(slot, adult, 6)
    payment = begin(held)
    double.pay(ref_of(payment), "later")
    double.pull("bank-waits", session=ref_of(payment))
    fulfil(payment.id)
    travel(timedelta(days=3) - timedelta(hours=1))
    with unit_of_work():
        expire_pending(held.booking_id, clock.now())
    double.bank(ref_of(payment), pays=True)
    a_hold(slot, adult, 5)
    cut_off(stripe, cut, lambda: fulfil(payment.id))
    sweep_later(travel, timedelta(minutes=3))
    send_refunds()
    assert [refund.state for refund in refunds_of(held.booking_id)] == [RefundState.DONE]
    assert len(promised("mail.lost")) == 1


@pytest.mark.parametrize("cut", range(len(WITHDRAW)), ids=WITHDRAW)
def test_giving_up_survives_a_crash(stripe: Watched, travel: Travel, cut: int) -> None:
    held = a_basket()
    begin(held)
    cut_off(stripe, cut, lambda: pay.withdraw(held.booking_id))
    assert stripe.steps.done == WITHDRAW[: cut + 1]
    sweep_later(travel, timedelta(minutes=3))
    assert pay.withdraw(held.booking_id) is State.HELD


@pytest.mark.parametrize("cut", range(len(REFUND)), ids=REFUND)
def test_a_refund_survives_a_crash_and_is_sent_once(stripe: Watched, double: Double, travel: Travel, cut: int) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    cut_off(stripe, cut, send_refunds)
    assert stripe.steps.done == REFUND[: cut + 1]
    sweep_later(travel, timedelta(minutes=11))
    send_refunds()
    (refund,) = refunds_of(held.booking_id)
    assert (refund.amount, refund.state) == (42000, RefundState.DONE)
    sent = {request["key"] for request in double.requests("POST", "/v1/refunds") if request["status"] == 200}
    assert len(sent) == 1
