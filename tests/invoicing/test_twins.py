"""Two visits with the same line for the same sum on one invoice: what is credited of one is never the other's."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, State
from booking.books.journal import AccountRole
from booking.books.sources.invoices import InvoicedLines, lines_of
from booking.invoicing.ahead.unlike import changed_since
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, MoreThanLeft, credit, creditable
from booking.invoicing.document import Charge, settle
from booking.invoicing.frozen import from_kept
from booking.invoicing.issue import IssuedInvoice, issue_all
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.invoicing.documents import LOW, TEACHING, an_invoice
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_collective import owed, the_town
from tests.visits.booked import Centre

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ACTOR = "account:1"


def twins(many: int = 2) -> tuple[Centre, IssuedInvoice, list[int]]:
    """Classes of one name and school that came the same day, on one invoice; and their bookings, in its order."""
    centre = a_centre_that_invoices()
    for _n in range(many):
        a_class(centre, "6A")
    the_town()
    keys = [receivable.key for receivable in owed(centre)]
    (invoice,), refused = issue_all(keys, centre.facts, afterwards(), ACTOR)
    assert refused == []
    lines = from_kept(db.session.get_one(Invoice, invoice.invoice_id).document).settled.lines
    assert len({line.charge for line in lines}) == 1
    on_it = select(InvoicedReceivable.booking_id).order_by(InvoicedReceivable.id)
    return centre, invoice, list(db.session.scalars(on_it))


def credit_of(centre: Centre, invoice: IssuedInvoice, wanted: CreditWanted) -> int:
    """Credit that; what it comes to."""
    order = CreditOrder(invoice.invoice_id, wanted, "Feil", creditable(invoice.invoice_id).credited)
    return credit(order, centre.facts, afterwards(), ACTOR).gross


def lines(*places: int) -> CreditWanted:
    return CreditWanted(CreditExtent.LINES, places)


def of_line(place: int, gross: int) -> CreditWanted:
    """A sum of this line."""
    return CreditWanted(CreditExtent.SUM, (place,), gross)


@pytest.mark.parametrize("place", [0, 1])
def test_of_two_lines_that_are_the_same_the_one_that_is_credited_is_free_and_no_other(app: Flask, place: int) -> None:
    centre, invoice, bookings = twins()
    credit_of(centre, invoice, lines(place))
    assert [receivable.booking_id for receivable in owed(centre)] == [bookings[place]]
    assert list(creditable(invoice.invoice_id).open_lines) == [1 - place]
    assert breaches() == []


def test_a_visit_of_which_all_is_credited_in_sums_is_free(app: Flask) -> None:
    centre, invoice, bookings = twins(3)
    whole = invoice.payable // 3
    credit_of(centre, invoice, of_line(1, 1_000))
    assert (owed(centre), creditable(invoice.invoice_id).open_lines[1]) == ([], whole - 1_000)
    with pytest.raises(MoreThanLeft) as refusal:
        credit_of(centre, invoice, of_line(1, whole))
    assert refusal.value.left == whole - 1_000
    assert credit_of(centre, invoice, lines(1)) == whole - 1_000
    assert [receivable.booking_id for receivable in owed(centre)] == [bookings[1]]
    credit_of(centre, invoice, lines(2))
    assert [receivable.booking_id for receivable in owed(centre)] == sorted([bookings[1], bookings[2]])
    assert breaches() == []


def test_a_sum_of_one_visit_settles_nothing_of_another_that_costs_less_by_now(app: Flask) -> None:
    centre, invoice, bookings = twins()
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == bookings[0]).values(state=State.CANCELLED))
    whole = invoice.payable // 2
    credit_of(centre, invoice, of_line(1, 1_000))
    unlike = changed_since(invoice.invoice_id, centre.facts)
    assert unlike is not None
    assert (unlike.too_much, [visit.booking_id for visit in unlike.visits]) == (whole, [bookings[0]])
    credit_of(centre, invoice, of_line(0, whole))
    assert changed_since(invoice.invoice_id, centre.facts) is None


def test_the_books_take_a_part_back_of_what_its_line_was_income_of(database_url: str) -> None:
    of = settle([Charge("Kurs", 1, 8_000, LOW), Charge("7A", 1, 4_000, LOW), Charge("Gebyr", 1, 1_000, TEACHING)])
    on_invoice = InvoicedLines(of, (AccountRole.COURSE, AccountRole.PROGRAMME, AccountRole.FEE))

    def income(*charges: Charge) -> dict[AccountRole, int]:
        vouched = lines_of(an_invoice(settled=settle(charges)), on_invoice, 1)
        return {line.key.role: -(line.amount + line.vat) for line in vouched if line.key.role in on_invoice.roles}

    assert income(Charge("Del", 1, 1_000, LOW, of_line=1)) == {AccountRole.PROGRAMME: 1_000}
    assert income(Charge("Del", 1, 900, LOW), Charge("Del", 1, 100, TEACHING)) == {
        AccountRole.COURSE: 600, AccountRole.PROGRAMME: 300, AccountRole.FEE: 100,
    }  # fmt: skip
