"""What a person decides of a delivery: send it again, it arrived, by mail instead, done outside, reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from booking.invoicing.frozen import from_kept
from booking.invoicing.models import Invoice
from booking.invoicing.payer.queries import contact_of
from booking.invoicing.queries import issued_one
from booking.invoicing.sending import look_up, moves
from booking.invoicing.sending.begin import promise_letter, promise_sending
from booking.invoicing.sending.models import LONGEST_REASON, InvoiceDelivery
from booking.invoicing.sending.moves import delivery_of
from booking.invoicing.sending.queries import LONG_ON_ITS_WAY
from booking.invoicing.sending.states import ON_ITS_WAY, DeliveryState, SendingChannel, WhyPerson
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line
from booking.outbox.models import Promise
from booking.outbox.promises import revive
from booking.records.audit import note

D = DeliveryState
MAY_SEND_AGAIN = (D.REFUSED, D.UNKNOWN, D.NEEDS_PERSON, D.KEPT_BACK)
MAY_HAVE_ARRIVED = (D.SENT, D.UNKNOWN)
MAY_GO_BY_LETTER = (D.REFUSED, D.UNKNOWN, D.NEEDS_PERSON)
MAY_BE_DONE_OUTSIDE = (D.WAITING, D.LOOKING_UP, D.REFUSED, D.UNKNOWN, D.NEEDS_PERSON)
LETTER_LOOK = timedelta(minutes=10)


class DeliveryMoved(Refusal):
    """The delivery stands otherwise than when somebody looked at it, or there is none."""


class DecisionReasonMissing(Refusal):
    """No reason is given."""


class NoLetterAddress(Refusal):
    """There is no e-mail address that may have what the payer owes."""


def send_again(invoice_id: int, seen: DeliveryState, now: datetime, actor: str) -> None:
    """Have it sent once more.

    What may have arrived keeps its key, so that a channel that knows keys takes it once; what was refused gets another.
    What has been on its way for long goes on as it is. Raises DeliveryMoved.
    """
    with unit_of_work():
        delivery = _seen(invoice_id, seen, (*MAY_SEND_AGAIN, *ON_ITS_WAY))
        if seen in ON_ITS_WAY:
            _go_on(delivery, now, actor)
            return
        anew: dict[str, Any] = {}
        if seen is not D.UNKNOWN:
            anew = {"attempt": delivery.attempt + 1, "begun_at": None, "their_ref": "", "channel": None}
            endpoint = from_kept(db.session.get_one(Invoice, invoice_id).document).billed_to.endpoint
            if endpoint is not None:
                look_up.forget(f"{endpoint.scheme}:{endpoint.value}")
        _decide(delivery, D.WAITING, "invoice.send_again", now, actor, look_at=None, **anew)
        promise_sending(invoice_id, f"{delivery.attempt}:{now.timestamp():.6f}")


def may_send_again(state: DeliveryState, since: datetime, now: datetime) -> bool:
    """Whether somebody may: what waits for a person, and what the worker should have sent long ago."""
    return state in MAY_SEND_AGAIN or (state in ON_ITS_WAY and since < now - LONG_ON_ITS_WAY)


def make_again(invoice_id: int, now: datetime, actor: str) -> None:
    """Have the files of a document made after all, which the worker has given up. Raises DeliveryMoved."""
    with unit_of_work():
        promise_id = db.session.scalar(select(Promise.id).where(Promise.key == f"invoice.files:{invoice_id}"))
        if promise_id is None or not revive(promise_id, now):
            raise DeliveryMoved
        note(actor, "invoice.make_again", f"invoice:{invoice_id}")


def arrived(invoice_id: int, seen: DeliveryState, now: datetime, actor: str) -> None:
    """Somebody knows that the payer has it. Raises DeliveryMoved."""
    with unit_of_work():
        delivery = _seen(invoice_id, seen, MAY_HAVE_ARRIVED)
        _decide(delivery, D.DELIVERED, "invoice.arrived", now, actor, delivered_at=now)


def by_letter(invoice_id: int, seen: DeliveryState, reason: str, now: datetime, actor: str) -> None:
    """Send the PDF by mail instead. Raises DeliveryMoved, DecisionReasonMissing, NoLetterAddress."""
    why = _reason(reason)
    with unit_of_work():
        delivery = _seen(invoice_id, seen, MAY_GO_BY_LETTER)
        facts = issued_one(invoice_id)
        if facts is None or not contact_of(facts):
            raise NoLetterAddress
        delivery.attempt += 1
        _decide(
            delivery, D.BY_MAIL, "invoice.by_mail", now, actor, reason=why, why=WhyPerson.CHOSEN,
            attempt=delivery.attempt, channel=SendingChannel.MAIL, look_at=now + LETTER_LOOK,
        )  # fmt: skip
        promise_letter(delivery)


def outside(invoice_id: int, seen: DeliveryState, reason: str, now: datetime, actor: str) -> None:
    """It was sent in another way, by hand. Raises DeliveryMoved, DecisionReasonMissing."""
    why = _reason(reason)
    with unit_of_work():
        delivery = _seen(invoice_id, seen, MAY_BE_DONE_OUTSIDE)
        _decide(delivery, D.OUTSIDE, "invoice.outside", now, actor, reason=why, why=WhyPerson.CHOSEN, look_at=None)


def reported(invoice_id: int, now: datetime, actor: str) -> None:
    """The tax authority has been told. Raises DeliveryMoved where nothing was due."""
    with unit_of_work():
        delivery = delivery_of(invoice_id)
        if delivery is None or not moves.report(delivery.id, now, actor):
            raise DeliveryMoved
        note(actor, "invoice.reported", f"invoice:{invoice_id}")


def _seen(invoice_id: int, seen: DeliveryState, may: Sequence[DeliveryState]) -> InvoiceDelivery:
    delivery = delivery_of(invoice_id)
    if delivery is None or delivery.state is not seen or seen not in may:
        raise DeliveryMoved
    db.session.expunge(delivery)  # written by moves alone
    return delivery


def _go_on(delivery: InvoiceDelivery, now: datetime, actor: str) -> None:
    """Another promise beside the one that may have died: whoever keeps them sends it once."""
    if not may_send_again(delivery.state, delivery.since, now):
        raise DeliveryMoved
    promise_sending(delivery.invoice_id, f"{delivery.attempt}:{now.timestamp():.6f}")
    note(actor, "invoice.send_again", f"invoice:{delivery.invoice_id}")


def _decide(
    delivery: InvoiceDelivery,
    after: DeliveryState,
    act: str,
    now: datetime,
    actor: str,
    **values: Any,  # noqa: ANN401
) -> None:
    same = InvoiceDelivery.since == delivery.since
    if not moves.move(delivery.id, (delivery.state,), after, now, same, actor=actor, **values):
        raise DeliveryMoved
    note(actor, act, f"invoice:{delivery.invoice_id}", {"delivery": delivery.state}, {"delivery": after})


def _reason(reason: str) -> str:
    line = one_line(reason)
    if not 0 < len(line) <= LONGEST_REASON:
        raise DecisionReasonMissing
    return line
