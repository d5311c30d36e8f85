"""What needs attention on its way, or as a reminder, is found behind all that was ever sent.

`INVOICES=100000` in the environment puts as many behind, and prints what each page costs (milliseconds).
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import String, case, cast, insert, literal, select, update

from booking.invoicing.issue import issue
from booking.invoicing.models import Invoice, InvoicePayer
from booking.invoicing.reminders.models import InvoiceReminder, ReminderState, ReminderStep
from booking.invoicing.reminders.stuck import how_many_are_stuck, stuck_reminders
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.queries import too_long_on_their_way
from booking.invoicing.sending.states import DeliveryState, SendingChannel
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.staff.models import Role
from tests.invoicing.copies import copy_visit
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of
from tests.plans.heard import listening, refuse_whole_tables
from tests.plans.test_invoice_plans import OF_INVOICES, spent
from tests.web.browsing import words
from tests.web.staffing import a_colleague

BEHIND = int(os.environ.get("INVOICES", "20000"))
OF_SENDING = OF_INVOICES | {"invoice_delivery", "delivery_step", "invoice_reminder", "invoice_file"}
PAGES = {"": "1 document on its way to the payer needs attention", "/sending": "the PDF is not made"}


def all_went_well() -> None:
    """Every invoice but the first is paid, was delivered or mailed, made its files, and was reminded of once."""
    now, first = clock.now(), select(Invoice.id).order_by(Invoice.id).limit(1).scalar_subquery()
    mailed = Invoice.id % 2 == 0
    old = Invoice.id > first
    with unit_of_work():
        db.session.execute(update(Invoice).where(Invoice.id > first).values(paid=Invoice.payable))
        columns = {
            "invoice_id": Invoice.id, "since": literal(now - timedelta(days=90), InvoiceDelivery.since.type),
            "state": case((mailed, DeliveryState.SENT.value), else_=DeliveryState.DELIVERED.value),
            "channel": case((mailed, SendingChannel.MAIL.value), else_=SendingChannel.ACCESS_POINT.value),
            "delivered_at": literal(now, InvoiceDelivery.since.type),
        }  # fmt: skip
        query = select(*columns.values()).where(old)
        db.session.execute(insert(InvoiceDelivery).from_select(list(columns), query, include_defaults=True))
        key = literal("invoice.files:").concat(cast(Invoice.id, String))
        promised = {
            "kind": literal("invoice.files"), "key": key, "about": literal("{}"), "state": literal("done"),
            "made_at": literal(now, Promise.made_at.type), "due_at": literal(now, Promise.made_at.type),
        }  # fmt: skip
        db.session.execute(insert(Promise).from_select(list(promised), select(*promised.values()).where(old)))
        reminded = {
            "key": cast(Invoice.id, String).concat(":1"), "invoice_id": Invoice.id, "number": literal(1),
            "state": literal(ReminderState.SENT.value), "promised_at": literal(now, Promise.made_at.type),
            "sent_on": Invoice.due_on, "pay_by": Invoice.due_on,
        }  # fmt: skip
        db.session.execute(insert(InvoiceReminder).from_select(list(reminded), select(*reminded.values()).where(old)))
        db.session.add(ReminderStep(number=1, days=7, pay_days=10, words={}))
    with db.engine.begin() as connection:  # as its server does by itself; nobody does so of a file of SQLite
        if connection.dialect.name == "postgresql":  # of what there is much of here: an empty table it reads as it is
            connection.exec_driver_sql("ANALYZE invoice, invoice_delivery, invoice_reminder, outbox")


@pytest.mark.any_day
def test_the_lists_of_what_did_not_go_well_read_no_whole_table_of_what_did(app: Flask) -> None:
    centre = a_centre_that_invoices()
    booked = a_class(centre)
    issue(keys_of(centre)[0], centre.facts, afterwards(), "account:1")
    copy_visit(booked.booking_id, BEHIND)
    all_went_well()
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=""))
        first = (
            select(Promise.id).where(Promise.kind == "invoice.files").order_by(Promise.id).limit(1).scalar_subquery()
        )
        db.session.execute(update(Promise).where(Promise.id == first).values(state=PromiseState.DEAD))
    db.session.remove()
    with time_machine.travel(afterwards() + timedelta(days=60), tick=False):
        books = a_colleague(app, Role.FINANCE)
        costs = {}
        with listening() as heard:
            for page, says in PAGES.items():
                begun = spent()
                assert says in words(books.get(f"/staff/invoices{page}"))
                costs[page] = round((spent() - begun) * 1000, 1)
        if "INVOICES" in os.environ:
            print(costs)
        refuse_whole_tables(heard, OF_SENDING)
        with listening() as heard:
            assert (stuck_reminders(), how_many_are_stuck(), too_long_on_their_way(clock.now())) == ([], 0, 0)
        refuse_whole_tables(heard, OF_SENDING)
