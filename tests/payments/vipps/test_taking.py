"""Taking what was approved: at once or on the day, once, whatever fails or lapses; and what goes back of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from booking.bookings.at_the_desk import move_booking
from booking.bookings.basket import Pick
from booking.bookings.change import change
from booking.bookings.models import State
from booking.bookings.store import lock
from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import refunds
from booking.payments.models import Capture, CaptureState, RefundState
from booking.payments.provider import Unreachable
from booking.payments.reserved.capture import take
from booking.payments.reserved.queries import failing
from booking.payments.sweep import sweep
from tests.builders import a_sale, a_slot, tomorrow
from tests.payments.buying import a_basket, a_basket_at, payment_of, ref_of, refunds_of, state_of
from tests.payments.test_races import together
from tests.payments.vipps.conftest import InUse, Travel
from tests.payments.vipps.paying import approved, capture_of, give, keep_captures, keep_refunds, taken
from tests.payments.watched import Watched
from tests.vipps_double.client import Vipps


def due_of(payment_id: int) -> datetime:
    """When it is to be taken."""
    end_reading()
    due = db.session.get_one(Capture, payment_id, populate_existing=True).due_at
    end_reading()
    return due


def activity_of(slot_id: int) -> int:
    """What it is a slot of."""
    activity_id = db.session.get_one(Slot, slot_id).activity_id
    end_reading()
    assert activity_id is not None
    return activity_id


def test_a_part_that_goes_back_before_it_is_taken_is_let_go_of_and_the_rest_taken(in_use: InUse, vipps: Vipps) -> None:
    in_use(at_once=False)
    payment = approved(vipps, a_basket())
    give(payment, 12000)
    keep_refunds()
    assert vipps.money(ref_of(payment)) == (30000, 12000, 0)
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.DONE]
    give(payment, 5000, "n")
    keep_refunds()
    assert vipps.money(ref_of(payment)) == (30000, 12000, 5000)


def test_on_the_day_is_the_morning_of_the_visit_or_before_it_may_lapse(
    in_use: InUse, vipps: Vipps, travel: Travel
) -> None:
    in_use(at_once=False)
    payment = approved(vipps, a_basket())
    sweep(clock.now() + timedelta(minutes=10))
    assert vipps.requests("POST", "/capture") == []
    travel(timedelta(days=4, minutes=3))
    sweep(clock.now())
    assert vipps.money(ref_of(payment)) == (42000, 0, 0)


def test_the_sweep_takes_what_the_outbox_has_forgotten(offered: Watched, vipps: Vipps, travel: Travel) -> None:
    payment = approved(vipps, a_basket())
    travel(timedelta(minutes=3))
    sweep(clock.now())
    assert capture_of(payment.id) == (CaptureState.DONE, 42000)


def test_one_that_is_refused_is_taken_later_and_staff_see_it_meanwhile(
    offered: Watched, vipps: Vipps, travel: Travel
) -> None:
    payment = approved(vipps, a_basket())
    vipps.pull("refuse-capture", reference=ref_of(payment), times=2)
    keep_captures()
    assert capture_of(payment.id) == (CaptureState.DECIDED, 42000)
    assert [money.amount for money in failing()] == [42000]
    end_reading()
    for _ in range(3):
        travel(timedelta(minutes=45))
        sweep(clock.now())
    assert capture_of(payment.id) == (CaptureState.DONE, 42000)
    assert vipps.money(ref_of(payment)) == (42000, 0, 0)
    assert failing() == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("what", ["500", "429", "cut", "hang"])
def test_an_answer_that_is_lost_takes_it_once(offered: Watched, vipps: Vipps, what: str, after: bool) -> None:
    payment = approved(vipps, a_basket())
    vipps.fault(what, path="/capture$", after=after, seconds=0.6)
    with offered.impatient(), pytest.raises(Unreachable):
        keep_captures()
    vipps.pull("forget-keys")
    keep_captures()
    assert vipps.money(ref_of(payment)) == (42000, 0, 0)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("what", ["500", "429", "cut", "hang"])
def test_an_answer_that_is_lost_sends_it_back_once(offered: Watched, vipps: Vipps, what: str, after: bool) -> None:
    payment = taken(vipps, a_basket())
    give(payment, 12000)
    vipps.fault(what, path="/refund$", after=after, seconds=0.6)
    with offered.impatient(), pytest.raises(Unreachable):
        keep_refunds()
    vipps.pull("forget-keys")
    keep_refunds()
    assert vipps.money(ref_of(payment)) == (42000, 0, 12000)
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.DONE]


def test_more_than_vipps_lets_be_asked_in_a_minute_is_done_in_the_next(offered: Watched, vipps: Vipps) -> None:
    """It takes five calls a minute of a kind for one payment."""
    payment = taken(vipps, a_basket())
    for number in range(7):
        give(payment, 1000, f"m{number}")
    with pytest.raises(Unreachable, match="429"):
        keep_refunds()
    assert vipps.money(ref_of(payment)) == (42000, 0, 5000)
    vipps.advance(61)
    keep_refunds()
    assert vipps.money(ref_of(payment)) == (42000, 0, 7000)
    assert {refund.state for refund in refunds_of(payment.booking_id)} == {RefundState.DONE}


def test_many_who_take_at_once_and_one_who_gives_back_move_it_once(app: Flask, offered: Watched, vipps: Vipps) -> None:
    payment = approved(vipps, a_basket())
    give(payment, 12000)
    (refund,) = refunds_of(payment.booking_id)
    payment_id, refund_id = payment.id, refund.id
    errors = together(app, *[lambda: take(payment_id)] * 2, *[lambda: refunds.send(refund_id)] * 2)
    assert [error for error in errors if not isinstance(error, Unreachable)] == []
    take(payment_id)
    refunds.send(refund_id)
    captured, cancelled, refunded = vipps.money(ref_of(payment))
    assert (captured - refunded, cancelled + refunded) == (30000, 12000)


def test_what_lapses_untaken_is_lost_and_nothing_is_sent_back_of_it(
    in_use: InUse, vipps: Vipps, travel: Travel
) -> None:
    in_use(at_once=False)
    payment = approved(vipps, a_basket())
    travel(timedelta(days=8))
    sweep(clock.now())
    payment = payment_of(payment.booking_id)
    assert (capture_of(payment.id), payment.lost_at is not None) == ((CaptureState.LAPSED, 42000), True)
    assert state_of(payment.booking_id) is State.CONFIRMED


def test_what_staff_let_go_of_in_vipps_own_pages_has_gone_back(in_use: InUse, vipps: Vipps, travel: Travel) -> None:
    in_use(at_once=False)
    payment = approved(vipps, a_basket())
    vipps.by_hand("cancel", ref_of(payment))
    take(payment.id)
    payment = payment_of(payment.booking_id)
    assert (payment.refunded, payment.lost_at, capture_of(payment.id)) == (42000, None, (CaptureState.DONE, 0))


def test_what_staff_took_by_hand_is_left_and_what_goes_back_of_it_is_sent(in_use: InUse, vipps: Vipps) -> None:
    in_use(at_once=False)
    payment = approved(vipps, a_basket())
    vipps.by_hand("capture", ref_of(payment), 42000)
    give(payment, 12000)
    keep_refunds()
    keep_refunds()
    assert vipps.money(ref_of(payment)) == (42000, 0, 12000)
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.DONE]


def test_what_staff_sent_back_in_vipps_own_pages_is_in_our_books_once(offered: Watched, vipps: Vipps) -> None:
    payment = taken(vipps, a_basket())
    vipps.by_hand("refund", ref_of(payment), 7000)
    for _ in range(2):
        refunds.adopt(ref_of(payment))
    assert [(refund.amount, refund.reason) for refund in refunds_of(payment.booking_id)] == [(7000, "dashboard")]


def test_a_refund_that_vipps_refuses_for_good_is_told(offered: Watched, vipps: Vipps, travel: Travel) -> None:
    payment = taken(vipps, a_basket())
    give(payment, 12000)
    vipps.advance(366 * 86_400)
    keep_refunds()
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.FAILED]
    db.session.rollback()


@pytest.mark.parametrize("by", ["buyer", "staff"])
def test_a_booking_that_moves_is_taken_on_its_new_day(in_use: InUse, vipps: Vipps, by: str) -> None:
    in_use(at_once=False)
    now = clock.now()
    _, near, adult = a_sale(days=1)
    held = a_basket_at(near, adult)
    payment = approved(vipps, held)
    later = a_slot(activity_of(near), 10, tomorrow(days=3))
    before = due_of(payment.id)
    with unit_of_work():
        if by == "staff":
            (booking,) = lock(held.booking_id)
            move_booking(booking, {near: later}, now)
        else:
            change(held.booking_id, [Pick(later, adult, 2)], centre=the_centre(), now=now)
    assert due_of(payment.id) - before == timedelta(days=2)
