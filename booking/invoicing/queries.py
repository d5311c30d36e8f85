"""What pages read of issued documents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, UnaryExpression, func, select

from booking.bookings.models import Booking
from booking.invoicing.document import DocumentKind, InvoiceDocument
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import IS_OPEN, FileKind, Invoice, InvoicedReceivable, InvoiceFile
from booking.kernel.database import as_values, db, run

MOST_A_PAGE = 50
NEWEST = 10**9


@dataclass(frozen=True, slots=True)
class IssuedFacts:
    """A document with what has become of it; sums in minor units."""

    invoice_id: int
    number: int
    document: InvoiceDocument
    paid: int
    credited: int
    files: frozenset[FileKind]
    corrects_id: int | None
    written_off: int = 0

    @property
    def left(self) -> int:
        """What is still asked for; nothing on a credit note."""
        if self.document.kind is DocumentKind.CREDIT_NOTE:
            return 0
        return max(self.document.payable - self.paid - self.credited - self.written_off, 0)

    @property
    def creditable(self) -> int:
        """What a credit note can still take back; nothing of a credit note."""
        return 0 if self.document.kind is DocumentKind.CREDIT_NOTE else self.document.payable - self.credited

    @property
    def paid_too_much(self) -> int:
        """What was paid beyond what credit notes leave: to pay back."""
        return max(self.paid - self.creditable + min(self.written_off, 0), 0)

    def once_credited(self, gross: int) -> IssuedFacts:
        """As it stands once so much more is credited: what is left goes first, what was written off after it."""
        left = self.document.payable - self.paid - self.credited - self.written_off
        back = self.written_off if self.written_off < 0 else min(max(gross - left, 0), self.written_off)
        return replace(self, credited=self.credited + gross, written_off=self.written_off - back)

    def overdue(self, today: date) -> bool:
        """Whether something is left after its day."""
        return self.left > 0 and self.document.due_on < today


def issued(below: int = NEWEST, most: int = MOST_A_PAGE) -> list[IssuedFacts]:
    """Documents with numbers below this one, the newest first, without asking for their files."""
    rows = db.session.scalars(select(Invoice).where(Invoice.number < below).order_by(Invoice.number.desc()).limit(most))
    return [_facts(row, frozenset()) for row in rows]


def issued_one(invoice_id: int) -> IssuedFacts | None:
    """One document, with the kinds of files that are there."""
    row = db.session.get(Invoice, invoice_id)
    if row is None:
        return None
    kinds = db.session.scalars(select(InvoiceFile.kind).where(InvoiceFile.invoice_id == invoice_id))
    return _facts(row, frozenset(kinds))


def open_after(number: int) -> Select[int]:
    """The numbers of open invoices above this one, the lowest first, straight from their index."""
    return select(Invoice.number).where(IS_OPEN, Invoice.number > number).order_by(Invoice.number)


def notes_on(invoice_id: int) -> list[IssuedFacts]:
    """The credit notes on an invoice, the first one first, without asking for their files."""
    rows = db.session.scalars(select(Invoice).where(Invoice.corrects_id == invoice_id).order_by(Invoice.number))
    return [_facts(row, frozenset()) for row in rows]


def invoices_of(booking_id: int) -> list[tuple[int, int]]:
    """The invoices that a booking stands on, credited ones too: each id with its number, the oldest first."""
    query = (
        select(Invoice.id, Invoice.number)
        .join(InvoicedReceivable, InvoicedReceivable.invoice_id == Invoice.id)
        .where(InvoicedReceivable.booking_id == booking_id)
        .distinct()
        .order_by(Invoice.number)
    )
    return [(invoice_id, number) for invoice_id, number in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class BookingOnInvoice:
    """A booking that stands on an invoice."""

    booking_id: int
    reference: str


def bookings_on(invoice_id: int) -> list[BookingOnInvoice]:
    """What an invoice stands for, in the order of its lines, credited or not; one statement."""
    query = (
        select(Booking.id, Booking.reference)
        .join(InvoicedReceivable, InvoicedReceivable.booking_id == Booking.id)
        .where(InvoicedReceivable.invoice_id == invoice_id)
        .group_by(Booking.id, Booking.reference)
        .order_by(func.min(InvoicedReceivable.id))
    )
    return as_values(BookingOnInvoice, run(query))


def numbers_on(keys: Collection[str]) -> dict[str, int]:
    """The number of the invoice that each of these receivables stands on; nothing of those that stand on none."""
    query = (
        select(InvoicedReceivable.key, Invoice.number)
        .join(Invoice, Invoice.id == InvoicedReceivable.invoice_id)
        .where(InvoicedReceivable.key.in_(sorted(keys)))
    )
    return {key: number for key, number in run(query)} if keys else {}


def _facts(row: Invoice, files: frozenset[FileKind]) -> IssuedFacts:
    document = from_kept(row.document)
    return IssuedFacts(
        row.id, row.number, document, row.paid, row.credited, files, row.corrects_id, row.written_off
    )  # fmt: skip


def issued_with_files(
    condition: ColumnElement[bool],
    most: int = MOST_A_PAGE,
    *,
    oldest: bool = False,
    in_order: Sequence[UnaryExpression[int]] = (),
) -> list[IssuedFacts]:
    """Documents of which this holds, the newest or `oldest` first or `in_order`, with the kinds of their files.

    Two statements.
    """
    order = in_order or [Invoice.number.asc() if oldest else Invoice.number.desc()]
    rows = db.session.scalars(select(Invoice).where(condition).order_by(*order).limit(most)).all()
    kinds: dict[int, set[FileKind]] = {}
    files = select(InvoiceFile.invoice_id, InvoiceFile.kind).where(InvoiceFile.invoice_id.in_([row.id for row in rows]))
    for invoice_id, kind in db.session.execute(files) if rows else ():
        kinds.setdefault(invoice_id, set()).add(kind)
    return [_facts(row, frozenset(kinds.get(row.id, ()))) for row in rows]
