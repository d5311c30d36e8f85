"""What pages and letters read of withdrawals, each in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from booking.bookings.models import Booking
from booking.bookings.queries import BookingFacts, by_reference
from booking.kernel.codes import read_reference
from booking.kernel.database import as_values, run
from booking.payments.models import Refund, RefundState
from booking.payments.refunds import may_still_go
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
    BY_BANK = "by_bank"  # the payer's bank has given it to them for good, and nothing is owed


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
    under_way: int  # refunds that are still to be done, those refused among them
    refused: int
    done_at: datetime | None

    @property
    def state(self) -> PayingBack:
        """How it stands."""
        if self.under_way:
            return PayingBack.REFUSED if self.refused else PayingBack.ON_ITS_WAY
        return PayingBack.DONE if self.gone >= self.back else PayingBack.BY_BANK


_OF_BOOKING = select(*(getattr(Withdrawal, name) for name in WithdrawalFacts.__dataclass_fields__)).where(
    Withdrawal.booking_id == bindparam("booking")
)


def of_purchase(booking_id: int) -> WithdrawalFacts | None:
    """The withdrawal from a purchase."""
    return next(iter(as_values(WithdrawalFacts, run(_OF_BOOKING, {"booking": booking_id}))), None)


def listed() -> tuple[list[WithdrawalListed], list[WithdrawalListed]]:
    """Those whose money has not all gone back, the most urgent first; and those of which it has, the last first."""
    waiting = _LISTED.where(_WAITS).order_by(Withdrawal.pay_by, Withdrawal.id)
    done = _LISTED.where(~_WAITS).order_by(Withdrawal.declared_at.desc()).limit(MOST_DONE)
    return as_values(WithdrawalListed, run(waiting)), as_values(WithdrawalListed, run(done))


def how_many_are_due(until: date) -> int:
    """Those whose money has not all gone back, and must by this day; in one statement."""
    return int(run(select(func.count()).select_from(Withdrawal).where(_WAITS, Withdrawal.pay_by <= until)).scalar_one())


def _of_refunds(value: ColumnElement[Any]) -> ScalarSelect[Any]:
    """A sum over the refunds of each withdrawal, which are looked up by its booking."""
    return select(value).where(Refund.booking_id == Withdrawal.booking_id).correlate(Withdrawal).scalar_subquery()


def _number(condition: ColumnElement[bool], amount: InstrumentedAttribute[int] | int = 1) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, amount), else_=0)), 0)


_TO_COME = and_(Refund.state.in_((RefundState.REQUESTED, RefundState.FAILED)), may_still_go())
_WAITS = Withdrawal.booking_id.in_(select(Refund.booking_id).where(_TO_COME))  # by the few refunds that are not done
_LISTED = select(
    Withdrawal.booking_id, Booking.reference, Withdrawal.product, Withdrawal.declared_at, Withdrawal.pay_by,
    Booking.currency, Withdrawal.back, Withdrawal.used,
    _of_refunds(_number(Refund.state == RefundState.DONE, Refund.amount)), _of_refunds(_number(_TO_COME)),
    _of_refunds(_number(Refund.state == RefundState.FAILED)), _of_refunds(func.max(Refund.done_at)),
).join(Booking, Booking.id == Withdrawal.booking_id)  # fmt: skip


def bought_by(typed_reference: str, email: str) -> BookingFacts | None:
    """The purchase with this reference, if it was bought with this address."""
    reference = read_reference(typed_reference)
    facts = by_reference(reference) if reference else None
    return facts if facts is not None and facts.email and facts.email == email.casefold() else None
