"""What a teacher is told of the bill of a visit: who gets it, its number, and where it stands.

What an agreement pays is the municipality's: the teacher sees that it pays, not its papers. The school's own can be
read, so long as nothing else stands on them than what this school itself pays.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from booking.invoicing.files import file_of
from booking.invoicing.models import FileKind, Invoice, InvoicedReceivable
from booking.invoicing.payer.queries import NO_AGREEMENT
from booking.invoicing.queries import IssuedFacts, issued_with_files
from booking.kernel.database import run
from booking.visits.models import Visit

MOST_OF_A_VISIT = 20


@dataclass(frozen=True, slots=True)
class VisitInvoice:
    """An invoice that a visit stands on. `readable`: the school's own."""

    facts: IssuedFacts
    readable: bool


def bills_of(booking_ids: Collection[int]) -> dict[int, list[VisitInvoice]]:
    """The invoices that each of these visits stands on, the oldest first; in at most four statements."""
    on = select(InvoicedReceivable.booking_id, InvoicedReceivable.invoice_id).where(
        InvoicedReceivable.booking_id.in_(sorted(booking_ids))
    )
    pairs = sorted({(booking_id, invoice_id) for booking_id, invoice_id in run(on)} if booking_ids else ())
    ids = sorted({invoice_id for _booking, invoice_id in pairs})
    if not ids:
        return {}
    schools = _schools_of(ids)
    of_booking = _schools_visited(booking_ids)
    most = MOST_OF_A_VISIT * len(booking_ids)
    facts = {issued.invoice_id: issued for issued in issued_with_files(Invoice.id.in_(ids), most)}
    return {
        booking_id: [
            VisitInvoice(facts[invoice_id], schools[invoice_id] == {of_booking.get(booking_id)})
            for _booking, invoice_id in group
            if invoice_id in facts
        ]
        for booking_id, group in groupby(pairs, key=lambda pair: pair[0])
    }


def file_of_visit(booking_id: int, number: int, kind: FileKind) -> bytes | None:
    """A file of the school's own invoice that this visit stands on; None for any other."""
    for bill in bills_of([booking_id]).get(booking_id, ()):
        if bill.readable and bill.facts.number == number:
            return file_of(bill.facts.invoice_id, kind)
    return None


def _schools_visited(booking_ids: Collection[int]) -> dict[int, int]:
    query = select(Visit.booking_id, Visit.school_id).where(Visit.booking_id.in_(sorted(booking_ids)))
    return {booking_id: school_id for booking_id, school_id in run(query)}


def _schools_of(invoice_ids: Collection[int]) -> dict[int, set[int | None]]:
    """The schools that an invoice is for; None among them stands for what no school itself pays."""
    query = (
        select(InvoicedReceivable.invoice_id, InvoicedReceivable.key, Visit.school_id)
        .outerjoin(Visit, Visit.booking_id == InvoicedReceivable.booking_id)
        .where(InvoicedReceivable.invoice_id.in_(invoice_ids))
    )
    schools: dict[int, set[int | None]] = {invoice_id: set() for invoice_id in invoice_ids}
    for invoice_id, key, school_id in run(query):
        kind, _booking, *payer = key.partition(InvoicedReceivable.CREDITED)[0].split(":")
        pays_itself = kind == "fee" or (kind == "visit" and payer[:1] == [NO_AGREEMENT])
        schools[invoice_id].add(school_id if pays_itself else None)
    return schools
