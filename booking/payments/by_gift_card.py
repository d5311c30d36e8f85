"""What gift cards pay is a payment like any other, but for where it goes back to: the card, at once."""

from __future__ import annotations

from datetime import datetime

from booking.bookings.models import Booking, State
from booking.centre.facts import the_centre
from booking.gift_cards import spend
from booking.kernel.writing import write
from booking.payments.models import GIFT_CARD, Payment, PaymentState, Refund


def write_payments(booking: Booking, now: datetime) -> None:
    """Let what a locked booking holds of cards be paid, a payment for each part; inside the unit of work that confirms.

    Raises CardSpent.
    """
    if booking.state is State.EXPIRED:
        spend.hold_again(booking.id, booking.by_gift_card, now)
    write(
        Payment,
        [
            {
                "booking_id": booking.id, "provider": GIFT_CARD, "state": PaymentState.PAID, "amount": part.amount,
                "currency": booking.currency, "idempotency_key": part.payment_key, "begun_at": now, "expires_at": now,
                "paid_at": now, "looked_at": now,
            }
            for part in spend.keep(booking.id, now)
        ],
    )  # fmt: skip


def give_back(payment: Payment, refund: Refund, now: datetime) -> None:
    """What was paid with a card is on it again; inside the unit of work that writes the refund, which is done."""
    today = the_centre().local(now).date()
    spend.give_back(payment.idempotency_key, refund.amount, refund.idempotency_key, now, today)
