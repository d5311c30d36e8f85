"""The rooms of money with many invoices behind, all of them open and late, or all settled: no page goes through them.

Each page looks through so many rows of a list and no more (`kernel/looking.py`), and what few of many are has an index.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, literal, select, update

from booking.invoicing.issue import issue
from booking.invoicing.issued.filters import InvoiceMark
from booking.invoicing.models import Invoice, InvoicePayer
from booking.invoicing.payer.links import page_address
from booking.invoicing.payer.queries import HowItStands
from booking.invoicing.reminders.models import ReminderStep
from booking.invoicing.sending.states import DeliveryState
from booking.kernel import clock
from booking.kernel.database import Model, db, unit_of_work
from booking.settings import settings_of
from booking.staff.models import Role
from tests.invoicing.copies import copy_visit
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of
from tests.plans.heard import listening, refuse_long_looks
from tests.plans.test_sending_plans import BEHIND, all_went_well
from tests.web.staffing import a_colleague

ROOMS = ("", "/bank", "/collector", "/issued", "/let-go", "/payers", "/reminders", "/sending")
LISTS = (
    *(f"/issued?stands={stands}" for stands in HowItStands),
    *(f"/issued?mark={mark}" for mark in InvoiceMark),
    *(f"/issued?way={way}" for way in DeliveryState),
)


def all_stand_open() -> None:
    """Of none has anything come, and there is one step."""
    with unit_of_work():
        db.session.add(ReminderStep(number=1, days=7, pay_days=10, words={}))


def a_payer_of_few(invoice_id: int, payer_id: int) -> int:
    """Somebody with one invoice, the oldest of all, beside whoever has all the others."""
    payer, number = 900_001, 1
    copies: tuple[tuple[type[Model], int, dict[str, object]], ...] = (
        (InvoicePayer, payer_id, {"id": payer, "key": "of few"}),
        (Invoice, invoice_id, {"id": payer, "number": number, "kid": "of few", "payer_id": payer}),
    )
    with unit_of_work():
        for table, row_id, other in copies:
            columns = table.__table__.columns
            values = [literal(other[column.name]) if column.name in other else column for column in columns]
            copied = select(*values).where(table.__table__.c.id == row_id)
            db.session.execute(insert(table).from_select([column.name for column in columns], copied))
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE invoice, invoice_payer")
    return payer


@pytest.mark.any_day
@pytest.mark.parametrize("past", [all_stand_open, all_went_well])
@pytest.mark.parametrize("mailbox", ["", "faktura@bergen.example"])
def test_no_page_of_money_goes_through_all_invoices(app: Flask, past: object, mailbox: str) -> None:
    centre = a_centre_that_invoices()
    booked = a_class(centre)
    issue(keys_of(centre)[0], centre.facts, afterwards(), "account:1")
    invoice = db.session.scalars(select(Invoice)).one()
    invoice_id, payer_id = invoice.id, invoice.payer_id
    copy_visit(booked.booking_id, BEHIND)
    assert callable(past)
    past()
    another = a_payer_of_few(invoice_id, payer_id)
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=mailbox))
    db.session.remove()
    with time_machine.travel(afterwards() + timedelta(days=60), tick=False):
        books = a_colleague(app, Role.FINANCE)
        settings = settings_of(app)
        own, page_of_few = (
            page_address(payer, "nb", settings, clock.now()).removeprefix(settings.public_url)
            for payer in (payer_id, another)
        )
        of_one = (f"/{invoice_id}", f"/{invoice_id}/credit", f"/payers/{payer_id}")
        with listening() as heard:
            for page in (*ROOMS, *LISTS, *of_one):
                assert books.get(f"/staff/invoices{page}").status_code == 200, page
            assert books.get("/staff/").status_code == 200
            assert books.get(own).status_code == 200
        with listening() as of_few:  # what is heard keeps the values that it was asked with first
            assert books.get(page_of_few).status_code == 200
        for each_heard in (heard, of_few):
            refuse_long_looks(each_heard, most_rows=BEHIND * 3 // 4, most_steps=BEHIND // 100)
