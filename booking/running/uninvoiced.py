"""What `flask check` asks of invoices: one series without gaps, receivables that add up, and credit notes that do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Date, Select, String, and_, bindparam, cast, exists, false, func, literal, select, true
from sqlalchemy.orm import aliased

from booking.bookings.models import Booking, State
from booking.centre.facts import NoCentre, the_centre
from booking.courses.models import Enrolment
from booking.courses.owed import owed_now
from booking.invoicing.document import DocumentKind
from booking.invoicing.issue import KEPT_YEARS
from booking.invoicing.models import Invoice, InvoicedReceivable, ReceivableLetGo
from booking.invoicing.receivables import open_receivables
from booking.invoicing.write_offs.models import InvoiceWriteOff
from booking.kernel import clock
from booking.kernel.database import UTCDateTime, db
from booking.reports.owed import owed_or_let_go
from booking.visits.models import Reckoning, Visit, VisitDue

ALL_TO_COME = timedelta(days=36_500)  # a visit that is planned owes already, by the reports
# Asked each time that the question is put, since questions are built once.
_TODAY = bindparam("today", callable_=lambda: clock.now().date(), type_=Date)


def _still_kept() -> datetime:
    """What was invoiced a year before its visit is forgotten from the fifth year after that on."""
    return datetime(clock.now().year - KEPT_YEARS + 1, 1, 1, tzinfo=UTC)


_STILL_KEPT = bindparam("still_kept", callable_=_still_kept, type_=UTCDateTime)


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    kept = select(Invoice.number).where(Invoice.kept_until > _TODAY).subquery()
    claimed = select(func.coalesce(func.sum(InvoicedReceivable.amount), 0)).where(
        InvoicedReceivable.invoice_id == Invoice.id
    )
    note = aliased(Invoice)
    lost = select(func.coalesce(func.sum(InvoiceWriteOff.amount), 0)).where(InvoiceWriteOff.invoice_id == Invoice.id)
    noted = select(func.coalesce(func.sum(note.payable), 0)).where(note.corrects_id == Invoice.id)
    payer = func.coalesce(VisitDue.paid_by, 0)
    key = literal("visit:").concat(cast(Visit.booking_id, String)).concat(":").concat(cast(payer, String))
    of_receivable = InvoicedReceivable.of_receivable().label("key")
    on_invoices = (
        select(InvoicedReceivable.booking_id, of_receivable, func.sum(InvoicedReceivable.owed).label("owed"))
        .where(~InvoicedReceivable.key.contains(InvoicedReceivable.CREDITED))
        .group_by(InvoicedReceivable.booking_id, of_receivable)
        .subquery()
    )
    owes_more = (
        select(Visit.booking_id)
        .join(VisitDue, VisitDue.visit_id == Visit.id)
        .join(on_invoices, and_(on_invoices.c.booking_id == Visit.booking_id, on_invoices.c.key == key))
        .where(VisitDue.dealt_with == true())  # else what is more stands to be invoiced
        .group_by(on_invoices.c.key, on_invoices.c.owed, Visit.booking_id)
        .having(func.sum(VisitDue.amount) > on_invoices.c.owed)
    )
    stands = exists().where(InvoicedReceivable.key == key) | exists().where(ReceivableLetGo.key == key)
    forgotten = (
        select(Visit.booking_id)
        .join(VisitDue, VisitDue.visit_id == Visit.id)
        .where(VisitDue.dealt_with == true(), VisitDue.amount > 0, ~stands, Visit.arrives_at >= _STILL_KEPT)
    )
    let_go_less = (
        select(Visit.booking_id)
        .join(VisitDue, VisitDue.visit_id == Visit.id)
        .join(ReceivableLetGo, and_(ReceivableLetGo.booking_id == Visit.booking_id, ReceivableLetGo.key == key))
        .group_by(ReceivableLetGo.id, ReceivableLetGo.amount, Visit.booking_id)
        .having(func.sum(VisitDue.amount) > ReceivableLetGo.amount)
    )
    course = literal("course:").concat(cast(Enrolment.booking_id, String))
    places = (
        select(Enrolment.booking_id)
        .join(Booking, Booking.id == Enrolment.booking_id)
        .where(Enrolment.owes_otherwise == false())
    )
    otherwise = places.join(InvoicedReceivable, InvoicedReceivable.key == course).where(
        InvoicedReceivable.amount != owed_now()
    )
    let_go_otherwise = places.join(ReceivableLetGo, ReceivableLetGo.key == course).where(
        ReceivableLetGo.amount != owed_now()
    )
    both = select(InvoicedReceivable.booking_id).join(
        ReceivableLetGo, ReceivableLetGo.key == InvoicedReceivable.key
    )  # fmt: skip
    reckoned_otherwise = (
        select(Visit.booking_id)
        .join(Reckoning, Reckoning.visit_id == Visit.id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(Booking.state == State.CONFIRMED, Booking.total != Reckoning.total)
    )
    return [
        ("I11", "what a visit owes is dealt with, and on no invoice nor let go, booking", forgotten),
        ("I11", "visit that owes more than was let go, booking", let_go_less),
        ("I11", "what was let go is on an invoice too, booking", both),
        ("I11", "places on a course that owe other than their invoice, and nobody is told, booking", otherwise),
        ("I11", "places on a course that owe other than was let go, and nobody is told, booking", let_go_otherwise),
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
        (
            "I11",
            "document written off by another sum than its write-offs, number",
            select(Invoice.number).where(lost.scalar_subquery() != Invoice.written_off),
        ),
    ]


def unlike_what_is_owed(now: datetime) -> list[str]:
    """What the reports call owed or let go beyond what stands to invoice (or will), is open or let go; minor units."""
    try:
        centre = the_centre()
    except NoCentre:
        return []
    to_invoice = sum(receivable.gross for receivable in open_receivables(centre, now + ALL_TO_COME))
    is_open = (Invoice.kind == DocumentKind.INVOICE) & (Invoice.left > 0)
    sums = (select(func.sum(Invoice.left)).where(is_open), select(func.sum(ReceivableLetGo.amount)))
    stands = to_invoice + sum(int(db.session.scalar(each) or 0) for each in sums)
    beyond = owed_or_let_go() - stands
    return (
        [f"I11 reports that call another sum owed than is to invoice, open and let go, by: {beyond}"] if beyond else []
    )
