"""A batch of invoices is shown before it is issued: by payer, with what waits, and once however often it is pressed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.prices import Pays
from booking.invoicing.models import Collective, Invoice, InvoicePayer
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from booking.visits.models import Visit, VisitDue
from booking.web.admin.money import batch
from booking.web.admin.money import invoices as room
from tests.invoicing.owed import TOWN_NUMBER, a_centre_that_invoices, a_class, afterwards, that_evening
from tests.web.staffing import Colleague, a_colleague
from tests.web.test_invoices_room import keys, text


@pytest.fixture
def books(app: Flask) -> Iterator[Colleague]:
    """Somebody of the books, after three classes whose town pays 60 % have been; one has no right reference."""
    centre = a_centre_that_invoices(pays=Pays.SHARE, percent=60)
    booked = [a_class(centre, name) for name in ("6A", "6B", "6C")]
    with unit_of_work():
        wrong = update(Visit).where(Visit.booking_id == booked[2].booking_id)
        db.session.execute(wrong.values(invoice_reference="12"))
    with time_machine.travel(afterwards(), tick=False):
        yield a_colleague(app, Role.FINANCE)


def preview(books: Colleague, **form: str | list[str]) -> str:
    """What the page of a batch says."""
    answer = books.browser.post("/staff/invoices/batch", form)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def pressed(books: Colleague, page: str) -> tuple[int, str]:
    """The button of a preview is pressed."""
    sums = re.findall(r'name="gross" value="([0-9]+)"', page)
    answer = books.browser.post("/staff/invoices/issue", {"receivable": keys(page), "gross": sums})
    return answer.status_code, answer.get_data(as_text=True)


def numbers() -> list[int]:
    """What was issued."""
    db.session.rollback()
    return list(db.session.scalars(select(Invoice.number).order_by(Invoice.number)))


def test_a_batch_says_how_many_documents_of_whom_and_for_how_much(books: Colleague) -> None:
    marked = keys(text(books, "/staff/invoices"))
    page = " ".join(re.sub(r"<[^>]+>", " ", preview(books, receivable=marked)).split())
    assert "Issue 4 invoices" in page
    assert re.search(r"Bergen kommune 964338531 2 2 ", page)
    assert re.search(r"Solbakken skole 974760673 2 2 ", page)


def test_what_waits_is_told_beside_what_goes_out_and_waits_on(books: Colleague) -> None:
    with unit_of_work():
        waiting = [f"visit:{booking_id}:0" for booking_id in db.session.scalars(select(Visit.booking_id))]
    page = preview(books, receivable=waiting)
    assert ("Issue 2 invoices" in page, "the reference is not of the payer" in page) == (True, True)
    assert pressed(books, page)[0] == 303
    assert len(numbers()) == 2


def test_the_same_press_twice_issues_once_and_the_second_is_told_the_numbers(books: Colleague) -> None:
    page = preview(books, receivable=keys(text(books, "/staff/invoices")))
    assert pressed(books, page)[0] == 303
    status, told = pressed(books, page)
    assert (status, numbers()) == (409, [10001, 10002, 10003, 10004])
    assert all(f"already: invoice {number}." in told for number in numbers())


def test_what_somebody_else_issued_since_the_preview_is_told_and_the_rest_goes_out(books: Colleague) -> None:
    marked = keys(text(books, "/staff/invoices"))
    page = preview(books, receivable=marked)
    books.post("/staff/invoices/issue", receivable=marked[0])
    assert pressed(books, page)[0] == 303
    assert "already: invoice 10001." in text(books, "/staff/invoices")
    assert numbers() == [10001, 10002, 10003, 10004]
    gone = preview(books, receivable=marked)
    assert ("None of it can be issued now" in gone, "already: invoice 10004." in gone) == (True, True)


def test_a_sum_that_is_another_than_was_shown_is_not_issued(books: Colleague) -> None:
    page = preview(books, receivable=keys(text(books, "/staff/invoices")))
    with unit_of_work():
        db.session.execute(update(VisitDue).where(VisitDue.visit_id == 1).values(amount=VisitDue.amount - 100))
    assert pressed(books, page)[0] == 303
    assert len(numbers()) == 2
    assert "Something has changed since it was shown" in text(books, "/staff/invoices")


def test_one_press_shows_all_that_goes_out_however_many_the_list_shows(
    books: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_ROWS", 1)
    monkeypatch.setattr(batch, "MOST_DOCUMENTS", 3)
    page = text(books, "/staff/invoices")
    assert (len(keys(page)), "Look at all that go out (4)" in page, "1 more waits." in page) == (1, True, True)
    assert keys(text(books, "/staff/invoices?beyond=1")) != keys(page)
    shown = preview(books, all="y")
    assert ("Issue 3 invoices" in shown, "1 more is left for the next press." in shown) == (True, True)
    assert pressed(books, shown)[0] == 303
    assert len(numbers()) == 3


def test_all_leaves_out_what_still_gathers(books: Colleague) -> None:
    with unit_of_work():
        db.session.add(InvoicePayer(key=f"number:{TOWN_NUMBER}", collective=Collective.MONTH))
    with time_machine.travel(that_evening(), tick=False):
        assert "Issue 2 invoices" in preview(books, all="y")


def test_nothing_marked_is_said_plainly(books: Colleague) -> None:
    for typed in ({}, {"receivable": "nonsense visit:x"}, {"receivable": "visit:" + "9" * 40}):
        answer = books.post("/staff/invoices/batch", **typed)
        assert (answer.status_code, "Mark what is to be invoiced." in answer.get_data(as_text=True)) == (422, True)
    assert "None of it can be issued now" in preview(books, receivable="visit:999:0")
