"""What was invoiced before the visit becomes income on its day, and only then; until then it is paid for in advance.

An invoice that was issued before its visit, and its credit notes, are posted against what is prepaid (see invoices.py).
What is left of them is income once the visit's day is over, on the day that it is by now; a visit that is cancelled
leaves it prepaid until somebody credits it, or says that the invoice stays as it is (`InvoicedReceivable.owed` is then
nought), or its fifth year is over. VAT stays where the document is: only what it is reckoned of moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from booking.bookings.models import Booking, State
from booking.books.journal import INCOME, Standing, VoucherKind, VoucherLine, reversed_lines
from booking.books.models import JournalSource
from booking.books.sources.invoices import as_prepaid, lines_of, lines_on
from booking.books.sources.moment import PostingCut
from booking.invoicing.document import DocumentKind
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.kernel.database import run

TO_COME = "to come"
BEFORE_IT_GOES = timedelta(days=7)  # an invoice is forgotten as soon as its years are over


def deliveries(cut: PostingCut) -> list[Standing]:
    """Invoices from before their visit of which the day has come, or which were credited or moved since."""
    source = literal("delivered:").concat(cast(Invoice.id, String))
    note = aliased(Invoice)
    credited, last_note = (
        select(value)
        .where(note.corrects_id == Invoice.id, note.issued_on <= cut.last_day)
        .correlate(Invoice)
        .scalar_subquery()
        for value in (func.coalesce(func.sum(note.payable), 0), func.max(note.issued_on))
    )
    mark = case((_has_come(cut), cast(credited, String)), else_=TO_COME)
    query = (
        select(Invoice.id, mark, Booking.starts_at, Booking.channel, last_note)
        .join(InvoicedReceivable, InvoicedReceivable.invoice_id == Invoice.id)
        .join(Booking, Booking.id == InvoicedReceivable.booking_id)
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(
            InvoicedReceivable.planned_on.is_not(None), Invoice.issued_on <= cut.last_day,
            or_(JournalSource.mark != mark, and_(JournalSource.source.is_(None), _has_come(cut))),
        )
        .order_by(Booking.starts_at, Invoice.id)
        .limit(cut.most)
    )  # fmt: skip
    if cut.since is not None:
        since = cut.since.date()
        query = query.where(
            or_(
                InvoicedReceivable.planned_on >= since,
                Booking.starts_at >= cut.since,
                last_note >= since,
                Invoice.kept_until <= cut.last_day + BEFORE_IT_GOES,
            )
        )
    rows = list(run(query))
    income = _income_of([row[0] for row in rows if row[1] != TO_COME], cut)
    standings = []
    for invoice_id, mark_now, starts_at, channel, noted_on in rows:
        lines = income.get(invoice_id, ())
        on = cut.last_day if mark_now == TO_COME else min(cut.day_of(starts_at), cut.last_day)
        again = on if noted_on is None else max(on, noted_on)
        standings.append(
            Standing(f"delivered:{invoice_id}", mark_now, VoucherKind.INCOME, on, again, lines, channel)
        )  # fmt: skip
    return standings


def prepaid_by_invoice(cut: PostingCut) -> int:
    """What is invoiced and not delivered, without VAT, less what is credited of it; in minor units."""
    to_come = (
        select(Invoice.id)
        .join(InvoicedReceivable, InvoicedReceivable.invoice_id == Invoice.id)
        .join(Booking, Booking.id == InvoicedReceivable.booking_id)
        .where(
            InvoicedReceivable.planned_on.is_not(None), Invoice.issued_on <= cut.last_day, ~_has_come(cut),
            Invoice.credited < Invoice.payable,
        )
    )  # fmt: skip
    income = _income_of(list(run(to_come).scalars()), cut)
    return -sum(line.amount for lines in income.values() for line in lines if line.key.role in INCOME)


def _has_come(cut: PostingCut) -> ColumnElement[bool]:
    is_kept = or_(Booking.state == State.CONFIRMED, InvoicedReceivable.owed == 0)
    return or_(and_(is_kept, Booking.starts_at < cut.until), Invoice.kept_until <= cut.last_day + BEFORE_IT_GOES)


def _income_of(invoice_ids: Sequence[int], cut: PostingCut) -> dict[int, tuple[VoucherLine, ...]]:
    """From prepaid to income, all that these invoices and their credit notes say."""
    about = func.coalesce(Invoice.corrects_id, Invoice.id)
    query = (
        select(about, Invoice.id, Invoice.kind, Invoice.document)
        .where(
            or_(Invoice.id.in_(invoice_ids), Invoice.corrects_id.in_(invoice_ids)), Invoice.issued_on <= cut.last_day
        )
        .order_by(about, Invoice.number)
    )
    on_invoices = lines_on(invoice_ids)
    income: dict[int, tuple[VoucherLine, ...]] = {}
    for invoice_id, documents in groupby(run(query) if invoice_ids else (), key=lambda row: row[0]):
        lines: list[VoucherLine] = []
        for _about, document_id, kind, kept in documents:
            sold = [
                line
                for line in lines_of(from_kept(kept), on_invoices[invoice_id], document_id)
                if line.key.role in INCOME
            ]
            sold_now = tuple(sold) if kind is DocumentKind.INVOICE else reversed_lines(sold)
            lines += [*sold_now, *reversed_lines(as_prepaid(sold_now))]
        income[invoice_id] = tuple(lines)
    return income
