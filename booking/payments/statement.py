"""All money that has moved on a booking, in order: what its page, its receipt and staff read of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, or_, select

from booking.bookings.models import Booking
from booking.kernel.database import run
from booking.payments.models import TILL, Payment, PaymentState, Refund, RefundState


class Way(StrEnum):
    """How money moved."""

    ONLINE = "online"
    TILL = "till"
    DEMO = "demo"


class Came(StrEnum):
    """What became of a sum."""

    PAID = "paid"
    ON_ITS_WAY = "on_its_way"  # online: the provider has it or will; in the till: the desk pays it out
    BACK = "back"
    REFUSED = "refused"  # the bank said no: it is still owed


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
    way: Way
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

    @property
    def paid(self) -> int:
        """All that came in, minor units."""
        return sum(one.amount for one in self.moved if one.came is Came.PAID)

    @property
    def kept(self) -> int:
        """What is left with us once all that is promised has gone back."""
        return sum(one.signed for one in self.moved)

    def sum_of(self, came: Came, way: Way | None = None) -> int:
        """All that became this, minor units."""
        return sum(one.amount for one in self.moved if one.came is came and way in (None, one.way))


_OURS = or_(Booking.id == bindparam("booking"), Booking.changes_id == bindparam("booking"))
_PAID = (
    select(Payment.paid_at, Payment.provider, Payment.amount, Booking.till_receipt, Booking.changes_id,
           Payment.refunded, Payment.disputed_at)
    .join(Booking, Booking.id == Payment.booking_id)
    .where(_OURS, Payment.state == PaymentState.PAID)
    .order_by(Payment.id)
)  # fmt: skip
_WENT = (
    select(Refund.requested_at, Refund.done_at, Refund.state, Payment.provider, Refund.amount, Refund.till_receipt,
           Refund.id)
    .join(Payment, Payment.id == Refund.payment_id)
    .join(Booking, Booking.id == Payment.booking_id)
    .where(_OURS, Payment.state == PaymentState.PAID)
    .order_by(Refund.id)
)  # fmt: skip


def statement_of(booking_id: int) -> Statement:
    """What moved on a booking and the changes folded into it, in two statements; money that could not be kept is
    not among it."""
    moved, disputed = [], 0
    for paid_at, provider, amount, receipt, changes_id, refunded, disputed_at in run(_PAID, {"booking": booking_id}):
        moved.append(Moved(paid_at, Came.PAID, _way(provider), amount, receipt, changes_id is not None))
        disputed += amount - refunded if disputed_at is not None else 0
    for asked_at, done_at, state, provider, amount, receipt, refund_id in run(_WENT, {"booking": booking_id}):
        at = done_at or asked_at
        moved.append(Moved(at, _BACK[state], _way(provider), amount, receipt, refund_id=refund_id))
    return Statement(tuple(sorted(moved, key=lambda one: one.at)), disputed)


def _way(provider: str) -> Way:
    return {TILL: Way.TILL, "demo": Way.DEMO}.get(provider, Way.ONLINE)
