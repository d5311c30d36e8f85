"""One document is handed over: looked up, sent and written down, and never sent again before it has been looked for.

What is about to go is written down first (SENDING). Who finds that, after a lost answer or a killed worker, asks the
channel by our key; where that cannot be asked the outcome is unknown, and a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.invoicing.document import DocumentKind, InvoiceDocument
from booking.invoicing.files import file_of
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import FileKind, Invoice
from booking.invoicing.payer.queries import contact_of
from booking.invoicing.queries import issued_one
from booking.invoicing.sending import look_up, moves
from booking.invoicing.sending.begin import promise_letter
from booking.invoicing.sending.choose import Way, way_to
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.moves import delivery_of
from booking.invoicing.sending.queries import has_not_begun
from booking.invoicing.sending.states import ON_ITS_WAY, WITH_THE_PAYER, DeliveryState, SendingChannel, WhyPerson
from booking.invoicing.sending.transport import AnswerLost, AskLater, CannotFind, NotTaken, Parcel, Transport
from booking.invoicing.sending.transports import NoTransport, transport_of
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.settings import Settings

D = DeliveryState
CAME_FROM = (D.WAITING, D.LOOKING_UP, D.SENDING, D.UNKNOWN)  # when we learn that the channel has it
FIND_AFTER = timedelta(minutes=5)  # so long one who was asked may still be at work on it
LOOKED_UP_FOR = timedelta(days=1)  # so long it is asked whether a payer can receive
LOOKED_FOR = timedelta(days=2)  # so long it is asked whether something arrived; a promise lives three days
FIRST_LOOK = timedelta(minutes=1)
LETTER_LOOK = timedelta(minutes=10)


class SendLater(Exception):
    """It is not handed over yet: try again later. `str()` is ours."""


@dataclass(frozen=True, slots=True)
class ReadyToGo:
    """A document that can go."""

    delivery: InvoiceDelivery
    document: InvoiceDocument
    parcel: Parcel
    way: Way
    credited_whole: bool
    corrects_id: int | None


def key_of(number: int, digest: str, attempt: int) -> str:
    """The name of a sending: what stands on the document is in it, so that nothing else can go by this name."""
    return f"{number}-{digest[:24]}-{attempt}"


def carry(invoice_id: int, settings: Settings) -> None:
    """Go on with a document until it is handed over or waits for somebody. Not inside a unit of work.

    Raises SendLater. Doing it twice, or two at once, sends once.
    """
    ready = _ready(invoice_id, settings)
    if ready is None:
        return
    if ready.delivery.state is D.SENDING:
        _look_for(ready, settings)
    elif not _is_kept_back(ready):
        _set_out(ready, settings)


def _ready(invoice_id: int, settings: Settings) -> ReadyToGo | None:
    """None when there is nothing to do any more."""
    delivery = delivery_of(invoice_id)
    if delivery is None or delivery.state not in ON_ITS_WAY:
        end_reading()
        return None
    row = db.session.execute(
        select(
            Invoice.number, Invoice.digest, Invoice.document, Invoice.payer_id, Invoice.credited, Invoice.payable,
            Invoice.corrects_id,
        ).where(Invoice.id == invoice_id)
    ).one()  # fmt: skip
    document = from_kept(row.document)
    key = key_of(row.number, row.digest, delivery.attempt)
    parcel = Parcel(
        key, document.number, document.seller.endpoint, document.billed_to.endpoint,
        file_of(invoice_id, FileKind.PDF), file_of(invoice_id, FileKind.XML),
    )  # fmt: skip
    whole = document.kind is DocumentKind.INVOICE and row.credited == row.payable > 0
    way = way_to(row.payer_id, document.billed_to.org_number, settings)
    end_reading()
    return ReadyToGo(delivery, document, parcel, way, whole, row.corrects_id)


def _is_kept_back(ready: ReadyToGo) -> bool:
    """What is credited before it went out does not go, nor what takes back something that never arrived.

    Unless somebody has decided that it goes: that is another attempt.
    """
    if ready.delivery.attempt > 1:
        return False
    if ready.credited_whole:
        return _stop(ready, D.KEPT_BACK, WhyPerson.CREDITED)
    invoice = delivery_of(ready.corrects_id) if ready.corrects_id is not None else None
    waits = ready.corrects_id is not None and has_not_begun(ready.corrects_id)
    end_reading()
    if waits:
        raise SendLater("what it takes back has not begun its way")
    if invoice is None or invoice.state in WITH_THE_PAYER or invoice.delivered_at is not None:
        return False
    if invoice.state in (D.REFUSED, D.KEPT_BACK):
        return _stop(ready, D.KEPT_BACK, WhyPerson.NEVER_ARRIVED)
    if invoice.state in ON_ITS_WAY:
        raise SendLater("what it takes back is not sent yet")
    return _stop(ready, D.NEEDS_PERSON, WhyPerson.INVOICE_NOT_SENT)


def _set_out(ready: ReadyToGo, settings: Settings) -> None:
    channel = ready.way.channel
    if channel is None:
        _stop(ready, D.NEEDS_PERSON, WhyPerson.NOT_SET_UP)
    elif channel is SendingChannel.MAIL:
        _by_letter(ready, D.SENT, WhyPerson.NOTHING)
    elif channel is SendingChannel.ACCESS_POINT and ready.parcel.xml is None:
        _not_electronic(ready, WhyPerson.NO_XML)
    else:
        try:
            transport = transport_of(channel, settings)
        except NoTransport:
            _stop(ready, D.NEEDS_PERSON, WhyPerson.NO_ACCESS_POINT)
        else:
            _electronic(ready, channel, transport)


def _electronic(ready: ReadyToGo, channel: SendingChannel, transport: Transport) -> None:
    if channel is SendingChannel.ACCESS_POINT and not _looked_up(ready, transport):
        return
    if ready.delivery.begun_at is not None and _is_there(ready, transport):
        return
    now, delivery = clock.now(), ready.delivery
    with unit_of_work():
        begun = moves.begin(delivery.id, delivery.state, channel, now)
    if begun:
        _hand_over(ready, transport, now)


def _is_there(ready: ReadyToGo, transport: Transport) -> bool:
    """Whether an earlier try has come through after all; somebody who knew that nobody can tell said to send it."""
    try:
        ref = transport.find(ready.parcel)
    except CannotFind:
        return False
    except AskLater as later:
        raise SendLater(str(later)) from later
    if ref is None:
        return False
    _arrived_there(ready, ref)
    return True


def _looked_up(ready: ReadyToGo, transport: Transport) -> bool:
    """Whether it can be sent there; if not, something else is done with it. Raises SendLater."""
    delivery, address, now = ready.delivery, ready.parcel.receiver, clock.now()
    if delivery.state is D.WAITING:
        with unit_of_work():
            if not moves.move(delivery.id, (D.WAITING,), D.LOOKING_UP, now):
                return False
        delivery.state, delivery.since = D.LOOKING_UP, now
    receives = look_up.can_receive(address, transport, now) if address is not None else False
    if receives is None:
        if now - delivery.since < LOOKED_UP_FOR:
            raise SendLater("not known whether the payer can receive")
        _stop(ready, D.NEEDS_PERSON, WhyPerson.NOT_KNOWN)
    elif not receives:
        _not_electronic(ready, WhyPerson.NOT_FOUND)
    return bool(receives)


def _hand_over(ready: ReadyToGo, transport: Transport, begun_at: datetime) -> None:
    """Send what has been begun at this moment, and write down what came of it."""
    delivery_id, mine = ready.delivery.id, InvoiceDelivery.begun_at == begun_at
    try:
        ref = transport.send(ready.parcel)
    except NotTaken as refused:
        with unit_of_work():
            moves.move(delivery_id, (D.SENDING,), D.REFUSED, clock.now(), mine, said=str(refused))
    except AskLater as later:
        with unit_of_work():
            moves.move(delivery_id, (D.SENDING,), D.WAITING, clock.now(), mine)
        raise SendLater(str(later)) from later
    except AnswerLost as lost:
        raise SendLater(str(lost)) from lost  # it stays SENDING
    else:
        _arrived_there(ready, ref)


def _look_for(ready: ReadyToGo, settings: Settings) -> None:
    """After a lost answer: look before every second try. Raises SendLater."""
    delivery, now = ready.delivery, clock.now()
    if delivery.begun_at is None or delivery.channel is None:
        raise TypeError("the database lets nothing be sent that was not begun")
    if now - delivery.begun_at < FIND_AFTER:
        raise SendLater("sent just now, perhaps")
    try:
        transport = transport_of(delivery.channel, settings)
        ref = transport.find(ready.parcel)
    except (NoTransport, CannotFind):
        _unknown(delivery)
    except AskLater as later:
        if now - delivery.since >= LOOKED_FOR:
            _unknown(delivery)
            return
        raise SendLater(str(later)) from later
    else:
        if ref is not None:
            _arrived_there(ready, ref)
            return
        with unit_of_work():
            begun = moves.begin(delivery.id, D.SENDING, delivery.channel, now, delivery.begun_at)
        if begun:
            _hand_over(ready, transport, now)


def _arrived_there(ready: ReadyToGo, ref: str) -> None:
    """Whoever sent it: it is with the channel, by this name."""
    now = clock.now()
    with unit_of_work():
        same = InvoiceDelivery.attempt == ready.delivery.attempt
        moves.move(ready.delivery.id, CAME_FROM, D.SENT, now, same, their_ref=ref, look_at=now + FIRST_LOOK)


def _unknown(delivery: InvoiceDelivery) -> None:
    with unit_of_work():
        same = InvoiceDelivery.begun_at == delivery.begun_at
        moves.move(delivery.id, (D.SENDING,), D.UNKNOWN, clock.now(), same)


def _not_electronic(ready: ReadyToGo, why: WhyPerson) -> None:
    """Paper instead, with the reason; never unasked to a public body, which must not pay by paper."""
    if ready.way.public_body or not ready.way.paper_instead:
        _stop(ready, D.NEEDS_PERSON, why)
    else:
        _by_letter(ready, D.BY_MAIL, why)


def _by_letter(ready: ReadyToGo, after: DeliveryState, why: WhyPerson) -> None:
    now, delivery = clock.now(), ready.delivery
    facts = issued_one(delivery.invoice_id)
    contact = contact_of(facts) if facts is not None else ""
    end_reading()
    if not contact:
        _stop(ready, D.NEEDS_PERSON, WhyPerson.NO_EMAIL)
        return
    with unit_of_work():
        look_at, by_mail = now + LETTER_LOOK, SendingChannel.MAIL
        if moves.move(delivery.id, (delivery.state,), after, now, why=why, channel=by_mail, look_at=look_at):
            promise_letter(delivery)


def _stop(ready: ReadyToGo, after: DeliveryState, why: WhyPerson) -> bool:
    delivery = ready.delivery
    with unit_of_work():
        moves.move(delivery.id, (delivery.state,), after, clock.now(), why=why)
    return True
