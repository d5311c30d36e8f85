"""Who goes to the collector: nobody who disputes, was not reminded in vain, or perhaps never got the invoice."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from booking.invoicing.reminders.collector import for_collector, hand_over
from booking.invoicing.reminders.due import promise_due
from booking.invoicing.reminders.holds import hold, let_go
from booking.invoicing.reminders.models import HoldKind, InvoiceHold, ReminderStep
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.states import BuyerResponse, DeliveryState
from booking.kernel.database import db, unit_of_work
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
    ids = [line.facts.invoice_id for line in for_collector(centre.facts, now)]
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
