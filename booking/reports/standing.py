"""How a booking's money stands, as a rule and as SQL."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from booking.bookings.models import Booking
from booking.payments.models import Payment, PaymentState


class MoneyStanding(StrEnum):
    """How a booking's money stands."""

    PAID = "paid"
    UNPAID = "unpaid"
    REFUNDED = "refunded"
    PARTLY = "partly"
    FREE = "free"


# What one may ask for in a list: REFUNDED takes in those that were paid back in part.
ASKED = (MoneyStanding.PAID, MoneyStanding.UNPAID, MoneyStanding.REFUNDED)


def standing_of(total: int, paid: int, refunded: int, till_receipt: str) -> MoneyStanding:
    """How money of these sums stands (minor units); a receipt from the till is money that the till has."""
    if refunded:
        return MoneyStanding.REFUNDED if refunded >= paid else MoneyStanding.PARTLY
    if paid or till_receipt:
        return MoneyStanding.PAID
    return MoneyStanding.UNPAID if total else MoneyStanding.FREE


def _sum(column: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """A sum over the payments kept on a booking itself and on the changes folded into it, each found by an index."""
    child = aliased(Booking)
    itself = (
        select(func.coalesce(func.sum(column), 0))
        .where(Payment.booking_id == Booking.id, Payment.state == PaymentState.PAID)
        .correlate(Booking)
        .scalar_subquery()
    )
    changes = (
        select(func.coalesce(func.sum(column), 0))
        .join(child, child.id == Payment.booking_id)
        .where(child.changes_id == Booking.id, Payment.state == PaymentState.PAID)
        .correlate(Booking)
        .scalar_subquery()
    )
    return itself + changes


PAID = _sum(Payment.amount)
REFUNDED = _sum(Payment.refunded)


def stands(standing: MoneyStanding) -> ColumnElement[bool]:
    """The bookings whose money stands so."""
    if standing is MoneyStanding.PAID:
        return and_((PAID > 0) | (Booking.till_receipt != ""), REFUNDED == 0)
    if standing is MoneyStanding.UNPAID:
        return and_(Booking.total > 0, Booking.till_receipt == "", PAID == 0)
    if standing is MoneyStanding.FREE:
        return and_(Booking.total == 0, PAID == 0)
    return REFUNDED > 0
