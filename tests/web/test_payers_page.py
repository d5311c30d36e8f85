"""What is known of payers is said on a page of each: legal entity, address, deliver-to, collective or not."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.agreements.prices import Pays
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import Collective, DeliverTo, Invoice, InvoicePayer
from booking.kernel.database import db
from booking.staff.models import Role
from tests.invoicing.owed import TOWN_NUMBER, a_centre_that_invoices, a_class, afterwards
from tests.web.staffing import Colleague, a_colleague, hidden
from tests.web.test_invoices_room import keys, text

TOWN = f"number:{TOWN_NUMBER}"
TYPED = {
    "name": "Bergen kommune", "org_number": "821 311 632", "street": "Rådhusgata 10", "postcode": "5014",
    "town": "Bergen", "email": "faktura@bergen.example", "deliver_to": "named", "deliver_name": "Skole sør",
    "collective": "month", "common_reference": "90000",
}  # fmt: skip


def opened(books: Colleague, key: str = TOWN) -> str:
    """The address of a payer's page, which is opened for the first time."""
    answer = books.post("/staff/invoices/payers", key=key)
    assert answer.status_code == 303
    return answer.headers["Location"]


def saved(books: Colleague, address: str, **typed: str) -> tuple[int, str]:
    """The form is sent as it was seen."""
    seen = hidden(books.get(address), "seen")
    answer = books.post(address, seen=seen, **(TYPED | typed))
    return answer.status_code, answer.get_data(as_text=True)


def test_what_is_missing_of_whom_is_said(app: Flask) -> None:
    a_class(a_centre_that_invoices(pays=Pays.SHARE, percent=60))
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        page = text(books, "/staff/invoices/payers")
        assert all(words in page for words in ("Bergen kommune", "Solbakken skole", "address, email for invoices"))
        address = opened(books)
        assert "address, email for invoices" in text(books, address)
        assert saved(books, address)[0] == 303
        assert "missing" not in text(books, address)
        assert text(books, "/staff/invoices/payers").count("address, email for invoices") == 1


def test_what_is_said_of_a_payer_stands_on_its_next_invoice(app: Flask) -> None:
    centre = a_centre_that_invoices()
    for name in ("6A", "6B"):
        a_class(centre, name)
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        address = opened(books)
        assert saved(books, address)[0] == 303
        assert opened(books) == address
        row = db.session.scalars(select(InvoicePayer)).one()
        assert (row.key, row.org_number, row.collective, row.deliver_to, row.by_reference) == (
            TOWN, "821311632", Collective.MONTH, DeliverTo.NAMED, False,
        )  # fmt: skip
        (value,) = keys(text(books, "/staff/invoices"))
        done = books.post("/staff/invoices/issue", receivable=value)
        assert done.status_code == 303, done.get_data(as_text=True)[:3000]
        db.session.rollback()
        document = from_kept(db.session.scalars(select(Invoice.document)).one())
        assert (document.billed_to.org_number, document.billed_to.address.street, document.billed_to.email) == (
            "821311632", "Rådhusgata 10", "faktura@bergen.example",
        )  # fmt: skip
        assert (document.delivered.name, document.reference) == ("Skole sør", "90000")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("org_number", "821311633", "A digit in it must be wrong"),
        ("email", "nobody", "mail"),
        ("deliver_name", "", "Enter the name of the unit."),
        ("common_reference", "12", "12345"),
        ("name", "x" * 300, "120"),
    ],
)
def test_what_is_typed_wrong_is_told_and_kept(app: Flask, field: str, typed: str, words: str) -> None:
    a_centre_that_invoices()
    books = a_colleague(app, Role.FINANCE)
    status, page = saved(books, opened(books), **{field: typed})
    assert (status, words in page, typed in page) == (422, True, True)


def test_a_payer_that_there_is_not_has_no_page(app: Flask) -> None:
    a_centre_that_invoices()
    books = a_colleague(app, Role.FINANCE)
    assert books.post("/staff/invoices/payers", key="number:1").status_code == 404
    assert books.get("/staff/invoices/payers/999").status_code == 404
    assert books.get("/staff/invoices/payers/99999999999999999999").status_code == 404
