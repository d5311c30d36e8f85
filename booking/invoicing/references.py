"""The reference and the order number that a payer wants on its invoice, put right after they were typed."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select, update

from booking.agreements.references import read_invoice_reference
from booking.bookings.store import lock
from booking.courses.models import Enrolment
from booking.kernel.database import run
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.visits.models import Visit

LONGEST_ORDER = 60


class NotInvoiced(Refusal):
    """Nothing of this booking is paid by invoice."""


@dataclass(frozen=True, slots=True)
class BillingReferences:
    """What a payer's system looks for: `invoice_reference` is its own code, `order_number` empty without an order."""

    invoice_reference: str
    order_number: str


def references_of(booking_id: int) -> BillingReferences | None:
    """As they stand; None where nothing is invoiced."""
    for table in (Visit, Enrolment):
        columns = select(table.invoice_reference, table.order_number)
        if (row := run(columns.where(table.booking_id == booking_id)).first()) is not None:
            return BillingReferences(*row)
    return None


def set_references(booking_id: int, wanted: BillingReferences, actor: str) -> None:
    """Keep these; inside a unit of work. What is issued says what it said: credit it and invoice anew.

    Whether a reference is of the payer's form is told where it is invoiced. Raises NotInvoiced, ReferenceWrong.
    """
    lock(booking_id)
    before = references_of(booking_id)
    if before is None:
        raise NotInvoiced
    after = BillingReferences(read_invoice_reference(wanted.invoice_reference, ""), wanted.order_number)
    if after == before:
        return
    for table in (Visit, Enrolment):
        run(update(table).where(table.booking_id == booking_id).values(asdict(after)))
    note(actor, "invoice.references", f"booking:{booking_id}", asdict(before), asdict(after))
