"""A reminder whose letter died blocks its step no longer than until somebody decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from booking.invoicing.models import Invoice
from booking.invoicing.reminders.collector import for_collector
from booking.invoicing.reminders.due import promise_due
from booking.invoicing.reminders.holds import hold, let_go
from booking.invoicing.reminders.models import HoldKind, InvoiceReminder, ReminderState, WhyStopped
from booking.invoicing.reminders.stuck import (
    ReminderMoved,
    how_many_are_stuck,
    leave_out,
    remind_again,
    stuck_reminders,
)
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.records.models import AuditEntry
from booking.staff.models import Role
from tests.invoicing.test_reminders import ACTOR, an_invoice, days_late, keep, promised, stand, written
from tests.visits.booked import Centre
from tests.web.browsing import words
from tests.web.staffing import a_colleague


def a_stuck_one(app: Flask, state: PromiseState = PromiseState.DEAD) -> tuple[Centre, int]:
    """An invoice whose first reminder was promised a week late, and whose letter was given up."""
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 7) as now:
        promise_due(centre.facts, now)
    letter_is(state)
    return centre, invoice_id


def letter_is(state: PromiseState) -> None:
    """What became of each letter."""
    with unit_of_work():
        db.session.execute(update(Promise).where(Promise.kind == "mail.invoice_reminder").values(state=state))


def only_one() -> int:
    """The one that is shown."""
    (stuck,) = stuck_reminders()
    db.session.rollback()
    return stuck.reminder_id


@pytest.mark.parametrize("state", [PromiseState.DEAD, PromiseState.HELD_BACK])
def test_it_is_shown_tried_again_and_goes_out_once(app: Flask, state: PromiseState) -> None:
    centre, invoice_id = a_stuck_one(app, state)
    with days_late(invoice_id, 12) as now:
        assert (promise_due(centre.facts, now), how_many_are_stuck()) == (0, 1)
        reminder_id = only_one()
        remind_again(reminder_id, now, ACTOR)
        assert stuck_reminders() == []
        with pytest.raises(ReminderMoved):
            remind_again(reminder_id, now, ACTOR)
        with pytest.raises(ReminderMoved):
            leave_out(reminder_id, now, ACTOR)
        keep(app, promised()[0])
        assert stand() == [(1, ReminderState.SENT, WhyStopped.NOT_STOPPED)]
    acts = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"invoice:{invoice_id}")))
    assert acts.count("invoice.reminder_again") == 1


def test_what_the_outbox_has_forgotten_is_promised_anew(app: Flask) -> None:
    _centre, invoice_id = a_stuck_one(app)
    with unit_of_work():
        db.session.execute(delete(Promise))
    with days_late(invoice_id, 12) as now:
        remind_again(only_one(), now, ACTOR)
        assert len(promised()) == 1
        assert stuck_reminders() == []


def test_left_out_it_goes_no_more_and_the_next_step_goes_on_from_when_it_should_have_gone(app: Flask) -> None:
    centre, invoice_id = a_stuck_one(app)
    with days_late(invoice_id, 12) as now:
        leave_out(only_one(), now, ACTOR)
        assert (stuck_reminders(), promise_due(centre.facts, now)) == ([], 0)
        letter_is(PromiseState.WAITING)  # somebody revives it in the outbox
        assert written(app, promised()[0]) is None
    with days_late(invoice_id, 20) as now:
        assert promise_due(centre.facts, now) == 0
    with days_late(invoice_id, 21) as now:
        assert (promise_due(centre.facts, now), promise_due(centre.facts, now)) == (1, 0)
        keep(app, promised()[1])
        assert stand()[1] == (2, ReminderState.SENT, WhyStopped.NOT_STOPPED)


def test_after_the_last_step_is_left_out_it_is_for_the_collector(app: Flask) -> None:
    centre, invoice_id = a_stuck_one(app)
    with days_late(invoice_id, 7) as now:
        leave_out(only_one(), now, ACTOR)
    with days_late(invoice_id, 21) as now:
        promise_due(centre.facts, now)
        letter_is(PromiseState.DEAD)
        leave_out(only_one(), now, ACTOR)
    with days_late(invoice_id, 35) as now:
        assert for_collector(centre.facts, now).lines == ()
    with days_late(invoice_id, 36) as now:
        (line,) = for_collector(centre.facts, now + timedelta(minutes=1)).lines
        assert (line.facts.invoice_id, line.reminded, line.no_mailbox) == (invoice_id, (), False)


def test_of_what_is_paid_meanwhile_nobody_need_decide(app: Flask) -> None:
    a_stuck_one(app)
    with unit_of_work():
        db.session.execute(update(Invoice).values(paid=Invoice.payable))
    assert (stuck_reminders(), how_many_are_stuck()) == ([], 0)


def test_the_page_says_so_and_both_can_be_pressed(app: Flask) -> None:
    centre, invoice_id = a_stuck_one(app)
    with days_late(invoice_id, 12) as now:
        books, room = a_colleague(app, Role.FINANCE), "/staff/invoices/reminders"
        assert "1 reminder could not be sent." in words(books.get("/staff/invoices"))
        assert "Could not be sent" in words(books.get(room))
        reminder_id = only_one()
        assert books.post(f"{room}/{reminder_id}", press="again").status_code == 303
        twice = books.post(f"{room}/{reminder_id}", press="again")
        assert (twice.status_code, "It stands otherwise by now." in words(twice)) == (409, True)
        assert books.post(f"{room}/{reminder_id}", press="burn").status_code == 404
        letter_is(PromiseState.DEAD)
        assert books.post(f"{room}/{reminder_id}", press="leave_out").status_code == 303
        assert "could not be sent, and is left out" in words(books.get(f"/staff/invoices/{invoice_id}"))
        assert "could not be sent." not in words(books.get("/staff/invoices"))
        db.session.rollback()
        assert db.session.scalars(select(InvoiceReminder.left_out_at)).one() == now
        assert promise_due(centre.facts, now) == 0


@pytest.mark.parametrize("state", [PromiseState.DEAD, PromiseState.HELD_BACK, None])
def test_the_latest_says_that_it_could_not_be_sent_and_not_that_it_is_on_its_way(
    app: Flask, state: PromiseState | None
) -> None:
    _centre, invoice_id = a_stuck_one(app, state or PromiseState.WAITING)
    if state is None:
        with unit_of_work():
            db.session.execute(delete(Promise))
    with days_late(invoice_id, 8):
        books = a_colleague(app, Role.FINANCE)
        for page in ("/staff/invoices/reminders", f"/staff/invoices/{invoice_id}"):
            told = words(books.get(page))
            assert (": could not be sent" in told, ": on its way" in told) == (True, False), page
        letter_is(PromiseState.WAITING)
        if state is not None:
            told = words(books.get("/staff/invoices/reminders"))
            assert (": could not be sent" in told, ": on its way" in told) == (False, True)


@pytest.mark.parametrize("kind", list(HoldKind))
def test_a_stuck_one_asks_nobody_while_it_is_disputed_or_with_the_collector(app: Flask, kind: HoldKind) -> None:
    _centre, invoice_id = a_stuck_one(app)
    with days_late(invoice_id, 8) as now:
        with unit_of_work():
            hold(invoice_id, kind, "Feil", now, ACTOR)
        assert (stuck_reminders(), how_many_are_stuck()) == ([], 0)
        with unit_of_work():
            let_go(invoice_id, kind, now, ACTOR)
        assert (len(stuck_reminders()), how_many_are_stuck()) == (1, 1)
