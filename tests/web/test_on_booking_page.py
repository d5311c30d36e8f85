"""What the office sees of a class that is invoiced before it comes, and what it ticks so that it may be."""

from __future__ import annotations

import re

import time_machine
from flask import Flask
from sqlalchemy import select

from booking.agreements.heads import ClassHeads
from booking.catalogue.models import Activity, Kind
from booking.invoicing.files import write_files
from booking.invoicing.models import Invoice, InvoicePayer, InvoiceTiming
from booking.kernel.database import db
from booking.running.check import breaches
from booking.staff.models import Role
from tests.invoicing.ahead import a_centre_that_invoices_on_booking, a_class_for_the_exhibition, come_as
from tests.invoicing.owed import TOWN_NUMBER, a_class, afterwards
from tests.reckoning.counted import count
from tests.reckoning.test_counted_after_invoice import invoiced_on_booking
from tests.web.staffing import a_colleague
from tests.web.test_invoices_room import keys, text
from tests.web.test_payers_page import opened, saved


def test_a_class_that_is_to_come_is_issued_and_what_changes_afterwards_is_put_right_from_its_page(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    booking_id = a_class_for_the_exhibition(centre).booking_id
    a_class(centre, "6B")  # for a programme
    books = a_colleague(app, Role.FINANCE)
    page = text(books, "/staff/invoices")
    (key,) = keys(page)
    assert "before the visit" in page
    assert "not all of it is admission" in page.split("1 visit waits for its day</summary>")[1].split("</details>")[0]
    assert "do not claim" not in page
    assert "Nothing" not in text(books, f"/staff/invoices/let-go?receivable={key}").split("<h1>")[0]
    assert books.post("/staff/invoices/issue", receivable=key).status_code == 303
    invoice = db.session.scalars(select(Invoice)).one()
    write_files(invoice.id)
    address = f"/staff/invoices/{invoice.id}"
    assert "invoiced in advance" in text(books, address)
    xml = books.get(f"{address}/as/xml").data
    assert f"ActualDeliveryDate>{centre.on}<".encode() in xml
    assert b"invoiced in advance" in xml
    assert "otherwise than the invoice" not in text(books, address)

    come_as(booking_id, 20, centre)
    assert "changed since" in text(books, "/staff/invoices")
    page = text(books, address)
    assert "NOK 2,640 → NOK 2,200" in page
    assert re.search(r'href="[^"]*credit\?extent=sum&amp;amount=440.00', page)
    come_as(booking_id, 26, centre)
    page = text(books, address)
    assert "Credit all of it and invoice anew" in page
    assert "NOK 220 more is owed." in page
    assert "it costs more than its invoice" in text(books, "/staff/invoices")
    assert "besides it" not in page
    assert books.post(f"{address}/more").status_code == 303
    assert "which may change until it is over and counted" in text(books, address)
    assert books.post("/staff/invoices/999999/more").status_code == 404
    assert books.post(f"{address}/leave").status_code == 303
    assert "otherwise than the invoice" not in text(books, address)
    assert "changed since" not in text(books, "/staff/invoices")
    assert books.post("/staff/invoices/999999/leave").status_code == 404
    assert breaches() == []


def test_the_office_ticks_what_is_admission_and_reads_what_the_law_says(app: Flask) -> None:
    a_centre_that_invoices_on_booking()
    boss = a_colleague(app, Role.ADMIN)
    lunch, entry = (
        db.session.scalars(select(Activity.id).where(Activity.kind == kind)).one()
        for kind in (Kind.LUNCH, Kind.ADMISSION)
    )
    assert "bokføringsforskriften § 5-2-6" in text(boss, f"/staff/activities/{entry}")
    page = text(boss, f"/staff/activities/{lunch}")
    typed = dict(re.findall(r'name="([a-z_-]+)" [^>]*value="([^"]*)"', page)) | {"kind": "lunch", "invoiced_ahead": "y"}
    refused = boss.post(f"/staff/activities/{lunch}", **typed)
    assert (refused.status_code, "are not admission" in refused.get_data(as_text=True)) == (422, True)


def test_a_payer_is_invoiced_on_booking_by_its_own_page(app: Flask) -> None:
    centre = a_centre_that_invoices_on_booking()
    a_class_for_the_exhibition(centre)
    books = a_colleague(app, Role.FINANCE)
    address = opened(books)
    for timing in ("after", "on_booking", ""):
        saved(books, address, timing=timing, collective="none")
        db.session.rollback()
        kept = db.session.scalars(select(InvoicePayer.timing).where(InvoicePayer.key == f"number:{TOWN_NUMBER}")).one()
        assert kept == (InvoiceTiming(timing) if timing else None)
        assert len(keys(text(books, "/staff/invoices"))) == (0 if timing == "after" else 1)


def test_what_came_more_than_was_invoiced_is_invoiced_besides_it_from_its_page(app: Flask) -> None:
    centre, booking_id, invoice = invoiced_on_booking(pupils=20)
    count(centre, booking_id, ClassHeads(23, 2), more=3)
    with time_machine.travel(afterwards(), tick=False):
        books, address = a_colleague(app, Role.FINANCE), f"/staff/invoices/{invoice.invoice_id}"
        assert "Invoice NOK 330 besides it" in text(books, address)
        shown = books.post(f"{address}/more").get_data(as_text=True).replace("\xa0", " ")
        assert f"Addition to invoice {invoice.number}, booking " in shown
        assert "Issue NOK 330" in shown
        assert "besides it" in text(books, address)  # nothing was issued
        other = books.post(f"{address}/more", gross="22000")
        assert (other.status_code, "as it stands now" in other.get_data(as_text=True)) == (409, True)
        assert [row.id for row in db.session.scalars(select(Invoice))] == [invoice.invoice_id]
        db.session.rollback()
        done = books.post(f"{address}/more", gross="33000")
        assert done.status_code == 303
        assert "besides it" not in text(books, address)
        assert f"Addition to invoice {invoice.number}" in text(books, done.location)
        assert books.post(f"{address}/more").status_code == 303
        assert "Nothing more is owed for it." in text(books, address)
