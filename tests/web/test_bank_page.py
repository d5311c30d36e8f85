"""The page of the bank: take its file, match what waits, undo; everything else is told in words and changes nothing."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from booking.invoicing.bank.xml import LARGEST
from booking.invoicing.models import InvoiceRules
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from tests.invoicing.bank.books import agree, an_account, came, owed, paid, payment, stored, take, went_back
from tests.invoicing.bank.files import Paid, WrittenFile
from tests.web.browsing import Visitor, words
from tests.web.staffing import Colleague, a_colleague


@pytest.fixture
def books(app: Flask) -> Colleague:
    """Somebody of the books, signed in, at a centre with an account."""
    an_account()
    colleague = a_colleague(app, Role.FINANCE)
    colleague.get("/staff/invoices/bank")
    return colleague


def send(colleague: Colleague, content: bytes) -> TestResponse:
    """Take a file."""
    return colleague.browser.post("/staff/invoices/bank", {"file": (io.BytesIO(content), "fil.xml")})  # type: ignore[dict-item]


def page(colleague: Colleague) -> str:
    """The page as text, with plain blanks."""
    return plain(colleague.get("/staff/invoices/bank"))


def plain(answer: TestResponse) -> str:
    """What a page says, with plain blanks."""
    return words(answer).replace("\xa0", " ")


def taken(colleague: Colleague, file: WrittenFile) -> str:
    """A file is taken; what the page says then."""
    answer = send(colleague, file.content)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/invoices/bank")
    return page(colleague)


def test_the_accountant_takes_a_file_and_sees_what_became_of_it(books: Colleague) -> None:
    invoice = owed()
    file = came(payment(12_000, invoice.kid), payment(300), Paid("9.00", currency="EUR"))
    told = taken(books, file)
    assert "3 payments are new." in told
    assert "On invoices: NOK 100 · Paid too much: NOK 20 · To be matched: NOK 3" in told
    assert "1 is in another currency." in told
    assert "2 payments wait." in told
    again = taken(books, file)
    assert ("All that is in the file had been taken before." in again, len(stored())) == (True, 3)
    assert "/staff/invoices/bank" in books.get("/staff/invoices").get_data(as_text=True)


def test_a_payment_is_matched_by_one_press_and_undone_by_another(books: Colleague) -> None:
    invoice = owed()
    take(came(payment(10_000, debtor="STORBY KOMMUNE", words=("Faktura 10001",))))
    (row,) = stored()
    shown = page(books)
    assert all(text in shown for text in ("STORBY KOMMUNE", "no KID", "Invoice 10001", "its number stands in the text"))
    assert books.post(f"/staff/invoices/bank/{row.id}/match", number="10001").status_code == 303
    shown = page(books)
    assert ("NOK 100 is on invoice 10001." in shown, "Nothing waits." in shown, paid(invoice)) == (True, True, 10_000)
    assert books.post(f"/staff/invoices/bank/{row.id}/undo").status_code == 303
    assert ("1 payment waits." in page(books), paid(invoice)) == (True, 0)
    agree()


def test_what_is_for_no_invoice_is_set_aside_with_its_reason(books: Colleague) -> None:
    take(came(payment(10_000)))
    (row,) = stored()
    refused = books.post(f"/staff/invoices/bank/{row.id}/aside", reason=" ")
    assert (refused.status_code, "Say why it is for no invoice." in plain(refused)) == (422, True)
    books.post(f"/staff/invoices/bank/{row.id}/aside", reason="Gave fra <b>banken</b>")
    assert "set aside Gave fra <b>banken</b>" in page(books)


def test_what_was_paid_too_much_is_used_for_another_invoice(books: Colleague) -> None:
    first, second = owed(), owed(10002)
    take(came(payment(15_000, first.kid)))
    (row,) = stored()
    assert "NOK 50 too much" in page(books)
    books.post(f"/staff/invoices/bank/{row.id}/use")
    assert "Waits still NOK 50" in page(books)
    books.post(f"/staff/invoices/bank/{row.id}/match", number="10002")
    assert paid(second) == 5000
    agree()


def test_somebody_says_which_payment_the_bank_took_back(books: Colleague) -> None:
    invoice = owed()
    take(came(payment(5000)))
    first = stored()[0].id
    books.post(f"/staff/invoices/bank/{first}/match", number="10001")
    take(went_back(5000))
    second = stored()[1].id
    assert "It was this one that went back" in page(books)
    books.post(f"/staff/invoices/bank/{second}/took-back", payment=str(first))
    assert ("That payment counts no more." in page(books), paid(invoice)) == (True, 0)
    agree()


@pytest.mark.parametrize(
    ("what", "typed", "status", "told"),
    [
        ("match", {"number": "99999"}, 422, "There is no invoice 99999."),
        ("match", {"number": "<b>"}, 422, "There is no invoice <b>."),
        ("match", {}, 422, "Enter the number of the invoice."),
        ("match", {"number": "10002"}, 409, "Nothing is left to pay on invoice 10002."),
        ("took-back", {"payment": "x"}, 404, "There is no such payment."),
        ("use", {}, 409, "Somebody has dealt with that payment already."),
        ("undo", {}, 409, "Somebody has dealt with that payment already."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(
    books: Colleague, what: str, typed: dict[str, str], status: int, told: str
) -> None:
    second = owed(10002)
    take(came(payment(10_000, second.kid), payment(100)))
    row = stored()[1].id
    answer = books.post(f"/staff/invoices/bank/{row}/{what}", **typed)
    assert (answer.status_code, told in plain(answer)) == (status, True)
    if typed.get("number") == "99999":
        assert 'value="99999"' in answer.get_data(as_text=True)
    agree()


@pytest.mark.parametrize("row", [999, 2**70])
def test_a_payment_that_is_not_there_is_not_found(books: Colleague, row: int) -> None:
    for what in ("match", "aside", "took-back", "use", "undo"):
        assert books.post(f"/staff/invoices/bank/{row}/{what}", number="1", reason="x", payment="1").status_code == 404


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty."),
        (b"Navn;Sum", "That is no XML file."),
        (came(payment(1)).content[:-40], "broken at line"),
        (came(payment(1), Paid(currency="kr")).content, "Payment 2 of the file is not right"),
        (came(payment(1)).content.replace(b"camt.054", b"camt.053"), "not a bank's notice of payments"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_whole(books: Colleague, content: bytes, told: str) -> None:
    answer = send(books, content)
    assert (answer.status_code, told in plain(answer), stored()) == (422, True, [])


def test_a_file_larger_than_any_form_is_taken_of_who_may_and_of_nobody_else(app: Flask, books: Colleague) -> None:
    large = came(payment(100)).content + b" " * 1_000_000
    assert send(books, large).status_code == 303
    assert len(stored()) == 1
    too_large = send(books, came(payment(100)).content + b" " * LARGEST)
    assert (too_large.status_code, "too large: at most 20 MB" in plain(too_large)) == (422, True)
    desk = a_colleague(app, Role.DESK, "desk@example.org")
    desk.get("/staff/account")
    assert send(desk, large).status_code == 403
    stranger = Visitor(app.test_client())
    answer = stranger.post("/staff/invoices/bank", {"file": (io.BytesIO(large), "fil.xml")})  # type: ignore[dict-item]
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/sign-in")
    assert books.browser.client.post("/staff/invoices/issue", data=b"a" * 300_000).status_code == 413


def test_a_file_is_taken_only_from_our_own_page(books: Colleague) -> None:
    answer = books.browser.client.post(
        "/staff/invoices/bank", data={"file": (io.BytesIO(came(payment(1)).content), "fil.xml")}
    )
    assert (answer.status_code, stored()) == (400, [])


def test_without_an_account_the_page_says_what_comes_first(books: Colleague) -> None:
    with unit_of_work():
        db.session.execute(delete(InvoiceRules))
    shown = books.get("/staff/invoices/bank").get_data(as_text=True)
    assert ("First the centre says on which account" in shown, 'type="file"' in shown) == (True, False)
    answer = send(books, came(payment(1)).content)
    assert (answer.status_code, "account and address of the centre are missing" in plain(answer)) == (409, True)


def test_a_long_list_goes_on_and_what_strangers_wrote_is_only_text(books: Colleague) -> None:
    take(came(*(payment(100 + n, debtor="<script>", words=("{{7*7}}",)) for n in range(60))))
    shown = books.get("/staff/invoices/bank").get_data(as_text=True)
    assert ("60 payments wait." in shown, "{{7*7}}" in shown, "<script>" in shown.partition("<h1>")[2]) == (
        True, True, False,
    )  # fmt: skip
    (after,) = re.findall(r"/staff/invoices/bank\?after=(\d+)", shown)
    assert books.get(f"/staff/invoices/bank?after={after}").get_data(as_text=True).count("<article") == 10


def test_no_file_and_an_empty_one_are_told_apart_of_payouts_too(books: Colleague) -> None:
    payouts = "/staff/books/payouts/file"
    assert "Choose a file." in plain(books.post(payouts))
    empty = books.browser.post(payouts, {"file": (io.BytesIO(b""), "po.csv")})  # type: ignore[dict-item]
    assert (empty.status_code, "The file is empty." in plain(empty)) == (422, True)


def test_the_page_of_an_invoice_tells_what_came_in_on_it_and_what_the_bank_took_back(books: Colleague) -> None:
    invoice = owed()
    take(came(payment(4_000, invoice.kid, debtor="STORBY KOMMUNE")))
    shown = plain(books.get(f"/staff/invoices/{invoice.id}"))
    assert ("Invoice 10001 part paid" in shown, "Paid NOK 40" in shown, "Left to pay NOK 60" in shown) == (True,) * 3
    assert re.search(r"Payments Booked From Amount .* STORBY KOMMUNE NOK 40\.00", shown)
    take(went_back(4_000, invoice.kid))
    shown = plain(books.get(f"/staff/invoices/{invoice.id}"))
    assert ("part paid" in shown, "taken back by the bank" in shown) == (False, True)


def test_what_waits_stands_on_the_first_page_of_finance_and_of_nobody_at_the_desk(app: Flask, books: Colleague) -> None:
    assert "Nothing waits for you." in plain(books.get("/staff/"))
    take(came(payment(300), payment(400, "123456789012347")))
    first = books.get("/staff/")
    assert "2 payments wait to be matched." in plain(first)
    assert 'href="/staff/invoices/bank"' in first.get_data(as_text=True)
    assert "Invoices and bank" not in plain(a_colleague(app, Role.DESK, email="desk@example.org").get("/staff/"))


def test_what_is_refused_of_a_payment_leads_back_to_it(books: Colleague) -> None:
    take(came(payment(300)))
    (row,) = stored()
    refused = books.post(f"/staff/invoices/bank/{row.id}/aside", reason="")
    assert refused.status_code == 422
    assert f'href="#row-{row.id}"' in refused.get_data(as_text=True)
