"""What goes to the collector: invoices that nobody paid after the last reminder, with all that a collector asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, TextClause, exists, select

from booking.centre.facts import CentreFacts
from booking.invoicing.models import IS_OPEN, Invoice
from booking.invoicing.payer.queries import contact_of
from booking.invoicing.queries import IssuedFacts, issued_with_files
from booking.invoicing.reminders.due import owing, rates, steps
from booking.invoicing.reminders.holds import NOBODY_HOLDS, HeldAlready, NothingToHold, hold, lock_open
from booking.invoicing.reminders.late import RateFrom, interest_on
from booking.invoicing.reminders.models import HoldKind, InvoiceHold, InvoiceReminder, ReminderState
from booking.invoicing.sending.queries import DELIVERY_STANDS
from booking.kernel.database import run, unit_of_work

MOST_COLLECTED = 500


@dataclass(frozen=True, slots=True)
class ForCollector:
    """An invoice for the collector; sums in minor units, `interest` up to the day it was asked for."""

    facts: IssuedFacts
    email: str
    reminded: tuple[date, ...]
    interest: int
    fees: int

    @property
    def claimed(self) -> int:
        """What is open, with interest and fees."""
        return self.facts.left + self.interest + self.fees


def for_collector(centre: CentreFacts, now: datetime) -> list[ForCollector]:
    """What is open after the day that the last reminder gave, has arrived, and nobody holds; the oldest first."""
    known = steps()
    if not known:
        return []
    ready = _ready(known[-1].number, centre.local(now).date())
    ids = run(select(Invoice.id).where(*ready).order_by(Invoice.id).limit(MOST_COLLECTED))
    with_interest = any(step.with_interest for step in known)
    return _described([invoice_id for (invoice_id,) in ids], rates() if with_interest else [], centre, now)


def with_collector(centre: CentreFacts, now: datetime) -> list[ForCollector]:
    """What was handed over and is open still; the oldest first."""
    held = exists().where(
        InvoiceHold.invoice_id == Invoice.id,
        InvoiceHold.kind == HoldKind.COLLECTOR,
        InvoiceHold.ended_at.is_(None),
    )
    ids = run(select(Invoice.id).where(IS_OPEN, held).order_by(Invoice.id).limit(MOST_COLLECTED))
    known = rates() if any(step.with_interest for step in steps()) else []
    return _described([invoice_id for (invoice_id,) in ids], known, centre, now)


def hand_over(invoice_ids: Sequence[int], centre: CentreFacts, now: datetime, actor: str) -> tuple[int, int]:
    """Mark invoices as handed over; how many were, and how many are not for the collector, perhaps since just now.

    Not inside a unit of work.
    """
    done, today = 0, centre.local(now).date()
    for invoice_id in invoice_ids:
        try:
            with unit_of_work():
                lock_open(invoice_id)
                _must_be_ready(invoice_id, today)  # asked once the row is ours: a dispute locks it too
                hold(invoice_id, HoldKind.COLLECTOR, "", now, actor)
        except (HeldAlready, NothingToHold):
            continue
        done += 1
    return done, len(invoice_ids) - done


def _ready(last: int, today: date) -> tuple[ColumnElement[bool] | TextClause, ...]:
    """What is asked of an invoice for the collector; `last`: the number of the last reminder."""
    reminded = exists().where(
        InvoiceReminder.invoice_id == Invoice.id,
        InvoiceReminder.number == last,
        InvoiceReminder.state == ReminderState.SENT,
        InvoiceReminder.pay_by < today,
    )
    return IS_OPEN, reminded, NOBODY_HOLDS, DELIVERY_STANDS


def _must_be_ready(invoice_id: int, today: date) -> None:
    known = steps()
    if (
        not known
        or run(select(Invoice.id).where(Invoice.id == invoice_id, *_ready(known[-1].number, today))).first() is None
    ):
        raise NothingToHold


def _described(ids: Sequence[int], known: Sequence[RateFrom], centre: CentreFacts, now: datetime) -> list[ForCollector]:
    if not ids:
        return []
    today, sent = centre.local(now).date(), _sent(ids)
    facts = sorted(issued_with_files(Invoice.id.in_(ids), MOST_COLLECTED), key=lambda issued: issued.number)
    return [
        ForCollector(
            issued, contact_of(issued), tuple(day for day, _fee in sent.get(issued.invoice_id, ())),
            interest_on(owing(issued), known, today) if known else 0,
            sum(fee for _day, fee in sent.get(issued.invoice_id, ())),
        )
        for issued in facts
    ]  # fmt: skip


def _sent(ids: Sequence[int]) -> Mapping[int, Sequence[tuple[date, int]]]:
    """When each was reminded of, and the fee of each reminder."""
    query = select(InvoiceReminder.invoice_id, InvoiceReminder.sent_on, InvoiceReminder.fee).where(
        InvoiceReminder.invoice_id.in_(ids), InvoiceReminder.state == ReminderState.SENT
    )
    sent: dict[int, list[tuple[date, int]]] = {}
    for invoice_id, sent_on, fee in run(query.order_by(InvoiceReminder.id)):
        sent.setdefault(invoice_id, []).append((sent_on, fee))
    return sent
