"""Staff give money back without cancelling: never more than was paid, once for each form, with a letter."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.bookings.hold import Hold
from booking.kernel.codes import new_secret
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments.give_back import MoreThanPaid, give_back, reason_of, refundable
from booking.payments.models import RefundState
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.running.worker import run_once
from tests.payments.buying import (
    a_basket,
    a_paid_booking,
    cancel_booking,
    payment_of,
    promised,
    refunds_of,
    send_refunds,
    state_of,
    tickets_of,
)
from tests.payments.watched import Watched
from tests.stripe_double.client import Double


def give(held: Hold, amount: int, mark: str = "") -> bool:
    """Somebody in the office pays back."""
    end_reading()
    with unit_of_work():
        return give_back(held.booking_id, amount, "Showet ble avlyst", mark or new_secret(), "account:1")


@pytest.fixture
def held(stripe: Watched, double: Double) -> Hold:
    """A paid booking of 420 kroner."""
    basket = a_basket()
    a_paid_booking(double, basket)
    return basket


def test_a_part_goes_back_and_the_tickets_stay(app: Flask, held: Hold) -> None:
    assert give(held, 10000)
    run_once(app)
    assert [(refund.amount, refund.state, refund.reason) for refund in refunds_of(held.booking_id)] == [
        (10000, RefundState.DONE, "Showet ble avlyst")
    ]
    assert payment_of(held.booking_id).refunded == 10000
    assert (state_of(held.booking_id), tickets_of(held.booking_id), refundable(held.booking_id)) == (
        "confirmed",
        2,
        32000,
    )
    assert breaches() == []


def test_the_buyer_gets_one_letter_and_the_log_a_line(held: Hold) -> None:
    mark = new_secret()
    assert give(held, 10000, mark)
    assert promised("mail.refund") == [{"booking_id": held.booking_id, "refund": 10000, "in_till": 0, "mark": mark}]
    assert reason_of(held.booking_id, mark) == "Showet ble avlyst"
    noted = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "refund.by_staff")
    assert db.session.scalar(noted) == 1


def test_the_same_form_sent_twice_pays_once(held: Hold) -> None:
    mark = new_secret()
    assert [give(held, 10000, mark), give(held, 10000, mark), give(held, 42000, mark)] == [True, False, False]
    assert [refund.amount for refund in refunds_of(held.booking_id)] == [10000]


@pytest.mark.parametrize("amount", [42001, 10**9, 0, -1])
def test_never_more_than_was_paid(held: Hold, amount: int) -> None:
    with pytest.raises(MoreThanPaid):
        give(held, amount)
    assert refunds_of(held.booking_id) == []
    assert promised("mail.refund") == []


def test_nor_more_than_is_left(held: Hold) -> None:
    give(held, 30000)
    with pytest.raises(MoreThanPaid) as refused:
        give(held, 12001)
    assert refused.value.left == 12000
    assert give(held, 12000)
    assert refundable(held.booking_id) == 0


def test_who_cancels_afterwards_gets_only_what_is_left(held: Hold) -> None:
    give(held, 10000)
    cancel_booking(held)
    send_refunds()
    assert sorted(refund.amount for refund in refunds_of(held.booking_id)) == [10000, 32000]
    assert breaches() == []


def test_nothing_paid_means_nothing_to_give_back(stripe: Watched, double: Double) -> None:
    basket = a_basket()
    with pytest.raises(MoreThanPaid):
        give(basket, 100)
