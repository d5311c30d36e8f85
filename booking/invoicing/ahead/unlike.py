"""What visits cost otherwise than the invoices that they stand on: changed or cancelled since, or on another day.

What is more waits to be invoiced (see receivables.py), what is less is proposed to be credited: never done silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select, update
from sqlalchemy.orm import aliased

from booking.bookings.models import Booking, State
from booking.bookings.store import lock
from booking.centre.facts import CentreFacts
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.kernel.database import run, unit_of_work
from booking.records.audit import note
from booking.visits.models import Visit, VisitDue

LOOKS_BACK = timedelta(days=120)
MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class InvoicedVisit:
    """A visit on an invoice: what it cost when both agreed last, and costs now, in minor units.

    `planned_on` is the day that an invoice from before the visit says; None on one of after it. `on` is its day now.
    """

    row_id: int
    invoice_id: int
    number: int
    booking_id: int
    reference: str
    was: int
    now: int
    cancelled: bool
    planned_on: date | None
    on: date

    @property
    def is_moved(self) -> bool:
        """Whether it is on another day than the invoice says."""
        return not self.cancelled and self.planned_on not in (None, self.on)

    @property
    def is_otherwise(self) -> bool:
        """Whether somebody should look."""
        return self.was != self.now or self.is_moved


@dataclass(frozen=True, slots=True)
class InvoiceUnlike:
    """The visits of an invoice that are otherwise now; what it says too much or too little, in minor units."""

    visits: Sequence[InvoicedVisit]
    creditable: int

    @property
    def too_much(self) -> int:
        """What can be credited."""
        return min(max(self._change, 0), self.creditable)

    @property
    def too_little(self) -> int:
        """What is owed on top."""
        return max(-self._change, 0)

    @property
    def is_all(self) -> bool:
        """Whether nothing of the invoice is left."""
        return self.too_much == self.creditable

    @property
    def amount(self) -> str:
        """What is too much as a form takes it: 1234 is "12.34"."""
        return f"{self.too_much // 100}.{self.too_much % 100:02}"

    @property
    def is_cancelled(self) -> bool:
        """Whether none of them comes."""
        return all(visit.cancelled for visit in self.visits)

    @property
    def _change(self) -> int:
        return sum(visit.was - visit.now for visit in self.visits)


def changed_since(invoice_id: int, centre: CentreFacts) -> InvoiceUnlike | None:
    """What is otherwise now of the visits on an invoice; None when nothing."""
    visits = [visit for visit in _visits(centre, Invoice.id == invoice_id) if visit.is_otherwise]
    if not visits:
        return None
    creditable = run(select(Invoice.payable - Invoice.credited).where(Invoice.id == invoice_id)).scalar_one()
    return InvoiceUnlike(visits, int(creditable))


def invoices_to_put_right(centre: CentreFacts, now: datetime) -> list[InvoicedVisit]:
    """Visits that were invoiced before their day and are otherwise now, the first day first.

    Of days to come and of the last months, by the days that the invoices say: older ones say it on their own pages.
    """
    visits = _visits(centre, InvoicedReceivable.planned_on >= centre.local(now - LOOKS_BACK).date())
    return sorted(
        (visit for visit in visits if visit.is_otherwise), key=lambda visit: (visit.on, visit.number)
    )[:MOST_LISTED]  # fmt: skip


def follow_credit(invoice_id: int, of_claims: Mapping[int, int], gross: int, centre: CentreFacts) -> None:
    """What is credited of a visit that costs less is that first; inside a unit of work.

    `of_claims` is what of the `gross` is of whose own lines, by the claim's row; the rest may be anybody's.
    """
    left = gross - sum(of_claims.values())
    for visit in _visits(centre, Invoice.id == invoice_id):
        own = of_claims.get(visit.row_id, 0)
        less = min(max(visit.was - visit.now, 0), own + left)
        if less:
            left -= max(less - own, 0)
            _agree(visit.row_id, visit.was - less, visit.planned_on)


def leave_as_invoiced(invoice_id: int, centre: CentreFacts, actor: str) -> None:
    """Let an invoice stand for what its visits cost now, and for the day that they are on: nothing is asked of them.

    In a unit of work of its own. What is otherwise later is proposed again.
    """
    with unit_of_work():
        on_it = select(InvoicedReceivable.booking_id).where(InvoicedReceivable.invoice_id == invoice_id)
        lock(*sorted(set(run(on_it).scalars())))
        for visit in _visits(centre, Invoice.id == invoice_id):
            if visit.is_otherwise:
                _agree(visit.row_id, visit.now, None if visit.planned_on is None else visit.on)
                before = {"amount": visit.was, "day": str(visit.planned_on or visit.on)}
                after = {"amount": visit.now, "day": str(visit.on)}
                note(actor, "invoice.leave", f"invoice:{invoice_id}", before, after)


def _agree(row_id: int, owed: int, planned_on: date | None) -> None:
    run(update(InvoicedReceivable).where(InvoicedReceivable.id == row_id).values(owed=owed, planned_on=planned_on))


def _visits(centre: CentreFacts, *which: ColumnElement[bool]) -> list[InvoicedVisit]:
    payer = cast(func.coalesce(VisitDue.paid_by, 0), String)
    key = literal("visit:").concat(cast(Visit.booking_id, String)).concat(":").concat(payer)
    costs = (
        select(func.coalesce(func.sum(VisitDue.amount), 0))
        .where(VisitDue.visit_id == Visit.id, key == InvoicedReceivable.of_receivable())
        .correlate(Visit, InvoicedReceivable)
        .scalar_subquery()
    )
    said_before, is_last = _beside()
    comes = Booking.state == State.CONFIRMED
    query = (
        select(
            InvoicedReceivable.id, Invoice.id, Invoice.number, Booking.id, Booking.reference, InvoicedReceivable.owed,
            case((comes, costs - said_before), else_=0), is_last, ~comes, InvoicedReceivable.planned_on,
            Visit.arrives_at,
        )
        .join(Invoice, Invoice.id == InvoicedReceivable.invoice_id)
        .join(Booking, Booking.id == InvoicedReceivable.booking_id)
        .join(Visit, Visit.booking_id == Booking.id)
        .where(
            InvoicedReceivable.key.startswith("visit:"),
            ~InvoicedReceivable.key.contains(InvoicedReceivable.CREDITED),
            *which,
        )
    )  # fmt: skip
    visits = [
        InvoicedVisit(
            row_id, invoice_id, number, booking_id, reference, was, _now(was, int(costs), is_last=bool(is_last)),
            bool(cancelled), planned_on, centre.local(arrives_at).date(),
        )
        for row_id, invoice_id, number, booking_id, reference, was, costs, is_last, cancelled, planned_on, arrives_at
        in run(query)
    ]  # fmt: skip
    return sorted(visits, key=lambda visit: visit.row_id)  # not in SQL: SQLite would read all in that order


def _beside() -> tuple[ColumnElement[int], ColumnElement[bool]]:
    """What invoices before this one say of the same visit and payer, and whether it is the last of them."""
    other, row = aliased(InvoicedReceivable), InvoicedReceivable
    others = select(other.id).where(
        other.booking_id == row.booking_id, func.replace(other.key, row.MORE, "") == row.of_receivable(),
        ~other.key.contains(row.CREDITED),
    )  # fmt: skip
    before = others.with_only_columns(func.coalesce(func.sum(other.owed), 0)).where(other.id < row.id)
    return before.correlate(row).scalar_subquery(), ~others.where(other.id > row.id).correlate(row).exists()


def _now(was: int, costs: int, *, is_last: bool) -> int:
    """What an invoice should say: of what is more than several say it is the last."""
    return max(costs, 0) if is_last else min(max(costs, 0), was)
