"""Payouts held against payments: rows that differ from ours, disputes, and what of ours stands in no payout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from booking.books.models import Payout, PayoutRow
from booking.books.sources.takings import CAME
from booking.centre.facts import CentreFacts
from booking.kernel.database import run
from booking.payments.models import GIFT_CARD, OF_VIPPS, TILL, Payment, Refund, RefundState

MOST_LISTED = 50
NOT_BY_CARD = (TILL, GIFT_CARD, *OF_VIPPS)  # the files are of cards
LOOKS_BACK = timedelta(days=400)
CHARGE, REFUND, REFUND_FAILURE, DISPUTE, DISPUTE_WON = (
    "charge", "refund", "refund_failure", "dispute", "dispute_reversal",
)  # fmt: skip
COMPARED = (CHARGE, REFUND, REFUND_FAILURE, DISPUTE, DISPUTE_WON)


class PayoutFault(StrEnum):
    """What is wrong with a row."""

    UNKNOWN = "unknown"  # no payment of ours
    NOT_PAID = "not_paid"  # a payment that has not come in, as we have it
    OTHER_SUM = "other_sum"
    NO_REFUND = "no_refund"  # no refund of ours, or none that is done
    OTHER_REFUND = "other_refund"  # of another sum
    CAME_BACK = "came_back"  # a refund that the payer's bank sent back, and that is done as we have it
    NOTHING_OF_OURS = "nothing_of_ours"  # of a kind that we have nothing beside


@dataclass(frozen=True, slots=True)
class PayoutDiffers:
    """A row that differs from ours; `gross` and `ours` in minor units, None where there is none."""

    payout: str
    charge: str
    fault: PayoutFault
    gross: int
    ours: int | None


class DisputeStands(StrEnum):
    """How a dispute stands with us."""

    LOST = "lost"
    OPEN = "open"
    NOT_KNOWN = "not_known"  # no payment, or none that is disputed


@dataclass(frozen=True, slots=True)
class PayoutDispute:
    """A dispute in a payout: below nought what the buyer's bank took, above it what came back; minor units."""

    payout: str
    on: date
    charge: str
    gross: int
    charges: int
    stands: DisputeStands


class InNoPayout(StrEnum):
    """What stands in no payout."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class NotPaidOut:
    """A payment or a refund of ours of the time that the files tell of, and in none of them; minor units."""

    what: InNoPayout
    booking_id: int
    ref: str
    at: datetime
    amount: int


def rows_that_differ() -> Sequence[PayoutDiffers]:
    """Rows of files that have no counterpart of ours, or one of another sum; the last ones of each kind."""
    differing: list[PayoutDiffers] = []
    for query in (_charges(), _refunds(), _returned_refunds(), _others()):
        last = query.order_by(PayoutRow.id.desc()).limit(MOST_LISTED)
        differing += [PayoutDiffers(payout, ref, PayoutFault(fault), *sums) for payout, ref, fault, *sums in run(last)]
    return differing


def disputes_in_payouts() -> list[PayoutDispute]:
    """The last ones."""
    stands = case(
        (Payment.lost_at.is_not(None), DisputeStands.LOST), (Payment.disputed_at.is_not(None), DisputeStands.OPEN),
        else_=DisputeStands.NOT_KNOWN,
    )  # fmt: skip
    query = (
        select(Payout.ref, Payout.on_day, PayoutRow.ref, PayoutRow.gross, PayoutRow.charges, stands)
        .join_from(PayoutRow, Payout, _of_payout(Payout))
        .outerjoin(Payment, Payment.charge_ref == PayoutRow.ref)
        .where(PayoutRow.kind.in_((DISPUTE, DISPUTE_WON)))
        .order_by(PayoutRow.id.desc())
        .limit(MOST_LISTED)
    )
    return [
        PayoutDispute(payout, on, charge, gross, charges, DisputeStands(stood))
        for payout, on, charge, gross, charges, stood in run(query)
    ]


def in_no_payout(centre: CentreFacts, now: datetime) -> list[NotPaidOut]:
    """Paid or paid back online between the first and the last payment that the files of the last year tell of."""
    since = (centre.local(now) - LOOKS_BACK).date()
    told = (
        select(func.min(Payment.paid_at), func.max(Payment.paid_at))
        .join(PayoutRow, PayoutRow.ref == Payment.charge_ref)
        .join(Payout, _of_payout(Payout))
        .where(PayoutRow.kind == CHARGE, Payout.on_day >= since, Payment.paid_at.is_not(None))
    )
    first, last = run(told).one()
    if first is None:
        return []
    payments = (
        select(Payment.booking_id, Payment.charge_ref, Payment.paid_at, Payment.amount)
        .where(Payment.state.in_(CAME), Payment.provider.not_in(NOT_BY_CARD), Payment.paid_at.between(first, last))
        .where(~_stands_in(PayoutRow.kind == CHARGE, PayoutRow.ref == Payment.charge_ref))
    )
    by_name = and_(PayoutRow.item == Refund.provider_ref, PayoutRow.item != "")
    by_sum = and_(PayoutRow.item == "", PayoutRow.ref == Payment.charge_ref, PayoutRow.gross == -Refund.amount)
    refunds = (
        select(Refund.booking_id, func.coalesce(Refund.provider_ref, Payment.charge_ref), Refund.done_at, Refund.amount)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(
            Refund.state == RefundState.DONE, Payment.provider.not_in(NOT_BY_CARD), Refund.done_at.between(first, last)
        )
        .where(~_stands_in(PayoutRow.kind == REFUND, or_(by_name, by_sum, _adopted())))
    )
    listed = [
        NotPaidOut(what, booking_id, ref or "", at, amount)
        for what, query, at_column in (
            (InNoPayout.PAYMENT, payments, Payment.paid_at), (InNoPayout.REFUND, refunds, Refund.done_at),
        )
        for booking_id, ref, at, amount in run(query.order_by(at_column.desc()).limit(MOST_LISTED))
    ]  # fmt: skip
    return sorted(listed, key=lambda each: each.at, reverse=True)[:MOST_LISTED]


def _of_payout(payout: type[Payout]) -> ColumnElement[bool]:
    """That a row's payout counts."""
    return and_(payout.id == PayoutRow.payout_id, payout.taken_back_at.is_(None))


