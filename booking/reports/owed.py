"""What is owed by invoice, one receivable at a time: to invoice and issued, less paid, credited, written off, let go.

What is issued comes to what stands on the invoice, whatever the booking costs since.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy import union_all as all_of
from sqlalchemy.orm import InstrumentedAttribute

from booking.agreements.models import Agreement
from booking.bookings.models import Booking, State
from booking.courses.models import Enrolment, Paying
from booking.invoicing.models import Invoice, InvoicedReceivable, ReceivableLetGo
from booking.invoicing.receivables import ReceivableKind
from booking.kernel.database import db
from booking.payments.models import Payment, PaymentState
from booking.reports.period import Period
from booking.visits.models import Visit, VisitDue

VISIT, FEE, COURSE = ReceivableKind.VISIT, ReceivableKind.FEE, ReceivableKind.COURSE


def owed_by_invoice(period: Period | None) -> CTE:
    """The receivables whose visit or course lies in the period, or all there are.

    Its columns: kind (a ReceivableKind), booking_id, payer_id (the agreement that pays for a visit, else NULL), owed,
    settled (paid on an invoice or credited), written_off and let_go, in minor units; exactly, since no part of an
    invoice is lost.
    """
    parts = all_of(
        _of_visits(period),
        _beyond_invoices(period),
        _of_fees(period),
        _of_courses(period),
        _issued(period),
        _let_go(period),
    )
    return parts.cte("owed_by_invoice").prefix_with("MATERIALIZED", dialect="postgresql")


def owed_or_let_go() -> int:
    """What everybody owes by invoice, of visits and courses to come too, and what was let go; in minor units."""
    return int(db.session.scalar(_all_owed_or_let_go()) or 0)


@cache
def _all_owed_or_let_go() -> Select[int]:
    """Always the same: putting it together takes longer than a small database takes to answer it."""
    rows = owed_by_invoice(None)
    return select(func.coalesce(func.sum(rows.c.owed + rows.c.let_go), 0))


def is_dealt_with(booking_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether anything of a booking stands on an invoice, or was let go."""
    stands = ~InvoicedReceivable.key.contains(InvoicedReceivable.CREDITED)
    return or_(
        exists().where(InvoicedReceivable.booking_id == booking_id, stands),
        exists().where(ReceivableLetGo.booking_id == booking_id),
    )


