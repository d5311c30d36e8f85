"""Everything that ever happened to one booking, in order: log, payments, refunds, letters, check-ins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select

from booking.bookings.models import Booking
from booking.door import read as door
from booking.kernel.database import as_values, db
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from booking.records.models import AuditEntry
from booking.reports import letters
from booking.reports.letters import LetterRow

MOST = 200  # of each sort; no booking that people made has as many


class EventKind(StrEnum):
    """What sort of thing happened."""

    ORDERED = "ordered"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    PAYMENT = "payment"
    REFUND = "refund"
    LETTER = "letter"
    CHECK_IN = "check_in"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: what, who did it ("" for nobody in particular), and the facts of it."""

    at: datetime
    sort: EventKind
    what: str
    by: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)  # of an entry of the log: what it was


@dataclass(frozen=True, slots=True)
class PaymentSeen:
    """One try to pay; amounts in minor units."""

    id: int
    booking_id: int
    provider: str
    state: PaymentState
    amount: int
    refunded: int
    currency: str
    begun_at: datetime
    paid_at: datetime | None
    disputed_at: datetime | None
    lost_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """Money promised back."""

    id: int
    payment_id: int
    state: RefundState
    amount: int
    currency: str
    reason: str
    requested_at: datetime
    done_at: datetime | None
    was_lost: bool  # the payer's bank has given them the money: what had not gone by then is owed no more


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a booking beyond itself, and all of it in order, the latest first."""

    group_name: str
    payments: list[PaymentSeen]
    refunds: list[RefundSeen]
    letters: list[LetterRow]
    happenings: list[Happening]


def of_booking(booking_id: int) -> History:
    """The history of a booking and of the changes folded into it, in six statements."""
    booked = db.session.execute(
        select(Booking.created_at, Booking.confirmed_at, Booking.cancelled_at, Booking.group_name).where(
            Booking.id == booking_id
        )
    ).one()
    # The few bookings that are changes of this one are asked for first: an OR over a join would read too much.
    ids = [booking_id, *db.session.scalars(select(Booking.id).where(Booking.changes_id == booking_id).limit(MOST))]
    payments, refunds = _payments(ids), _refunds(ids)
    written = letters.read(letters.LetterFilter(booking_id=booking_id), MOST).letters
    written = [letter for letter in written if letter.kind.startswith("mail.")]
    happenings = [
        Happening(at, sort, sort.value)
        for at, sort in zip(booked[:3], (EventKind.ORDERED, EventKind.CONFIRMED, EventKind.CANCELLED), strict=True)
        if at is not None
    ]
    happenings += [
        Happening(payment.paid_at or payment.begun_at, EventKind.PAYMENT, payment.state, "", _sum(payment))
        for payment in payments
    ]
    happenings += [
        Happening(refund.done_at or refund.requested_at, EventKind.REFUND, refund.state, "", _back(refund))
        for refund in refunds
    ]
    happenings += [
        Happening(letter.done_at or letter.made_at, EventKind.LETTER, letter.kind, "", {"state": letter.state})
        for letter in written
    ]
    for admission in door.admissions_of(booking_id):
        facts: dict[str, Any] = {
            "people": admission.heads + admission.uncounted,
            "more": admission.more,
            "undone": admission.undone_at is not None,
        }
        facts["reason"] = admission.reason
        happenings.append(Happening(admission.at, EventKind.CHECK_IN, "check_in", admission.by, facts))
    happenings += _logged(booking_id, [refund.id for refund in refunds])
    happenings.sort(key=lambda happening: happening.at)
    happenings.reverse()  # of two at the same moment, what followed from the other stands above it
    return History(booked.group_name, payments, refunds, written, happenings)


def _sum(movement: PaymentSeen | RefundSeen) -> dict[str, Any]:
    return {"amount": movement.amount, "currency": movement.currency}


def _back(refund_seen: RefundSeen) -> dict[str, Any]:
    return _sum(refund_seen) | {"was_lost": refund_seen.was_lost}


def _payments(ids: list[int]) -> list[PaymentSeen]:
    rows = db.session.execute(
        select(
            Payment.id, Payment.booking_id, Payment.provider, Payment.state, Payment.amount, Payment.refunded,
            Payment.currency, Payment.begun_at, Payment.paid_at, Payment.disputed_at, Payment.lost_at,
        )
        .where(Payment.booking_id.in_(ids))
        .order_by(Payment.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return as_values(PaymentSeen, rows)


def _refunds(ids: list[int]) -> list[RefundSeen]:
    rows = db.session.execute(
        select(
            Refund.id, Refund.payment_id, Refund.state, Refund.amount, Refund.currency, Refund.reason,
            Refund.requested_at, Refund.done_at, Payment.lost_at.is_not(None),
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.booking_id.in_(ids))
        .order_by(Refund.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return as_values(RefundSeen, rows)


def _logged(booking_id: int, refund_ids: list[int]) -> list[Happening]:
    subjects = [f"booking:{booking_id}", *(f"refund:{refund_id}" for refund_id in refund_ids)]
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.action, AuditEntry.actor, AuditEntry.before, AuditEntry.after)
        .where(or_(*(AuditEntry.subject == subject for subject in subjects[:20])))
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    )
    return [
        Happening(at, EventKind.LOG, action, actor, after or {}, before or {})
        for at, action, actor, before, after in rows
    ]
