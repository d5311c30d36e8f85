"""The nightly check names what is wrong with invoices."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update

from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.issue import FIRST_NUMBER, issue_all
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.kernel.database import db, unit_of_work
from booking.records.models import NumberSeries
from booking.running.check import breaches
from booking.visits.models import VisitDue
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of


def test_a_number_that_is_missing_is_named(app: Flask) -> None:
    centre = a_centre_that_invoices()
    for name in ("6A", "6B"):
        a_class(centre, name)
    first, second = keys_of(centre)
    issue_all([first], centre.facts, afterwards(), "account:1")
    assert breaches() == []
    with unit_of_work():
        db.session.execute(update(NumberSeries).values(last=NumberSeries.last + 1))
    issue_all([second], centre.facts, afterwards(), "account:1")
    assert breaches() == [f"I11 numbers of invoices with a gap, the last one: {FIRST_NUMBER + 2}"]


def test_an_invoice_that_claims_something_else_is_named(app: Flask) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    issue_all(keys_of(centre), centre.facts, afterwards(), "account:1")
    with unit_of_work():
        db.session.execute(update(InvoicedReceivable).values(amount=InvoicedReceivable.amount + 1))
    *others, last = breaches()
    assert last == f"I11 invoice unlike what it stands for, number: {FIRST_NUMBER}"
    assert [other.partition(" than ")[0] for other in others] == ["I11 reports that call another sum owed"]


def test_an_invoice_of_which_more_is_credited_than_notes_say_is_named(app: Flask) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    (invoice,), _refused = issue_all(keys_of(centre), centre.facts, afterwards(), "account:1")
    part = CreditOrder(invoice.invoice_id, CreditWanted(CreditExtent.SUM, gross=100), "Avslag", 0)
    credit(part, centre.facts, afterwards(), "account:1")
    assert breaches() == []
    with unit_of_work():
        db.session.execute(update(Invoice).where(Invoice.id == invoice.invoice_id).values(credited=101))
    assert breaches() == [f"I11 document credited of which credit notes say something else, number: {FIRST_NUMBER}"]


def test_a_visit_that_owes_more_than_was_invoiced_is_named(app: Flask) -> None:
    centre = a_centre_that_invoices()
    booked = a_class(centre)
    issue_all(keys_of(centre), centre.facts, afterwards(), "account:1")
    assert breaches() == []
    with unit_of_work():
        db.session.execute(update(VisitDue).values(amount=VisitDue.amount + 100))
    assert f"I11 visit that owes more than was invoiced, booking: {booked.booking_id}" in breaches()
