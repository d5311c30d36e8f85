"""Which documents a list shows: every state that there is can be asked for, each with its condition.

The database answers as `how_it_stands` does of one document. A state that is new has no condition, and mypy says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import assert_never

from sqlalchemy import ColumnElement, TextClause, and_, case, exists, or_, true

from booking.courses.models import Enrolment
from booking.invoicing.document import DocumentKind
from booking.invoicing.issued.words import found_by
from booking.invoicing.models import IS_OPEN, Invoice, InvoicedReceivable
from booking.invoicing.payer.queries import OWED, HowItStands
from booking.invoicing.reminders.models import HoldKind, InvoiceHold, InvoiceReminder, ReminderState
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.states import BuyerResponse, DeliveryState
from booking.visits.models import Reckoning, Visit


class InvoiceMark(StrEnum):
    """What may be so of an invoice besides where it stands."""

    WRITTEN_OFF = "with_write_off"
    CREDITED = "with_credit_note"
    TOO_MUCH = "paid_too_much"
    REMINDED = "reminded"
    DISPUTED = "disputed"
    COLLECTOR = "with_collector"
    OTHERWISE = "owed_otherwise"  # counted or given up since, see reckoning.proposals


Way = DeliveryState | BuyerResponse


def way_named(name: str | None) -> Way | None:
    """The state or the buyer's word of this name; None for any other, and for no word of the buyer."""
    ways: tuple[Way, ...] = (*DeliveryState, *BuyerResponse)
    return next((way for way in ways if way == name and way is not BuyerResponse.NONE), None)


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which documents: all that fit every filter that is set. `below`: with lower numbers than this one.

    `first` and `last` are days of issue, `words` are as somebody typed them, `today` is when one asks.
    """

    today: date
    stands: HowItStands | None = None
    mark: InvoiceMark | None = None
    way: Way | None = None
    first: date | None = None
    last: date | None = None
    words: str = ""
    below: int | None = None

    def conditions(self) -> list[ColumnElement[bool] | TextClause]:
        """What a document must be."""
        conditions = [
            None if self.stands is None else stands_so(self.stands, self.today),
            None if self.mark is None else is_marked(self.mark),
            None if self.way is None else is_on_way(self.way),
        ]
        return [*self.by_index(), *(condition for condition in conditions if condition is not None)]

    def by_index(self) -> list[ColumnElement[bool] | TextClause]:
        """Those of the conditions that an index answers: what fits the others is looked for among these documents."""
        conditions = [
            IS_OPEN if self.stands in OWED else None,
            None if self.first is None else Invoice.issued_on >= self.first,
            None if self.last is None else Invoice.issued_on <= self.last,
            found_by(self.words) if self.words else None,
            None if self.below is None else Invoice.number < self.below,
        ]
        return [condition for condition in conditions if condition is not None]


def stands_so(stands: HowItStands, today: date) -> ColumnElement[bool]:
    """Documents that stand so, as payer.queries.how_it_stands has it."""
    is_invoice, is_late = Invoice.kind == DocumentKind.INVOICE, Invoice.due_on < today
    over = and_(is_invoice, Invoice.left <= 0)
    open_ = and_(is_invoice, Invoice.left > 0)
    lost, begun = Invoice.written_off > 0, Invoice.paid != 0
    all_credited = and_(Invoice.credited != 0, Invoice.credited >= Invoice.payable)
    match stands:
        case HowItStands.CREDIT:
            return Invoice.kind == DocumentKind.CREDIT_NOTE
        case HowItStands.WRITTEN_OFF:
            return and_(over, lost)
        case HowItStands.CREDITED:
            return and_(over, ~lost, all_credited)
        case HowItStands.PAID:
            return and_(over, ~lost, ~all_credited)
        case HowItStands.OVERDUE:
            return and_(open_, is_late)
        case HowItStands.PART_PAID:
            return and_(open_, ~is_late, begun)
        case HowItStands.OPEN:
            return and_(open_, ~is_late, ~begun)
    assert_never(stands)


def is_marked(mark: InvoiceMark) -> ColumnElement[bool]:
    """Invoices of which this is so."""
    match mark:
        case InvoiceMark.WRITTEN_OFF:
            return Invoice.written_off > 0
        case InvoiceMark.CREDITED:
            return Invoice.credited > 0
        case InvoiceMark.TOO_MUCH:
            lapsed = case((Invoice.written_off < 0, Invoice.written_off), else_=0)
            return and_(Invoice.kind == DocumentKind.INVOICE, Invoice.unpaid - lapsed < 0)
        case InvoiceMark.REMINDED:
            return exists().where(InvoiceReminder.invoice_id == Invoice.id, InvoiceReminder.state == ReminderState.SENT)
        case InvoiceMark.DISPUTED:
            return _held(HoldKind.DISPUTED)
        case InvoiceMark.COLLECTOR:
            return _held(HoldKind.COLLECTOR)
        case InvoiceMark.OTHERWISE:
            return _otherwise()
    assert_never(mark)


def is_on_way(way: Way) -> ColumnElement[bool]:
    """Documents that are there on their way, or of which the buyer has said so."""
    told = InvoiceDelivery.state == way if isinstance(way, DeliveryState) else InvoiceDelivery.response == way
    return exists().where(InvoiceDelivery.invoice_id == Invoice.id, told)


def _held(kind: HoldKind) -> ColumnElement[bool]:
    return exists().where(
        InvoiceHold.invoice_id == Invoice.id, InvoiceHold.kind == kind, InvoiceHold.ended_at.is_(None)
    )


def _otherwise() -> ColumnElement[bool]:
    """Something that stands on it was counted otherwise or given up since; a credit may have been made by now."""
    mine = (InvoicedReceivable.invoice_id == Invoice.id, ~InvoicedReceivable.key.contains(InvoicedReceivable.CREDITED))
    counted = exists().where(
        *mine, Visit.booking_id == InvoicedReceivable.booking_id, Reckoning.visit_id == Visit.id, Reckoning.stale
    )
    given_up = exists().where(
        *mine, Enrolment.booking_id == InvoicedReceivable.booking_id, Enrolment.owes_otherwise == true()
    )
    return or_(counted, given_up)
