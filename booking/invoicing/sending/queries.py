"""What pages and other rooms read of deliveries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import String, cast, exists, func, literal, or_, select, text

from booking.invoicing.models import Invoice
from booking.invoicing.sending.models import IS_UNDONE, DeliveryStep, InvoiceDelivery
from booking.invoicing.sending.states import (
    DISPUTED,
    ON_ITS_WAY,
    WITH_THE_PAYER,
    BuyerResponse,
    DeliveryState,
    ReportState,
    SendingChannel,
    WhyPerson,
)
from booking.kernel.database import as_values, db
from booking.outbox.models import Promise, PromiseState

LONG_ON_ITS_WAY = timedelta(days=1)
# Of the invoice that a query reads: it has not begun its way, and will once its files are made.
NOT_BEGUN = ~exists().where(InvoiceDelivery.invoice_id == Invoice.id) & exists().where(
    Promise.key == literal("invoice.files:").concat(cast(Invoice.id, String)), Promise.state != PromiseState.DONE
)
# As `delivery_stands`, of the invoice that a query reads.
DELIVERY_STANDS = ~NOT_BEGUN & ~exists().where(
    InvoiceDelivery.invoice_id == Invoice.id,
    or_(InvoiceDelivery.state.not_in(WITH_THE_PAYER), InvoiceDelivery.response.in_(DISPUTED)),
)


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One step; `what` is a state, a response or `reported`, `actor` as in the log."""

    at: datetime
    what: str
    why: str
    said: str
    actor: str


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """Where a document is on its way, and how it came there."""

    invoice_id: int
    state: DeliveryState
    since: datetime
    channel: SendingChannel | None
    why: WhyPerson
    said: str
    their_ref: str
    delivered_at: datetime | None
    receipt: str
    response: BuyerResponse
    response_said: str
    report: ReportState
    report_by: date | None
    steps: Sequence[StepFacts] = ()

    @property
    def is_refused(self) -> bool:
        """By the channel or, once delivered, by the buyer: to be credited and issued anew."""
        return self.state is DeliveryState.REFUSED or self.response is BuyerResponse.REJECTED


def delivery_stands(invoice_ids: Collection[int]) -> dict[int, bool]:
    """Whether each document is with its payer and not refused, disputed or perhaps lost; one statement.

    Nobody is reminded of one that is not. A document of before there was any sending is taken to have arrived, but not
    one whose files are still promised, or could not be made.
    """
    query = select(Invoice.id).where(Invoice.id.in_(sorted(invoice_ids)), DELIVERY_STANDS)
    standing = set(db.session.scalars(query))
    return {invoice_id: invoice_id in standing for invoice_id in invoice_ids}


def has_not_begun(invoice_id: int) -> bool:
    """Whether a document is still to begin its way: its files are promised, or could not be made."""
    return db.session.scalar(select(Invoice.id).where(Invoice.id == invoice_id, NOT_BEGUN)) is not None


def standing_of_deliveries(invoice_ids: Collection[int]) -> dict[int, tuple[DeliveryState, BuyerResponse]]:
    """Where documents are and what the buyer said, of those that have begun; one statement."""
    rows = db.session.execute(
        select(InvoiceDelivery.invoice_id, InvoiceDelivery.state, InvoiceDelivery.response).where(
            InvoiceDelivery.invoice_id.in_(sorted(invoice_ids))
        )
    )
    return {invoice_id: (state, response) for invoice_id, state, response in rows}


def delivery_facts(invoice_id: int) -> DeliveryFacts | None:
    """A document's way with its steps; None before it has begun. Two statements."""
    columns = [getattr(InvoiceDelivery, name) for name in DeliveryFacts.__dataclass_fields__ if name != "steps"]
    row = db.session.execute(
        select(InvoiceDelivery.id, *columns).where(InvoiceDelivery.invoice_id == invoice_id)
    ).first()
    if row is None:
        return None
    steps = select(*(getattr(DeliveryStep, name) for name in StepFacts.__dataclass_fields__))
    of_it = steps.where(DeliveryStep.delivery_id == row[0]).order_by(DeliveryStep.id)
    (facts,) = as_values(DeliveryFacts, [row[1:]])
    return replace(facts, steps=as_values(StepFacts, db.session.execute(of_it)))


def too_long_on_their_way(now: datetime) -> int:
    """How many documents the worker should have sent long ago; one statement, for whoever watches the machine."""
    late = InvoiceDelivery.state.in_(ON_ITS_WAY) & (InvoiceDelivery.since < now - LONG_ON_ITS_WAY)
    counted = select(func.count()).select_from(InvoiceDelivery).where(text(IS_UNDONE), late)
    return db.session.scalar(counted) or 0
