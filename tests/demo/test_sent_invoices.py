"""A demo shows what becomes of invoices by the functions that the worker calls."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from booking.demo.money.sent_invoices import fetched, send, turned_away
from booking.invoicing.issue import issue_all
from booking.invoicing.models import Invoice
from booking.invoicing.receivables import open_receivables
from booking.invoicing.sending.queries import delivery_facts
from booking.invoicing.sending.states import DeliveryState
from booking.kernel.database import db
from booking.settings import settings_of
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards


def test_one_is_fetched_one_turned_away_and_one_lies_there(app: Flask) -> None:
    centre, settings = a_centre_that_invoices(), settings_of(app)
    for name in ("6A", "6B", "6C"):
        a_class(centre, name)
    db.session.rollback()
    keys = [receivable.key for receivable in open_receivables(centre.facts, afterwards())]
    issue_all(keys, centre.facts, afterwards(), "demo")
    db.session.rollback()
    first, second, third = send(list(db.session.scalars(select(Invoice.id).order_by(Invoice.id))), settings)
    fetched(first, settings)
    turned_away(second, "Ukjent bestillerkode", settings)
    facts = [delivery_facts(invoice_id) for invoice_id in (first, second, third)]
    assert [fact.state for fact in facts if fact is not None] == [
        DeliveryState.DELIVERED, DeliveryState.REFUSED, DeliveryState.SENT,
    ]  # fmt: skip
    assert len(list(settings.invoice_folder.glob("*.xml"))) == 1
    assert len(db.session.scalars(select(Invoice.id)).all()) == 3
