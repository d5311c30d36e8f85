"""What may follow on what, and until when the tax authority is told."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from booking.invoicing.models import Invoice
from booking.invoicing.sending import moves
from booking.invoicing.sending.begin import begin_sending
from booking.invoicing.sending.by_hand import DeliveryMoved, reported
from booking.invoicing.sending.queries import delivery_stands, how_many_want_a_person, wanting_a_person
from booking.invoicing.sending.report import last_report_day
from booking.invoicing.sending.states import NEXT, DeliveryState, ReportState, SendingChannel, may_follow
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.settings import settings_of
from tests.invoicing.sending.sent import ACTOR, an_issued_invoice, delivery, the_way, way_of


@pytest.mark.parametrize("state", DeliveryState)
def test_each_state_says_what_may_follow(state: DeliveryState) -> None:
    assert state in NEXT
    assert not may_follow(state, state)
    assert may_follow(state, DeliveryState.SENDING) is (state in (DeliveryState.WAITING, DeliveryState.LOOKING_UP))


def test_what_may_not_follow_is_a_mistake_of_ours(app: Flask) -> None:
    an_issued_invoice(settings_of(app))
    with pytest.raises(ValueError, match="does not follow"), unit_of_work():
        moves.move(delivery().id, (DeliveryState.OUTSIDE,), DeliveryState.SENT, clock.now())


def test_a_document_begins_its_way_once(app: Flask) -> None:
    invoice_id = an_issued_invoice(settings_of(app))
    begin_sending(invoice_id, settings_of(app))
    assert way_of(invoice_id) == ["waiting"]
    assert delivery_stands([invoice_id, invoice_id + 99]) == {invoice_id: False, invoice_id + 99: True}


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        (date(2026, 11, 4), date(2026, 11, 11)),
        (date(2026, 11, 13), date(2026, 11, 23)),  # 18 November is a Wednesday, and Latvia's own day
        (date(2026, 12, 22), date(2027, 1, 4)),  # Christmas Eve to Boxing Day, New Year's Eve and Day
    ],
)
def test_five_working_days_leave_out_weekends_and_holidays(issued: date, last: date) -> None:
    assert last_report_day(issued, 5, "LV") == last


def test_what_must_be_reported_is_warned_of_and_done_by_hand_once(app: Flask) -> None:
    the_way(SendingChannel.FOLDER, reports=True)
    invoice_id = an_issued_invoice(settings_of(app))
    last = delivery().report_by
    assert (delivery().report, last) == (ReportState.DUE, last_report_day(delivery_day(), 5, "NO"))
    assert last is not None
    assert how_many_want_a_person(clock.now(), last) == 1
    reported(invoice_id, clock.now(), ACTOR)
    assert wanting_a_person(clock.now(), last) == []
    with pytest.raises(DeliveryMoved):
        reported(invoice_id, clock.now(), ACTOR)
    assert way_of(invoice_id)[-1] == "reported"


def delivery_day() -> date:
    """When it was issued."""
    return db.session.scalars(select(Invoice.issued_on)).one()
