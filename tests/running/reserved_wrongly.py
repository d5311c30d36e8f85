"""Money that is only reserved, as it must never stand: for the check to find."""

from __future__ import annotations

from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.payments.models import Capture, CaptureState, Payment, PaymentState, Refund, RefundState


def _reserved(payment_id: int, state: CaptureState = CaptureState.WAITING, amount: int = 0) -> Payment:
    now = clock.now()
    capture = Capture(payment_id=payment_id, approved=42000, state=state, amount=amount, due_at=now, lapses_at=now)
    db.session.add(capture)
    return db.session.get_one(Payment, payment_id)


def reserved_for_nothing(payment_id: int) -> int:
    """Of a payment that failed."""
    with unit_of_work():
        _reserved(payment_id).state = PaymentState.FAILED
    return payment_id


def taken_unlike_approved(payment_id: int) -> int:
    """A krone less than is kept."""
    with unit_of_work():
        _reserved(payment_id, CaptureState.DONE, 41900)
    return payment_id


def sent_back_untaken(payment_id: int) -> int:
    """A krone that nobody has taken yet."""
    with unit_of_work():
        payment, now = _reserved(payment_id), clock.now()
        payment.refunded = 100
        refund = Refund(
            payment_id=payment_id,
            booking_id=payment.booking_id,
            state=RefundState.DONE,
            amount=100,
            currency="NOK",
            idempotency_key=new_secret(),
            requested_at=now,
            done_at=now,
        )
        db.session.add(refund)
    return payment_id
