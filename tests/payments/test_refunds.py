"""Money back: the whole, a part, from several payments; failed, tried again, made by hand at Stripe; and disputes."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings.hold import Hold
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.payments import refunds, webhook
from booking.payments.fulfil import fulfil
from booking.payments.give_back import refundable
from booking.payments.models import PaymentState, RefundState
from booking.payments.provider import RefundStanding, Unreachable
from booking.records.models import AuditEntry
from booking.running.worker import run_once
from tests.builders import a_sale
from tests.payments.buying import (
    a_basket,
    a_basket_at,
    a_paid_booking,
    begin,
    cancel_booking,
    change_to,
    paid_in_two,
    payment_of,
    payments_of,
    promised,
    ref_of,
    refunds_of,
    send_refunds,
    state_of,
    tickets_of,
    write_refunds,
)
from tests.payments.watched import Watched
from tests.stripe_double.client import Double


def take_events(stripe: Watched, *, newest_first: bool = False) -> None:
    """Work on everything that Stripe could not bring us."""
    events = stripe.real.undelivered()
    for event in events[::-1] if newest_first else events:
        webhook.receive(event)


def noted(action: str) -> list[Any]:
    """What the log says after an action."""
    end_reading()
    entries = list(db.session.scalars(select(AuditEntry.after).where(AuditEntry.action == action)))
    end_reading()
    return entries


def a_failed_refund(stripe: Watched, double: Double) -> tuple[Hold, int]:
    """A cancelled booking whose money could not be sent back."""
    held = a_basket()
    a_paid_booking(double, held)
    double.pull("next-refunds", statuses=["failed"])
    cancel_booking(held)
    send_refunds()
    (refund,) = refunds_of(held.booking_id)
    assert refund.state is RefundState.FAILED
    return held, refund.id


def test_a_cancelled_booking_gets_its_money_back(stripe: Watched, double: Double) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    send_refunds()
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [(42000, RefundState.DONE)]
    assert payment_of(held.booking_id).refunded == 42000


def test_the_worker_sends_the_money_back(
    app: Flask, stripe: Watched, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    run_once(app)
    assert [refund.state for refund in refunds_of(held.booking_id)] == [RefundState.DONE]
    waiting = select(Promise.kind).where(Promise.state != PromiseState.DONE, Promise.kind.startswith("payment."))
    assert db.session.scalars(waiting).all() == []


def test_fewer_people_get_a_part_back(stripe: Watched, double: Double) -> None:
    _, slot, adult = a_sale(price=10000)
    held = a_basket_at(slot, adult, 5)
    a_paid_booking(double, held)
    change_to(held, slot, adult, 3)
    send_refunds()
    assert [refund.amount for refund in refunds_of(held.booking_id)] == [20000]
    assert (payment_of(held.booking_id).refunded, tickets_of(held.booking_id)) == (20000, 3)


def test_what_was_paid_in_two_goes_back_to_both(stripe: Watched, double: Double) -> None:
    held, _extra = paid_in_two(double, 2, 5)
    cancel_booking(held)
    send_refunds()
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [
        (30000, RefundState.DONE),
        (20000, RefundState.DONE),
    ]


def test_the_same_promise_twice_is_one_refund(stripe: Watched, double: Double) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    for _ in range(2):
        send_refunds()
    assert len(refunds_of(held.booking_id)) == len(double.requests("POST", "/v1/refunds")) == 1


def test_never_more_goes_back_than_was_paid(stripe: Watched, double: Double) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    with unit_of_work():
        refunds.request("promise:998", held.booking_id, 50000, "too much")
        refunds.request("promise:999", held.booking_id, 1, "once more")
    assert [refund.amount for refund in refunds_of(held.booking_id)] == [42000]
    assert noted("refund.not_covered") == [{"asked": 50000, "left": 8000}, {"asked": 1, "left": 1}]
    cancel_booking(held)


@pytest.mark.parametrize("what", ["500", "429", "cut"])
@pytest.mark.parametrize("after", [False, True], ids=["unheard", "unanswered"])
def test_a_refund_without_an_answer_is_sent_again_and_made_once(
    stripe: Watched, double: Double, what: str, after: bool
) -> None:
    held = a_basket()
    payment = a_paid_booking(double, held)
    cancel_booking(held)
    (refund_id,) = write_refunds()
    double.fault(what, path="/v1/refunds", after=after)
    with stripe.impatient(), pytest.raises(Unreachable):
        refunds.send(refund_id)
    assert refunds.send(refund_id) is RefundState.DONE
    assert charge_of(double, payment.charge_ref)["amount_refunded"] == 42000


def charge_of(double: Double, intent: str | None) -> dict[str, Any]:
    """The charge as Stripe has it."""
    url = f"{double.base}/v1/payment_intents/{intent}?expand[0]=latest_charge"
    told = double.http.get(url, headers={"Authorization": "Bearer sk_test_x"}, timeout=5).json()
    charge: dict[str, Any] = told["latest_charge"]
    return charge


def test_a_failed_refund_is_shown_to_staff(stripe: Watched, double: Double) -> None:
    _, refund_id = a_failed_refund(stripe, double)
    assert promised("mail.refund_failed") == [{"refund_id": refund_id}]


def test_a_failed_refund_is_tried_again_once_however_often_it_is_asked_for(stripe: Watched, double: Double) -> None:
    held, refund_id = a_failed_refund(stripe, double)
    with unit_of_work():
        assert [refunds.retry(refund_id, "account:1"), refunds.retry(refund_id, "account:1")] == [True, False]
    send_refunds()
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [(42000, RefundState.DONE)]
    assert len(double.requests("POST", "/v1/refunds")) == 2


def test_a_refund_can_be_tried_again_a_hundred_times(stripe: Watched, double: Double) -> None:
    held, refund_id = a_failed_refund(stripe, double)
    keys = set()
    for _ in range(100):
        with unit_of_work():
            assert refunds.retry(refund_id, "account:1")
        refunds.record(refund_id, RefundStanding("", done=False))
        keys |= {refund.idempotency_key for refund in refunds_of(held.booking_id)}
    assert (len(keys), max(len(key) for key in keys) <= 64) == (100, True)
    with unit_of_work():
        refunds.retry(refund_id, "account:1")
    send_refunds()
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [(42000, RefundState.DONE)]


def test_a_refund_that_fails_again_is_shown_again(stripe: Watched, double: Double) -> None:
    _, refund_id = a_failed_refund(stripe, double)
    double.pull("next-refunds", statuses=["failed"])
    with unit_of_work():
        refunds.retry(refund_id, "account:1")
    refunds.send(refund_id)
    assert promised("mail.refund_failed") == [{"refund_id": refund_id}] * 2


def test_a_refund_that_the_bank_sends_back_days_later_is_shown_to_staff(stripe: Watched, double: Double) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    send_refunds()
    double.pull("refund", refund=refunds_of(held.booking_id)[0].provider_ref, status="failed")
    take_events(stripe)
    (refund,) = refunds_of(held.booking_id)
    assert refund.state is RefundState.FAILED
    assert promised("mail.refund_failed") == [{"refund_id": refund.id}]


def test_events_of_a_refund_in_any_order_tell_the_same_end(stripe: Watched, double: Double) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    double.pull("next-refunds", statuses=["pending"])
    cancel_booking(held)
    send_refunds()
    ref = refunds_of(held.booking_id)[0].provider_ref
    for status in ("succeeded", "failed"):
        double.pull("refund", refund=ref, status=status)
    take_events(stripe, newest_first=True)
    assert refunds_of(held.booking_id)[0].state is RefundState.FAILED


def refund_by_hand(double: Double, intent: str | None, amount: int) -> None:
    """Staff refund in Stripe's own dashboard."""
    answer = double.http.post(
        f"{double.base}/v1/refunds",
        data={"payment_intent": intent, "amount": amount},
        headers={"Authorization": "Bearer sk_test_x"},
        timeout=5,
    )
    answer.raise_for_status()


