"""What the books ask of withdrawals each night: that what was taken was written down, and promised back."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from booking.annual_passes.models import AnnualPass
from booking.bookings.models import Booking, State
from booking.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove
from booking.payments.models import Refund
from booking.withdrawals.models import Withdrawal


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    promised = (
        select(func.coalesce(func.sum(Refund.amount), 0))
        .where(Refund.booking_id == Withdrawal.booking_id)
        .correlate(Withdrawal)
        .scalar_subquery()
    )
    taken = (
        select(func.coalesce(func.sum(-GiftCardEntry.amount), 0))
        .where(GiftCardEntry.card_id == GiftCard.id, GiftCardEntry.move == GiftCardMove.WITHDRAWN)
        .correlate(GiftCard)
        .scalar_subquery()
    )
    return [
        (
            "withdrawals",
            "withdrawn from, but less promised back than was declared, booking",
            select(Withdrawal.booking_id).where(promised < Withdrawal.back),
        ),
        (
            "withdrawals",
            "withdrawn from, and still a booking that counts, booking",
            select(Withdrawal.booking_id)
            .join(Booking, Booking.id == Withdrawal.booking_id)
            .where(Booking.state != State.CANCELLED),
        ),
        (
            "withdrawals",
            "card of which less was taken than went back for it, card",
            select(GiftCard.id)
            .join(Withdrawal, Withdrawal.booking_id == GiftCard.booking_id)
            .where(taken < Withdrawal.back),
        ),
        (
            "withdrawals",
            "card taken back without a withdrawal, card",
            select(GiftCard.id)
            .outerjoin(Withdrawal, Withdrawal.booking_id == GiftCard.booking_id)
            .where(GiftCard.withdrawn_at.is_not(None), Withdrawal.id.is_(None)),
        ),
        (
            "withdrawals",
            "pass taken back without a withdrawal, pass",
            select(AnnualPass.id)
            .outerjoin(Withdrawal, Withdrawal.booking_id == AnnualPass.booking_id)
            .where(AnnualPass.withdrawn_at.is_not(None), Withdrawal.id.is_(None)),
        ),
    ]
