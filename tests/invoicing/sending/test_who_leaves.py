"""Who leaves the list of what wants a person on its way: what nobody is asked for any more, however that came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.invoicing.models import Invoice
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.states import BuyerResponse, DeliveryState, ReportState, SendingChannel
from booking.invoicing.sending.wanting import how_many_want_a_person, wanting_a_person
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.settings import settings_of
from tests.invoicing.owed import a_centre_that_invoices
from tests.invoicing.sending.sent import a_note_on, an_issued_invoice
from tests.invoicing.write_offs.lost import left_of, lose
from tests.visits.booked import Centre

WANTS = (
    {"state": DeliveryState.REFUSED},
    {"state": DeliveryState.UNKNOWN},
    {"state": DeliveryState.NEEDS_PERSON},
    {"state": DeliveryState.DELIVERED, "response": BuyerResponse.REJECTED},
    {"state": DeliveryState.DELIVERED, "response": BuyerResponse.QUERY},
    {"state": DeliveryState.SENT, "channel": SendingChannel.ACCESS_POINT},
)
Ending = Callable[[Flask, Centre, int], object]


def paid(_app: Flask, _centre: Centre, invoice_id: int) -> None:
    with unit_of_work():
        db.session.execute(update(Invoice).where(Invoice.id == invoice_id).values(paid=Invoice.payable))


def credited_whole(app: Flask, centre: Centre, invoice_id: int) -> None:
    a_note_on(invoice_id, settings_of(app), centre)


def written_off(_app: Flask, _centre: Centre, invoice_id: int) -> None:
    lose(invoice_id)


def paid_in_part_and_the_rest_written_off(_app: Flask, _centre: Centre, invoice_id: int) -> None:
    with unit_of_work():
        db.session.execute(update(Invoice).where(Invoice.id == invoice_id).values(paid=100))
    lose(invoice_id)


ENDINGS: tuple[Ending, ...] = (
    paid,
    credited_whole,
    written_off,
    paid_in_part_and_the_rest_written_off,
)


def stands(invoice_id: int, **values: object) -> None:
    """It has stood so for a week."""
    with unit_of_work():
        mine = update(InvoiceDelivery).where(InvoiceDelivery.invoice_id == invoice_id)
        delivered = {"delivered_at": clock.now()} if values["state"] is DeliveryState.DELIVERED else {}
        db.session.execute(mine.values(since=clock.now() - timedelta(days=7), **delivered, **values))


def wanted() -> list[int]:
    """The documents that want a person; the number beside them says the same."""
    db.session.rollback()
    now = clock.now()
    rows = wanting_a_person(now, now.date())
    assert how_many_want_a_person(now, now.date()) == len(rows)
    return [row.invoice_id for row in rows]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("values", WANTS, ids=lambda values: "-".join(map(str, values.values())))
def test_what_nobody_is_asked_for_any_more_wants_nobody(app: Flask, values: dict[str, object], ending: Ending) -> None:
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(settings_of(app), centre)
    stands(invoice_id, **values)
    assert wanted() == [invoice_id]
    ending(app, centre, invoice_id)
    assert (left_of(invoice_id), invoice_id in wanted()) == (0, False)


def test_what_is_written_off_in_part_wants_somebody_still(app: Flask) -> None:
    invoice_id = an_issued_invoice(settings_of(app))
    stands(invoice_id, state=DeliveryState.REFUSED)
    lose(invoice_id, 100)
    assert wanted() == [invoice_id]


def test_a_credit_note_that_was_refused_wants_somebody_although_nothing_is_left_of_its_invoice(app: Flask) -> None:
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(settings_of(app), centre)
    note_id = a_note_on(invoice_id, settings_of(app), centre)
    stands(note_id, state=DeliveryState.REFUSED)
    assert note_id in wanted()


def test_what_is_to_be_reported_is_so_whatever_became_of_it(app: Flask) -> None:
    invoice_id = an_issued_invoice(settings_of(app))
    stands(invoice_id, state=DeliveryState.REFUSED, report=ReportState.DUE, report_by=clock.now().date())
    lose(invoice_id)
    assert wanted() == [invoice_id]
