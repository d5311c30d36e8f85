"""What `flask check` asks of invoices: one series without gaps, receivables that add up, and credit notes that do."""

from __future__ import annotations

from sqlalchemy import Date, Select, String, and_, bindparam, cast, func, literal, select
from sqlalchemy.orm import aliased

from booking.bookings.models import Booking, State
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.kernel import clock
from booking.visits.models import Reckoning, Visit, VisitDue

# Asked each time that the question is put, since questions are built once.
_TODAY = bindparam("today", callable_=lambda: clock.now().date(), type_=Date)


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    kept = select(Invoice.number).where(Invoice.kept_until > _TODAY).subquery()
    claimed = select(func.coalesce(func.sum(InvoicedReceivable.amount), 0)).where(
        InvoicedReceivable.invoice_id == Invoice.id
    )
    note = aliased(Invoice)
    noted = select(func.coalesce(func.sum(note.payable), 0)).where(note.corrects_id == Invoice.id)
    payer = func.coalesce(VisitDue.paid_by, 0)
    key = literal("visit:").concat(cast(Visit.booking_id, String)).concat(":").concat(cast(payer, String))
    owes_more = (
        select(Visit.booking_id)
        .join(VisitDue, VisitDue.visit_id == Visit.id)
        .join(
            InvoicedReceivable, and_(InvoicedReceivable.booking_id == Visit.booking_id, InvoicedReceivable.key == key)
        )
        .group_by(InvoicedReceivable.id, InvoicedReceivable.amount, Visit.booking_id)
        .having(func.sum(VisitDue.amount) > InvoicedReceivable.amount)
    )
    reckoned_otherwise = (
        select(Visit.booking_id)
        .join(Reckoning, Reckoning.visit_id == Visit.id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(Booking.state == State.CONFIRMED, Booking.total != Reckoning.total)
    )
    return [
        ("I11", "visit that costs otherwise than its heads were decided on, booking", reckoned_otherwise),
        ("I11", "visit that owes more than was invoiced, booking", owes_more),
        (
            "I11",
            "numbers of invoices with a gap, the last one",
            select(func.max(kept.c.number)).having(func.max(kept.c.number) - func.min(kept.c.number) >= func.count()),
        ),
        (
            "I11",
            "invoice unlike what it stands for, number",
            select(Invoice.number).where(
                Invoice.kind == DocumentKind.INVOICE, claimed.scalar_subquery() != Invoice.payable
            ),
        ),
        (
            "I11",
            "document credited of which credit notes say something else, number",
            select(Invoice.number).where(noted.scalar_subquery() != Invoice.credited),
        ),
    ]
