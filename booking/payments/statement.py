"""All money that has moved on a booking, in order: what its page, its receipt and staff read of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from sqlalchemy import bindparam, select

from booking.bookings.models import Booking
from booking.bookings.rules import Holding
from booking.kernel.database import run
from booking.payments.models import GIFT_CARD, TILL, Payment, PaymentState, Refund, RefundState
from booking.payments.paid_for import paid_for


class MoneyWay(StrEnum):
    """How money moved."""

    ONLINE = "online"
    VIPPS = "vipps"
    TILL = "till"
    DEMO = "demo"
    GIFT_CARD = "gift_card"


class Came(StrEnum):
    """What became of a sum."""

    PAID = "paid"
    ON_ITS_WAY = "on_its_way"  # online: the provider has it or will; in the till: the desk pays it out
    BACK = "back"
    REFUSED = "refused"  # the bank said no: it is still owed
    LOST = "lost"  # promised, but the payer's bank was faster: nothing is owed


_BACK = {
    RefundState.REQUESTED: Came.ON_ITS_WAY,
    RefundState.DONE: Came.BACK,
    RefundState.FAILED: Came.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Moved:
    """One sum that came or goes back, in minor units. `receipt` is the till's own number."""

    at: datetime
    came: Came
    way: MoneyWay
    amount: int
    receipt: str
    for_change: bool = False
    refund_id: int | None = None

    @property
    def signed(self) -> int:
        """What came counts up, what goes back down."""
        return self.amount if self.came is Came.PAID else -self.amount


@dataclass(frozen=True, slots=True)
class Statement:
    """A booking's money."""

    moved: tuple[Moved, ...]
    disputed: int
    lost: int = 0

    @property
    def paid(self) -> int:
        """All that came in, minor units."""
        return sum(moved.amount for moved in self.moved if moved.came is Came.PAID)

    @property
    def kept(self) -> int:
        """What is left with us once all that is promised has gone back."""
        return sum(moved.signed for moved in self.moved)

    @property
    def till_receipts(self) -> list[str]:
        """The numbers of the till's receipts for what was paid there."""
        return [moved.receipt for moved in self.moved if moved.way is MoneyWay.TILL and moved.came is Came.PAID]

    @property
    def holding(self) -> Holding:
        """Where the money is now."""
        in_till, on_cards = (
            sum(moved.signed for moved in self.moved if moved.way is way) for way in (MoneyWay.TILL, MoneyWay.GIFT_CARD)
        )
        return Holding(self.paid, self.paid - self.kept, self.disputed, in_till, self.lost, on_cards)


_WAYS = {
    TILL: MoneyWay.TILL, GIFT_CARD: MoneyWay.GIFT_CARD, "vipps": MoneyWay.VIPPS, "vipps_desk": MoneyWay.VIPPS,
    "demo": MoneyWay.DEMO, "demo_vipps": MoneyWay.DEMO, "demo_vipps_desk": MoneyWay.DEMO,
}  # fmt: skip
_MOVED = (
    select(
        Payment.id, Payment.paid_at, Payment.provider, Payment.amount, Payment.refunded, Payment.disputed_at,
        Payment.lost_at, Booking.till_receipt, Booking.changes_id, Refund.id, Refund.requested_at, Refund.done_at,
        Refund.state, Refund.amount, Refund.till_receipt,
    )
    .join(Booking, Booking.id == Payment.booking_id)
    .outerjoin(Refund, Refund.payment_id == Payment.id)
    .where(
        paid_for(bindparam("booking")), Payment.state == PaymentState.PAID
    )
    .order_by(Payment.id, Refund.id)
)  # fmt: skip


def statement_of(booking_id: int) -> Statement:
    """What moved on a booking and the changes folded into it, in one statement; money that could not be kept is not
    among it."""
    moved: list[Moved] = []
    disputed = lost = 0
    for _payment, rows in groupby(run(_MOVED, {"booking": booking_id}), key=lambda row: row[0]):
        refunds = list(rows)
        _id, paid_at, provider, amount, refunded, disputed_at, lost_at, receipt, changes_id, *_ = refunds[0]
        way = _WAYS.get(provider, MoneyWay.ONLINE)
        moved.append(Moved(paid_at, Came.PAID, way, amount, receipt, changes_id is not None))
        disputed += amount - refunded if disputed_at is not None else 0
        lost += amount - refunded if lost_at is not None else 0
        for refund_id, asked_at, done_at, state, back, its_receipt in (row[9:] for row in refunds):
            if refund_id is not None:
                came = Came.LOST if state is RefundState.FAILED and lost_at is not None else _BACK[state]
                moved.append(Moved(done_at or asked_at, came, way, back, its_receipt, refund_id=refund_id))
    return Statement(tuple(sorted(moved, key=lambda move: move.at)), disputed, lost)


def statement_of_first(payment: Payment, paid_at: datetime) -> Statement:
    """The same of a booking whose only money is this payment, which came just now, without reading it."""
    way = _WAYS.get(payment.provider, MoneyWay.ONLINE)
    return Statement((Moved(paid_at, Came.PAID, way, payment.amount, receipt=""),), disputed=0)
