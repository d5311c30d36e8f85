"""Reminders: each step once, nobody who has paid, disputed, or perhaps never got the invoice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.files import write_files
from booking.invoicing.issue import issue_all
from booking.invoicing.models import Invoice, InvoicePayer
from booking.invoicing.receivables import open_receivables
from booking.invoicing.reminders import due
from booking.invoicing.reminders.collector import for_collector, hand_over, with_collector
from booking.invoicing.reminders.due import promise_due
from booking.invoicing.reminders.holds import HeldAlready, HoldReasonWrong, NothingToHold, hold, let_go
from booking.invoicing.reminders.models import (
    HoldKind,
    InvoiceHold,
    InvoiceReminder,
    LateRate,
    ReminderState,
    ReminderStep,
    WhyStopped,
)
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.states import DeliveryState
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import keepers, messages
from booking.mail.letter import Letter
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import Leased
from booking.running.forgetting import forget_all
from booking.settings import settings_of
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.sending.sent import files_stand
from tests.visits.booked import Centre

ACTOR = "account:1"
TOWN_MAILBOX = "faktura@bergen.example"


def an_invoice(app: Flask, **agreed: object) -> tuple[Centre, int]:
    """An invoice, and a centre that reminds after seven days and after fourteen more; keywords as of its builder."""
    centre = a_centre_that_invoices(**agreed)
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        (key,) = [receivable.key for receivable in open_receivables(centre.facts, clock.now())]
        db.session.rollback()
        (issued,), _refused = issue_all([key], centre.facts, clock.now(), ACTOR)
        write_files(issued.invoice_id)
        files_stand(PromiseState.DONE, issued.invoice_id)
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=TOWN_MAILBOX))
        db.session.add(ReminderStep(number=1, days=7, pay_days=10, words={}))
        db.session.add(ReminderStep(number=2, days=14, pay_days=14, words={"en": "Now it is urgent."}))
    return centre, issued.invoice_id


def due_on(invoice_id: int) -> date:
    """The day that an invoice was to be paid."""
    on = db.session.scalars(select(Invoice.due_on).where(Invoice.id == invoice_id)).one()
    db.session.rollback()
    return on


@contextmanager
def days_late(invoice_id: int, days: int) -> Iterator[datetime]:
    """So many days after the invoice was due."""
    on = due_on(invoice_id)
    with time_machine.travel(
        datetime(on.year, on.month, on.day, 9, tzinfo=clock.now().tzinfo) + timedelta(days=days), tick=False
    ):
        yield clock.now()


def promised() -> list[Promise]:
    """Reminders that wait to be written."""
    db.session.rollback()
    return list(db.session.scalars(select(Promise).where(Promise.kind == "mail.invoice_reminder").order_by(Promise.id)))


def written(app: Flask, waiting: Promise) -> Letter | None:
    """The letter that the worker would send now."""
    return messages.write(waiting.kind, waiting.id, waiting.about, settings_of(app))


def keep(app: Flask, waiting: Promise) -> None:
    """The worker keeps the promise."""
    leased = Leased(waiting.id, waiting.kind, dict(waiting.about), 1, waiting.made_at)
    db.session.rollback()
    keepers._send(leased, settings_of(app))


def stand() -> list[tuple[int, ReminderState, WhyStopped]]:
    """The reminders that there are."""
    db.session.rollback()
    query = select(InvoiceReminder).order_by(InvoiceReminder.id)
    return [(row.number, row.state, row.why) for row in db.session.scalars(query)]


def test_a_centre_that_has_set_no_steps_reminds_nobody(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with unit_of_work():
        for step in db.session.scalars(select(ReminderStep)):
            db.session.delete(step)
    with days_late(invoice_id, 100) as now:
        assert promise_due(centre.facts, now) == 0


def test_the_first_comes_a_week_late_with_the_invoice_and_the_second_a_fortnight_after(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 6) as now:
        assert promise_due(centre.facts, now) == 0
    with days_late(invoice_id, 7) as now:
        assert (promise_due(centre.facts, now), promise_due(centre.facts, now)) == (1, 0)
        letter = written(app, promised()[0])
        assert letter is not None
        assert (letter.subject, [part.kind for part in letter.attachments]) == (
            "Reminder: invoice 10001",
            ["application/pdf"],
        )
        assert all(
            words in letter.text
            for words in ("perhaps it has been overlooked", "8601 11 17947", "/en/invoices/", "mail and tell us.")
        )
        assert "Besides" not in letter.text
        keep(app, promised()[0])
        assert stand() == [(1, ReminderState.SENT, WhyStopped.NOT_STOPPED)]
    with days_late(invoice_id, 20) as now:
        assert promise_due(centre.facts, now) == 0
    with days_late(invoice_id, 21) as now:
        assert promise_due(centre.facts, now) == 1
        letter = written(app, promised()[1])
        assert letter is not None
        assert ("Reminder 2" in letter.subject, "Now it is urgent." in letter.text) == (True, True)
        keep(app, promised()[1])
        assert promise_due(centre.facts, now + timedelta(days=100)) == 0


def test_two_workers_at_once_promise_each_reminder_once(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    db.session.remove()

    def work(now: datetime) -> int:
        with app.app_context():
            try:
                return promise_due(centre.facts, now)
            finally:
                db.session.remove()

    with days_late(invoice_id, 7) as now, ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, [now] * 8)) == 1
    assert len(promised()) == 1


@pytest.mark.parametrize("sum_paid", ["whole", "part"])
def test_money_that_comes_between_drafting_and_sending_is_seen(app: Flask, sum_paid: str) -> None:
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 7) as now:
        promise_due(centre.facts, now)
        payable = db.session.get_one(Invoice, invoice_id).payable
        with unit_of_work():
            db.session.execute(update(Invoice).values(paid=payable if sum_paid == "whole" else payable - 4_200))
        letter = written(app, promised()[0])
        if sum_paid == "part":
            assert letter is not None
            assert "NOK\N{NO-BREAK SPACE}42" in letter.text
            return
        assert letter is None
        assert stand() == [(1, ReminderState.STOPPED, WhyStopped.NOTHING_OPEN)]
        with unit_of_work():  # the bank takes it back
            db.session.execute(update(Invoice).values(paid=0))
        assert promise_due(centre.facts, now) == 1


def test_what_is_credited_is_not_reminded_of(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 7) as now:
        promise_due(centre.facts, now)
        credit(CreditOrder(invoice_id, CreditWanted(CreditExtent.ALL), "Feil", 0), centre.facts, now, ACTOR)
        assert written(app, promised()[0]) is None
        assert promise_due(centre.facts, now) == 0


def test_what_is_disputed_waits_until_it_is_settled(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 7) as now:
        promise_due(centre.facts, now)
        with pytest.raises(HoldReasonWrong), unit_of_work():
            hold(invoice_id, HoldKind.DISPUTED, "  ", now, ACTOR)
        with unit_of_work():
            hold(invoice_id, HoldKind.DISPUTED, "Klassen kom aldri", now, ACTOR)
        with pytest.raises(HeldAlready), unit_of_work():
            hold(invoice_id, HoldKind.DISPUTED, "igjen", now, ACTOR)
        assert written(app, promised()[0]) is None
        assert stand() == [(1, ReminderState.STOPPED, WhyStopped.HELD)]
        assert promise_due(centre.facts, now) == 0
        with unit_of_work():
            let_go(invoice_id, HoldKind.DISPUTED, now, ACTOR)
        assert promise_due(centre.facts, now) == 1
        assert written(app, promised()[1]) is not None


def test_what_was_refused_or_may_never_have_arrived_is_not_reminded_of(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 7) as now:
        promise_due(centre.facts, now)
        monkeypatch.setattr(due, "delivery_stands", lambda ids: dict.fromkeys(ids, False))
        assert written(app, promised()[0]) is None
        assert stand() == [(1, ReminderState.STOPPED, WhyStopped.NOT_DELIVERED)]
        assert promise_due(centre.facts, now) == 0


def test_a_teacher_is_not_reminded_of_what_the_municipality_owes(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 7) as now:
        assert promise_due(centre.facts, now) == 1
        letter = written(app, promised()[0])
        assert letter is not None
        assert letter.recipient == TOWN_MAILBOX
        with unit_of_work():
            db.session.execute(update(InvoicePayer).values(email=""))
        assert written(app, promised()[0]) is None
        assert stand() == [(1, ReminderState.STOPPED, WhyStopped.NO_EMAIL)]
        assert promise_due(centre.facts, now) == 0


def test_a_school_that_pays_itself_is_written_to_as_it_booked_and_without_the_link_to_all_of_its_own(
    app: Flask,
) -> None:
    centre, invoice_id = an_invoice(app, active=False)
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=""))
    with days_late(invoice_id, 7) as now:
        assert promise_due(centre.facts, now) == 1
        letter = written(app, promised()[0])
        assert letter is not None
        assert (letter.recipient, "/invoices/" in letter.text) == ("kari@example.org", False)


def test_interest_and_fee_stand_by_themselves_and_the_invoice_stays_what_it_was(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    on = due_on(invoice_id)
    with unit_of_work():
        db.session.execute(update(ReminderStep).values(with_fee=True, with_interest=True))
        db.session.add(LateRate(from_date=date(2026, 1, 1), interest=1200, fee=3_500))
    with days_late(invoice_id, 7) as now:
        promise_due(centre.facts, now)
        before = db.session.get_one(Invoice, invoice_id).payable
        letter = written(app, promised()[0])
        assert letter is not None
        assert "Interest for late payment" in letter.text
        keep(app, promised()[0])
        row = db.session.scalars(select(InvoiceReminder)).one()
        assert (row.open, row.fee, row.interest) == (before, 3_500, (2 * before * 1200 * 7 + 3_650_000) // 7_300_000)
        assert (row.pay_by, db.session.get_one(Invoice, invoice_id).payable) == (on + timedelta(days=17), before)
    with days_late(invoice_id, 30) as now:
        promise_due(centre.facts, now)
        second = written(app, promised()[1])
        assert second is not None
        assert "NOK\N{NO-BREAK SPACE}70" in second.text  # both fees


def test_what_is_open_after_the_last_reminder_goes_to_the_collector_and_is_reminded_of_no_more(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    for days in (7, 21):
        with days_late(invoice_id, days) as now:
            promise_due(centre.facts, now)
            keep(app, promised()[-1])
    with days_late(invoice_id, 35) as now:
        assert for_collector(centre.facts, now).lines == ()
        db.session.rollback()
    with days_late(invoice_id, 36) as now:
        (line,) = for_collector(centre.facts, now).lines
        assert (line.facts.invoice_id, len(line.reminded), line.claimed) == (invoice_id, 2, line.facts.left)
        db.session.rollback()
        assert hand_over([invoice_id, 999], centre.facts, now, ACTOR) == (1, 1)
        assert for_collector(centre.facts, now).lines == ()
        assert [line.facts.invoice_id for line in with_collector(centre.facts, now).lines] == [invoice_id]
        db.session.rollback()
        with unit_of_work():
            db.session.add(ReminderStep(number=3, days=1, pay_days=1, words={}))
        assert promise_due(centre.facts, now + timedelta(days=50)) == 0


def test_nobody_disputes_what_is_paid(app: Flask) -> None:
    _centre, invoice_id = an_invoice(app)
    with unit_of_work():
        db.session.execute(update(Invoice).values(paid=Invoice.payable))
    with pytest.raises(NothingToHold), unit_of_work():
        hold(invoice_id, HoldKind.DISPUTED, "Nei", clock.now(), ACTOR)


def test_why_somebody_disputed_is_forgotten_a_year_after(app: Flask) -> None:
    _centre, invoice_id = an_invoice(app)
    with unit_of_work():
        hold(invoice_id, HoldKind.DISPUTED, "Kari sier nei", clock.now(), ACTOR)
    with unit_of_work():
        let_go(invoice_id, HoldKind.DISPUTED, clock.now(), ACTOR)
    forget_all(clock.now() + timedelta(days=364))
    assert db.session.scalars(select(InvoiceHold.reason)).one() == "Kari sier nei"
    db.session.rollback()
    forget_all(clock.now() + timedelta(days=366))
    assert db.session.scalars(select(InvoiceHold.reason)).one() == ""


@pytest.mark.parametrize("state", [DeliveryState.REFUSED, DeliveryState.UNKNOWN, DeliveryState.WAITING])
def test_the_delivery_decides_whether_anybody_is_reminded(app: Flask, state: DeliveryState) -> None:
    centre, invoice_id = an_invoice(app)
    with unit_of_work():
        db.session.execute(delete(InvoiceDelivery))
        db.session.add(InvoiceDelivery(invoice_id=invoice_id, state=state, since=clock.now()))
    with days_late(invoice_id, 8) as now:
        assert promise_due(centre.facts, now) == 0
        with unit_of_work():
            db.session.execute(update(InvoiceDelivery).values(state=DeliveryState.OUTSIDE))
        assert promise_due(centre.facts, now) == 1