def test_a_refund_made_at_stripe_is_in_our_books_once(stripe: Watched, double: Double) -> None:
    _, slot, adult = a_sale(price=10000)
    held = a_basket_at(slot, adult, 5)
    payment = a_paid_booking(double, held)
    refund_by_hand(double, payment.charge_ref, 20000)
    for _ in range(2):
        take_events(stripe)
    assert [(refund.amount, refund.reason) for refund in refunds_of(held.booking_id)] == [(20000, "dashboard")]
    assert payment_of(held.booking_id).refunded == 20000


def test_a_failed_refund_that_staff_made_good_at_stripe_is_done(stripe: Watched, double: Double) -> None:
    held, refund_id = a_failed_refund(stripe, double)
    refund_by_hand(double, payment_of(held.booking_id).charge_ref, 42000)
    take_events(stripe)
    assert [(refund.id, refund.state) for refund in refunds_of(held.booking_id)] == [(refund_id, RefundState.DONE)]
    with unit_of_work():
        assert not refunds.retry(refund_id, "account:1")


def test_old_news_of_a_refund_that_failed_since_does_not_make_it_done(stripe: Watched, double: Double) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    send_refunds()
    double.pull("refund", refund=refunds_of(held.booking_id)[0].provider_ref, status="failed")
    take_events(stripe, newest_first=True)
    assert [refund.state for refund in refunds_of(held.booking_id)] == [RefundState.FAILED]


