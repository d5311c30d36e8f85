"""Money on an invoice that was credited after it was paid: it waits as paid too much, to be used or paid back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from booking.books.journal import AccountRole
from booking.centre.facts import the_centre
from booking.invoicing.bank.by_hand import match_by_hand, set_aside, undo, use_over
from booking.invoicing.bank.models import StoredBankRow
from booking.invoicing.bank.queries import lately_by_hand, overpaid
from booking.invoicing.bank.release import NothingToRelease, release
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit, credit_and_invoice_anew
from booking.invoicing.issue import issue
from booking.invoicing.models import Invoice
from booking.invoicing.queries import issued_one
from booking.invoicing.receivables import open_receivables
from booking.kernel.database import db
from booking.running.check import breaches
from booking.staff.models import Role
from tests.books.keeping import booked, keep_books
from tests.invoicing.bank.books import ACTOR, came, payment, take
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.web.staffing import a_colleague


def a_paid_invoice() -> tuple[int, int]:
    """An invoice that its payer has paid by two payments; its id and what it came to."""
    centre = a_centre_that_invoices()
    a_class(centre)
    keep_books()
    (receivable,) = open_receivables(centre.facts, afterwards())
    invoice = issue(receivable.key, centre.facts, afterwards(), ACTOR)
    take(came(payment(invoice.payable - 10_000, invoice.kid), payment(10_000, invoice.kid)))
    return invoice.invoice_id, invoice.payable


def credited(invoice_id: int, gross: int) -> None:
    order = CreditOrder(invoice_id, CreditWanted(CreditExtent.SUM, (), gross), "Avslag", 0)
    credit(order, the_centre(), afterwards(), ACTOR)


def stands(invoice_id: int) -> tuple[int, int]:
    """What is paid, and what is paid too much."""
    db.session.rollback()
    facts = issued_one(invoice_id)
    assert facts is not None
    return facts.paid, facts.paid_too_much


def too_much() -> list[int]:
    db.session.rollback()
    return [row.too_much for row in overpaid()]


def test_what_is_credited_after_it_was_paid_waits_as_paid_too_much(app: Flask) -> None:
    invoice_id, payable = a_paid_invoice()
    credited(invoice_id, 15_000)
    assert (stands(invoice_id), too_much()) == ((payable, 15_000), [])
    assert release(invoice_id, ACTOR, afterwards()) == 15_000
    assert (stands(invoice_id), sorted(too_much())) == ((payable - 15_000, 0), [5_000, 10_000])
    assert breaches() == []
    with pytest.raises(NothingToRelease):
        release(invoice_id, ACTOR, afterwards())
    assert lately_by_hand() == []  # nothing of it can be undone: the invoice asks for no more


def test_it_is_set_aside_when_it_was_paid_back_and_undone_it_is_paid_too_much_again(app: Flask) -> None:
    invoice_id, payable = a_paid_invoice()
    credited(invoice_id, 4_000)
    release(invoice_id, ACTOR, afterwards())
    (row,) = overpaid()
    use_over(row.row_id, ACTOR, afterwards())
    set_aside(row.row_id, "Betalt tilbake", ACTOR, afterwards())
    assert (too_much(), stands(invoice_id), breaches()) == ([], (payable - 4_000, 0), [])
    undo(row.row_id, ACTOR, afterwards())
    assert (too_much(), stands(invoice_id), breaches()) == ([4_000], (payable - 4_000, 0), [])


def test_credited_and_invoiced_anew_the_money_pays_the_new_one(app: Flask) -> None:
    invoice_id, payable = a_paid_invoice()
    order = CreditOrder(invoice_id, CreditWanted(CreditExtent.ALL), "Feil referanse", 0)
    _note, (anew,) = credit_and_invoice_anew(order, the_centre(), afterwards(), ACTOR)
    assert release(invoice_id, ACTOR, afterwards()) == payable
    for row in overpaid():
        use_over(row.row_id, ACTOR, afterwards())
        match_by_hand(row.row_id, str(anew.number), ACTOR, afterwards())
    assert (stands(invoice_id), stands(anew.invoice_id), too_much()) == ((0, 0), (payable, 0), [])
    assert breaches() == []


def test_the_journal_has_it_as_paid_too_much_and_not_as_a_claim_below_nought(app: Flask) -> None:
    invoice_id, _payable = a_paid_invoice()
    credited(invoice_id, 4_000)
    before = booked(afterwards())
    release(invoice_id, ACTOR, afterwards())
    after = booked(afterwards())
    moved = {role: after.get(role, 0) - before.get(role, 0) for role in {*before, *after}}
    assert {role: amount for role, amount in moved.items() if amount} == {
        AccountRole.RECEIVABLE: 4_000, AccountRole.OVERPAID: -4_000,
    }  # fmt: skip


def test_one_press_on_the_invoice_leads_to_the_bank(app: Flask) -> None:
    invoice_id, _payable = a_paid_invoice()
    books = a_colleague(app, Role.FINANCE)
    address = f"/staff/invoices/{invoice_id}/release"
    assert address not in books.get(f"/staff/invoices/{invoice_id}").get_data(as_text=True)
    assert books.post(address).headers["Location"] == f"/staff/invoices/{invoice_id}"
    credited(invoice_id, 4_000)
    assert f'action="{address}"' in books.get(f"/staff/invoices/{invoice_id}").get_data(as_text=True)
    done = books.post(address)
    assert (done.status_code, done.headers["Location"]) == (303, "/staff/invoices/bank#paid-too-much")
    assert 'id="paid-too-much"' in books.get("/staff/invoices/bank").get_data(as_text=True)
    assert books.post("/staff/invoices/999/release").status_code == 404
    assert db.session.scalars(select(Invoice.paid).where(Invoice.id == invoice_id)).one() > 0
    assert db.session.scalars(select(StoredBankRow.over).where(StoredBankRow.over > 0)).all() == [4_000]
