"""What to do with an event the provider sent. Order is not guaranteed and an event may come twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from booking.kernel import clock
from booking.kernel.database import db, insert_once, unit_of_work
from booking.payments import refunds
from booking.payments.fulfil import fulfil_ref
from booking.payments.models import Payment, ProviderEvent
from booking.staff.audit import note

SESSION_EVENTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
REFUND_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed"})


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
        done = {"succeeded": True, "failed": False, "canceled": False}.get(subject.get("status"))
        refunds.record_by_ref(subject["id"], done)
    elif kind == "charge.refunded":
        with unit_of_work():
            refunds.adopt(str(subject.get("payment_intent")), int(subject["amount_refunded"]), clock.now())
    elif kind in ("charge.dispute.created", "charge.dispute.closed"):
        _note_dispute(kind, subject)
    return _remember(str(event["id"]), kind)


def _note_dispute(kind: str, dispute: Mapping[str, Any]) -> None:
    with unit_of_work():
        payment = db.session.scalar(select(Payment).where(Payment.charge_ref == dispute.get("payment_intent")))
        if payment is not None:
            opened = kind == "charge.dispute.created"
            changes = {"disputed_at": clock.now() if opened else None}
            db.session.execute(update(Payment).where(Payment.id == payment.id).values(**changes))
            note("provider", kind, f"booking:{payment.booking_id}", None, {"status": dispute.get("status")})


def _remember(event_id: str, kind: str) -> bool:
    with unit_of_work():
        return insert_once(ProviderEvent, "id", {"id": event_id, "kind": kind, "received_at": clock.now()})