def _stands_in(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """That a row of a payout that counts is so."""
    return select(PayoutRow.id).join(Payout, _of_payout(Payout)).where(*conditions).correlate(Payment, Refund).exists()


def _adopted() -> ColumnElement[bool]:
    """That a row may be a refund that somebody made at the provider, of which we know no name."""
    same = and_(PayoutRow.ref == Payment.charge_ref, PayoutRow.gross == -Refund.amount)
    return and_(Refund.provider_ref.is_(None), same)


Differing = Select[str, str, str, int, int | None]


def _charges() -> Differing:
    fault = case(
        (Payment.id.is_(None), PayoutFault.UNKNOWN), (Payment.state.not_in(CAME), PayoutFault.NOT_PAID),
        else_=PayoutFault.OTHER_SUM,
    )  # fmt: skip
    return (
        select(Payout.ref, PayoutRow.ref, fault, PayoutRow.gross, Payment.amount)
        .join_from(PayoutRow, Payout, _of_payout(Payout))
        .outerjoin(Payment, Payment.charge_ref == PayoutRow.ref)
        .where(
            PayoutRow.kind == CHARGE,
            or_(Payment.id.is_(None), Payment.amount != PayoutRow.gross, Payment.state.not_in(CAME)),
        )
    )


def _refunds() -> Differing:
    """By the refund's own name; without one, or where nobody has told us that, by its payment and sum."""
    fault = case((Refund.amount != -PayoutRow.gross, PayoutFault.OTHER_REFUND), else_=PayoutFault.NO_REFUND)
    return (
        select(Payout.ref, _named(), fault, PayoutRow.gross, -Refund.amount)
        .join_from(PayoutRow, Payout, _of_payout(Payout))
        .outerjoin(Refund, _same_refund())
        .where(
            PayoutRow.kind == REFUND,
            or_(
                and_(Refund.id.is_(None), ~_by_payment(RefundState.DONE)), Refund.amount != -PayoutRow.gross,
                Refund.state == RefundState.REQUESTED, and_(Refund.state == RefundState.FAILED, ~_came_back()),
            ),
        )
    )  # fmt: skip


def _returned_refunds() -> Differing:
    """Refunds that came back to the provider, and that have not failed as we have it."""
    return (
        select(Payout.ref, _named(), func.coalesce(PayoutFault.CAME_BACK, ""), PayoutRow.gross, Refund.amount)
        .join_from(PayoutRow, Payout, _of_payout(Payout))
        .outerjoin(Refund, _same_refund())
        .where(
            PayoutRow.kind == REFUND_FAILURE,
            or_(and_(Refund.id.is_(None), ~_by_payment(RefundState.FAILED)), Refund.state != RefundState.FAILED),
        )
    )


def _others() -> Differing:
    """Of kinds that we have nothing beside: adjustments, transfers."""
    nothing = case((PayoutRow.id.is_(None), 0), else_=None)
    return (
        select(
            Payout.ref, case((PayoutRow.ref != "", PayoutRow.ref), else_=PayoutRow.kind),
            func.coalesce(PayoutFault.NOTHING_OF_OURS, ""), PayoutRow.gross, nothing,
        )
        .join_from(PayoutRow, Payout, _of_payout(Payout))
        .where(PayoutRow.kind.not_in(COMPARED), PayoutRow.gross != 0)
    )  # fmt: skip


def _named() -> ColumnElement[str]:
    return case((PayoutRow.item != "", PayoutRow.item), else_=PayoutRow.ref)


def _same_refund() -> ColumnElement[bool]:
    return and_(Refund.provider_ref == PayoutRow.item, PayoutRow.item != "")


def _came_back() -> ColumnElement[bool]:
    """That a payout that counts has the same refund once more, as one that did not arrive."""
    again, payout = aliased(PayoutRow), aliased(Payout)
    return (
        select(again.id)
        .join(payout, and_(payout.id == again.payout_id, payout.taken_back_at.is_(None)))
        .where(again.kind == REFUND_FAILURE, again.item == PayoutRow.item)
        .correlate(PayoutRow)
        .exists()
    )


def _by_payment(state: RefundState) -> ColumnElement[bool]:
    """That there is a refund of this payment and sum that stands so and has no other name."""
    refund, payment = aliased(Refund), aliased(Payment)
    return (
        select(refund.id)
        .join(payment, payment.id == refund.payment_id)
        .where(payment.charge_ref == PayoutRow.ref, refund.state == state)
        .where(or_(refund.amount == -PayoutRow.gross, refund.amount == PayoutRow.gross))
        .where(or_(refund.provider_ref.is_(None), PayoutRow.item == ""))
        .correlate(PayoutRow)
        .exists()
    )
