"""What pages and letters read of withdrawals, each in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Subquery, bindparam, case, func, select

from booking.bookings.models import Booking
from booking.bookings.queries import BookingFacts, by_reference
from booking.kernel.codes import read_reference
from booking.kernel.database import as_values, run
from booking.payments.models import Refund, RefundState
from booking.withdrawals.models import Withdrawal, WithdrawalProduct

MOST_DONE = 200


@dataclass(frozen=True, slots=True)
class WithdrawalFacts:
    """A withdrawal as it was declared; sums in minor units."""

    booking_id: int
    product: WithdrawalProduct
    declared_at: datetime
    until: date
    pay_by: date
    name: str
    email: str
    lang: str
    price: int
    back: int
    used: int
    in_baskets: int


class PayingBack(StrEnum):
    """How far the money of a withdrawal is on its way back."""

    ON_ITS_WAY = "on_its_way"
    REFUSED = "refused"  # the payer's bank said no: somebody must look at it
    DONE = "done"


@dataclass(frozen=True, slots=True)
class WithdrawalListed:
    """A withdrawal in the list of staff. `done_at` is when the last of its money had gone back."""

    booking_id: int
    reference: str
    product: WithdrawalProduct
    declared_at: datetime
    pay_by: date
    currency: str
    back: int
    used: int
    gone: int
    failed: int
    done_at: datetime | None

    @property
    def state(self) -> PayingBack:
        """How it stands."""
        if self.gone >= self.back:
            return PayingBack.DONE
        return PayingBack.REFUSED if self.failed else PayingBack.ON_ITS_WAY


_OF_BOOKING = select(*(getattr(Withdrawal, name) for name in WithdrawalFacts.__dataclass_fields__)).where(
    Withdrawal.booking_id == bindparam("booking")
)


def of_purchase(booking_id: int) -> WithdrawalFacts | None:
    """The withdrawal from a purchase."""
    return next(iter(as_values(WithdrawalFacts, run(_OF_BOOKING, {"booking": booking_id}))), None)


def listed() -> tuple[list[WithdrawalListed], list[WithdrawalListed]]:
    """Those whose money has not all gone back, the most urgent first; and those of which it has, the last first."""
    money = _money()
    gone = func.coalesce(money.c.gone, 0)
    columns = (
        Withdrawal.booking_id, Booking.reference, Withdrawal.product, Withdrawal.declared_at, Withdrawal.pay_by,
        Booking.currency, Withdrawal.back, Withdrawal.used, gone, func.coalesce(money.c.failed, 0), money.c.done_at,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Booking, Booking.id == Withdrawal.booking_id)
        .outerjoin(money, money.c.booking_id == Withdrawal.booking_id)
    )
    waiting = query.where(gone < Withdrawal.back).order_by(Withdrawal.pay_by, Withdrawal.id)
    done = query.where(gone >= Withdrawal.back).order_by(Withdrawal.declared_at.desc()).limit(MOST_DONE)
    return as_values(WithdrawalListed, run(waiting)), as_values(WithdrawalListed, run(done))


def how_many_are_due(until: date) -> int:
    """Those whose money has not all gone back, and must by this day; in one statement."""
    money = _money()
    query = (
        select(func.count())
        .select_from(Withdrawal)
        .outerjoin(money, money.c.booking_id == Withdrawal.booking_id)
        .where(Withdrawal.pay_by <= until, func.coalesce(money.c.gone, 0) < Withdrawal.back)
    )
    return int(run(query).scalar_one())


def _money() -> Subquery:
    """What has gone back of each, what was refused, and when the last of it had gone."""
    is_done, has_failed = Refund.state == RefundState.DONE, Refund.state == RefundState.FAILED
    return (
        select(
            Refund.booking_id,
            func.sum(case((is_done, Refund.amount), else_=0)).label("gone"),
            func.sum(case((has_failed, 1), else_=0)).label("failed"),
            func.max(Refund.done_at).label("done_at"),
        )
        .join(Withdrawal, Withdrawal.booking_id == Refund.booking_id)
        .group_by(Refund.booking_id)
        .subquery()
    )


def bought_by(typed_reference: str, email: str) -> BookingFacts | None:
    """The purchase with this reference, if it was bought with this address."""
    reference = read_reference(typed_reference)
    facts = by_reference(reference) if reference else None
    return facts if facts is not None and facts.email and facts.email == email.casefold() else None
