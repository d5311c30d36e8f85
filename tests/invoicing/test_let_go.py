"""What will not be claimed is let go with a reason, stands in the log, and can be claimed after all for some days."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from booking.agreements.prices import Pays
from booking.bookings.models import Booking
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.issue import ReceivableGone, issue_all
from booking.invoicing.let_go import (
    UNDO_DAYS,
    LetGoForGood,
    LetGoReasonWrong,
    claim_after_all,
    lately_let_go,
    let_go,
)
from booking.invoicing.models import InvoicedReceivable, ReceivableLetGo
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.staff.models import Role
from booking.visits.models import VisitDue
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of
from tests.visits.booked import Centre
from tests.web.staffing import a_colleague

ACTOR = "account:1"


def two_claims() -> tuple[Centre, list[str]]:
    """A class that came, of which two payers pay a part."""
    centre = a_centre_that_invoices(pays=Pays.SHARE, percent=60)
    a_class(centre)
    return centre, keys_of(centre)


def test_to_invoice_issued_and_let_go_are_together_what_is_owed(app: Flask) -> None:
    centre, (first, second) = two_claims()
    owed = db.session.scalars(select(Booking.total)).one()
    gone = let_go(first, " Brannalarm,\n de fikk ikke se noe ", centre.facts, afterwards(), ACTOR)
    assert keys_of(centre) == [second]
    (invoice,), _refusals = issue_all([first, second], centre.facts, afterwards(), ACTOR)
    assert gone + invoice.payable == owed
    (row,) = lately_let_go()
    assert (row.key, row.amount, row.reason) == (first, gone, "Brannalarm, de fikk ikke se noe")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "receivable.let_go")).one()
    assert (entry.subject, entry.after) == (f"booking:{row.booking_id}", {"amount": gone, "reason": row.reason})
    assert (keys_of(centre), breaches()) == ([], [])


def test_it_is_claimed_after_all_for_some_days_and_then_stays(app: Flask) -> None:
    centre, (first, second) = two_claims()
    let_go(first, "Avtalt", centre.facts, afterwards(), ACTOR)
    claim_after_all(first, afterwards() + timedelta(days=UNDO_DAYS, seconds=-1), ACTOR)
    assert (keys_of(centre), breaches()) == ([first, second], [])
    with pytest.raises(LetGoForGood):
        claim_after_all(first, afterwards(), ACTOR)
    let_go(first, "Avtalt", centre.facts, afterwards(), ACTOR)
    with pytest.raises(LetGoForGood):
        claim_after_all(first, afterwards() + timedelta(days=UNDO_DAYS), ACTOR)
    assert keys_of(centre) == [second]


@pytest.mark.parametrize("reason", ["", " \n", "x" * 201])
def test_it_takes_a_reason(app: Flask, reason: str) -> None:
    centre, keys = two_claims()
    with pytest.raises(LetGoReasonWrong):
        let_go(keys[0], reason, centre.facts, afterwards(), ACTOR)
    assert keys_of(centre) == keys


def test_what_is_invoiced_cannot_be_let_go_and_what_was_credited_can(app: Flask) -> None:
    centre, (first, _second) = two_claims()
    (invoice,), _refusals = issue_all([first], centre.facts, afterwards(), ACTOR)
    with pytest.raises(ReceivableGone) as refusal:
        let_go(first, "Avtalt", centre.facts, afterwards(), ACTOR)
    assert refusal.value.number == invoice.number
    order = CreditOrder(invoice.invoice_id, CreditWanted(CreditExtent.ALL), "Feil", 0)
    credit(order, centre.facts, afterwards(), ACTOR)
    let_go(first, "Avtalt", centre.facts, afterwards(), ACTOR)
    assert (len(keys_of(centre)), breaches()) == (1, [])


def test_the_nightly_check_finds_what_is_dealt_with_by_nothing(app: Flask) -> None:
    _centre, _keys = two_claims()
    booking = db.session.scalars(select(Booking.id)).one()
    with unit_of_work():
        db.session.execute(update(VisitDue).values(dealt_with=True))
    breach = f"I11 what a visit owes is dealt with, and on no invoice nor let go, booking: {booking}"
    assert breach in breaches()


def test_the_nightly_check_finds_a_visit_that_owes_more_than_was_let_go(app: Flask) -> None:
    centre, (first, second) = two_claims()
    for key in (first, second):
        let_go(key, "Avtalt", centre.facts, afterwards(), ACTOR)
    booking = db.session.scalars(select(Booking.id)).one()
    with unit_of_work():
        db.session.execute(update(ReceivableLetGo).values(amount=ReceivableLetGo.amount - 1))
    assert f"I11 visit that owes more than was let go, booking: {booking}" in breaches()


def test_the_nightly_check_finds_what_is_let_go_and_invoiced(app: Flask) -> None:
    centre, (first, second) = two_claims()
    issue_all([first], centre.facts, afterwards(), ACTOR)
    let_go(second, "Avtalt", centre.facts, afterwards(), ACTOR)
    assert breaches() == []
    booking = db.session.scalars(select(Booking.id)).one()
    with unit_of_work():
        db.session.execute(update(ReceivableLetGo).values(key=select(InvoicedReceivable.key).scalar_subquery()))
    assert f"I11 what was let go is on an invoice too, booking: {booking}" in breaches()


def test_finance_lets_one_go_on_its_page_and_takes_it_back(app: Flask) -> None:
    centre, (first, _second) = two_claims()
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        assert f"/staff/invoices/let-go?receivable={first}" in books.get("/staff/invoices").get_data(as_text=True)
        page = books.get(f"/staff/invoices/let-go?receivable={first}").get_data(as_text=True)
        assert "Bergen kommune" in page or "Solbakken skole" in page
        wrong = books.post("/staff/invoices/let-go", receivable=first, reason=" ")
        assert (wrong.status_code, "Say why, in at most 200 characters." in wrong.get_data(as_text=True)) == (
            422,
            True,
        )
        assert books.post("/staff/invoices/let-go", receivable=first, reason="Avtalt").status_code == 303
        twice = books.post("/staff/invoices/let-go", receivable=first, reason="Avtalt")
        assert twice.status_code == 409
        assert "Claim it after all" in books.get("/staff/invoices/let-go").get_data(as_text=True)
        assert books.post("/staff/invoices/let-go/undo", receivable=first).status_code == 303
        assert books.post("/staff/invoices/let-go/undo", receivable=first).status_code == 409
        assert books.post("/staff/invoices/let-go/undo", receivable="nonsense").status_code == 404
        assert books.post("/staff/invoices/let-go", receivable="visit:x", reason="Avtalt").status_code == 404
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(ReceivableLetGo)) == 0
    assert len(keys_of(centre)) == 2
