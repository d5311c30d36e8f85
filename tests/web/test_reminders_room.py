"""The room of reminders: steps and rates, a dispute on the invoice's page, and the list for the collector."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, select, update

from booking.invoicing.models import Invoice, InvoicePayer
from booking.invoicing.reminders.due import promise_due
from booking.invoicing.reminders.holds import hold
from booking.invoicing.reminders.models import HoldKind, InvoiceHold, LateRate, ReminderStep
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Account, Role
from tests.invoicing.owed import afterwards
from tests.invoicing.test_reminders import an_invoice, days_late, due_on, keep, promised
from tests.web.browsing import Visitor
from tests.web.staffing import a_colleague


def text(browser: Visitor, path: str) -> str:
    """A page as one reads it."""
    return browser.get(path).get_data(as_text=True).replace("\xa0", " ").replace("\u202f", " ")


def test_reminders_begin_with_the_first_step_and_rates_have_their_days(app: Flask) -> None:
    an_invoice(app)
    with unit_of_work():
        db.session.execute(delete(ReminderStep))
    boss = a_colleague(app, Role.ADMIN)
    assert "Nobody is reminded." in text(boss.browser, "/staff/invoices/reminders")
    step = {"number": "1", "days": "7", "pay_days": "14", "words-en": "Hello", "with_fee": "1"}
    assert boss.post("/staff/reminder-steps/new", **step).status_code == 303
    assert boss.post("/staff/reminder-steps/new", **step).status_code == 409
    rate = {"from_date": "2026-01-01", "interest": "12.25", "fee": "35"}
    assert boss.post("/staff/late-rates/new", **rate).status_code == 303
    page = text(boss.browser, "/staff/invoices/reminders")
    assert all(words in page for words in ("7 days after the invoice was due", "with a fee", "12.25", "NOK 35"))
    kept = db.session.scalars(select(LateRate)).one()
    assert (kept.interest, kept.fee) == (1225, 3_500)


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("reminder-steps", {"number": "0", "days": "7", "pay_days": "14"}),
        ("reminder-steps", {"number": "1", "days": "１２", "pay_days": "14"}),
        ("reminder-steps", {"number": "1", "days": "9" * 30, "pay_days": "x"}),
        ("reminder-steps", {"number": "1", "days": "7", "pay_days": "14", "words-nb": "=" * 601}),
        ("late-rates", {"from_date": "2026-02-30", "interest": "12", "fee": "0"}),
        ("late-rates", {"from_date": "2026-01-01", "interest": "101", "fee": "0"}),
        ("late-rates", {"from_date": "2026-01-01", "interest": "tolv", "fee": "-1"}),
        ("late-rates", {"from_date": "2026-01-01", "interest": "12", "fee": "999999999999"}),
    ],
)
def test_nonsense_in_steps_and_rates_is_refused_and_kept_as_typed(
    app: Flask, address: str, typed: dict[str, str]
) -> None:
    an_invoice(app)
    boss = a_colleague(app, Role.ADMIN)
    answer = boss.post(f"/staff/{address}/new", **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert all(f'value="{value}"' in page or value in page for value in typed.values())


def test_a_dispute_needs_a_reason_stands_on_the_page_and_ends(app: Flask) -> None:
    _centre, invoice_id = an_invoice(app)
    with time_machine.travel(afterwards(), tick=False):
        books, home = a_colleague(app, Role.FINANCE), f"/staff/invoices/{invoice_id}"
        for wrong in ("", "   ", "x" * 201):
            answer = books.post(f"{home}/dispute", reason=wrong)
            assert (answer.status_code, "Say why" in answer.get_data(as_text=True)) == (422, True)
        assert "x" * 201 in answer.get_data(as_text=True)
        assert books.post(f"{home}/dispute", reason="<b>Feil</b> klasse 🙂").status_code == 303
        page = text(books.browser, home)
        assert ("&lt;b&gt;Feil&lt;/b&gt; klasse 🙂" in page, ">disputed<" in page) == (True, True)
        assert books.post(f"{home}/dispute", reason="igjen").status_code == 409
        assert books.post(f"{home}/dispute/end").status_code == 303
        assert books.post(f"{home}/dispute/end").status_code == 409
        assert books.post(f"{home}/collector/end").status_code == 409
        assert books.post("/staff/invoices/999/dispute", reason="x").status_code == 404
        with unit_of_work():
            db.session.execute(update(Invoice).values(paid=Invoice.payable))
        answer = books.post(f"{home}/dispute", reason="for sent")
        assert (answer.status_code, "Nothing of it is open." in answer.get_data(as_text=True)) == (409, True)


def test_the_list_for_the_collector_is_read_as_a_file_and_marked(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    for days in (7, 21):
        with days_late(invoice_id, days) as now:
            promise_due(centre.facts, now)
            keep(app, promised()[-1])
    with days_late(invoice_id, 40):
        books = a_colleague(app, Role.FINANCE)
        assert "Bergen kommune" in text(books.browser, "/staff/invoices/collector")
        answer = books.post("/staff/invoices/collector/export", which="ready", format="csv")
        (heads, row) = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))[:2]
        line = dict(zip(heads, row, strict=True))
        kid = db.session.get_one(Invoice, invoice_id).kid
        assert (line["Payer"], line["KID"].strip("'"), line["Invoice"]) == ("Bergen kommune", kid, "10001")
        excel = books.post("/staff/invoices/collector/export", which="ready", format="xlsx")
        sheet = load_workbook(io.BytesIO(excel.data)).active
        assert sheet is not None
        assert kid in [cell.value for rows in sheet.iter_rows() for cell in rows]
        assert books.post("/staff/invoices/collector/export", which="x", format="csv").status_code == 404
        assert books.post("/staff/invoices/collector", invoice="x").status_code == 422
        assert books.post("/staff/invoices/collector", invoice=str(invoice_id)).status_code == 303
        page = text(books.browser, "/staff/invoices/collector")
        assert ("1 invoice is with the collector." in page, "With the collector" in page) == (True, True)
        assert "with the collector" in text(books.browser, f"/staff/invoices/{invoice_id}")
        assert books.post(f"/staff/invoices/{invoice_id}/collector/end").status_code == 303
        db.session.rollback()
        assert db.session.scalars(select(InvoiceHold.ended_at)).one() == clock.now()


def test_the_page_says_who_is_reminded_next_and_when_and_what_holds_one_back(app: Flask) -> None:
    _centre, invoice_id = an_invoice(app)
    room = "/staff/invoices/reminders"
    with days_late(invoice_id, 1):
        books = a_colleague(app, Role.FINANCE)
        on = wording_of(invoice_id)
        page = text(books.browser, room)
        coming = page.split("<h2>Next reminders</h2>")[1].split("</section>")[0]
        assert all(words in coming for words in ("Bergen kommune", on, "Reminder 1", f"/staff/invoices/{invoice_id}"))
        assert "Held back" not in page
        with unit_of_work():
            hold(invoice_id, HoldKind.DISPUTED, "Feil klasse", clock.now(), "account:1")
        page = text(books.browser, room)
        held = page.split("<h2>Held back</h2>")[1].split("</section>")[0]
        assert all(words in held for words in ("disputed: Feil klasse", on))
        assert "None: no invoice is open" in page
        for nonsense in ("x", "9" * 40, "-1"):
            assert books.browser.get(f"{room}?after_coming={nonsense}").status_code == 200


def wording_of(invoice_id: int) -> str:
    """The day of the first reminder, as the page writes it."""
    on = due_on(invoice_id) + timedelta(days=7)
    return f"{on.day} {on:%b} {on.year}"


def test_overdue_invoices_with_nobody_to_write_to_are_listed_with_the_way_to_the_payer(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    room, told = "/staff/invoices/reminders", "Nobody to write to"
    with days_late(invoice_id, 8) as now:
        books = a_colleague(app, Role.FINANCE)
        assert told not in text(books.browser, room)
        with unit_of_work():
            db.session.execute(update(InvoicePayer).values(email=""))
        assert promise_due(centre.facts, now) == 0
        page = text(books.browser, room)
        payer_id = db.session.get_one(Invoice, invoice_id).payer_id
        ways = [
            f'href="/staff/invoices/payers/{payer_id}">Bergen kommune<',
            f'href="/staff/invoices/{invoice_id}">10001<',
        ]
        assert [told in page, *(way in page for way in ways)] == [True, True, True]
        assert books.browser.get(f"/staff/invoices/payers/{payer_id}").status_code == 200
        with unit_of_work():
            hold(invoice_id, HoldKind.DISPUTED, "Feil", now, "account:1")
        assert told not in text(books.browser, room)
    with days_late(invoice_id, 6), unit_of_work():
        db.session.execute(delete(InvoiceHold))
    with days_late(invoice_id, 6):
        assert told not in text(books.browser, room)


def test_who_booked_and_pays_is_somebody_to_write_to(app: Flask) -> None:
    _centre, invoice_id = an_invoice(app, active=False)
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=""))
    with days_late(invoice_id, 8):
        books = a_colleague(app, Role.FINANCE)
        assert "Nobody to write to" not in text(books.browser, "/staff/invoices/reminders")


def test_nonsense_is_refused_in_norwegian_and_kept(app: Flask) -> None:
    _centre, invoice_id = an_invoice(app)
    with time_machine.travel(afterwards(), tick=False):
        boss, home = a_colleague(app, Role.ADMIN), f"/staff/invoices/{invoice_id}"
        with unit_of_work():
            db.session.execute(update(Account).values(lang="nb"))
        told = {
            f"{home}/dispute": ({"reason": ""}, "Skriv hvorfor, med høyst 200 tegn."),
            f"{home}/link": ({"email": "<b>regnskap"}, "&lt;b&gt;regnskap"),
            "/staff/invoices/collector": ({"invoice": "=1+1"}, "Merk det som er overført."),
            "/staff/late-rates/new": ({"from_date": "2026-01-01", "interest": "101", "fee": "0"}, "Høyst 100."),
        }
        for address, (typed, words) in told.items():
            answer = boss.post(address, **typed)
            page = answer.get_data(as_text=True).replace("\xa0", " ")
            assert (answer.status_code, words in page) == (422, True), address