def _of_visits(period: Period | None) -> Select[*tuple[Any, ...]]:
    key = _key(VISIT, func.coalesce(VisitDue.paid_by, 0))
    due = func.sum(VisitDue.amount)
    return (
        select(*_columns(literal(VISIT.value), Booking.id, VisitDue.paid_by, owed=due))
        .select_from(VisitDue)
        .join(Visit, Visit.id == VisitDue.visit_id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(
            VisitDue.dealt_with == false(), VisitDue.amount > 0, Booking.state == State.CONFIRMED,
            *_unpaid(), ~_on_invoices(key).exists(), ~exists().where(ReceivableLetGo.key == key), *_within(period),
        )
        .group_by(Booking.id, VisitDue.paid_by)
    )  # fmt: skip


def _beyond_invoices(period: Period | None) -> Select[*tuple[Any, ...]]:
    """What visits cost beyond the invoices that they stand on: an addition, or these are credited and issued anew."""
    key = _key(VISIT, func.coalesce(VisitDue.paid_by, 0))
    on_them = _on_invoices(key).with_only_columns(func.coalesce(func.sum(InvoicedReceivable.owed), 0))
    more = func.sum(VisitDue.amount) - on_them.scalar_subquery()
    return (
        select(*_columns(literal(VISIT.value), Booking.id, VisitDue.paid_by, owed=more))
        .select_from(VisitDue)
        .join(Visit, Visit.id == VisitDue.visit_id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(
            VisitDue.dealt_with == false(), VisitDue.amount > 0, Booking.state == State.CONFIRMED,
            _on_invoices(key).exists(), *_unpaid(), *_within(period),
        )
        .group_by(Booking.id, VisitDue.paid_by)
        .having(more > 0)
    )  # fmt: skip


def _of_fees(period: Period | None) -> Select[*tuple[Any, ...]]:
    return (
        select(*_columns(literal(FEE.value), Booking.id, owed=Visit.fee))
        .join(Visit, Visit.booking_id == Booking.id)
        .where(
            Visit.fee_dealt_with == false(), Visit.fee > 0, Booking.state == State.CANCELLED,
            *_not_dealt_with(_key(FEE)), *_within(period),
        )
    )  # fmt: skip


def _of_courses(period: Period | None) -> Select[*tuple[Any, ...]]:
    owed = case((Booking.state == State.CONFIRMED, Booking.total), else_=0) + Enrolment.fee
    return (
        select(*_columns(literal(COURSE.value), Booking.id, owed=owed))
        .join(Enrolment, Enrolment.booking_id == Booking.id)
        .where(
            Enrolment.dealt_with == false(), Enrolment.pays == Paying.INVOICE, owed > 0,
            Booking.state.in_((State.CONFIRMED, State.CANCELLED)), *_unpaid(), *_not_dealt_with(_key(COURSE)),
            *_within(period),
        )
    )  # fmt: skip


def _issued(period: Period | None) -> Select[*tuple[Any, ...]]:
    """What stands on invoices; what was credited whole stands there no more.

    What was paid, credited or written off is spread in proportion, to the last unit: each has what all up to it have,
    less what all before it have.
    """
    freed = InvoicedReceivable.key.contains(InvoicedReceivable.CREDITED)
    standing = case((freed, 0), else_=InvoicedReceivable.amount)
    of_invoice = InvoicedReceivable.invoice_id
    moved = (
        Invoice.paid
        + Invoice.credited
        - func.sum(case((freed, InvoicedReceivable.amount), else_=0)).over(partition_by=of_invoice)
    )
    each = select(
        InvoicedReceivable.of_receivable().label("key"), InvoicedReceivable.booking_id, standing.label("amount"),
        moved.label("moved"), Invoice.written_off,
        func.sum(standing).over(partition_by=of_invoice).label("whole"),
        func.sum(standing).over(partition_by=of_invoice, order_by=InvoicedReceivable.id).label("upto"),
    ).join(Invoice, Invoice.id == of_invoice)  # fmt: skip
    if period is not None:
        each = each.where(of_invoice.in_(select(of_invoice).where(*_of_days(InvoicedReceivable.booking_id, period))))
    rows = each.subquery()
    whole = func.nullif(rows.c.whole, 0)
    before = rows.c.upto - rows.c.amount

    def share(sum_moved: ColumnElement[int]) -> ColumnElement[int]:
        taken = case((sum_moved < 0, 0), (sum_moved > rows.c.whole, rows.c.whole), else_=sum_moved)
        return rows.c.upto * taken // whole - before * taken // whole

    settled, dealt_with = share(rows.c.moved), share(rows.c.moved + rows.c.written_off)
    return (
        select(
            *_columns(
                _kind(rows.c.key), rows.c.booking_id, Agreement.id, owed=rows.c.amount - dealt_with, settled=settled,
                written_off=dealt_with - settled,
            )
        )
        .select_from(rows)
        .outerjoin(Agreement, _key(VISIT, Agreement.id, rows.c.booking_id) == rows.c.key)
        .where(rows.c.amount > 0, *_of_days(rows.c.booking_id, period))
    )  # fmt: skip


def _let_go(period: Period | None) -> Select[*tuple[Any, ...]]:
    booking_id = ReceivableLetGo.booking_id
    return (
        select(*_columns(_kind(ReceivableLetGo.key), booking_id, Agreement.id, let_go=ReceivableLetGo.amount))
        .select_from(ReceivableLetGo)
        .outerjoin(Agreement, _key(VISIT, Agreement.id, booking_id) == ReceivableLetGo.key)
        .where(*_of_days(booking_id, period))
    )  # fmt: skip


def _columns(
    kind: ColumnElement[str],
    booking_id: InstrumentedAttribute[int] | ColumnElement[int],
    payer_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None] | None = None,
    **sums: ColumnElement[int] | InstrumentedAttribute[int],
) -> list[ColumnElement[Any]]:
    payer = cast(null(), Agreement.id.type) if payer_id is None else payer_id
    amounts = [sums.get(name, literal(0)).label(name) for name in ("owed", "settled", "written_off", "let_go")]
    return [kind.label("kind"), booking_id.label("booking_id"), payer.label("payer_id"), *amounts]


def _kind(key: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[str]:
    return case(
        *((key.startswith(f"{kind}:"), literal(kind.value)) for kind in (VISIT, FEE)), else_=literal(COURSE.value)
    )  # fmt: skip


def _key(
    kind: ReceivableKind,
    payer: ColumnElement[int] | InstrumentedAttribute[int] | None = None,
    booking_id: ColumnElement[int] | InstrumentedAttribute[int] = Booking.id,
) -> ColumnElement[str]:
    key = literal(f"{kind}:").concat(cast(booking_id, String))
    return key if payer is None else key.concat(":").concat(cast(payer, String))


def _on_invoices(key: ColumnElement[str]) -> Select[int]:
    """What of a visit's receivable stands on invoices."""
    mine = select(InvoicedReceivable.id).where(InvoicedReceivable.stands_for(Booking.id, key))
    return mine.correlate(Booking, VisitDue)


def _not_dealt_with(key: ColumnElement[str]) -> list[ColumnElement[bool]]:
    return [~exists().where(InvoicedReceivable.key == key), ~exists().where(ReceivableLetGo.key == key)]


def _unpaid() -> list[ColumnElement[bool]]:
    return [~exists().where(and_(Payment.booking_id == Booking.id, Payment.state == PaymentState.PAID))]


def _within(period: Period | None) -> list[ColumnElement[bool]]:
    return [] if period is None else [Booking.starts_at >= period.begin, Booking.starts_at < period.end]


def _of_days(
    booking_id: ColumnElement[int] | InstrumentedAttribute[int], period: Period | None
) -> list[ColumnElement[bool]]:
    """The same of rows that name a booking. PostgreSQL finds its days first: joined, it reads all bookings in order."""
    if period is None:
        return []
    of_days = select(Booking.id).where(*_within(period)).cte().prefix_with("MATERIALIZED", dialect="postgresql")
    return [booking_id.in_(select(of_days.c.id))]
