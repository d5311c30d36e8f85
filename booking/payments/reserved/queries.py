"""What the sweep and staff read of money that is only reserved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute

from booking.bookings.models import Booking
from booking.kernel import clock
from booking.kernel.database import as_values, run
from booking.payments.models import LET_GO, TO_TAKE, Capture, CaptureState, Payment, PaymentState, Refund, RefundState

MOST_FAILED = 50
LONG = timedelta(hours=1)  # longer than any trouble that passes by itself
# Before it lapses. It is taken a day before at the latest, so that what is left then has been tried for hours.
NEAR_END = timedelta(hours=20)


def due(before: datetime) -> Select[int, str]:
    """Payments whose money is to be taken by now, each with its provider; the longest due first."""
    query = select(Capture.payment_id, Payment.provider).join(Payment, Payment.id == Capture.payment_id)
    return query.where(_to_take(), Capture.due_at < before).order_by(Capture.due_at)


def is_between_tries(payment_id: InstrumentedAttribute[int], now: datetime) -> ColumnElement[bool]:
    """That the money of a payment could not be taken and is tried again later: what goes back of it waits for that."""
    later = (Capture.state == CaptureState.DECIDED, Capture.due_at > now)
    return select(Capture.payment_id).where(Capture.payment_id == payment_id, *later).correlate(Refund).exists()


@dataclass(frozen=True, slots=True)
class Untaken:
    """Money of a booking that was approved and could not be taken yet, in minor units; it is there until it lapses."""

    reference: str
    amount: int
    currency: str
    lapses_at: datetime

    @property
    def ends_soon(self) -> bool:
        """Whether it is lost soon, unless staff take it by hand."""
        return self.lapses_at <= clock.now() + NEAR_END


def failing() -> list[Untaken]:
    """What was refused, or for whatever cause is not taken long after its time; by when it lapses; one statement."""
    long_ago = clock.now() - LONG
    trouble = or_(Capture.tries > 0, Capture.failed_at < long_ago, Capture.due_at < long_ago)
    query = _untaken().where(trouble).order_by(Capture.lapses_at).limit(MOST_FAILED)
    return as_values(Untaken, run(query))


def untaken(payment_id: int) -> Untaken | None:
    """The same of one payment, as long as it is to be taken."""
    row = run(_untaken().where(Capture.payment_id == payment_id)).first()
    return Untaken(*row) if row is not None else None


def near_their_end(now: datetime) -> list[int]:
    """Payments whose money was approved, is still to be taken and lapses soon."""
    query = select(Capture.payment_id).where(_to_take(), Capture.lapses_at <= now + NEAR_END, Capture.lapses_at > now)
    return list(run(query.order_by(Capture.lapses_at).limit(MOST_FAILED)).scalars())


def _untaken() -> Select[Any]:
    wanted = case((Capture.state == CaptureState.WAITING, Capture.approved), else_=Capture.amount)
    return (
        select(Booking.reference, wanted, Payment.currency, Capture.lapses_at)
        .join_from(Capture, Payment, Payment.id == Capture.payment_id)
        .join(Booking, Booking.id == Payment.booking_id)
        .where(_to_take())
    )


def questions() -> list[tuple[str, str, Select[int]]]:
    """What the check asks: that as much was taken as was kept, and that nothing is done before its money is."""
    in_use = Payment.state.in_((PaymentState.PAID, PaymentState.RETURNED))
    sent = select(Refund.id).where(
        Refund.payment_id == Capture.payment_id, Refund.state == RefundState.DONE, Refund.reason != "dashboard"
    )
    return [
        (
            "capture",
            "money reserved for a payment that was not paid, payment",
            select(Capture.payment_id).join(Payment, Payment.id == Capture.payment_id).where(~in_use),
        ),
        (
            "capture",
            "taken otherwise than approved, payment",
            select(Capture.payment_id)
            .join(Payment, Payment.id == Capture.payment_id)
            .where((Capture.approved != Payment.amount) | ((Capture.state == CaptureState.DONE) & _unlike())),
        ),
        (
            "capture",
            "sent back before it was taken, payment",
            select(Capture.payment_id).where(_to_take(), sent.exists()),
        ),
    ]


def _unlike() -> ColumnElement[bool]:
    """More was let go of than has gone back or will; or less than refunds say that were never taken."""
    never_taken = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.payment_id == Capture.payment_id,
        Refund.state != RefundState.FAILED,
        Refund.provider_ref.startswith(LET_GO, autoescape=True),
    )
    let_go = Capture.approved - Capture.amount
    return (let_go > Payment.refunded) | (let_go < never_taken.correlate(Capture).scalar_subquery())


def _to_take() -> ColumnElement[bool]:
    return text(f"payment_capture.{TO_TAKE}")  # type: ignore[return-value]  # literally, as in its index
