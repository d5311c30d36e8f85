"""The room of invoices: what is ready, what waits and why, one press that issues, and the papers."""

from __future__ import annotations

import re
from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from booking.agreements.models import Agreement
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.files import write_files
from booking.invoicing.issue import issue_all
from booking.invoicing.models import Collective, Invoice, InvoicePayer, InvoiceRules
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from tests.invoicing.owed import TOWN_NUMBER, a_centre_that_invoices, a_class, afterwards, that_evening
from tests.web.staffing import Colleague, a_colleague


def the_accountant(app: Flask) -> Colleague:
    """Somebody of the books, signed in."""
    return a_colleague(app, Role.FINANCE)


def text(somebody: Colleague, path: str) -> str:
    """A page as it comes, its no-break spaces as spaces."""
    return somebody.get(path).get_data(as_text=True).replace("\xa0", " ")


def keys(page: str) -> list[str]:
    """The receivables that can be marked."""
    return re.findall(r'name="receivable" value="([^"]+)"', page)


def test_the_accountant_issues_what_is_ready_and_reads_its_paper(app: Flask) -> None:
    a_class(a_centre_that_invoices())
    with time_machine.travel(afterwards(), tick=False):
        books = the_accountant(app)
        page = text(books, "/staff/invoices")
        (key,) = keys(page)
        done = books.post("/staff/invoices/issue", receivable=key)
        assert (done.status_code, done.headers["Location"]) == (303, "/staff/invoices")
        page = text(books, "/staff/invoices")
        assert ("1 invoice issued." in page, keys(page), "10001" in page) == (True, [], True)
        invoice_id = db.session.scalars(select(Invoice.id)).one()
        assert "being made" in text(books, f"/staff/invoices/{invoice_id}")
        write_files(invoice_id)
        shown = text(books, f"/staff/invoices/{invoice_id}")
        assert all(words in shown for words in ("Invoice 10001", "Bergen kommune", "Solbakken skole", "12345"))
        assert books.get(f"/staff/invoices/{invoice_id}/as/pdf").data.startswith(b"%PDF")
        assert b"BuyerReference>12345<" in books.get(f"/staff/invoices/{invoice_id}/as/xml").data


def test_the_same_press_twice_issues_once_and_says_so(app: Flask) -> None:
    a_class(a_centre_that_invoices())
    with time_machine.travel(afterwards(), tick=False):
        books = the_accountant(app)
        (key,) = keys(text(books, "/staff/invoices"))
        books.post("/staff/invoices/issue", receivable=key)
        again = books.post("/staff/invoices/issue", receivable=key)
        assert (again.status_code, "Somebody has invoiced it already" in again.get_data(as_text=True)) == (409, True)
        assert len(db.session.scalars(select(Invoice.id)).all()) == 1


def test_what_waits_stands_by_itself_with_its_reason(app: Flask) -> None:
    a_class(a_centre_that_invoices())
    with unit_of_work():
        db.session.execute(update(Agreement).values(org_number=""))
    with time_machine.travel(afterwards(), tick=False):
        page = text(the_accountant(app), "/staff/invoices")
        assert (keys(page), "the payer has no organisation number" in page) == ([], True)


def test_an_invoice_that_should_have_gone_out_is_marked(app: Flask) -> None:
    a_class(a_centre_that_invoices())
    with time_machine.travel(afterwards(), tick=False):
        books = the_accountant(app)
        assert ">late<" not in text(books, "/staff/invoices")
        with unit_of_work():
            db.session.execute(update(InvoiceRules).values(latest_days=5))
        assert ">late<" in text(books, "/staff/invoices")


def test_nothing_marked_and_nonsense_are_said_plainly(app: Flask) -> None:
    a_centre_that_invoices()
    books = the_accountant(app)
    for typed in (dict[str, str](), {"receivable": "nonsense"}, {"receivable": "visit:x"}, {"receivable": "visit:"}):
        answer = books.post("/staff/invoices/issue", **typed)
        assert (answer.status_code, "Mark what is to be invoiced." in answer.get_data(as_text=True)) == (422, True)
    assert books.post("/staff/invoices/issue", receivable="visit:999:0").status_code == 409
    assert books.get("/staff/invoices/999").status_code == 404
    assert books.get("/staff/invoices/999/as/pdf").status_code == 404


def test_without_an_account_the_page_says_what_is_missing(app: Flask) -> None:
    a_class(a_centre_that_invoices())
    with unit_of_work():
        db.session.execute(delete(InvoiceRules))
    with time_machine.travel(afterwards(), tick=False):
        page = text(the_accountant(app), "/staff/invoices")
        assert (keys(page), "the account and address of the centre are missing" in page) == ([], True)


