"""What has moved of a booking's money, and which of it has no receipt yet: read for whoever gives receipts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, exists, or_, select

from booking.bookings.models import Booking
from booking.kernel.database import as_values, run
from booking.kernel.prepared import ReadyStatement
from booking.payments.models import TILL, Payment, PaymentState, Refund
from booking.payments.paid_for import paid_for
from booking.receipts.models import PaymentReceipt

PART = "+"  # in the key of a refund that is a part of another one, see payments/reserved/by_hand.py
TRIED = "~"  # before how often it was tried again, see payments/refunds.py


@dataclass(frozen=True, slots=True)
class MoneyMoved:
    """One payment, or one refund on it, in minor units. `of_booking` is the change that was paid, or the booking."""

    payment_id: int
    of_booking: int
    refund_id: int | None
    provider: str
    amount: int
    at: datetime
    till_receipt: str

    @property
    def signed(self) -> int:
        """What came counts up, what goes back down."""
        return self.amount if self.refund_id is None else -self.amount


@dataclass(frozen=True, slots=True)
class ReceiptGiven:
    """A receipt that is there: what it is of, its amount with its sign, and its document as it is kept."""

    id: int
    payment_id: int
    refund_id: int | None
    amount: int
    document: dict[str, Any]


# The till's own number of a payment there; a gift card may have paid the rest.
TILL_RECEIPT = case((Payment.provider == TILL, Booking.till_receipt), else_="")
_PAID = (
    select(Payment.id, Payment.booking_id, Payment.provider, Payment.amount, Payment.paid_at, TILL_RECEIPT,
           Payment.refunded)
    .join(Booking, Booking.id == Payment.booking_id)
    .where(paid_for(bindparam("booking")), Payment.state == PaymentState.PAID)
    .order_by(Payment.paid_at, Payment.id)
)  # fmt: skip
_BACK = (
    select(Payment.id, Payment.booking_id, Refund.id, Payment.provider, Refund.amount, Refund.requested_at,
           Refund.till_receipt, Refund.idempotency_key)
    .join(Refund, Refund.payment_id == Payment.id)
    .where(paid_for(bindparam("booking")), Payment.state == PaymentState.PAID)
    .order_by(Refund.requested_at, Refund.id)
)  # fmt: skip
_GIVEN = (
    select(PaymentReceipt.id, PaymentReceipt.payment_id, PaymentReceipt.refund_id, PaymentReceipt.amount,
           PaymentReceipt.document)
    .where(PaymentReceipt.booking_id == bindparam("booking"))
    .order_by(PaymentReceipt.id)
)  # fmt: skip
_MISSING = ReadyStatement(
    select(Payment.id)
    .outerjoin(Refund, (Refund.payment_id == Payment.id) & ~Refund.idempotency_key.contains(PART))
    .where(
        paid_for(bindparam("booking")),
        Payment.state == PaymentState.PAID,
        Payment.booking_id != bindparam("but"),
        or_(
            ~exists().where(PaymentReceipt.payment_id == Payment.id, PaymentReceipt.refund_id.is_(None)),
            Refund.id.is_not(None) & ~exists().where(PaymentReceipt.refund_id == Refund.id),
        ),
    )
    .limit(1)
)


def is_missing(booking_id: int, but: int = 0) -> bool:
    """Whether a payment or refund of a booking has no receipt; one statement.

    `but`: apart from those of a change, which is just being folded into it.
    """
    return _MISSING.first({"booking": booking_id, "but": but}) is not None


def receipts_given(booking_id: int) -> list[ReceiptGiven]:
    """Those of a booking, the first first; one statement."""
    return as_values(ReceiptGiven, run(_GIVEN, {"booking": booking_id}))


def without_receipt(booking_id: int, given: Sequence[ReceiptGiven], but: int = 0) -> Sequence[MoneyMoved]:
    """Payments and refunds of a locked booking that have none, in the order they came; two statements at most.

    What of a refund goes a way of its own, as a part of it, is counted with it, whichever of them is done.
    """
    has = {(receipt.payment_id, receipt.refund_id) for receipt in given}
    paid = [row for row in run(_PAID, {"booking": booking_id}) if row[1] != but]
    missing = [MoneyMoved(row[0], row[1], None, *row[2:6]) for row in paid if (row[0], None) not in has]
    back = run(_BACK, {"booking": booking_id}).all() if any(row[6] for row in paid) else []
    parts: dict[str, int] = defaultdict(int)
    for *_refund, amount, _at, _till, key in back:
        parts[_whole(key)] += amount
    for row in back:
        if PART not in row[7] and (row[0], row[2]) not in has:
            missing.append(replace(MoneyMoved(*row[:7]), amount=parts[_whole(row[7])]))
    return sorted(missing, key=lambda moved: (moved.at, moved.refund_id is not None, moved.refund_id or 0))


def _whole(key: str) -> str:
    """What the keys of a refund and of its parts have in common, however often it was tried again."""
    return key.split(PART)[0].split(TRIED)[0]
