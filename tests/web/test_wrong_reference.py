"""From a wrong reference to a paid invoice, as a newcomer of finance goes: each page leads to the next."""

from __future__ import annotations

import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from booking.invoicing.models import Invoice
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.states import DeliveryState
from booking.invoicing.sending.wanting import how_many_want_a_person
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.settings import settings_of
from booking.staff.models import Role
from tests.invoicing.owed import a_centre_that_invoices, afterwards
from tests.invoicing.sending.sent import an_issued_invoice
from tests.web.browsing import Visitor
from tests.web.staffing import Colleague, a_colleague, hidden


@pytest.fixture
def refused(app: Flask) -> int:
    """An invoice that the payer's system sent back."""
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(settings_of(app), centre)
    with unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(state=DeliveryState.REFUSED, said="Ukjent referanse: 12345"))
    return invoice_id


def link(page: str, words: str) -> str:
    """Where the link with these words leads."""
    links: list[tuple[str, str]] = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>([^<]*)</a>', page)
    (way,) = [way for way, text in links if words in text.strip()]
    return way.replace("&amp;", "&").partition("#")[0]


def read(books: Colleague, path: str) -> str:
    return books.get(path).get_data(as_text=True)


def test_each_page_leads_to_the_next_and_nothing_wants_a_person_in_the_end(app: Flask, refused: int) -> None:
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        wants = read(books, link(read(books, "/staff/invoices"), "on its way to the payer needs attention"))
        page = read(books, link(wants, "10001"))
        assert "Ukjent referanse: 12345" in page
        address = link(page, "Reference of")
        form = read(books, address)
        came_from = re.findall(r'name="invoice" value="(\d+)"', form)
        assert came_from == [str(refused)]
        saved = books.post(address.partition("?")[0], reference="54321", order_number="", invoice=came_from[0])
        assert saved.headers["Location"] == f"/staff/invoices/{refused}#delivery"
        page = read(books, saved.headers["Location"].partition("#")[0])
        assert "Now credit the invoice and invoice anew." in page
        ready = books.get(link(page, "Credit and invoice anew"))
        assert 'value="Wrong reference or payer"' in ready.get_data(as_text=True)
        seen = {name: hidden(ready, name) for name in ("credited", "gross")}
        typed = {"extent": "all", "reason": "Wrong reference or payer"} | seen
        done = books.post(f"/staff/invoices/{refused}/credit", press="anew", **typed)
        assert done.status_code == 303
        db.session.rollback()
        newest = db.session.scalars(select(Invoice).order_by(Invoice.number.desc()).limit(1)).one()
        assert (newest.number, newest.document["reference"]) == (10_003, "54321")
        assert how_many_want_a_person(clock.now(), clock.now().date()) == 0


def test_whoever_credits_an_invoice_that_was_not_refused_is_led_to_its_reference_and_back(
    app: Flask, refused: int
) -> None:
    with unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(state=DeliveryState.SENT))
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        address = f"/staff/invoices/{refused}/credit"
        page = read(books, f"{address}?extent=all&reason=Feil")
        assert 'href="/staff/invoices/payers/' in page
        form = link(page, "Reference of")
        saved = books.post(form.partition("?")[0], reference="54321", order_number="", invoice=str(refused))
        assert saved.headers["Location"] == f"{address}?extent=all"


def test_an_invoice_of_another_booking_is_nowhere_to_go_back_to(app: Flask, refused: int) -> None:
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        booking = link(read(books, f"/staff/invoices/{refused}"), "Reference of").partition("?")[0]
        for nonsense in ("999", "x", "", "9" * 40):
            done = books.post(booking, reference="54321", order_number="", invoice=nonsense)
            assert done.headers["Location"] == booking.removesuffix("/references")
    assert Visitor(app.test_client()).get(booking).status_code != 200
