"""What is invoiced before the visit is paid for in advance until its day, and income on that day, wherever it moves."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from booking.bookings.models import Booking
from booking.books.closing import close_month
from booking.books.journal import AccountRole, VoucherKind
from booking.books.models import JournalEntry, Voucher
from booking.books.posting import book_up
from booking.books.sources.moment import last_of, month_of, next_month
from booking.invoicing.ahead.unlike import changed_since, leave_as_invoiced
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.issue import IssuedInvoice, issue
from booking.invoicing.models import Invoice
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.money import vat_in
from booking.running.check import breaches
from booking.visits.change import cancel_visit
from tests.books.keeping import booked, keep_books, later
from tests.invoicing.ahead import (
    ACTOR,
    a_centre_that_invoices_on_booking,
    a_class_for_the_exhibition,
    come_as,
    days_until,
)
from tests.visits.booked import Centre

Role = AccountRole


def an_invoice_in_advance() -> tuple[Centre, int, IssuedInvoice]:
    """For a class that comes weeks from now: its booking and the invoice."""
    centre = a_centre_that_invoices_on_booking()
    keep_books()
    booking_id = a_class_for_the_exhibition(centre).booking_id
    (receivable,) = open_receivables(centre.facts, clock.now())
    return centre, booking_id, issue(receivable.key, centre.facts, clock.now(), ACTOR)


def credited(invoice_id: int, gross: int, centre: Centre) -> None:
    """So much of an invoice is taken back now."""
    before = db.session.scalars(select(Invoice.credited).where(Invoice.id == invoice_id)).one()
    db.session.rollback()
    order = CreditOrder(invoice_id, CreditWanted(CreditExtent.SUM, gross=gross), "Fewer come", before)
    credit(order, centre.facts, clock.now(), ACTOR)


def tax_left(invoice: IssuedInvoice, taken_back: int) -> int:
    """The VAT of an invoice, less that of what is credited of it."""
    return vat_in(invoice.payable, 1200) - vat_in(taken_back, 1200)


def moved_to(booking_id: int, days: int) -> None:
    """Its day is so many days later; as far as the books can see."""
    with unit_of_work():
        db.session.get_one(Booking, booking_id).starts_at += timedelta(days=days)


def income_by_day() -> dict[str, int]:
    """What the journal has as income of programmes, by day."""
    query = (
        select(Voucher.on_day, func.sum(JournalEntry.amount))
        .join(JournalEntry, JournalEntry.voucher_number == Voucher.number)
        .where(JournalEntry.role == Role.PROGRAMME)
        .group_by(Voucher.on_day)
        .order_by(Voucher.on_day)
    )
    return {str(day): -int(amount) for day, amount in db.session.execute(query) if amount}


def test_what_is_invoiced_in_advance_is_no_income_until_the_day_of_the_visit_and_its_vat_is_due_at_once(
    app: Flask,
) -> None:
    centre, _booking, invoice = an_invoice_in_advance()
    tax = vat_in(invoice.payable, 1200)
    net = invoice.payable - tax
    assert booked() == {Role.RECEIVABLE: invoice.payable, Role.PREPAID: -net, Role.VAT: -tax}
    with later(days_until(centre.on)) as morning:
        assert booked(morning) == {Role.RECEIVABLE: invoice.payable, Role.PREPAID: -net, Role.VAT: -tax}
    with later(days_until(centre.on) + 1) as day_after:
        assert booked(day_after) == {Role.RECEIVABLE: invoice.payable, Role.PROGRAMME: -net, Role.VAT: -tax}
        assert booked(day_after)[Role.PROGRAMME] == -net  # once, however often it is looked for
        assert income_by_day() == {str(centre.on): net}
        voucher = db.session.scalars(select(Voucher).order_by(Voucher.number.desc()).limit(1)).one()
        assert (voucher.kind, voucher.on_day) == (VoucherKind.INCOME, centre.on)
        taxes = select(func.sum(JournalEntry.vat)).where(JournalEntry.role.in_([Role.PREPAID, Role.PROGRAMME]))
        assert (db.session.scalar(taxes), breaches()) == (-tax, [])


def test_a_credit_note_before_the_visit_takes_back_what_is_prepaid_and_one_after_it_income(app: Flask) -> None:
    centre, booking_id, invoice = an_invoice_in_advance()
    come_as(booking_id, 20, centre)
    credited(invoice.invoice_id, 4 * 11000, centre)
    left = invoice.payable - 4 * 11000
    tax = tax_left(invoice, 4 * 11000)
    assert booked() == {Role.RECEIVABLE: left, Role.PREPAID: -(left - tax), Role.VAT: -tax}
    with later(days_until(centre.on) + 3) as after:
        assert booked(after) == {Role.RECEIVABLE: left, Role.PROGRAMME: -(left - tax), Role.VAT: -tax}
        credited(invoice.invoice_id, left - 11000, centre)
        tax = tax_left(invoice, invoice.payable - 11000)
        assert booked(after) == {Role.RECEIVABLE: 11000, Role.PROGRAMME: -(11000 - tax), Role.VAT: -tax}
        days = income_by_day()
        assert list(days) == [str(centre.on), str(after.date())]
        assert breaches() == []


def test_what_is_called_off_stays_prepaid_until_somebody_credits_it(app: Flask) -> None:
    centre, booking_id, invoice = an_invoice_in_advance()
    booked()
    with unit_of_work():
        cancel_visit(booking_id, centre=centre.facts, now=clock.now(), waive=True)
    with later(days_until(centre.on) + 2) as after:
        assert Role.PROGRAMME not in booked(after)
        credited(invoice.invoice_id, invoice.payable, centre)
        assert (booked(after), breaches()) == ({}, [])


def test_what_is_called_off_and_left_as_invoiced_is_income_on_the_day_that_it_was_for(app: Flask) -> None:
    centre, booking_id, invoice = an_invoice_in_advance()
    with unit_of_work():
        cancel_visit(booking_id, centre=centre.facts, now=clock.now(), waive=True)
    leave_as_invoiced(invoice.invoice_id, centre.facts, ACTOR)
    assert changed_since(invoice.invoice_id, centre.facts) is None
    assert Role.PROGRAMME not in booked()
    with later(days_until(centre.on) + 2) as after:
        assert booked(after)[Role.PROGRAMME] == -(invoice.payable - tax_left(invoice, 0))


def test_what_nobody_ever_credited_is_income_when_its_years_are_over_before_it_is_forgotten(app: Flask) -> None:
    centre, booking_id, invoice = an_invoice_in_advance()
    with unit_of_work():
        cancel_visit(booking_id, centre=centre.facts, now=clock.now(), waive=True)
    with later(days_until(centre.on) + 300) as after:
        assert Role.PROGRAMME not in booked(after)
        close_month(month_of(month_of(after.date()) - timedelta(days=1)), centre.facts, after, ACTOR)
    with later(days_until(centre.on) + 6 * 366) as after:
        assert book_up(centre.facts, after)
        assert booked(after)[Role.PROGRAMME] == -(invoice.payable - tax_left(invoice, 0))


def test_a_visit_that_moves_takes_its_income_with_it(app: Flask) -> None:
    centre, booking_id, invoice = an_invoice_in_advance()
    net = invoice.payable - vat_in(invoice.payable, 1200)
    booked()
    moved_to(booking_id, 14)
    with later(days_until(centre.on) + 2) as after:
        assert Role.PROGRAMME not in booked(after)
    with later(days_until(centre.on) + 15) as after:
        booked(after)
        assert income_by_day() == {str(centre.on + timedelta(days=14)): net}
        moved_to(booking_id, 30)  # put right by hand afterwards: it has not been yet
        assert booked(after)[Role.PREPAID] == -net
    with later(days_until(centre.on) + 46) as after:
        assert booked(after)[Role.PROGRAMME] == -net


def test_a_month_that_is_closed_in_between_stays_as_it_was_and_what_comes_later_falls_in_the_open_one(
    app: Flask,
) -> None:
    centre, booking_id, invoice = an_invoice_in_advance()
    over = next_month(month_of(centre.on))
    with later(days_until(over)) as now:
        booked(now)
        sums = close_month(month_of(centre.on), centre.facts, now, ACTOR)
        assert sums.by_role[Role.PROGRAMME, 1200] == -(invoice.payable - vat_in(invoice.payable, 1200))
        come_as(booking_id, 20, centre)
        credited(invoice.invoice_id, 4 * 11000, centre)
        left = invoice.payable - 4 * 11000
        assert booked(now)[Role.PROGRAMME] == -(left - tax_left(invoice, 4 * 11000))
        later_than_that = select(Voucher.number).where(Voucher.on_day <= last_of(month_of(centre.on)))
        assert db.session.scalars(later_than_that.order_by(Voucher.number.desc())).first() == sums.last_number
        assert [breach for breach in breaches() if not breach.startswith("forgetting")] == []


def test_a_credit_note_on_a_visit_of_long_ago_is_found_without_looking_at_everything(app: Flask) -> None:
    centre, _booking, invoice = an_invoice_in_advance()
    with later(days_until(centre.on) + 150) as now:
        close_month(month_of(now.date().replace(day=1) - timedelta(days=1)), centre.facts, now, ACTOR)
        credited(invoice.invoice_id, 11000, centre)
        assert book_up(centre.facts, now)
        left = invoice.payable - 11000
        assert booked(now)[Role.PROGRAMME] == -(left - tax_left(invoice, 11000))
