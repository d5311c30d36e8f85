"""Buyers who pay with Vipps."""

from __future__ import annotations

from sqlalchemy import select

from booking.bookings.hold import Hold
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import pay, refunds
from booking.payments.fulfil import fulfil
from booking.payments.give_back import give_back
from booking.payments.models import Capture, CaptureState, Payment
from booking.payments.provider import PayWay
from booking.payments.reserved.capture import take
from tests.payments.buying import payment_of, promised, ref_of
from tests.vipps_double.client import Vipps


def begin(held: Hold) -> Payment:
    """On to Vipps; returns the payment as it stands then."""
    pay.begin(held.booking_id, way=PayWay.VIPPS)
    return payment_of(held.booking_id)


def approved(vipps: Vipps, held: Hold) -> Payment:
    """Approved in the app and heard of; nothing is taken yet."""
    payment = begin(held)
    vipps.answer(ref_of(payment))
    fulfil(payment.id)
    return payment_of(held.booking_id)


def taken(vipps: Vipps, held: Hold) -> Payment:
    """Approved, and taken by the outbox."""
    payment = approved(vipps, held)
    keep_captures()
    return payment


def give(payment: Payment, amount: int, mark: str = "m") -> None:
    """Staff promise so much back."""
    with unit_of_work():
        give_back(payment.booking_id, amount, "", mark, "desk")


def keep_captures() -> None:
    """What the worker does with the promises to take money."""
    for about in promised("payment.capture"):
        take(int(str(about["payment_id"])))


def keep_refunds() -> None:
    """What the worker does with the promises to send money back."""
    for about in promised("payment.send_refund"):
        refunds.send(int(str(about["refund_id"])))


def capture_of(payment_id: int) -> tuple[CaptureState, int]:
    """How far the taking of a payment is, and how much of it."""
    end_reading()
    capture = db.session.scalars(select(Capture).where(Capture.payment_id == payment_id)).one()
    stands = capture.state, capture.amount
    end_reading()
    return stands
