"""Who goes to the collector: nobody who disputes, was not reminded in vain, or perhaps never got the invoice."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.invoicing.models import InvoicedReceivable, InvoicePayer
from booking.invoicing.reminders.collector import for_collector, hand_over, whole
from booking.invoicing.reminders.due import promise_due
from booking.invoicing.reminders.holds import hold, let_go
from booking.invoicing.reminders.models import HoldKind, InvoiceHold, ReminderStep
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.states import BuyerResponse, DeliveryState
from booking.kernel.database import db, unit_of_work
from tests.invoicing.copies import copy_visit
from tests.invoicing.test_reminders import ACTOR, an_invoice, days_late, keep, promised
from tests.visits.booked import Centre


def reminded_in_vain(app: Flask) -> tuple[Centre, int]:
    """An invoice of which both reminders have gone out."""
    centre, invoice_id = an_invoice(app)
    for days in (7, 21):
        with days_late(invoice_id, days) as now:
            promise_due(centre.facts, now)
            keep(app, promised()[-1])
    return centre, invoice_id


def listed(centre: Centre, now: datetime) -> list[int]:
    """The invoices in the list for the collector."""
    ids = [line.facts.invoice_id for line in for_collector(centre.facts, now).lines]
    db.session.rollback()
    return ids


def test_what_is_disputed_while_the_list_was_open_is_not_handed_over(app: Flask) -> None:
    centre, invoice_id = reminded_in_vain(app)
    with days_late(invoice_id, 40) as now:
        with unit_of_work():
            hold(invoice_id, HoldKind.DISPUTED, "Klassen kom aldri", now, ACTOR)
        assert hand_over([invoice_id], centre.facts, now, ACTOR) == (0, 1)
        assert [row.kind for row in db.session.scalars(select(InvoiceHold))] == [HoldKind.DISPUTED]
        with unit_of_work():
            let_go(invoice_id, HoldKind.DISPUTED, now, ACTOR)
        assert hand_over([invoice_id], centre.facts, now, ACTOR) == (1, 0)


@pytest.mark.parametrize(
    ("state", "response"),
    [
        (DeliveryState.REFUSED, BuyerResponse.NONE),
        (DeliveryState.UNKNOWN, BuyerResponse.NONE),
        (DeliveryState.DELIVERED, BuyerResponse.REJECTED),
        (DeliveryState.DELIVERED, BuyerResponse.QUERY),
    ],
)
def test_what_was_refused_or_may_never_have_arrived_is_neither_listed_nor_handed_over(
    app: Flask, state: DeliveryState, response: BuyerResponse
) -> None:
    centre, invoice_id = reminded_in_vain(app)
    with days_late(invoice_id, 40) as now:
        assert listed(centre, now) == [invoice_id]
        arrived = {"delivered_at": now} if state is DeliveryState.DELIVERED else {}
        with unit_of_work():
            db.session.add(InvoiceDelivery(invoice_id=invoice_id, state=state, since=now, response=response, **arrived))
        assert listed(centre, now) == []
        assert hand_over([invoice_id], centre.facts, now, ACTOR) == (0, 1)


def test_an_invoice_that_still_has_time_is_not_handed_over_by_a_form_that_names_it(app: Flask) -> None:
    centre, invoice_id = reminded_in_vain(app)
    with days_late(invoice_id, 35) as now:
        assert hand_over([invoice_id], centre.facts, now, ACTOR) == (0, 1)
    with unit_of_work():
        for step in db.session.scalars(select(ReminderStep)):
            db.session.delete(step)
    with days_late(invoice_id, 40) as now:
        assert hand_over([invoice_id], centre.facts, now, ACTOR) == (0, 1)
        assert db.session.scalars(select(InvoiceHold)).all() == []


def test_what_nobody_could_be_reminded_of_is_for_the_collector_after_as_many_days(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=""))
    for days in (7, 21, 35):
        with days_late(invoice_id, days) as now:
            assert (promise_due(centre.facts, now), listed(centre, now)) == (0, [])
            assert hand_over([invoice_id], centre.facts, now, ACTOR) == (0, 1)
    with days_late(invoice_id, 36) as now:
        (line,) = for_collector(centre.facts, now).lines
        assert (line.facts.invoice_id, line.reminded, line.no_mailbox) == (invoice_id, (), True)
        assert hand_over([invoice_id], centre.facts, now, ACTOR) == (1, 0)


def test_who_booked_and_pays_has_an_address_and_is_reminded_first(app: Flask) -> None:
    centre, invoice_id = an_invoice(app, active=False)
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=""))
    with days_late(invoice_id, 60) as now:
        assert (listed(centre, now), hand_over([invoice_id], centre.facts, now, ACTOR)) == ([], (0, 1))
        assert promise_due(centre.facts, now) == 1


def test_who_was_reminded_once_and_then_lost_the_mailbox_has_the_time_that_was_given(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with days_late(invoice_id, 30) as now:
        promise_due(centre.facts, now)
        keep(app, promised()[-1])
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=""))
    with days_late(invoice_id, 40) as now:
        assert listed(centre, now) == []
    with days_late(invoice_id, 41) as now:
        (line,) = for_collector(centre.facts, now).lines
        assert (len(line.reminded), line.no_mailbox) == (1, True)


def test_the_list_comes_in_parts_and_the_file_has_all(app: Flask) -> None:
    centre, invoice_id = an_invoice(app)
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=""))
    copy_visit(db.session.scalars(select(InvoicedReceivable.booking_id)).one(), 4)
    with days_late(invoice_id, 80) as now:
        parts, after = [], 0
        while True:
            part = for_collector(centre.facts, now, after, most=2)
            parts.append([line.facts.invoice_id for line in part.lines])
            if part.next_after is None:
                break
            after = part.next_after
        assert [len(part) for part in parts] == [2, 2, 1]
        one_by_one = [invoice_id for part in parts for invoice_id in part]
        assert sorted(set(one_by_one)) == one_by_one
        lines = whole(lambda beyond: for_collector(centre.facts, now, beyond, most=2))
        assert [line.facts.invoice_id for line in lines] == one_by_one
