"""The payer's page: all of one payer and nothing of others; what a teacher sees of the bill; the link by mail."""

from __future__ import annotations

import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, select, update

from booking.agreements.prices import Pays
from booking.bookings.models import Booking
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.files import file_of, write_files
from booking.invoicing.frozen import from_kept
from booking.invoicing.issue import issue_all
from booking.invoicing.models import FileKind, Invoice, InvoicePayer
from booking.invoicing.payer.links import close_link, page_address
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.outbox.models import Promise
from booking.settings import settings_of
from booking.staff.models import Role
from tests.invoicing.owed import TOWN_NUMBER, a_centre_that_invoices, a_class, afterwards
from tests.visits.booked import Centre
from tests.web.browsing import Visitor, statements
from tests.web.staffing import a_colleague

ACTOR = "account:1"
SCHOOL_NUMBER = "974760673"


def issued(centre: Centre) -> list[int]:
    """All that is owed is invoiced and written; the invoices' ids."""
    db.session.rollback()
    keys = [receivable.key for receivable in open_receivables(centre.facts, clock.now())]
    done, refused = issue_all(keys, centre.facts, clock.now(), ACTOR)
    assert refused == []
    for invoice in done:
        write_files(invoice.invoice_id)
    return [invoice.invoice_id for invoice in done]


def page_of_number(app: Flask, org_number: str) -> str:
    """The path of a payer's page."""
    payer_id = db.session.scalars(select(InvoicePayer.id).where(InvoicePayer.key == f"number:{org_number}")).one()
    db.session.rollback()
    return page_address(payer_id, "en", settings_of(app), clock.now()).removeprefix(settings_of(app).public_url)


def text(browser: Visitor, path: str) -> str:
    """A page as one reads it: no-break spaces as spaces."""
    return browser.get(path).get_data(as_text=True).replace("\xa0", " ").replace("\u202f", " ")


def test_a_payer_sees_all_of_its_own_and_nothing_of_others(app: Flask, visitor: Visitor) -> None:
    centre = a_centre_that_invoices(pays=Pays.SHARE, percent=60)
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        ids = issued(centre)
        rows = {row.document["billed_to"]["org_number"]: row for row in db.session.scalars(select(Invoice))}
        town, school = rows[TOWN_NUMBER], rows[SCHOOL_NUMBER]
        assert len(ids) == 2
        numbers, kid = (str(town.number), str(school.number)), town.kid
        whole = from_kept(town.document).payable
        pdf, xml = file_of(town.id, FileKind.PDF), file_of(town.id, FileKind.XML)
        path = page_of_number(app, TOWN_NUMBER)
        page = text(visitor, path)
        assert all(words in page for words in (f"Invoice {numbers[0]}", kid, "Bergen kommune", "8601 11 17947"))
        assert numbers[1] not in page
        assert f"NOK {whole / 100:,.2f}".removesuffix(".00") in page
        assert visitor.get(f"{path}/{numbers[0]}.pdf").data == pdf
        assert visitor.get(f"{path}/{numbers[0]}.xml").data == xml
        long = [f"{'9' * digits}.pdf" for digits in (10, 18, 30)]
        for strange in (f"{numbers[1]}.pdf", f"{numbers[0]}.txt", f"{numbers[0]}", "1.pdf", "x.pdf", *long):
            assert visitor.get(f"{path}/{strange}").status_code == 404, strange


def test_what_is_paid_credited_overdue_and_paid_too_much_is_said(app: Flask, visitor: Visitor) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        (invoice_id,) = issued(centre)
        path = page_of_number(app, TOWN_NUMBER)
        whole = db.session.get_one(Invoice, invoice_id).payable
        assert ">to be paid<" in text(visitor, path)
        with unit_of_work():
            db.session.execute(update(Invoice).values(paid=100))
        assert ">part paid<" in text(visitor, path)
    with time_machine.travel(afterwards() + (afterwards() - clock.now()), tick=False):
        page = text(visitor, path)
        assert (">overdue<" in page, "is overdue" in page) == (True, True)
        with unit_of_work():
            db.session.execute(update(Invoice).values(paid=whole))
        page = text(visitor, path)
        assert (">paid<" in page, "Nothing is open" in page) == (True, True)
        credit(CreditOrder(invoice_id, CreditWanted(CreditExtent.ALL), "Feil", 0), centre.facts, clock.now(), ACTOR)
        page = text(visitor, path)
        assert all(words in page for words in (">credited<", "Paid too much", "Credit note", "Feil"))


