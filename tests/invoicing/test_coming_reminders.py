"""Who is reminded next and when, said before it happens, day by day as it then happens; and what holds one back."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import delete, select, update

from booking.invoicing.models import Invoice, InvoicePayer
from booking.invoicing.reminders.collector import for_collector, hand_over
from booking.invoicing.reminders.coming import coming_reminders
from booking.invoicing.reminders.due import promise_due
from booking.invoicing.reminders.holds import hold, let_go
from booking.invoicing.reminders.models import HoldKind, InvoiceReminder, ReminderState, ReminderStep, WhyStopped
from booking.invoicing.sending.models import InvoiceDelivery
from booking.kernel.database import db, unit_of_work
from tests.invoicing.test_reminders import ACTOR, an_invoice, days_late, due_on, keep, promised
from tests.visits.booked import Centre


def told(centre: Centre, invoice_id: int, days: int) -> list[tuple[int | None, date, WhyStopped]]:
    """What the list says so many days after it was due."""
    with days_late(invoice_id, days) as now:
        page = coming_reminders(centre.facts, now)
        db.session.rollback()
        return [(row.number, row.on, row.why) for row in (*page.going, *page.held)]


def test_each_reminder_comes_on_the_day_that_was_said_and_the_collector_after_the_last(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    due, foretold = due_on(invoice_id), list[tuple[int | None, int]]()
    for days in range(-3, 50):
        coming = told(centre, invoice_id, days)
        with days_late(invoice_id, days) as now:
            goes = promise_due(centre.facts, now)
            ready = bool(for_collector(centre.facts, now).lines)
            db.session.rollback()
            for waiting in promised()[-goes:] if goes else ():
                keep(app, waiting)
            assert promise_due(centre.facts, now) == 0  # at once again: nothing twice
        assert bool(goes) == (bool(coming) and coming[0][0] is not None and coming[0][1] == due + timedelta(days=days))
        if ready:
            assert (coming, days) == ([], foretold[-1][1])
            break
        foretold += [(coming[0][0], (coming[0][1] - due).days)]
    assert list(dict.fromkeys(foretold)) == [(1, 7), (2, 21), (None, 36)]


def test_what_holds_a_reminder_back_is_said_before_its_day(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    first = due_on(invoice_id) + timedelta(days=7)
    assert told(centre, invoice_id, -3) == [(1, first, WhyStopped.NOT_STOPPED)]
    with days_late(invoice_id, -3) as now, unit_of_work():
        hold(invoice_id, HoldKind.DISPUTED, "Feil klasse", now, ACTOR)
    assert told(centre, invoice_id, 3) == [(1, first, WhyStopped.HELD)]
    with days_late(invoice_id, 3) as now, unit_of_work():
        let_go(invoice_id, HoldKind.DISPUTED, now, ACTOR)
        db.session.execute(delete(InvoiceDelivery))
        db.session.execute(update(InvoicePayer).values(email=""))
    assert told(centre, invoice_id, 3) == [(1, first, WhyStopped.NO_EMAIL)]
    assert told(centre, invoice_id, 7) == []  # it stands among those with nobody to write to
    with unit_of_work():
        db.session.execute(update(Invoice).values(paid=Invoice.payable))
    assert told(centre, invoice_id, 3) == []


def test_one_that_is_on_its_way_or_with_the_collector_is_in_no_list_of_what_comes(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 7) as now:
        assert promise_due(centre.facts, now) == 1
    assert told(centre, invoice_id, 8) == []
    with days_late(invoice_id, 8) as now, unit_of_work():
        left_out = update(InvoiceReminder).where(InvoiceReminder.state == ReminderState.PROMISED)
        db.session.execute(left_out.values(left_out_at=now))
    assert told(centre, invoice_id, 8) == [(2, due_on(invoice_id) + timedelta(days=21), WhyStopped.NOT_STOPPED)]
    with unit_of_work():
        db.session.execute(delete(ReminderStep).where(ReminderStep.number == 2))
    with days_late(invoice_id, 60) as now:
        assert hand_over([invoice_id], centre.facts, now, ACTOR)[0] == 1
    assert told(centre, invoice_id, 60) == []
    assert db.session.scalars(select(ReminderStep.number)).all() == [1]