def test_the_rules_are_set_up_once_and_an_account_is_kept_as_an_iban(app: Flask) -> None:
    a_centre_that_invoices()
    with unit_of_work():
        db.session.execute(delete(InvoiceRules))
    boss = a_colleague(app, Role.ADMIN)
    assert "Set up invoices" in text(boss, "/staff/invoices")
    typed = {
        "account": "8601 11 17947", "bic": "DNBANOKK", "street": "Kaien 1", "postcode": "5003", "town": "Bergen",
        "scheme": "0192", "vat_number": "987654325MVA", "registered_in": "Foretaksregisteret",
        "exempt_reason-en": "Teaching", "exempt_code": "6", "pay_days": "14", "latest_days": "28",
        "timing": "on_booking",
    }  # fmt: skip
    wrong = boss.post("/staff/invoices/rules", **(typed | {"account": "8601 11 17948", "bic": "DNB"}))
    page = wrong.get_data(as_text=True)
    assert (wrong.status_code, "This is no account number" in page, "A BIC has eight" in page) == (422, True, True)
    assert "8601 11 17948" in page
    assert boss.post("/staff/invoices/rules", **typed).status_code == 303
    rules = db.session.scalars(select(InvoiceRules)).one()
    assert (rules.account, rules.pay_days, rules.exempt_reason["en"]) == ("NO9386011117947", 14, "Teaching")


def test_what_was_credited_is_not_marked_to_be_issued_again_by_itself(app: Flask) -> None:
    centre = a_centre_that_invoices()
    booked = a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        books = the_accountant(app)
        (key,) = keys(text(books, "/staff/invoices"))
        assert f'value="{key}" checked' in text(books, "/staff/invoices")
        (invoice,), _refusals = issue_all([key], centre.facts, clock.now(), "account:1")
        order = CreditOrder(invoice.invoice_id, CreditWanted(CreditExtent.ALL), "Feil mottaker", 0)
        credit(order, centre.facts, clock.now(), "account:1")
        page = text(books, "/staff/invoices")
        assert (keys(page), "checked" in page, "credited before" in page) == ([key], False, True)
        assert f"/staff/invoices/{invoice.invoice_id}" in text(books, f"/staff/bookings/{booked.booking_id}")


def test_a_collective_invoice_is_one_row_that_is_not_marked_while_its_month_goes_on(app: Flask) -> None:
    centre = a_centre_that_invoices()
    for name in ("6A", "6B"):
        a_class(centre, name)
    with unit_of_work():
        db.session.add(InvoicePayer(key=f"number:{TOWN_NUMBER}", collective=Collective.MONTH))
    with time_machine.travel(that_evening(), tick=False):
        page = text(the_accountant(app), "/staff/invoices")
        (value,) = keys(page)
        assert ("2 visits" in page, "collective, at latest" in page, f'value="{value}" checked' in page) == (
            True, True, False,
        )  # fmt: skip
    with time_machine.travel(that_evening() + timedelta(days=31), tick=False):  # in the next month
        books = the_accountant(app)
        page = text(books, "/staff/invoices")
        assert f'value="{value}" checked' in page
        assert books.post("/staff/invoices/issue", receivable=value).status_code == 303
        assert "1 invoice issued." in text(books, "/staff/invoices")
        again = books.post("/staff/invoices/issue", receivable=value).get_data(as_text=True)
        assert "Somebody has invoiced it already: invoice 10001." in again


def test_what_must_go_out_within_days_says_until_when(app: Flask) -> None:
    a_class(a_centre_that_invoices())
    with time_machine.travel(that_evening() + timedelta(days=15), tick=False):
        books = the_accountant(app)
        with unit_of_work():
            db.session.execute(update(InvoiceRules).values(latest_days=18))
        page = text(books, "/staff/invoices")
        assert ("at latest" in page, ">late<" in page) == (True, False)


def test_what_waits_for_the_payers_number_leads_to_the_payer(app: Flask) -> None:
    a_class(a_centre_that_invoices())
    with unit_of_work():
        db.session.execute(update(Agreement).values(org_number=""))
    with time_machine.travel(afterwards(), tick=False):
        books = the_accountant(app)
        (key,) = re.findall(r'name="key" value="([^"]+)">Put it right at the payer', text(books, "/staff/invoices"))
        opened = books.post("/staff/invoices/payers", key=key)
        assert (opened.status_code, "Organisation number" in text(books, opened.headers["Location"])) == (303, True)
