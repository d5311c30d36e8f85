"""Letting go of what will not be claimed: a large sum asks for the password, as a large credit note does."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from booking.invoicing.let_go import lately_let_go
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db
from booking.staff.models import Role
from booking.web.admin.money import credit as credit_page
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.web.staffing import a_colleague

ROOM = "/staff/invoices/let-go"


def test_a_large_sum_is_let_go_only_with_the_password(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        (receivable,) = open_receivables(centre.facts, clock.now())
        db.session.rollback()
        books, typed = a_colleague(app, Role.FINANCE), {"receivable": receivable.key, "reason": "Avtalt <b>"}
        way = f"{ROOM}?receivable={receivable.key}"
        monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {"NOK": receivable.gross})
        assert 'name="password"' not in books.get(way).get_data(as_text=True)
        monkeypatch.setattr(credit_page, "ASKS_PASSWORD_ABOVE", {"NOK": receivable.gross - 1})
        assert 'name="password"' in books.get(way).get_data(as_text=True)
        for password in ("", "feil passord"):
            answer = books.post(ROOM, **typed, password=password)
            page = answer.get_data(as_text=True)
            kept = ('id="password-error"' in page, "Avtalt &lt;b&gt;" in page, lately_let_go())
            assert (answer.status_code >= 400, *kept) == (True, True, True, [])
            db.session.rollback()
        assert books.sure(ROOM, **typed).status_code == 303
        assert [row.amount for row in lately_let_go()] == [receivable.gross]


def test_a_small_sum_is_let_go_without(app: Flask) -> None:
    centre = a_centre_that_invoices()
    a_class(centre)
    with time_machine.travel(afterwards(), tick=False):
        (receivable,) = open_receivables(centre.facts, clock.now())
        db.session.rollback()
        books = a_colleague(app, Role.FINANCE)
        assert books.post(ROOM, receivable=receivable.key, reason="Avtalt").status_code == 303
