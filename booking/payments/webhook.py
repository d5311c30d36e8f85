"""What to do with an event the provider sent. Order is not guaranteed and an event may come twice."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from booking.kernel import clock
from booking.kernel.database import db, insert_once, unit_of_work
from booking.payments import disputes, refunds
from booking.payments.fulfil import fulfil, fulfil_ref
from booking.payments.models import UNDER_WAY, Payment, ProviderEvent
from booking.payments.provider import DISPUTE_EVENTS, REFUND_EVENTS, SESSION_EVENTS

LONGEST_KIND = 80
LONGEST_DISPUTE = 100  # Stripe's are 27
_NAME = re.compile(r"[!-~]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def read(body: bytes) -> Mapping[str, Any]:
    """The event in a body that has been verified. Raises ValueError when it is not of the shape that we know."""
    try:
        event = json.loads(body)
    except RecursionError as error:
        raise ValueError("too deep") from error
    match event:
        case {"id": str(ref), "type": str(kind), "data": {"object": dict(subject)}} if (
            _is_name(ref) and _is_name(kind, LONGEST_KIND) and _is_readable(kind, subject)
        ):
            return dict(event)
    raise ValueError("no event")


def _is_name(value: object, longest: int = 255) -> bool:
    """Whether it could be a name that the provider gives: one word of plain letters."""
    return isinstance(value, str) and len(value) <= longest and _NAME.fullmatch(value) is not None


def _is_readable(kind: str, subject: Mapping[str, Any]) -> bool:
    """Whether what `receive` reads of such an event is of the kind that it reads."""
    if kind in SESSION_EVENTS or kind in REFUND_EVENTS:
        return _is_name(subject.get("id"))
    if kind in DISPUTE_EVENTS and not _is_name(subject.get("id"), LONGEST_DISPUTE):
        return False
    if kind in DISPUTE_EVENTS or kind == "charge.refunded":
        intent, status, metadata = (subject.get(name) for name in ("payment_intent", "status", "metadata"))
        return (
            (intent is None or _is_name(intent))
            and (status is None or _is_name(status))
            and isinstance(metadata, dict | None)
        )
    return True


def receive(event: Mapping[str, Any]) -> bool:
    """Work on one verified event; False when it was worked on before. Not inside a unit of work.

    The work itself is idempotent and the event is remembered after it, so a crash between the two only repeats it.
    """
    kind, subject = str(event["type"]), event["data"]["object"]
    if db.session.get(ProviderEvent, event["id"]) is not None:
        return False
    if kind in SESSION_EVENTS:
        fulfil_ref(subject["id"])
    elif kind in REFUND_EVENTS:
        refunds.look(subject["id"])
    elif kind == "charge.refunded":
        _hear_of_payment(subject)
        refunds.adopt(str(subject.get("payment_intent")))
    elif kind in DISPUTE_EVENTS:
        disputes.heard(kind, subject)
    return _remember(str(event["id"]), kind)


def _hear_of_payment(charge: Mapping[str, Any]) -> None:
    """A charge that we have not heard of may belong to a session whose own event is still on its way."""
    known = select(Payment.id).where(Payment.charge_ref == str(charge.get("payment_intent")))
    booking_id = str((charge.get("metadata") or {}).get("booking_id", ""))
    if db.session.scalar(known) is None and _NUMBER.fullmatch(booking_id):
        ours = select(Payment.id).where(Payment.booking_id == int(booking_id), Payment.state.in_(UNDER_WAY))
        for payment_id in db.session.scalars(ours).all():
            fulfil(payment_id)


def _remember(event_id: str, kind: str) -> bool:
    with unit_of_work():
        return insert_once(ProviderEvent, "id", {"id": event_id, "kind": kind, "received_at": clock.now()})
