"""What the reports call owed: to invoice and issued, less what is paid, credited or let go, to the øre."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import delete, select

from booking.agreements.prices import Pays
from booking.bookings.models import Booking
from booking.courses.cancel import cancel as cancel_enrolment
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit, creditable
from booking.invoicing.issue import IssuedInvoice, issue_all
from booking.invoicing.let_go import claim_after_all, let_go
from booking.invoicing.models import Collective, Invoice, InvoicedReceivable, InvoicePayer
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reports.owed import owed_or_let_go
from booking.running.check import breaches
from booking.visits.change import cancel_visit
from booking.visits.models import Visit
from tests.courses.enrolled import a_course, an_enrolment
from tests.invoicing.bank.books import came, payment
from tests.invoicing.owed import TOWN_NUMBER, a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of
from tests.reports.test_net_value import read
from tests.visits.booked import Centre

ACTOR = "account:1"
TOWN, SCHOOLS = "Owed by Bergen kommune", "Owed by the schools themselves"
SETTLED, LET_GO = "Of these paid on invoices, or credited", "Of these let go"


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("en_GB"):
        yield


def two_payers() -> tuple[Centre, list[str]]:
    """A class that came: the town owes 60 percent, the school the rest."""
    centre = a_centre_that_invoices(pays=Pays.SHARE, percent=60)
    a_class(centre)
    return centre, keys_of(centre)


def issued(centre: Centre, *keys: str) -> list[IssuedInvoice]:
    invoices, refusals = issue_all(keys, centre.facts, afterwards(), ACTOR)
    assert refusals == []
    return invoices


def paid(invoice: IssuedInvoice, amount: int) -> None:
    """The bank says that somebody paid so much on it."""
    kid = db.session.scalars(select(Invoice.kid).where(Invoice.id == invoice.invoice_id)).one()
    take_bank_file(came(payment(amount, kid), file=f"MSG-{kid}-{amount}").content, ACTOR, clock.now())


def credited(centre: Centre, invoice: IssuedInvoice, wanted: CreditWanted) -> None:
    before = creditable(invoice.invoice_id).credited
    credit(CreditOrder(invoice.invoice_id, wanted, "Feil", before), centre.facts, afterwards(), ACTOR)


def money(*rows: str) -> list[int]:
    """The amounts of these rows of the report of money, once the check has found nothing."""
    assert breaches() == []
    table = read("money")
    return [int(str(table.get(row, (0, 0))[1])) for row in rows]


def test_what_is_paid_on_an_invoice_is_owed_no_more(app: Flask) -> None:
    centre, keys = two_payers()
    town, schools = money(TOWN, SCHOOLS)
    invoices = {invoice.payable: invoice for invoice in issued(centre, *keys)}
    assert money(TOWN, SCHOOLS, SETTLED) == [town, schools, 0]
    paid(invoices[town], 10_000)
    assert money(TOWN, SCHOOLS, SETTLED) == [town - 10_000, schools, 10_000]
    paid(invoices[town], town - 10_000)
    assert money(TOWN, SCHOOLS, SETTLED) == [0, schools, town]
    paid(invoices[schools], schools + 500)  # too much is nobody's debt
    assert money(TOWN, SCHOOLS, SETTLED) == [0, 0, town + schools]


def test_each_school_owes_what_is_left_of_its_invoice(app: Flask) -> None:
    centre, keys = two_payers()
    _town, schools = money(TOWN, SCHOOLS)
    invoices = {invoice.payable: invoice for invoice in issued(centre, *keys)}
    paid(invoices[schools], 7_000)
    assert money("Of these owed by Solbakken skole, Bergen") == [schools - 7_000]
    paid(invoices[schools], schools - 7_000)
    assert "Of these owed by Solbakken skole, Bergen" not in read("money")


def test_what_is_credited_in_part_is_owed_no_more_and_whole_it_waits_to_be_invoiced_again(app: Flask) -> None:
    centre, keys = two_payers()
    town, schools = money(TOWN, SCHOOLS)
    invoices = {invoice.payable: invoice for invoice in issued(centre, *keys)}
    credited(centre, invoices[town], CreditWanted(CreditExtent.SUM, gross=3_000))
    assert money(TOWN, SCHOOLS, SETTLED) == [town - 3_000, schools, 3_000]
    credited(centre, invoices[town], CreditWanted(CreditExtent.ALL))
    assert (money(TOWN, SCHOOLS, SETTLED), len(keys_of(centre))) == ([town, schools, 0], 1)


def test_what_is_let_go_is_owed_no_more_until_it_is_claimed_after_all(app: Flask) -> None:
    centre, keys = two_payers()
    town, schools = money(TOWN, SCHOOLS)
    gone = let_go(keys[0], "Avtalt", centre.facts, afterwards(), ACTOR)
    assert sorted(money(TOWN, SCHOOLS)) == sorted({town, schools} - {gone} | {0})
    assert money(LET_GO) == [gone]
    claim_after_all(keys[0], afterwards(), ACTOR)
    assert money(TOWN, SCHOOLS, LET_GO) == [town, schools, 0]


def test_a_collective_invoice_is_paid_for_each_visit_to_the_last_øre(app: Flask) -> None:
    """Three visits on one invoice, one of them credited, 100.01 paid: what is left is owed, each øre once."""
    centre = a_centre_that_invoices()
    with unit_of_work():
        key = f"number:{TOWN_NUMBER}"
        db.session.add(InvoicePayer(key=key, collective=Collective.MONTH))
    for name in ("6A", "6B", "6C"):
        a_class(centre, name)
    (whole,) = money(TOWN)
    (invoice,) = issued(centre, *keys_of(centre))
    paid(invoice, 10_001)
    assert money(TOWN, SETTLED) == [whole - 10_001, 10_001]
    credited(centre, invoice, CreditWanted(CreditExtent.LINES, tuple(creditable(invoice.invoice_id).open_lines)[:1]))
    assert len(keys_of(centre)) == 1  # it waits to be invoiced again, and nothing was paid of it
    assert money(TOWN, SETTLED) == [whole - 10_001, 10_001]
    credited(centre, invoice, CreditWanted(CreditExtent.SUM, gross=100))
    assert money(TOWN, SETTLED) == [whole - 10_101, 10_101]


def test_fees_and_courses_are_owed_until_they_are_paid(app: Flask) -> None:
    """950.00 a place; a place given up two days before costs half, 475.00."""
    centre = a_centre_that_invoices()
    visit = a_class(centre)
    arrives = db.session.scalars(select(Visit.arrives_at)).one()
    with unit_of_work():
        fee = cancel_visit(visit.booking_id, centre=centre.facts, now=arrives - timedelta(days=1), actor="command")
    late = an_enrolment(a_course(starts_at=clock.now() + timedelta(days=2)), "Liv Berg", invoice_reference="12345")
    with unit_of_work():
        cancel_enrolment(late.booking_id, centre=centre.facts, now=clock.now())
    fees, courses = "Owed by schools: cancellation fees", "Owed for courses by Solbakken skole"
    assert money(fees, courses) == [fee, 47_500]
    sums = {invoice.payable: invoice for invoice in issued(centre, *keys_of(centre))}
    paid(sums[47_500], 47_500)
    paid(sums[fee], 100)
    assert money(fees, "Cancellation fees of schools", SETTLED) == [fee - 100, fee, 47_600]
    assert courses not in read("money")


def test_paid_part_paid_credited_and_let_go_side_by_side(app: Flask) -> None:
    """Three classes that the town and the school pay half of: six sums alike, of which one waits to be invoiced."""
    centre = a_centre_that_invoices(pays=Pays.SHARE, percent=50)
    for name in ("6A", "6B", "6C"):
        a_class(centre, name)
    keys, (town, schools) = keys_of(centre), money(TOWN, SCHOOLS)
    each = town // 3
    assert town == schools
    whole, part, less, _open = issued(centre, *keys[:4])
    let_go(keys[4], "Avtalt", centre.facts, afterwards(), ACTOR)
    paid(whole, each)
    paid(part, 1)
    credited(centre, less, CreditWanted(CreditExtent.SUM, gross=200))
    assert (sum(money(TOWN, SCHOOLS)), money(SETTLED, LET_GO)) == (4 * each - 201, [each + 201, each])
    assert (owed_or_let_go(), len(keys_of(centre))) == (5 * each - 201, 1)
    assert money("Revenue: sold, less given back, with fees") == [6 * each]


def test_the_nightly_check_says_when_reports_and_invoices_differ(app: Flask) -> None:
    centre, keys = two_payers()
    whole = db.session.scalars(select(Booking.total)).one()
    let_go(keys[0], "Avtalt", centre.facts, afterwards(), ACTOR)
    (invoice,) = issued(centre, keys[1])
    assert (owed_or_let_go(), breaches()) == (whole, [])
    with unit_of_work():  # an invoice that stands for nothing
        db.session.execute(delete(InvoicedReceivable))
    sentence = "I11 reports that call another sum owed than is to invoice, open and let go, by"
    assert f"{sentence}: {-invoice.payable}" in breaches()