def copies_of(invoice_id: int, many: int) -> None:
    """So many more open invoices to the same payer."""
    columns = [column.key for column in Invoice.__table__.columns if column.key != "id"]
    row = db.session.execute(
        select(*(getattr(Invoice, name) for name in columns)).where(Invoice.id == invoice_id)
    ).one()
    values = dict(row._mapping)
    rows = [
        values
        | {"number": row.number + n, "kid": f"{n:015}", "document": row.document | {"number": str(row.number + n)}}
        for n in range(1, many + 1)
    ]
    with unit_of_work():
        db.session.execute(insert(Invoice), rows)


def test_a_payer_of_very_many_sees_what_is_due_first_and_the_sum_of_all(app: Flask, visitor: Visitor) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        (invoice_id,) = issued(centre)
        row = db.session.get_one(Invoice, invoice_id)
        copies_of(invoice_id, 120)
        with statements() as seen:
            page = text(visitor, page_of_number(app, TOWN_NUMBER))
        assert page.count(">to be paid<") == 100
        assert f"Invoice {row.number}<" in page
        assert "More is to be paid than is shown here" in page
        assert f"NOK {row.payable * 121 / 100:,.2f}".removesuffix(".00") in page
        assert len(seen) < 20
        with unit_of_work():
            first = select(Invoice.id).order_by(Invoice.id).limit(21)
            db.session.execute(update(Invoice).where(Invoice.id.in_(first)).values(paid=Invoice.payable))
        page = text(visitor, page_of_number(app, TOWN_NUMBER))
        assert (page.count(">to be paid<"), "More is to be paid" in page) == (100, False)
        with unit_of_work():
            db.session.execute(update(Invoice).values(paid=Invoice.payable))
        page = text(visitor, page_of_number(app, TOWN_NUMBER))
        assert ("Nothing is open" in page, page.count(">paid<"), ">Older<" in page) == (True, 50, True)


def test_a_link_that_opens_nothing_says_how_to_get_a_new_one_and_nothing_of_anybody(
    app: Flask, visitor: Visitor
) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        issued(centre)
        path = page_of_number(app, TOWN_NUMBER)
        payer = db.session.scalars(select(InvoicePayer.id).where(InvoicePayer.key == f"number:{TOWN_NUMBER}")).one()
        with unit_of_work():
            close_link(payer, settings_of(app).secret_key, clock.now(), ACTOR)
        for wrong in (path, "/en/invoices/x", "/en/invoices/4BKC9RC7M7AWJB3W3C1D4JSVCV/10001.pdf"):
            answer = visitor.get(wrong)
            page = answer.get_data(as_text=True)
            assert answer.status_code == 404
            assert f"mailto:{centre.facts.email}" in page
            assert "a newer link has taken its place" in page
            assert "Bergen kommune" not in page
        assert "nyere" in visitor.get("/nb/invoices/x").get_data(as_text=True)


