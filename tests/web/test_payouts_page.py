"""The page of payouts, and files that belong elsewhere: every mistake is told in words, and changes nothing."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from booking.books.payouts.queries import PayoutFacts, payouts_entered
from booking.kernel import clock
from booking.kernel.database import db
from booking.staff.models import Role
from tests.books.keeping import keep_books
from tests.books.paid_out import HEAD, line, payout_file
from tests.invoicing.bank.books import an_account, came, payment, stored
from tests.web.staffing import Colleague, a_colleague
from tests.web.test_bank_page import plain, send

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/staff/books/payouts"
TODAY = clock.now().date()


@pytest.fixture
def finance(app: Flask) -> Colleague:
    an_account()
    keep_books()
    colleague = a_colleague(app, Role.FINANCE)
    colleague.get(PAGE)
    return colleague


def bring(colleague: Colleague, content: bytes) -> TestResponse:
    return colleague.browser.post(f"{PAGE}/file", {"file": (io.BytesIO(content), "po.csv")})  # type: ignore[dict-item]


def entered() -> list[PayoutFacts]:
    db.session.rollback()
    return payouts_entered()


def typed(colleague: Colleague, **other: str) -> TestResponse:
    return colleague.post(PAGE, **{"ref": "Uke 45", "day": "2026-11-03", "amount": "400", "charges": "6", **other})


def packed(name: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(name, "<a/>")
    return whole.getvalue()


OTHERS = {
    "This is a picture.": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
    "This is a PDF, made for reading.": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "This is a packed file (zip).": packed("fil.xml"),
    "This is a workbook of Excel": packed("xl/workbook.xml"),
    "This is not a file that can be taken here.": bytes(range(256)),
}


@pytest.mark.parametrize("told", OTHERS)
def test_what_is_no_such_file_is_called_what_it_is_on_both_pages(finance: Colleague, told: str) -> None:
    for answer, also in (
        (send(finance, OTHERS[told]), "Choose the file as it comes from the bank (camt.054, XML)."),
        (bring(finance, OTHERS[told]), "Choose the file of payouts as it comes from the provider (CSV)."),
    ):
        assert (answer.status_code, told in plain(answer), also in plain(answer)) == (422, True, True)
        assert "broken at line" not in plain(answer)
    assert (entered(), stored()) == ([], [])


def test_a_file_that_belongs_on_the_other_page_is_sent_there(finance: Colleague) -> None:
    answer = send(finance, payout_file(line()))
    assert (answer.status_code, "They belong on the page Payouts, under Books." in plain(answer)) == (422, True)
    answer = bring(finance, came(payment(1)).content)
    assert (answer.status_code, "It belongs on the page Bank, under Invoices." in plain(answer)) == (422, True)
    assert (entered(), stored()) == ([], [])


def test_letters_that_are_no_xml_are_not_called_broken(finance: Colleague) -> None:
    answer = send(finance, "Beløp;Dato\n100;3. november på en måte".encode("latin-1"))
    assert ("That is no XML file." in plain(answer), "broken at line" in plain(answer)) == (True, False)
    cut = came(payment(1, debtor="Blåbær")).content.replace("å".encode(), b"\xe5")
    assert "broken at line 2" in plain(send(finance, cut))


WRONG = {
    "it has no column currency. If it is that report, choose the column": (
        b"automatic_payout_id,automatic_payout_effective_at,reporting_category,gross,fee,payment_intent_id\n"
        b"po_1,2026-11-03,charge,1.00,0.00,pi\n"
    ),
    "Nothing in the file has been paid out yet.": HEAD.encode(),
    "Line 3 of the file cannot be read: gross is missing or wrong.": payout_file(line(), line(gross="1.000")),
    "Line 2 of the file is in USD, and the books are in NOK.": payout_file(line(currency="usd")),
    "The file is too large: at most 5 MB.": payout_file(line()) + b"\n" * 5_000_000,
}


@pytest.mark.parametrize("told", WRONG)
def test_what_is_wrong_with_the_providers_file_is_said(finance: Colleague, told: str) -> None:
    answer = bring(finance, WRONG[told])
    assert (answer.status_code, told in plain(answer), entered()) == (422, True, [])


def test_the_same_payout_under_another_name_is_asked_about_and_taken_when_somebody_says_so(finance: Colleague) -> None:
    assert typed(finance).status_code == 303
    answer = typed(finance, ref="Stripe 3/11")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "is here already, as Uke 45" in plain(answer)) == (409, True)
    assert ('name="another"' in page, 'value="Stripe 3/11"' in page, len(entered())) == (True, True, 1)
    assert typed(finance, ref="Stripe 3/11", another="1").status_code == 303
    assert len(entered()) == 2
    assert typed(finance).status_code == 409
    assert 'name="another"' not in typed(finance).get_data(as_text=True)


@pytest.mark.parametrize(
    "other",
    [
        {"ref": ""}, {"ref": "x" * 81}, {"day": "2026-11-05"}, {"day": "3.11.2026"}, {"amount": "0"}, {"amount": "-4"},
        {"day": "2024-11-03"}, {"day": "2062-11-03"}, {"amount": "4e9"}, {"charges": "noe"}, {"amount": "٤"},
    ],
)  # fmt: skip
def test_what_cannot_be_a_payout_is_refused_and_kept_as_typed(finance: Colleague, other: dict[str, str]) -> None:
    answer = typed(finance, **other)
    assert (answer.status_code, "What you have written is kept." in plain(answer), entered()) == (422, True, [])


def test_the_person_is_told_what_became_of_what_they_typed(finance: Colleague) -> None:
    typed(finance, charges="5")
    assert bring(finance, payout_file("po_7,2026-11-03,charge,nok,406.00,6.00,pi,")).status_code == 303
    shown = plain(finance.get(PAGE))
    assert "New payouts: 0. Entered before: 0." in shown
    assert "po_7 had been entered by hand as Uke 45. It counts once, under the provider's name." in shown
    assert "po_7: what the provider kept is now as in the file." in shown


def test_a_payout_is_taken_back_on_a_page_that_asks_why(finance: Colleague) -> None:
    typed(finance)
    (payout,) = entered()
    (address,) = re.findall(r'href="(/staff/books/payouts/\d+/take-back)"', finance.get(PAGE).get_data(as_text=True))
    assert "NOK 400 came to the bank on" in plain(finance.get(address))
    refused = finance.post(address, reason=" ")
    assert (refused.status_code, "Say why, in at most 200 characters." in plain(refused)) == (422, True)
    assert finance.post(address, reason="Skrevet <b>to</b> ganger").status_code == 303
    shown = finance.get(PAGE)
    assert "Payout Uke 45 counts no more." in plain(shown)
    assert "Taken back: Skrevet &lt;b&gt;to&lt;/b&gt; ganger" in shown.get_data(as_text=True)
    assert [finance.get(address).status_code, finance.post(address, reason="x").status_code] == [404, 404]
    assert finance.get(f"{PAGE}/{10**19}/take-back").status_code == 404
    assert [each.is_taken_back for each in entered()] == [True]
    assert payout.payout_id == entered()[0].payout_id


def test_what_differs_is_shown_with_what_stands_in_no_payout(finance: Colleague) -> None:
    bring(
        finance,
        payout_file(
            line(on=TODAY, charge="pi_nobody", gross="5.00"),
            line(on=TODAY, kind="dispute", charge="pi_gone", gross="-9.00"),
            line(on=TODAY, kind="refund", item="re_nobody", gross="-2.00"),
        ),
    )  # fmt: skip
    shown = plain(finance.get(PAGE))
    for told in ("pi_nobody", "no payment of ours", "re_nobody", "no refund of ours", "Disputes", "not known here"):
        assert told in shown
