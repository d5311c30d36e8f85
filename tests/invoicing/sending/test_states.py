"""What may follow on what, and until when the tax authority is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from booking.invoicing.models import Invoice
from booking.invoicing.sending import moves
from booking.invoicing.sending.begin import begin_sending
from booking.invoicing.sending.by_hand import DeliveryMoved, make_again, reported, send_again
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.queries import delivery_stands
from booking.invoicing.sending.report import last_report_day
from booking.invoicing.sending.send import SendLater, carry
from booking.invoicing.sending.states import NEXT, DeliveryState, ReportState, SendingChannel, may_follow
from booking.invoicing.sending.wanting import how_many_want_a_person, unmade, wanting_a_person
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.running.worker import run_once
from booking.settings import settings_of
from tests.invoicing.owed import a_centre_that_invoices
from tests.invoicing.sending.sent import ACTOR, a_note_on, an_issued_invoice, delivery, files_stand, the_way, way_of


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
    assert delivery_stands([invoice_id]) == {invoice_id: False}


@pytest.mark.parametrize("state", [PromiseState.WAITING, PromiseState.DEAD, PromiseState.DONE])
def test_a_document_whose_files_were_never_made_has_not_arrived_one_of_before_there_was_sending_has(
    app: Flask, state: PromiseState
) -> None:
    invoice_id = an_issued_invoice(settings_of(app))
    with unit_of_work():
        db.session.execute(delete(InvoiceDelivery))
    files_stand(state, invoice_id)
    assert delivery_stands([invoice_id]) == {invoice_id: state is PromiseState.DONE}


def test_a_credit_note_waits_for_an_invoice_that_has_not_begun_its_way(app: Flask) -> None:
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(settings_of(app), centre)
    with unit_of_work():
        db.session.execute(delete(InvoiceDelivery))
    files_stand(PromiseState.DEAD, invoice_id)
    note_id = a_note_on(invoice_id, settings_of(app), centre)
    with pytest.raises(SendLater, match="not begun"):
        carry(note_id, settings_of(app))
    assert delivery().state is DeliveryState.WAITING
    files_stand(PromiseState.DONE, invoice_id)
    carry(note_id, settings_of(app))
    assert delivery().state is DeliveryState.SENT


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


@pytest.mark.parametrize("state", [PromiseState.DEAD, PromiseState.HELD_BACK])
def test_a_document_whose_files_could_not_be_made_wants_a_person_and_is_made_again(
    app: Flask, state: PromiseState
) -> None:
    invoice_id = an_issued_invoice(settings_of(app))
    with unit_of_work():
        db.session.execute(delete(InvoiceDelivery))
        db.session.execute(delete(Promise).where(Promise.kind == "invoice.send"))
    today = delivery_day()
    assert how_many_want_a_person(clock.now(), today) == 0
    files_stand(state, invoice_id)
    (facts,) = unmade(clock.now())
    assert (facts.invoice_id, facts.may_try, how_many_want_a_person(clock.now(), today)) == (invoice_id, True, 1)
    make_again(invoice_id, clock.now(), ACTOR)
    with pytest.raises(DeliveryMoved):
        make_again(invoice_id, clock.now(), ACTOR)
    run_once(app)
    assert (unmade(clock.now()), delivery().state) == ([], DeliveryState.SENT)


def test_files_that_are_not_made_for_a_day_are_shown_while_they_are_tried(app: Flask) -> None:
    invoice_id = an_issued_invoice(settings_of(app))
    files_stand(PromiseState.WAITING, invoice_id)
    assert unmade(clock.now() + timedelta(hours=23)) == []
    (facts,) = unmade(clock.now() + timedelta(hours=25))
    assert (facts.invoice_id, facts.may_try) == (invoice_id, False)


@pytest.mark.parametrize("state", [DeliveryState.WAITING, DeliveryState.LOOKING_UP, DeliveryState.SENDING])
def test_what_has_stood_on_its_way_for_long_since_its_promise_died_goes_on(app: Flask, state: DeliveryState) -> None:
    invoice_id = an_issued_invoice(settings_of(app))
    carry(invoice_id, settings_of(app))  # it is in the folder, and nobody has written that down
    before = clock.now() - timedelta(hours=25)
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.kind == "invoice.send"))
        values = {"state": state, "their_ref": "", "since": clock.now(), "begun_at": before}
        db.session.execute(update(InvoiceDelivery).values(values))
    with pytest.raises(DeliveryMoved):
        send_again(invoice_id, state, clock.now(), ACTOR)
    with unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(since=before))
    send_again(invoice_id, state, clock.now(), ACTOR)
    run_once(app)
    assert (delivery().state, delivery().attempt) == (DeliveryState.SENT, 1)


def delivery_day() -> date:
    """When it was issued."""
    return db.session.scalars(select(Invoice.issued_on)).one()
