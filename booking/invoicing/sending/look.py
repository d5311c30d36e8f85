"""What became of a document that is with its channel: looked at, never believed unasked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from booking.invoicing.models import Invoice
from booking.invoicing.sending import moves
from booking.invoicing.sending.begin import letter_key
from booking.invoicing.sending.choose import way_to
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.moves import delivery_of
from booking.invoicing.sending.send import LETTER_LOOK, SendLater
from booking.invoicing.sending.states import BuyerResponse, DeliveryState, SendingChannel, WhyPerson
from booking.invoicing.sending.transport import AskLater, CannotFind, TransportStatus, Whereabouts
from booking.invoicing.sending.transports import NoTransport, transport_of
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise
from booking.settings import Settings

D = DeliveryState
LOOKED_AFTER = timedelta(days=60)  # a buyer's answer comes within the term of payment, or not at all
DAY = timedelta(days=1)
MOST_A_ROUND = 50


def look(invoice_id: int, settings: Settings) -> None:
    """Look at one document; a late, doubled or early look changes nothing. Raises SendLater. Not in a unit of work."""
    delivery = delivery_of(invoice_id)
    end_reading()
    if delivery is None or delivery.channel is None:
        return
    if delivery.channel is SendingChannel.MAIL:
        _look_at_letter(delivery)
    elif delivery.state in (D.SENT, D.DELIVERED):
        try:
            status = transport_of(delivery.channel, settings).look(delivery.their_ref)
        except (CannotFind, NoTransport):
            _look_later(delivery, clock.now())
        except AskLater as later:
            _look_later(delivery, clock.now())
            raise SendLater(str(later)) from later
        else:
            _write_down(delivery, status, settings)


def promise_looks(now: datetime) -> bool:
    """Promise a look at what is due for one, and put the next on; True when there may be more."""
    with unit_of_work():
        due = select(InvoiceDelivery).where(InvoiceDelivery.look_at <= now).order_by(InvoiceDelivery.look_at)
        deliveries = db.session.scalars(due.limit(MOST_A_ROUND).with_for_update(skip_locked=True)).all()
        for delivery in deliveries:
            promise_look(delivery.invoice_id, now)
            moves.look_again(delivery.id, next_look(delivery, now))
    return len(deliveries) == MOST_A_ROUND


def promise_look(invoice_id: int, now: datetime) -> None:
    """Have the worker look at it; a minute's many wishes are one. Inside a unit of work."""
    promise("invoice.look", f"invoice.look:{invoice_id}:{now:%Y%m%d%H%M}", {"invoice_id": invoice_id})


def promise_look_by_ref(ref: str, now: datetime) -> bool:
    """The same by the channel's name; False for one that is nobody's. Not inside a unit of work."""
    with unit_of_work():
        is_named = (InvoiceDelivery.their_ref == ref) & (InvoiceDelivery.channel == SendingChannel.ACCESS_POINT)
        invoice_id = db.session.scalar(select(InvoiceDelivery.invoice_id).where(is_named).limit(1)) if ref else None
        if invoice_id is not None:
            promise_look(invoice_id, now)
    return invoice_id is not None


def next_look(delivery: InvoiceDelivery, now: datetime) -> datetime | None:
    """Half as long again as it has stood, a minute at least and a day at most; none after LOOKED_AFTER."""
    stood = now - delivery.since
    if stood > LOOKED_AFTER:
        return None
    return now + min(max(stood / 2, timedelta(minutes=1)), DAY)


def _look_later(delivery: InvoiceDelivery, now: datetime) -> None:
    with unit_of_work():
        moves.look_again(delivery.id, next_look(delivery, now))


def _write_down(delivery: InvoiceDelivery, status: TransportStatus, settings: Settings) -> None:
    now = clock.now()
    same = (InvoiceDelivery.their_ref == delivery.their_ref) & (InvoiceDelivery.attempt == delivery.attempt)
    with unit_of_work():
        if status.progress is Whereabouts.DELIVERED:
            at, receipt = status.delivered_at or now, status.receipt
            if moves.move(delivery.id, (D.SENT,), D.DELIVERED, now, same, delivered_at=at, receipt=receipt):
                _report_by_channel(delivery, settings, now)
        elif status.progress is Whereabouts.REFUSED:
            moves.move(delivery.id, (D.SENT, D.DELIVERED), D.REFUSED, now, same, said=status.why)
        if status.response is not BuyerResponse.NONE:
            moves.respond(delivery.id, status.response, status.response_why, now, same)
        if status.progress is Whereabouts.REFUSED or status.response is BuyerResponse.PAID:
            moves.look_again(delivery.id, None, same)


def nobody_to_write_to(delivery: InvoiceDelivery) -> None:
    """A letter was promised, and the mailbox that it was for is gone: it waits for somebody. Not in a unit of work."""
    if delivery.state is D.NEEDS_PERSON:
        return
    with unit_of_work():
        here, same = (delivery.state,), InvoiceDelivery.attempt == delivery.attempt
        moves.move(delivery.id, here, D.NEEDS_PERSON, clock.now(), same, why=WhyPerson.NO_EMAIL, look_at=None)


def goes_after_all(delivery: InvoiceDelivery) -> bool:
    """A letter that had died is tried again: it is on its way. False where somebody decided otherwise meanwhile.

    Not in a unit of work.
    """
    now, same = clock.now(), InvoiceDelivery.attempt == delivery.attempt
    refused = InvoiceDelivery.why == WhyPerson.MAIL_REFUSED
    with unit_of_work():
        return moves.move(
            delivery.id, (D.NEEDS_PERSON,), D.BY_MAIL, now, same, refused, look_at=now + LETTER_LOOK
        )  # fmt: skip


def _report_by_channel(delivery: InvoiceDelivery, settings: Settings, now: datetime) -> None:
    invoice = db.session.get_one(Invoice, delivery.invoice_id)
    number = str(invoice.document["billed_to"]["org_number"])
    if way_to(invoice.payer_id, number, settings).channel_reports:
        moves.report(delivery.id, now, moves.WORKER)


def _look_at_letter(delivery: InvoiceDelivery) -> None:
    """A letter that the mail server has taken is sent; one that will never go waits for somebody."""
    with unit_of_work():
        key = letter_key(delivery.id, delivery.attempt)
        state = db.session.scalar(select(Promise.state).where(Promise.key == key))
        if state in (PromiseState.DEAD, PromiseState.HELD_BACK):
            moves.move(
                delivery.id, (D.SENT, D.BY_MAIL), D.NEEDS_PERSON, clock.now(), why=WhyPerson.MAIL_REFUSED, look_at=None
            )
        elif state is not PromiseState.WAITING:
            moves.look_again(delivery.id, None)
