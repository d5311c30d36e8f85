"""Paying with Vipps, from the basket to the money: what is approved is sold, and what is not gives the basket back."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from flask import Flask
from sqlalchemy import update

from booking.bookings.models import Booking, State
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.payments.models import CaptureState, PaymentState, RefundState
from booking.payments.pay import NoAnswer
from booking.payments.provider import PayWay
from booking.payments.providers import WayNotOffered, tills
from booking.payments.statement import MoneyWay, statement_of
from booking.payments.sweep import sweep
from booking.payments.vipps import news
from tests.builders import a_sale
from tests.builders import taken as places_taken
from tests.payments.buying import (
    a_basket,
    a_basket_at,
    cancel_booking,
    payment_of,
    payments_of,
    promised,
    ref_of,
    refunds_of,
    state_of,
    tickets_of,
)
from tests.payments.buying import (
    begin as begin_by_card,
)
from tests.payments.vipps.conftest import InUse, Travel
from tests.payments.vipps.paying import approved, begin, capture_of, keep_captures, keep_refunds, taken
from tests.payments.watched import Watched
from tests.vipps_double.client import Vipps

PAYMENTS = "/epayment/v1/payments$"


def test_what_is_approved_is_sold_and_taken_by_the_outbox(offered: Watched, vipps: Vipps) -> None:
    held = a_basket()
    payment = approved(vipps, held)
    assert (state_of(held.booking_id), tickets_of(held.booking_id)) == (State.CONFIRMED, 2)
    assert (payment.provider, payment.state, capture_of(payment.id)) == (
        "vipps", PaymentState.PAID, (CaptureState.WAITING, 0),
    )  # fmt: skip
    keep_captures()
    keep_captures()
    assert capture_of(payment.id) == (CaptureState.DONE, 42000)
    assert vipps.money(ref_of(payment)) == (42000, 0, 0)
    assert len(vipps.requests("POST", "/capture")) == 1
    (moved,) = statement_of(held.booking_id).moved
    assert moved.way is MoneyWay.VIPPS


def test_nothing_of_the_buyer_is_told_to_vipps(offered: Watched, vipps: Vipps) -> None:
    begin(a_basket())
    sent = " ".join(call["text"] for call in vipps.requests("POST"))
    assert "kari" not in sent.lower()
    assert "phone" not in sent.lower()


def test_places_are_kept_for_the_whole_ten_minutes_and_a_while_after(
    offered: Watched, vipps: Vipps, travel: Travel
) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult, 2)
    payment = begin(held)
    travel(timedelta(minutes=9, seconds=58))
    sweep(clock.now())
    assert (state_of(held.booking_id), places_taken(slot)) == (State.PENDING, 2)
    vipps.answer(ref_of(payment))
    travel(timedelta(minutes=7))
    sweep(clock.now())
    assert (state_of(held.booking_id), places_taken(slot)) == (State.CONFIRMED, 2)


def test_who_says_no_in_the_app_has_the_basket_again_and_may_pay_by_card(
    offered: Watched, vipps: Vipps, app: Flask
) -> None:
    held = a_basket()
    payment = begin(held)
    vipps.answer(ref_of(payment), "abort")
    assert fulfil(payment.id) is PaymentState.EXPIRED
    assert (state_of(held.booking_id), promised("mail.payment_failed")) == (State.HELD, [])
    begin_by_card(held)
    assert [each.provider for each in payments_of(held.booking_id)] == ["vipps", "demo"]


def test_a_new_try_is_a_new_payment(offered: Watched, vipps: Vipps) -> None:
    held = a_basket()
    first = begin(held)
    assert pay.withdraw(held.booking_id) is State.HELD
    second = begin(held)
    assert first.provider_ref != second.provider_ref
    vipps.answer(ref_of(second))
    assert fulfil(second.id) is PaymentState.PAID


def test_who_does_nothing_loses_the_places_when_the_time_is_over(
    offered: Watched, vipps: Vipps, travel: Travel
) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult, 2)
    payment = begin(held)
    travel(timedelta(minutes=16))
    sweep(clock.now())
    assert (payment_of(held.booking_id).state, state_of(held.booking_id)) == (PaymentState.EXPIRED, State.EXPIRED)
    assert (places_taken(slot), vipps.payment(ref_of(payment))["state"]) == (0, "EXPIRED")


def test_approved_in_the_second_we_close_is_sold(offered: Watched, vipps: Vipps) -> None:
    held = a_basket()
    payment = begin(held)
    vipps.answer(ref_of(payment))
    assert pay.withdraw(held.booking_id) is State.CONFIRMED


def test_money_that_comes_when_the_places_are_gone_is_never_taken(
    offered: Watched, vipps: Vipps, travel: Travel
) -> None:
    _, slot, adult = a_sale(capacity=2)
    held = a_basket_at(slot, adult, 2)
    payment = begin(held)
    vipps.answer(ref_of(payment))
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == held.booking_id).values(held_until=clock.now()))
    from booking.bookings.hold import expire_pending

    with unit_of_work():
        expire_pending(held.booking_id, clock.now())
    a_basket_at(slot, adult, 2)
    assert fulfil(payment.id) is PaymentState.RETURNED
    assert promised("payment.capture") == []
    keep_refunds()
    (refund,) = refunds_of(held.booking_id)
    assert (refund.state, capture_of(payment.id)) == (RefundState.DONE, (CaptureState.DONE, 0))
    assert vipps.money(ref_of(payment)) == (0, 42000, 0)


def test_another_sum_than_asked_for_goes_back_whole(offered: Watched, vipps: Vipps) -> None:
    held = a_basket()
    payment = begin(held)
    vipps.answer(ref_of(payment), amount=41900)
    assert fulfil(payment.id) is PaymentState.RETURNED
    keep_refunds()
    assert vipps.money(ref_of(payment)) == (0, 41900, 0)


@pytest.mark.parametrize("what", ["500", "429", "cut", "hang"])
@pytest.mark.parametrize("after", [False, True])
def test_one_that_could_not_be_begun_is_begun_by_the_sweep(
    offered: Watched, vipps: Vipps, travel: Travel, what: str, after: bool
) -> None:
    held = a_basket()
    vipps.fault(what, path=PAYMENTS, after=after, seconds=0.6)
    with offered.impatient(), pytest.raises(NoAnswer):
        pay.begin(held.booking_id, way=PayWay.VIPPS)
    assert payment_of(held.booking_id).state is PaymentState.BEGUN
    travel(timedelta(seconds=61))
    sweep(clock.now())
    payment = payment_of(held.booking_id)
    assert (payment.state, len(vipps.pull("payments")["data"])) == (PaymentState.OPEN, 1)
    vipps.answer(ref_of(payment))
    assert fulfil(payment.id) is PaymentState.PAID


def test_a_vipps_that_is_down_does_not_keep_cards_waiting(offered: Watched, vipps: Vipps, travel: Travel) -> None:
    _, slot, adult = a_sale(capacity=20)
    for _ in range(4):
        begin(a_basket_at(slot, adult, 1))
    card = a_basket_at(slot, adult, 1)
    begin_by_card(card)
    travel(timedelta(minutes=40))
    vipps.fault("500", path="/epayment/", times=99)
    sweep(clock.now())
    assert state_of(card.booking_id) is State.EXPIRED
    assert len(vipps.requests("GET")) <= 3


def test_a_way_that_is_not_offered_is_refused_and_the_basket_stays(app: Flask) -> None:
    held = a_basket()
    tills.use(tills.provider)
    try:
        with pytest.raises(WayNotOffered):
            pay.begin(held.booking_id, way=PayWay.VIPPS)
    finally:
        tills.init_app(app, tills.settings)
    assert state_of(held.booking_id) is State.HELD


def test_it_is_absent_where_the_currency_is_another(offered: Watched) -> None:
    assert tills.ways("NOK") == (PayWay.CARD, PayWay.VIPPS)
    assert tills.ways("EUR") == (PayWay.CARD,)


NEWS = ("CREATED", "AUTHORIZED", "CAPTURED", "CANCELLED", "REFUNDED", "ABORTED", "EXPIRED", "TERMINATED")


@pytest.mark.parametrize("end", ["approve", "abort", "expire", "close"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_news_of_any_kind_in_any_order_and_twice_say_nothing_that_is_not_so(
    offered: Watched, vipps: Vipps, travel: Travel, end: str
) -> None:
    """Whatever an event claims, the payment is what Vipps says of it when it is asked."""
    _, slot, adult = a_sale(capacity=200)
    sold = {"approve": State.CONFIRMED, "abort": State.HELD, "expire": State.HELD, "close": State.HELD}[end]
    for number, order in enumerate(permutations(("AUTHORIZED", "ABORTED", "EXPIRED", "TERMINATED"), 2)):
        held = a_basket_at(slot, adult, 1)
        payment = begin(held)
        if end == "close":
            vipps.by_hand("cancel", ref_of(payment))
        elif end == "expire":
            travel(timedelta(minutes=10, seconds=1))
        else:
            vipps.answer(ref_of(payment), end)
        for kind in (*order, *NEWS, *reversed(NEWS)):
            told = news.VippsNews(f"vipps:{number}:{kind}:{end}", kind, ref_of(payment))
            news.receive(told)
            news.receive(told)
        assert state_of(held.booking_id) is sold
        assert refunds_of(held.booking_id) == []


def test_a_booking_that_is_cancelled_before_it_is_taken_is_never_taken(in_use: InUse, vipps: Vipps) -> None:
    in_use(at_once=False)
    held = a_basket()
    payment = approved(vipps, held)
    assert promised("payment.capture") == []
    cancel_booking(held)
    keep_refunds()
    assert vipps.money(ref_of(payment)) == (0, 42000, 0)
    (refund,) = refunds_of(held.booking_id)
    assert (refund.state, capture_of(payment.id)) == (RefundState.DONE, (CaptureState.DONE, 0))
    assert vipps.requests("POST", "/refund") == vipps.requests("POST", "/capture") == []


def test_one_that_is_cancelled_afterwards_goes_back_by_the_same_way(offered: Watched, vipps: Vipps) -> None:
    held = a_basket()
    payment = taken(vipps, held)
    cancel_booking(held)
    keep_refunds()
    keep_refunds()
    assert vipps.money(ref_of(payment)) == (42000, 0, 42000)
    assert [refund.state for refund in refunds_of(held.booking_id)] == [RefundState.DONE]
