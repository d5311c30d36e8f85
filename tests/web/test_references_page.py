"""The reference that a payer wants on the invoice is put right by finance, on the page of its booking."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.bookings.models import Booking
from booking.invoicing.references import BillingReferences, references_of
from booking.kernel.database import db
from booking.records.models import AuditEntry
from booking.staff.models import Role
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.web.staffing import Colleague, a_colleague


def a_visited_booking() -> int:
    a_class(a_centre_that_invoices())
    db.session.rollback()
    return db.session.scalars(select(Booking.id)).one()


def page_of(somebody: Colleague, booking_id: int) -> str:
    return somebody.get(f"/staff/bookings/{booking_id}/references").get_data(as_text=True)


def test_a_reference_is_put_right_and_the_invoice_to_come_says_it(app: Flask) -> None:
    booking_id = a_visited_booking()
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        assert f"/staff/bookings/{booking_id}/references" in books.get(f"/staff/bookings/{booking_id}").get_data(
            as_text=True
        )
        assert 'value="12345"' in page_of(books, booking_id)
        done = books.post(f"/staff/bookings/{booking_id}/references", reference=" 54321 ", order_number="PO-1")
        assert (done.status_code, done.headers["Location"]) == (303, f"/staff/bookings/{booking_id}")
        db.session.rollback()
        assert references_of(booking_id) == BillingReferences("54321", "PO-1")
        assert "54321" in books.get("/staff/invoices").get_data(as_text=True)
        noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "invoice.references")).one()
        assert noted.before and noted.after
        assert (noted.before["invoice_reference"], noted.after["invoice_reference"]) == ("12345", "54321")


@pytest.mark.parametrize(("reference", "order_number"), [("x" * 61, ""), ("12345", "9" * 61)])
def test_what_is_too_long_is_refused_and_kept(app: Flask, reference: str, order_number: str) -> None:
    booking_id = a_visited_booking()
    books = a_colleague(app, Role.FINANCE)
    answer = books.post(f"/staff/bookings/{booking_id}/references", reference=reference, order_number=order_number)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, 'role="alert"' in page, reference in page, order_number in page) == (422, *[True] * 3)
    assert references_of(booking_id) == BillingReferences("12345", "")


def test_signs_that_nobody_sees_are_taken_out(app: Flask) -> None:
    booking_id = a_visited_booking()
    books = a_colleague(app, Role.FINANCE)
    assert books.post(f"/staff/bookings/{booking_id}/references", reference="54\ufeff321\u200b").status_code == 303
    assert references_of(booking_id) == BillingReferences("54321", "")


def test_a_booking_that_nobody_invoices_has_no_such_page(app: Flask) -> None:
    a_visited_booking()
    books = a_colleague(app, Role.FINANCE)
    for number in (10**6, 10**17, 10**30):
        assert books.get(f"/staff/bookings/{number}/references").status_code == 404
        assert books.post(f"/staff/bookings/{number}/references", reference="1").status_code == 404