def test_our_own_refund_is_not_taken_for_one_made_at_stripe(stripe: Watched, double: Double) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    send_refunds()
    take_events(stripe)
    assert len(refunds_of(held.booking_id)) == 1


def test_news_of_a_refund_before_news_of_the_payment_is_not_lost(stripe: Watched, double: Double) -> None:
    _, slot, adult = a_sale(price=10000)
    held = a_basket_at(slot, adult, 5)
    payment = begin(held)
    double.pay(ref_of(payment))
    intent = stripe.real.look(ref_of(payment)).charge_ref
    refund_by_hand(double, intent, 20000)
    take_events(stripe, newest_first=True)
    assert payment_of(held.booking_id).refunded == 20000
    change_to(held, slot, adult, 3)


def test_a_dispute_is_noted_and_its_end_too(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = a_paid_booking(double, held)
    dispute = double.pull("dispute", payment_intent=payment.charge_ref)
    take_events(stripe)
    assert payment_of(held.booking_id).disputed_at is not None
    double.pull("close-dispute", dispute=dispute["id"], status="won")
    take_events(stripe)
    assert payment_of(held.booking_id).disputed_at is None
    assert noted("charge.dispute.closed") == [{"status": "won"}]


def test_what_is_disputed_is_not_promised_back_and_goes_by_itself_once_it_is_won(
    stripe: Watched, double: Double
) -> None:
    _, slot, adult = a_sale(price=10000)
    held = a_basket_at(slot, adult, 5)
    payment = a_paid_booking(double, held)
    dispute = double.pull("dispute", payment_intent=payment.charge_ref)
    take_events(stripe)
    change_to(held, slot, adult, 3)
    send_refunds()
    assert refunds_of(held.booking_id) == []
    (letter,) = promised("mail.change")
    assert (letter["refund"], letter["by_rule"], letter["disputed"]) == (0, 20000, 50000)
    double.pull("close-dispute", dispute=dispute["id"], status="won")
    take_events(stripe)
    send_refunds()
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [(20000, RefundState.DONE)]
    (letter,) = promised("mail.refund")
    assert letter["refund"] == 20000
    cancel_booking(held)
    send_refunds()
    assert [refund.amount for refund in refunds_of(held.booking_id)] == [20000, 30000]


def test_a_dispute_that_is_lost_leaves_nothing_to_give_back(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = a_paid_booking(double, held)
    dispute = double.pull("dispute", payment_intent=payment.charge_ref)
    double.pull("close-dispute", dispute=dispute["id"], status="lost")
    take_events(stripe)
    assert payment_of(held.booking_id).disputed_at is not None
    assert refundable(held.booking_id) == 0
    cancel_booking(held)
    send_refunds()
    assert refunds_of(held.booking_id) == []


def test_what_went_back_by_hand_before_ours_arrived_settles_it(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = a_paid_booking(double, held)
    cancel_booking(held)
    refund_by_hand(double, payment.charge_ref, 42000)
    send_refunds()
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [(42000, RefundState.DONE)]
    assert payment_of(held.booking_id).refunded == 42000


def test_a_part_that_went_back_by_hand_leaves_the_rest_to_be_sent(stripe: Watched, double: Double) -> None:
    held, refund_id = a_failed_refund(stripe, double)
    refund_by_hand(double, payment_of(held.booking_id).charge_ref, 12000)
    take_events(stripe)
    with unit_of_work():
        assert refunds.retry(refund_id, "account:1")
    send_refunds()
    assert [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)] == [
        (30000, RefundState.DONE),
        (12000, RefundState.DONE),
    ]


def test_a_dispute_of_a_charge_that_is_not_ours_is_left_alone(stripe: Watched) -> None:
    event = {
        "id": "evt_1",
        "type": "charge.dispute.created",
        "data": {"object": {"id": "du_1", "payment_intent": "pi_other"}},
    }
    assert webhook.receive(event)
    assert noted("charge.dispute.created") == []


def test_what_was_returned_is_not_refunded_again(stripe: Watched, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment), amount=30000)
    assert fulfil(payment.id) is PaymentState.RETURNED
    with unit_of_work():
        refunds.request("promise:997", held.booking_id, 100, "goodwill")
    send_refunds()
    assert [refund.amount for refund in refunds_of(held.booking_id)] == [30000]
    assert (len(payments_of(held.booking_id)), state_of(held.booking_id).value) == (1, "expired")
