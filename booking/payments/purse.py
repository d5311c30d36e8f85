"""What was paid for a booking and its changes, what has gone back, and money back from it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, func, select

from booking.bookings.models import Booking, State
from booking.bookings.purse import Sent
from booking.bookings.rules import Holding
from booking.gift_cards import spend
from booking.kernel import clock
from booking.kernel.database import db, run
from booking.kernel.writing import write
from booking.payments import refunds
from booking.payments.models import GIFT_CARD, TILL, Payment, PaymentState
from booking.payments.paid_for import paid_for
from booking.payments.receipts import receipt_follows
from booking.payments.reserved.moved import take_on_new_day

_LEFT = Payment.amount - Payment.refunded
_FREE = case((Payment.disputed_at.is_(None), _LEFT), else_=0)
_HOLDING = select(
    func.coalesce(func.sum(Payment.amount), 0),
    func.coalesce(func.sum(Payment.refunded), 0),
    func.coalesce(func.sum(_LEFT - _FREE), 0),
    func.coalesce(func.sum(case((Payment.provider == TILL, _LEFT), else_=0)), 0),
    func.coalesce(func.sum(case((Payment.lost_at.is_not(None), _LEFT), else_=0)), 0),
    func.coalesce(func.sum(case((Payment.provider == GIFT_CARD, _LEFT), else_=0)), 0),
).where(Payment.state == PaymentState.PAID, paid_for(bindparam("booking")))


class PaidPurse:
    """The purse of bookings that are paid by what stands in the table of payments."""

    def holding(self, booking_id: int) -> Holding:
        """In one statement."""
        return Holding(*(int(value) for value in run(_HOLDING, {"booking": booking_id}).one()))

    def locked(self, booking_id: int) -> Holding:
        """Its payments and cards locked, so that neither the office nor the provider's news come between."""
        refunds.lock_cards_of(db.session.scalars(refunds.kept_payments(booking_id)).all())
        return self.holding(booking_id)

    def pay_by_gift_card(self, booking: Booking, now: datetime) -> None:
        """As a payment for each part of a card, like any other but for where it goes back to: the card, at once."""
        if booking.state is State.EXPIRED:
            spend.hold_again(booking.id, booking.by_gift_card, now)
        common = {
            "booking_id": booking.id, "provider": GIFT_CARD, "state": PaymentState.PAID, "currency": booking.currency,
            "begun_at": now, "expires_at": now, "paid_at": now, "looked_at": now,
        }  # fmt: skip
        parts = spend.keep(booking.id, now)
        receipt_follows(booking.id)
        write(Payment, [common | {"amount": part.amount, "idempotency_key": part.payment_key} for part in parts])

    def moved(self, booking_id: int) -> None:
        """Only where a provider reserves."""
        take_on_new_day(booking_id, clock.now())

    def give_back(self, booking_id: int, amount: int, reason: str, key: str) -> Sent:
        """As refunds of its payments."""
        return refunds.request(key, booking_id, amount, reason)
