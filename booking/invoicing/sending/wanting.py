"""What wants a person on its way to the payer: it waits for one, stands too long, is to be reported, or never began.

It does so only while something is asked of the payer: what is paid, credited or written off wants nobody any more, on
whatever way it is. What is to be reported and what has no files is so by law, whatever became of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, Subquery, and_, func, or_, select, text, union_all

from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.sending.models import IS_DISPUTED, IS_TO_REPORT, IS_UNDONE, IS_WITH_CHANNEL, InvoiceDelivery
from booking.invoicing.sending.queries import LONG_ON_ITS_WAY
from booking.invoicing.sending.report import WARNED_DAYS
from booking.invoicing.sending.states import (
    ON_ITS_WAY,
    WANT_A_PERSON,
    BuyerResponse,
    DeliveryState,
    ReportState,
    WhyPerson,
)
from booking.kernel.database import db, run
from booking.outbox.models import Promise, PromiseState

LONG_WITH_CHANNEL = timedelta(days=3)
MOST_LISTED = 100
_NEVER = (PromiseState.DEAD, PromiseState.HELD_BACK)


@dataclass(frozen=True, slots=True)
class WantingFacts:
    """A document that wants a person."""

    invoice_id: int
    number: int
    kind: DocumentKind
    payer: str
    state: DeliveryState
    since: datetime
    why: WhyPerson
    said: str
    response: BuyerResponse
    response_said: str
    report: ReportState
    report_by: date | None


@dataclass(frozen=True, slots=True)
class UnmadeFacts:
    """A document that was issued and whose files are not made; `may_try`: nobody tries any more."""

    invoice_id: int
    number: int
    kind: DocumentKind
    payer: str
    since: datetime
    may_try: bool


def wanting_a_person(now: datetime, today: date, most: int = MOST_LISTED) -> list[WantingFacts]:
    """What waits for somebody, what has stood too long and what must be reported; the longest first. Two statements."""
    wanted = _wanted(now, today)
    ids = run(select(wanted.c.id).order_by(wanted.c.since, wanted.c.id).limit(most)).scalars().all()
    query = (
        select(
            Invoice.id, Invoice.number, Invoice.kind, Invoice.document, InvoiceDelivery.state, InvoiceDelivery.since,
            InvoiceDelivery.why, InvoiceDelivery.said, InvoiceDelivery.response,
            InvoiceDelivery.response_said, InvoiceDelivery.report, InvoiceDelivery.report_by,
        )
        .join(InvoiceDelivery, InvoiceDelivery.invoice_id == Invoice.id)
        .where(InvoiceDelivery.id.in_(ids))
        .order_by(InvoiceDelivery.since, Invoice.number)
    )  # fmt: skip
    return [
        WantingFacts(invoice_id, number, kind, str(document["billed_to"]["name"]), *rest)
        for invoice_id, number, kind, document, *rest in (run(query) if ids else ())
    ]


def unmade(now: datetime, most: int = MOST_LISTED) -> list[UnmadeFacts]:
    """Documents whose files could not be made, or have not been for long; the longest first. Two statements."""
    promises = {
        int(about["invoice_id"]): (made_at, state in _NEVER)
        for about, made_at, state in run(_unmade(now).order_by(Promise.made_at).limit(most))
    }
    if not promises:
        return []
    query = select(Invoice.id, Invoice.number, Invoice.kind, Invoice.document).where(Invoice.id.in_(promises))
    rows = {invoice_id: facts for invoice_id, *facts in run(query)}
    documents = []
    for invoice_id, (since, may_try) in promises.items():
        if invoice_id in rows:
            number, kind, document = rows[invoice_id]
            payer = str(document["billed_to"]["name"])
            documents.append(UnmadeFacts(invoice_id, number, kind, payer, since, may_try))
    return documents


def how_many_want_a_person(now: datetime, today: date) -> int:
    """How many there are of both; two statements."""
    counted = db.session.scalar(select(func.count()).select_from(_wanted(now, today))) or 0
    return counted + (db.session.scalar(select(func.count()).select_from(_unmade(now).subquery())) or 0)


def _wanted(now: datetime, today: date) -> Subquery:
    """Ids of deliveries and since when they stand so, by indexes over the few that are neither delivered nor over."""
    of_state, since = InvoiceDelivery.state, InvoiceDelivery.since
    delivery = select(InvoiceDelivery.id, since)
    # By itself, or PostgreSQL reads all invoices for the few that are asked about.
    is_asked_for = (
        select(or_(Invoice.kind == DocumentKind.CREDIT_NOTE, Invoice.left > 0))
        .where(Invoice.id == InvoiceDelivery.invoice_id)
        .correlate(InvoiceDelivery)
        .scalar_subquery()
    )
    waits = or_(
        and_(of_state.in_(WANT_A_PERSON), is_asked_for),
        and_(of_state.in_(ON_ITS_WAY), since < now - LONG_ON_ITS_WAY),
    )
    parts: Sequence[Select[int, datetime]] = (
        delivery.where(text(IS_UNDONE), since <= now, waits),  # told a range, SQLite begins at the index
        delivery.where(text(IS_DISPUTED), is_asked_for),
        delivery.where(text(IS_WITH_CHANNEL), since < now - LONG_WITH_CHANNEL, is_asked_for),
        delivery.where(text(IS_TO_REPORT), InvoiceDelivery.report_by <= today + timedelta(days=WARNED_DAYS)),
    )
    each = union_all(*parts).subquery()  # sorted by the union, SQLite would rather read the table in its order
    return select(each.c.id, each.c.since).distinct().subquery()


def _unmade(now: datetime) -> Select[tuple[object, datetime, PromiseState]]:
    """Promises of files that were given up, or are not kept for long; few of either ever are."""
    late = and_(Promise.state == PromiseState.WAITING, Promise.made_at < now - LONG_ON_ITS_WAY)
    return select(Promise.about, Promise.made_at, Promise.state).where(
        or_(Promise.state.in_(_NEVER), late), Promise.kind == "invoice.files"
    )
