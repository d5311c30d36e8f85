"""What has moved of a booking's money, and which of it has no receipt yet: read for whoever gives receipts.

All that was paid for an order at once is one sale with one receipt, whatever it was paid with: gift cards, and Vipps, a
card or the till for the rest. What a change of it costs is a sale of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, exists, or_, select
from sqlalchemy.orm import aliased

from booking.bookings.models import Booking
from booking.kernel.database import as_values, run
from booking.kernel.prepared import ReadyStatement
from booking.payments.models import GIFT_CARD, TILL, Payment, PaymentState, Refund
from booking.payments.paid_for import paid_for
from booking.receipts.document import ReceiptWay
from booking.receipts.models import PaymentReceipt

PART = "+"  # in the key of a refund that is a part of another one, see payments/reserved/by_hand.py
TRIED = "~"  # before how often it was tried again, see payments/refunds.py


@dataclass(frozen=True, slots=True)
class MoneyMoved:
    """What was paid at once, or one refund, in minor units. `of_booking` is the change that was paid, or the booking.

    `payment_id` is the payment that went back or, of a sale, the one that was not a gift card's, if there is one.
    """

    payment_id: int
    of_booking: int
    refund_id: int | None
    at: datetime
    ways: tuple[ReceiptWay, ...]

    @property
    def amount(self) -> int:
        """By all ways together."""
        return sum(way.amount for way in self.ways)

    @property
    def signed(self) -> int:
        """What came counts up, what goes back down."""
        return self.amount if self.refund_id is None else -self.amount


@dataclass(frozen=True, slots=True)
class ReceiptGiven:
    """A receipt that is there: what it is of, its amount with its sign, and its document as it is kept.

    `of_booking` is as in what moved.
    """

    id: int
    payment_id: int
    of_booking: int
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
    select(PaymentReceipt.id, PaymentReceipt.payment_id, Payment.booking_id, PaymentReceipt.refund_id,
           PaymentReceipt.amount, PaymentReceipt.document)
    .join(Payment, Payment.id == PaymentReceipt.payment_id)
    .where(PaymentReceipt.booking_id == bindparam("booking"))
    .order_by(PaymentReceipt.id)
)  # fmt: skip


def has_sale_receipt() -> ColumnElement[bool]:
    """That what was paid together with a payment has its receipt, for a question about payments.

    One question within another and no join: SQLite takes a unique index for one row even where it looks for nulls, and
    went through the receipts of all sales for each payment.
    """
    together = aliased(Payment)
    given = exists().where(PaymentReceipt.payment_id == together.id, PaymentReceipt.refund_id.is_(None))
    return exists().where(together.booking_id == Payment.booking_id, given.correlate(together)).correlate(Payment)


_MISSING = ReadyStatement(
    select(Payment.id)
    .outerjoin(Refund, (Refund.payment_id == Payment.id) & ~Refund.idempotency_key.contains(PART))
    .where(
        paid_for(bindparam("booking")),
        Payment.state == PaymentState.PAID,
        Payment.booking_id != bindparam("but"),
        or_(
            ~has_sale_receipt(),
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
    sold = {receipt.of_booking for receipt in given if receipt.refund_id is None}
    sent_back = {receipt.refund_id for receipt in given}
    paid = [row for row in run(_PAID, {"booking": booking_id}) if row[1] != but]
    missing = [
        _sale(of_booking, [row for row in paid if row[1] == of_booking])
        for of_booking in dict.fromkeys(row[1] for row in paid)
        if of_booking not in sold
    ]
    back = run(_BACK, {"booking": booking_id}).all() if any(row[6] for row in paid) else []
    parts: dict[str, int] = defaultdict(int)
    for *_refund, amount, _at, _till, key in back:
        parts[_whole(key)] += amount
    for payment_id, of_booking, refund_id, provider, _amount, at, till_receipt, key in back:
        if PART not in key and refund_id not in sent_back:
            way = ReceiptWay(provider, parts[_whole(key)], till_receipt)
            missing.append(MoneyMoved(payment_id, of_booking, refund_id, at, (way,)))
    return sorted(missing, key=lambda moved: (moved.at, moved.refund_id is not None, moved.refund_id or 0))


def _sale(of_booking: int, paid: Sequence[Any]) -> MoneyMoved:
    """All that was paid for an order: of several gift cards together, then the rest."""
    ways: dict[str, ReceiptWay] = {}
    cards_first = sorted(paid, key=lambda row: bool(row[2] != GIFT_CARD))
    for _id, _of, provider, amount, _at, till_receipt, _refunded in cards_first:
        before = ways[provider].amount if provider in ways else 0
        ways[provider] = ReceiptWay(provider, before + amount, till_receipt)
    return MoneyMoved(_names(paid), of_booking, None, max(row[4] for row in paid), tuple(ways.values()))


def _names(paid: Sequence[Any]) -> int:
    """The payment that a receipt is kept under: the same whoever gives it, so that the database lets one be given."""
    others = [int(row[0]) for row in paid if row[2] != GIFT_CARD]
    return min(others or [int(row[0]) for row in paid])


def _whole(key: str) -> str:
    """What the keys of a refund and of its parts have in common, however often it was tried again."""
    return key.split(PART)[0].split(TRIED)[0]