def test_the_page_is_kept_and_found_nowhere_and_a_wrong_link_opens_nothing(app: Flask, visitor: Visitor) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        issued(centre)
        answer = visitor.get(page_of_number(app, TOWN_NUMBER))
        told = [answer.headers[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")]
        assert told == ["no-store", "no-referrer", "noindex, nofollow"]
        for wrong in ("4BKC9RC7M7AWJB3W3C1D4JSVCV", "x", "4BKC9RC7M7AWJB3W3C1D4JSVCV/10001.pdf"):
            assert visitor.get(f"/nb/invoices/{wrong}").status_code == 404
        books = a_colleague(app, Role.FINANCE)
        for below in ("x", "3000000000", "9" * 18, "9" * 30):
            assert "Invoice 10001" in text(visitor, page_of_number(app, TOWN_NUMBER) + f"?below={below}")
            assert ">10001<" in text(books.browser, f"/staff/invoices?below={below}")


def test_a_teacher_reads_the_schools_own_invoice_and_is_told_of_the_municipalitys(app: Flask, visitor: Visitor) -> None:
    centre = a_centre_that_invoices(pays=Pays.SHARE, percent=60)
    booked = a_class(centre)
    path = f"/en/visit/{db.session.get_one(Booking, booked.booking_id).secret}"
    before = text(visitor, path)
    assert "After the visit there is an invoice to each: Bergen kommune, Solbakken skole." in before
    with time_machine.travel(afterwards(), tick=False):
        issued(centre)
        rows = {row.document["billed_to"]["org_number"]: row.number for row in db.session.scalars(select(Invoice))}
        town, school = rows[TOWN_NUMBER], rows[SCHOOL_NUMBER]
        page = text(visitor, path)
        assert re.search(rf"Invoice {town} to Bergen kommune, issued [^:]+: to be paid", page)
        assert f"Invoice {school} to Solbakken skole" in page
        assert "After the visit" not in page
        assert (f"{school}.pdf" in page, f"{town}.pdf" in page) == (True, False)
        assert visitor.get(f"{path}/invoice/{school}.pdf").data.startswith(b"%PDF")
        assert visitor.get(f"{path}/invoice/{town}.pdf").status_code == 404
        assert visitor.get(f"{path}/invoice/x").status_code == 404


def test_a_school_that_shares_its_owners_number_is_still_told_only_of_its_own_visit(
    app: Flask, visitor: Visitor
) -> None:
    centre = a_centre_that_invoices()
    booked = a_class(centre)
    secret = db.session.get_one(Booking, booked.booking_id).secret
    with time_machine.travel(afterwards(), tick=False):
        issued(centre)
        number = db.session.scalars(select(Invoice.number)).one()
        assert visitor.get(f"/en/visit/{secret}/invoice/{number}.pdf").status_code == 404


def test_finance_sends_the_link_and_the_letter_opens_the_page(app: Flask, visitor: Visitor) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        (invoice_id,) = issued(centre)
        books, home = a_colleague(app, Role.FINANCE), f"/staff/invoices/{invoice_id}"
        assert "Send the link" in text(books.browser, home)
        wrong = books.post(f"{home}/link", email="regnskap hos <b>", language="en")
        page = wrong.get_data(as_text=True)
        assert (wrong.status_code, 'value="regnskap hos &lt;b&gt;"' in page) == (422, True)
        assert "That does not look like an email address" in page
        for _twice in range(2):
            assert books.post(f"{home}/link", email="Regnskap@example.org", language="en").status_code == 303
        promised = db.session.scalars(select(Promise).where(Promise.kind == "mail.payer_link")).one()
        letter = messages.write(promised.kind, promised.id, promised.about, settings_of(app))
        assert letter is not None
        assert letter.recipient == "regnskap@example.org"
        (path,) = re.findall(r"https?://[^/\s]+(/en/invoices/\w+)", letter.text)
        assert "Bergen kommune" in text(visitor, path)
        assert books.post(f"{home}/link/replace").status_code == 303
        assert visitor.get(path).status_code == 404
        assert books.post(f"{home}/link/close").status_code == 303
        refused = books.post(f"{home}/link", email="regnskap@example.org", language="xx")
        assert (refused.status_code, "The link is closed" in refused.get_data(as_text=True)) == (409, True)
        assert messages.write(promised.kind, promised.id, promised.about, settings_of(app)) is None
        assert books.post("/staff/invoices/999/link", email="a@example.org").status_code == 404


def test_a_new_link_goes_to_the_same_mailbox_within_the_hour_and_so_does_another_language(app: Flask) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        (invoice_id,) = issued(centre)
        books, home = a_colleague(app, Role.FINANCE), f"/staff/invoices/{invoice_id}"
        langs = centre.facts.languages[:2]

        def letters() -> list[str]:
            db.session.rollback()
            sent = db.session.scalars(select(Promise).where(Promise.kind == "mail.payer_link").order_by(Promise.id))
            return [promised.about["lang"] for promised in sent]

        books.post(f"{home}/link", email="regnskap@example.org", language=langs[0])
        page_of_number(app, TOWN_NUMBER)  # the first letter is written
        books.post(f"{home}/link", email="regnskap@example.org", language=langs[0])
        assert letters() == [langs[0]]
        books.post(f"{home}/link", email="regnskap@example.org", language=langs[1])
        assert letters() == [langs[0], langs[1]]
        books.post(f"{home}/link/replace")
        books.post(f"{home}/link", email="regnskap@example.org", language=langs[0])
        assert letters() == [langs[0], langs[1], langs[0]]


@pytest.mark.parametrize("address", ["kari", "a@b@c", "@", "x" * 400, "=cmd|' /C calc'!A0", "\u202ea@example.org\n"])
def test_nonsense_for_an_address_is_refused_in_the_readers_language(app: Flask, address: str) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        (invoice_id,) = issued(centre)
        books = a_colleague(app, Role.FINANCE)
        answer = books.post(f"/staff/invoices/{invoice_id}/link", email=address, language="nb")
        assert answer.status_code in (303, 422)
