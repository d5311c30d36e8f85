"""Reminders of what the demo's payers have not paid, each written on its day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import delete, select

from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts
from booking.demo.money.sent_invoices import send
from booking.invoicing.models import IS_OPEN, Invoice
from booking.invoicing.reminders.due import look_again, promise_due, went_out
from booking.invoicing.reminders.models import InvoiceReminder, ReminderState, ReminderStep
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.settings import Settings

STEPS = ((1, 10, 14), (2, 14, 14))  # number, days, days to pay in
LOOKED_AFTER = (timedelta(days=11), timedelta(days=26))  # the day it was due


def remind(centre: CentreFacts, now: datetime, settings: Settings) -> None:
    """Say when payers are reminded, send what they are reminded of, and write what would have been until now."""
    with unit_of_work():
        db.session.add_all(ReminderStep(number=number, days=days, pay_days=pay) for number, days, pay in STEPS)
    due = set(db.session.scalars(select(Invoice.due_on).where(Invoice.left > 0)))
    moments = sorted(at(day + after, time(9), centre.zone) for day in due for after in LOOKED_AFTER)
    latest = centre.local(now - LOOKED_AFTER[0]).date()
    late = list(db.session.scalars(select(Invoice.id).where(IS_OPEN, Invoice.due_on <= latest).order_by(Invoice.id)))
    db.session.rollback()
    send(late, settings)
    for moment in moments:
        if moment < now and promise_due(centre, moment):
            _send(centre, moment)
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.kind == "mail.invoice_reminder"))  # history


def _send(centre: CentreFacts, now: datetime) -> None:
    promised = select(InvoiceReminder.id).where(InvoiceReminder.state == ReminderState.PROMISED)
    reminder_ids = list(db.session.scalars(promised.order_by(InvoiceReminder.id)))
    db.session.rollback()
    for reminder_id in reminder_ids:
        if look_again(reminder_id, centre, now) is not None:
            with unit_of_work():
                went_out(reminder_id, centre, now)
