"""Crediting an invoice on its page: what it comes to is shown first, and what was shown is what is issued."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from booking.agreements.models import Agreement
from booking.centre.facts import the_centre
from booking.invoicing.issue import issue
from booking.invoicing.models import Invoice
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from booking.visits.models import Visit
from booking.web.admin.money import credit as credit_page
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.web.browsing import words
from tests.web.staffing import Colleague, a_colleague, hidden


@pytest.fixture
def invoice_id(app: Flask) -> Iterator[int]:
    """A class that came and was invoiced; now is after it."""
    a_class(a_centre_that_invoices())
    with time_machine.travel(afterwards(), tick=False):
        db.session.rollback()
        (receivable,) = open_receivables(the_centre(), clock.now())
        yield issue(receivable.key, the_centre(), clock.now(), "account:1").invoice_id


@pytest.fixture
def books(app: Flask, invoice_id: int) -> Colleague:
    """Somebody of the books, signed in."""
    return a_colleague(app, Role.FINANCE)


def address(invoice_id: int) -> str:
    """Where an invoice is credited."""
    return f"/staff/invoices/{invoice_id}/credit"


def shown_and_pressed(books: Colleague, invoice_id: int, press: str = "issue", **typed: str) -> TestResponse:
    """What it comes to is shown, then the button beneath it is pressed."""
    typed = {"extent": "all", "reason": "Feil mottaker"} | typed
    shown = books.post(address(invoice_id), press="show", **typed)
    seen = {name: hidden(shown, name) for name in ("credited", "gross")}
    return books.post(address(invoice_id), press=press, **(typed | seen))


def documents() -> list[tuple[int, str, int, int]]:
    """Number, kind, sum and what is credited, of each."""
    db.session.rollback()
    rows = db.session.execute(
        select(Invoice.number, Invoice.kind, Invoice.payable, Invoice.credited).order_by(Invoice.number)
    )
    return [(number, kind.value, payable, credited) for number, kind, payable, credited in rows]


def whole() -> int:
    """What the invoice comes to."""
    return documents()[0][2]


def test_an_invoice_is_credited_whole_and_its_page_leads_to_the_note_and_back(
    books: Colleague, invoice_id: int
) -> None:
    assert f'href="{address(invoice_id)}"' in books.get(f"/staff/invoices/{invoice_id}").get_data(as_text=True)
    answer = shown_and_pressed(books, invoice_id)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/staff/invoices/{invoice_id}")
    gross = whole()
    assert documents() == [(10001, "invoice", gross, gross), (10002, "credit_note", gross, 0)]
    page = books.get(f"/staff/invoices/{invoice_id}").get_data(as_text=True)
    assert all(text in page for text in ("Credit note 10002 issued", "Credit notes", "Feil mottaker"))
    assert address(invoice_id) not in page
    (note_id,) = re.findall(r'href="/staff/invoices/(\d+)">10002<', page)
    note = books.get(f"/staff/invoices/{note_id}").get_data(as_text=True)
    assert f'href="/staff/invoices/{invoice_id}">10001<' in note
    assert "KID" not in note


def test_what_it_comes_to_is_shown_and_nothing_is_issued_yet(books: Colleague, invoice_id: int) -> None:
    shown = books.post(address(invoice_id), press="show", extent="sum", amount="112", reason="Avslag")
    page = shown.get_data(as_text=True)
    assert (shown.status_code, "What it comes to" in page, hidden(shown, "gross")) == (200, True, "11200")
    assert all(sum_shown in words(shown).replace("\xa0", " ") for sum_shown in ("NOK 100", "NOK 12", "NOK 112"))
    assert ('value="112"' in page, 'value="Avslag"' in page, len(documents())) == (True, True, 1)


def test_enter_in_a_field_shows_and_does_not_issue(books: Colleague, invoice_id: int) -> None:
    page = books.post(address(invoice_id), press="show", extent="all", reason="Avslag").get_data(as_text=True)
    assert re.findall(r'name="press" value="(\w+)"', page)[0] == "show"


def test_a_line_is_credited_by_its_name(books: Colleague, invoice_id: int) -> None:
    assert shown_and_pressed(books, invoice_id, extent="lines", line="0").status_code == 303
    assert documents()[0][3] == whole()


def test_a_line_of_which_a_sum_was_credited_cannot_be_marked(books: Colleague, invoice_id: int) -> None:
    shown_and_pressed(books, invoice_id, extent="sum", amount="1")
    page = books.get(address(invoice_id)).get_data(as_text=True)
    assert re.search(r'name="line" value="0" disabled', page)
    again = books.post(address(invoice_id), press="show", extent="lines", line="0", reason="Avslag")
    assert (again.status_code, "is credited already" in again.get_data(as_text=True)) == (409, True)


def test_a_button_pressed_before_the_sum_was_shown_shows_it(books: Colleague, invoice_id: int) -> None:
    for seen in (dict[str, str](), {"credited": "0", "gross": "100"}, {"credited": "x", "gross": "-1"}):
        answer = books.post(address(invoice_id), press="issue", extent="all", reason="Feil", **seen)
        assert (answer.status_code, "Look at it" in answer.get_data(as_text=True)) == (409, True)
    assert len(documents()) == 1


def test_the_same_press_twice_credits_once_and_says_so(books: Colleague, invoice_id: int) -> None:
    typed = {"extent": "sum", "amount": "100", "reason": "Avslag", "credited": "0", "gross": "10000"}
    assert books.post(address(invoice_id), press="issue", **typed).status_code == 303
    again = books.post(address(invoice_id), press="issue", **typed)
    assert (again.status_code, "as it stands now" in again.get_data(as_text=True)) == (409, True)
    assert documents()[0][3] == 10_000


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"extent": "all", "reason": ""}, "Say why"),
        ({"extent": "all", "reason": "x" * 201}, "Say why"),
        ({"extent": "lines", "reason": "Feil"}, "Mark at least one line."),
        ({"extent": "lines", "line": "x", "reason": "Feil"}, "Mark at least one line."),
        ({"extent": "sum", "amount": "", "reason": "Feil"}, "Enter an amount"),
        ({"extent": "sum", "amount": "-5", "reason": "Feil"}, "Enter an amount"),
        ({"extent": "sum", "amount": "0", "reason": "Feil"}, "Enter an amount"),
        ({"extent": "sum", "amount": "9999999", "reason": "Feil"}, "is left to credit"),
    ],
)
def test_what_is_missing_or_too_much_is_said_and_what_was_typed_is_kept(
    books: Colleague, invoice_id: int, typed: dict[str, str], told: str
) -> None:
    for press in ("show", "issue", "anew"):
        answer = books.post(address(invoice_id), press=press, **typed)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, told in page, f'value="{typed["reason"]}"' in page) == (422, True, True)
    assert len(documents()) == 1


def test_a_line_that_is_not_there_is_not_credited(books: Colleague, invoice_id: int) -> None:
    assert books.post(address(invoice_id), press="show", extent="lines", line="77", reason="Feil").status_code == 409


def test_a_large_sum_asks_for_the_password_again(
    books: Colleague, invoice_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {"NOK": whole() - 1})
    shown = books.post(address(invoice_id), press="show", extent="all", reason="Feil")
    assert 'name="password"' in shown.get_data(as_text=True)
    for password, sentence in (("", "Enter your password."), ("feil passord", "is not right")):
        answer = shown_and_pressed(books, invoice_id, password=password)
        page = answer.get_data(as_text=True)
        told = (sentence in page, 'id="password-error"' in page)
        assert (answer.status_code >= 400, told, len(documents())) == (True, (True, True), 1)
    monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {"NOK": whole()})
    shown = books.post(address(invoice_id), press="show", extent="all", reason="Feil")
    assert 'name="password"' not in shown.get_data(as_text=True)


def test_many_small_notes_on_one_invoice_ask_for_the_password_as_one_large_one_does(
    books: Colleague, invoice_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {"NOK": 10_000})
    assert shown_and_pressed(books, invoice_id, extent="sum", amount="100").status_code == 303
    shown = books.post(address(invoice_id), press="show", extent="sum", amount="1", reason="Avslag")
    assert 'name="password"' in shown.get_data(as_text=True)
    assert shown_and_pressed(books, invoice_id, extent="sum", amount="1").status_code >= 400
    assert documents()[0][3] == 10_000


def test_with_the_password_a_large_sum_is_credited(
    books: Colleague, invoice_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {})
    shown = books.post(address(invoice_id), press="show", extent="all", reason="Feil")
    seen = {name: hidden(shown, name) for name in ("credited", "gross")}
    assert books.sure(address(invoice_id), press="issue", extent="all", reason="Feil", **seen).status_code == 303


def test_a_changed_reference_is_credited_and_invoiced_anew_by_one_press(books: Colleague, invoice_id: int) -> None:
    with unit_of_work():
        db.session.execute(update(Visit).values(invoice_reference="54321"))
    assert shown_and_pressed(books, invoice_id, "anew").status_code == 303
    page = books.get(f"/staff/invoices/{invoice_id}").get_data(as_text=True)
    assert all(text in page for text in ("Credit note 10002 issued", "Invoice 10003 issued"))
    assert [kind for _number, kind, _payable, _credited in documents()] == ["invoice", "credit_note", "invoice"]


def test_what_cannot_be_invoiced_anew_says_why_and_stays(books: Colleague, invoice_id: int) -> None:
    with unit_of_work():
        db.session.execute(update(Agreement).values(org_number=""))
    answer = shown_and_pressed(books, invoice_id, "anew")
    assert (answer.status_code, "the payer has no organisation number" in answer.get_data(as_text=True)) == (409, True)
    assert len(documents()) == 1


def test_what_was_paid_on_a_credited_invoice_is_said_to_be_paid_back(books: Colleague, invoice_id: int) -> None:
    with unit_of_work():
        db.session.execute(update(Invoice).values(paid=Invoice.payable))
    assert "to pay back" not in books.get(f"/staff/invoices/{invoice_id}").get_data(as_text=True)
    shown_and_pressed(books, invoice_id, extent="sum", amount="50")
    page = words(books.get(f"/staff/invoices/{invoice_id}")).replace("\xa0", " ")
    assert "Paid more than is left: NOK 50 to pay back." in page


def test_what_is_left_to_pay_and_to_pay_back_is_shown_before_it_is_issued(books: Colleague, invoice_id: int) -> None:
    gross = whole()

    def shown(amount: int) -> str:
        typed = {"extent": "sum", "amount": str(amount // 100), "reason": "Avslag"}
        return words(books.post(address(invoice_id), press="show", **typed)).replace("\xa0", " ")

    page = shown(50_00)
    assert (f"Left to pay then NOK {(gross - 50_00) // 100:,}" in page, "To pay back" in page) == (True, False)
    with unit_of_work():
        db.session.execute(update(Invoice).values(paid=gross - 20_00))
    page = shown(50_00)
    assert all(told in page for told in (f"Paid NOK {(gross - 20_00) // 100:,}", "Left to pay then NOK 0"))
    assert "To pay back NOK 30" in page


def test_what_was_written_off_and_is_credited_instead_is_said_to_be_lost_no_more(
    books: Colleague, invoice_id: int
) -> None:
    with unit_of_work():
        db.session.execute(update(Invoice).values(written_off=100_00))
    typed = {"extent": "sum", "reason": "Avslag", "amount": str((whole() - 60_00) // 100)}
    page = words(books.post(address(invoice_id), press="show", **typed)).replace("\xa0", " ")
    assert ("Left to pay then NOK 0" in page, "NOK 40 was written off and is credited instead" in page) == (True, True)


def test_a_sum_of_marked_lines_is_not_more_than_they_come_to(books: Colleague, invoice_id: int) -> None:
    typed = {"extent": "sum", "reason": "Avslag", "line": "0"}
    assert books.post(address(invoice_id), press="show", amount="10", **typed).status_code == 200
    too_much = str(whole() // 100 - 1)
    several = len(re.findall(r'name="line"', books.get(address(invoice_id)).get_data(as_text=True)))
    assert books.post(address(invoice_id), press="show", amount=too_much, **typed).status_code == (
        200 if several == 1 else 422
    )


def test_credit_notes_and_what_is_not_there_have_no_such_page(books: Colleague, invoice_id: int) -> None:
    shown_and_pressed(books, invoice_id)
    assert "credited already" in books.get(address(invoice_id)).get_data(as_text=True)
    for other in (invoice_id + 1, 999, 10**30):
        assert books.get(address(other)).status_code == 404
        assert books.post(address(other), press="show").status_code == 404


@pytest.mark.parametrize(
    ("lang", "told"), [("nb", "Krediter faktura 10001"), ("nn", "Vis kva det blir"), ("lv", "Kreditēt rēķinu 10001")]
)
def test_the_page_speaks_the_readers_language(books: Colleague, invoice_id: int, lang: str, told: str) -> None:
    page = books.browser.client.get(address(invoice_id), headers={"Accept-Language": lang}).get_data(as_text=True)
    assert told in page
