"""What is written off stands nowhere as owed: reports, reminders, the collector; in the books it is lost."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from booking.agreements.prices import Pays
from booking.books.closing import close_month
from booking.books.exports.rows import rows_of
from booking.books.journal import AccountRole, VoucherKind
from booking.books.models import Voucher
from booking.centre.facts import the_centre
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.issue import issue_all
from booking.invoicing.reminders.collector import for_collector, hand_over, with_collector
from booking.invoicing.reminders.due import promise_due
from booking.invoicing.reminders.models import InvoiceReminder, ReminderState, WhyStopped
from booking.kernel import clock
from booking.kernel.database import db
from booking.reports.owed import owed_by_invoice, owed_or_let_go
from booking.running.check import breaches
from tests.books.keeping import ACTOR, booked, keep_books, later
from tests.invoicing.bank.books import came, payment
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_collector import reminded_in_vain
from tests.invoicing.test_issue import keys_of
from tests.invoicing.test_reminders import an_invoice, days_late, keep, promised
from tests.invoicing.write_offs.lost import ask_again, left_of, lose

Role = AccountRole


def counted() -> tuple[int, int, int]:
    """What reports call owed, settled and written off."""
    rows = owed_by_invoice(None)
    sums = select(func.sum(rows.c.owed), func.sum(rows.c.settled), func.sum(rows.c.written_off))
    owed, settled, written_off = db.session.execute(sums).one()
    return int(owed), int(settled), int(written_off)


def test_reports_call_it_written_off_and_the_nightly_check_agrees(app: Flask) -> None:
    centre = a_centre_that_invoices(pays=Pays.SHARE, percent=60)
    for name in ("6A", "6B"):
        a_class(centre, name)
    issued, _refused = issue_all(keys_of(centre), centre.facts, afterwards(), ACTOR)
    whole = sum(invoice.payable for invoice in issued)
    first, second, *_others = (invoice.invoice_id for invoice in issued)
    assert (counted(), owed_or_let_go()) == ((whole, 0, 0), whole)
    lose(first)
    lose(second, 101)
    lost = issued[0].payable + 101
    assert (counted(), owed_or_let_go(), breaches()) == ((whole - lost, 0, lost), whole - lost, [])
    ask_again(second)
    lost -= 101
    assert (counted(), breaches()) == ((whole - lost, 0, lost), [])


def test_a_reminder_that_was_promised_does_not_go_out(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 7) as now:
        assert promise_due(centre.facts, now) == 1
        lose(invoice_id)
        keep(app, promised()[-1])
        (reminder,) = db.session.scalars(select(InvoiceReminder)).all()
        assert (reminder.state, reminder.why) == (ReminderState.STOPPED, WhyStopped.NOTHING_OPEN)
        assert promise_due(centre.facts, now) == 0


def test_the_collector_is_not_given_what_is_written_off_nor_keeps_it(app: Flask) -> None:
    centre, invoice_id = reminded_in_vain(app)
    with days_late(invoice_id, 40) as now:
        assert len(for_collector(centre.facts, now).lines) == 1
        db.session.rollback()
        lose(invoice_id)
        assert not for_collector(centre.facts, now).lines
        db.session.rollback()
        assert hand_over([invoice_id], centre.facts, now, ACTOR) == (0, 1)
        ask_again(invoice_id)
        assert hand_over([invoice_id], centre.facts, now, ACTOR) == (1, 0)
        assert len(with_collector(centre.facts, now).lines) == 1
        db.session.rollback()
        lose(invoice_id)
        assert not with_collector(centre.facts, now).lines


def test_the_books_have_a_loss_until_it_comes_after_all_and_leave_vat_alone(app: Flask) -> None:
    centre = a_centre_that_invoices()
    keep_books()
    a_class(centre)
    with later(40):
        (issued,), _refused = issue_all(keys_of(centre), centre.facts, clock.now(), ACTOR)
        invoice_id, whole = issued.invoice_id, issued.payable
        before = booked()
        assert before[Role.RECEIVABLE] == whole
        lose(invoice_id)
        lost = booked()
        assert lost == {
            **{role: sum for role, sum in before.items() if role is not Role.RECEIVABLE},
            Role.BAD_DEBT: whole,
        }
        month = clock.now().date().replace(day=1)
    with later(75):
        close_month(month, the_centre(), clock.now(), ACTOR)
        texts = [row.text for row in rows_of(month, "NO") if row.kind is VoucherKind.WRITE_OFF]
        assert texts == ["Tap på krav 10001"] * 2
        take_bank_file(came(payment(1_000_00, issued.kid)).content, ACTOR, clock.now())
        stands = booked()
        assert (stands[Role.BAD_DEBT], stands[Role.BANK]) == (whole - 1_000_00, 1_000_00)
        assert left_of(invoice_id) == 0
        days = db.session.scalars(
            select(Voucher.on_day).where(Voucher.kind == VoucherKind.WRITE_OFF).order_by(Voucher.number)
        ).all()
        assert [day.replace(day=1) == month for day in days] == [True, False]
        assert [breach for breach in breaches() if not breach.startswith("forgetting")] == []  # a visit long over
