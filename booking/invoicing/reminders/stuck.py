"""Reminders whose letter will never go by itself: shown to somebody, who has it tried again or leaves the step out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, TextClause, cast, exists, func, literal, select, update

from booking.invoicing.models import IS_OPEN, Invoice
from booking.invoicing.reminders.due import promise_reminder, reminder_key
from booking.invoicing.reminders.holds import NOBODY_HOLDS
from booking.invoicing.reminders.models import IS_PROMISED, InvoiceReminder
from booking.kernel.database import db, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import revive
from booking.records.audit import note

MOST_LISTED = 50


class ReminderMoved(Refusal):
    """The reminder is not stuck any more: it is tried again, was left out, or has gone."""


@dataclass(frozen=True, slots=True)
class StuckReminder:
    """A reminder that was promised and that nobody tries to send any more."""

    reminder_id: int
    number: int
    promised_at: datetime
    invoice_id: int
    invoice_number: int
    payer: str


def stuck_reminders(most: int = MOST_LISTED) -> list[StuckReminder]:
    """Those of invoices of which something is open, and that nothing holds, the longest first; one statement."""
    columns = (
        InvoiceReminder.id, InvoiceReminder.number, InvoiceReminder.promised_at, Invoice.id, Invoice.number,
        Invoice.document,
    )  # fmt: skip
    query = select(*columns).join(Invoice, Invoice.id == InvoiceReminder.invoice_id).where(*_wanting())
    return [
        StuckReminder(reminder_id, number, promised_at, invoice_id, invoice_number, str(document["billed_to"]["name"]))
        for reminder_id, number, promised_at, invoice_id, invoice_number, document in run(
            query.order_by(InvoiceReminder.promised_at).limit(most)
        )
    ]


def how_many_are_stuck() -> int:
    """How many there are; one statement."""
    counted = select(func.count()).select_from(InvoiceReminder).join(Invoice, Invoice.id == InvoiceReminder.invoice_id)
    return db.session.scalar(counted.where(*_wanting())) or 0


def remind_again(reminder_id: int, now: datetime, actor: str) -> None:
    """Have the letter tried again; whether something is open is looked at when it is written. Raises ReminderMoved."""
    with unit_of_work():
        row = run(select(InvoiceReminder.invoice_id).where(InvoiceReminder.id == reminder_id, *_stuck())).first()
        if row is None:
            raise ReminderMoved
        promise_id = db.session.scalar(select(Promise.id).where(Promise.key == reminder_key(reminder_id)))
        if promise_id is None:
            promise_reminder(reminder_id)  # the outbox has forgotten it
        elif not revive(promise_id, now):
            raise ReminderMoved
        note(actor, "invoice.reminder_again", f"invoice:{row[0]}")


def leave_out(reminder_id: int, now: datetime, actor: str) -> None:
    """Let the next step go on without this one. Raises ReminderMoved."""
    with unit_of_work():
        left_out = update(InvoiceReminder).where(InvoiceReminder.id == reminder_id, *_stuck())
        row = run(left_out.values(left_out_at=now).returning(InvoiceReminder.invoice_id)).first()
        if row is None:
            raise ReminderMoved
        note(actor, "invoice.reminder_left_out", f"invoice:{row[0]}")


def nobody_sends() -> ColumnElement[bool]:
    """Of the reminder that a query reads: no letter of it waits to be sent; it was given up, held back, or is gone."""
    key = literal(reminder_key(0)[:-1]).concat(cast(InvoiceReminder.id, String))
    return ~exists().where(Promise.key == key, Promise.state == PromiseState.WAITING)


def _stuck() -> tuple[ColumnElement[bool] | TextClause, ...]:
    return IS_PROMISED, nobody_sends()


def _wanting() -> tuple[ColumnElement[bool] | TextClause, ...]:
    """Stuck, and somebody has to decide: not where nothing is open, it is disputed or with the collector."""
    return *_stuck(), IS_OPEN, NOBODY_HOLDS
