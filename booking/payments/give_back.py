"""Staff give money back, in part or whole, without cancelling anything: out of goodwill, for a day that went wrong."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select

from booking.bookings.models import Booking
from booking.kernel.database import db
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.payments import refunds
from booking.payments.models import Payment, PaymentState, Refund
from booking.staff.audit import note

KEY = "staff:"  # what the keys of such refunds begin with


class MoreThanPaid(Refusal):
    """More than was paid and not yet paid back; `left` is what may be given, in minor units."""

    def __init__(self, left: int) -> None:
        super().__init__(f"at most {left}")
        self.left = left


def refundable(booking_id: int) -> int:
    """What was paid for a booking and its changes and not yet paid back, in minor units."""
    query = select(func.coalesce(func.sum(Payment.amount - Payment.refunded), 0))
    return int(db.session.scalar(query.join(Booking, Booking.id == Payment.booking_id).where(_kept(booking_id))) or 0)


def give_back(booking_id: int, amount: int, reason: str, mark: str, actor: str) -> bool:
    """Promise money back and a letter about it; call inside a unit of work.

    `mark` is the form's own: the same form sent twice pays once, and False is answered. Raises MoreThanPaid.
    """
    # Locked in this order by whoever refunds: first what was paid, then what of it went back.
    locked = select(Payment).join(Booking, Booking.id == Payment.booking_id).where(_kept(booking_id))
    payments = db.session.scalars(
        locked.order_by(Payment.id.desc())
        .with_for_update(of=Payment, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    before = select(Refund.id).where(
        Refund.booking_id == booking_id, Refund.idempotency_key.startswith(f"{KEY}{mark}:", autoescape=True)
    )
    if db.session.scalar(before.limit(1)) is not None:
        return False
    left = sum(payment.amount - payment.refunded for payment in payments)
    if not 0 < amount <= left:
        raise MoreThanPaid(left)
    refunds.request(f"{KEY}{mark}", booking_id, amount, reason)
    promise("mail.refund", f"refund:{mark}", {"booking_id": booking_id, "refund": amount, "mark": mark})
    note(actor, "refund.by_staff", f"booking:{booking_id}", {"left": left}, {"amount": amount, "reason": reason})
    return True


def reason_of(booking_id: int, mark: str) -> str:
    """Why the refund with this mark was given."""
    query = select(Refund.reason).where(
        Refund.booking_id == booking_id, Refund.idempotency_key.startswith(f"{KEY}{mark}:", autoescape=True)
    )
    return db.session.scalar(query.limit(1)) or ""


def _kept(booking_id: int) -> ColumnElement[bool]:
    mine = or_(Booking.id == booking_id, Booking.changes_id == booking_id)
    return mine & (Payment.state == PaymentState.PAID)
