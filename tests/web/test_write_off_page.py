"""Writing off on the invoice's page: what was typed is kept, a large sum asks for the password, and it is undone."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from booking.books.models import ClosedMonth
from booking.invoicing.issue import issue_all
from booking.invoicing.payer.links import page_address
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.settings import settings_of
from booking.staff.models import Role
from booking.web.admin.money import credit as credit_page
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of
from tests.invoicing.write_offs.lost import left_of, moved, pieces
from tests.web.browsing import Visitor, path_of, words
from tests.web.staffing import Colleague, a_colleague


def an_invoice() -> tuple[int, int]:
    """A class was invoiced: the invoice and what it comes to."""
    centre = a_centre_that_invoices()
    a_class(centre)
    (issued,), _refused = issue_all(keys_of(centre), centre.facts, afterwards(), "account:1")
    db.session.rollback()
    return issued.invoice_id, issued.payable


def shown(books: Colleague, address: str) -> str:
    """What a page says."""
    return words(books.get(address))


def test_finance_writes_an_invoice_off_and_asks_for_it_again(app: Flask) -> None:
    invoice, whole = an_invoice()
    with time_machine.travel(afterwards(), tick=False):
        books, page = a_colleague(app, Role.FINANCE), f"/staff/invoices/{invoice}"
        assert f'href="{page}/write-off"' in books.get(page).get_data(as_text=True)
        assert "Write off invoice" in shown(books, f"{page}/write-off")
        typed = {"extent": "all", "left": str(whole), "reason": "Skolen er <b> lagt ned"}
        assert books.post(f"{page}/write-off", **typed).status_code == 303
        assert (left_of(invoice), len(moved(invoice))) == (0, 1)
        told = books.get(page).get_data(as_text=True)
        assert "Skolen er &lt;b&gt; lagt ned" in told
        assert f'href="{page}/write-off"' not in told
        assert "written off" in shown(books, "/staff/invoices")
        assert "Nothing is left to pay" in shown(books, f"{page}/write-off")
        (piece,) = pieces(invoice)
        assert books.post(f"{page}/write-off/{piece.write_off_id}/undo").status_code == 303
        assert left_of(invoice) == whole
        assert books.post(f"{page}/write-off/{piece.write_off_id}/undo").status_code == 303
        assert "It stays as it is" in shown(books, page)
        for address in (f"{page}/write-off/999/undo", f"{page}/write-off/{10**20}/undo"):
            assert books.post(address).status_code == 404
        assert books.get("/staff/invoices/999/write-off").status_code == 404


@pytest.mark.parametrize(
    ("typed", "status", "text"),
    [
        ({"extent": "all", "reason": " "}, 422, "Say why, in at most 200 characters."),
        ({"extent": "all", "reason": "x" * 201}, 422, "Say why, in at most 200 characters."),
        ({"extent": "sum", "amount": "mye", "reason": "Konkurs"}, 422, "Enter an amount"),
        ({"extent": "sum", "amount": "99999", "reason": "Konkurs"}, 422, "is left to write off"),
        ({"extent": "all", "reason": "Konkurs", "left": "1"}, 409, "what is left of it as it stands now"),
        ({"extent": "all", "reason": "Konkurs", "left": "x"}, 409, "what is left of it as it stands now"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    app: Flask, typed: dict[str, str], status: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice, whole = an_invoice()
    monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {"NOK": 10**12})
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        answer = books.post(f"/staff/invoices/{invoice}/write-off", **({"left": str(whole)} | typed))
        page = answer.get_data(as_text=True)
        assert (answer.status_code, text in words(answer)) == (status, True)
        assert f'value="{typed["reason"].strip()}"' in page
        assert (left_of(invoice), moved(invoice)) == (whole, [])


def test_a_large_sum_is_written_off_only_with_the_password(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice, whole = an_invoice()
    with time_machine.travel(afterwards(), tick=False):
        books, way = a_colleague(app, Role.FINANCE), f"/staff/invoices/{invoice}/write-off"
        monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {"NOK": whole})
        assert 'name="password"' not in books.get(way).get_data(as_text=True)
        monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {"NOK": whole - 1})
        assert 'name="password"' in books.get(way).get_data(as_text=True)
        typed = {"extent": "all", "left": str(whole), "reason": "Konkurs"}
        for password in ("", "feil passord"):
            answer = books.post(way, **typed, password=password)
            assert answer.status_code >= 400
            assert 'id="password-error"' in answer.get_data(as_text=True)
            assert left_of(invoice) == whole
        # In two halves it is as much.
        half = {"extent": "sum", "amount": f"{whole // 200}", "reason": "Konkurs"}
        assert books.post(way, **half, left=str(whole)).status_code == 303
        rest = left_of(invoice)
        assert books.post(way, **(typed | {"left": str(rest)})).status_code >= 400
        assert books.sure(way, **(typed | {"left": str(rest)})).status_code == 303
        assert left_of(invoice) == 0


def test_what_was_written_off_in_a_closed_month_stays(app: Flask) -> None:
    invoice, whole = an_invoice()
    with time_machine.travel(afterwards(), tick=False):
        books, page = a_colleague(app, Role.FINANCE), f"/staff/invoices/{invoice}"
        typed = {"extent": "all", "left": str(whole), "reason": "Konkurs"}
        assert books.post(f"{page}/write-off", **typed).status_code == 303
        assert "Ask for it again" in shown(books, page)
        (piece,) = pieces(invoice)
        with unit_of_work():
            closed = {"accounts": {}, "sums": {}, "balances": {}, "closed_by": "account:1", "last_number": 0}
            month = piece.on.replace(day=1)
            db.session.add(ClosedMonth(month=month, last_day=piece.on, closed_at=clock.now(), **closed))
        assert "Ask for it again" not in shown(books, page)
        books.post(f"{page}/write-off/{piece.write_off_id}/undo")
        assert left_of(invoice) == 0


def test_the_payer_sees_that_nothing_is_asked_any_more(app: Flask, visitor: Visitor) -> None:
    invoice, whole = an_invoice()
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        typed = {"extent": "all", "left": str(whole), "reason": "Intern grunn"}
        books.post(f"/staff/invoices/{invoice}/write-off", **typed)
        told = words(visitor.get(path_of(page_address(1, "en", settings_of(app), clock.now()))))
        assert "no longer claimed" in told
        assert "Intern grunn" not in told
        assert "Left to pay" not in told


def test_more_than_is_left_is_refused_and_no_password_is_asked_for_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice, whole = an_invoice()
    monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {"NOK": whole})
    with time_machine.travel(afterwards(), tick=False):
        typed = {"extent": "sum", "amount": "99999", "left": str(whole), "reason": "Konkurs"}
        answer = a_colleague(app, Role.FINANCE).post(f"/staff/invoices/{invoice}/write-off", **typed)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, "is left to write off" in words(answer)) == (422, True)
        assert ("#password" in page, 'name="password"' in page, left_of(invoice)) == (False, False, whole)
