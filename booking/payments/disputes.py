"""The payer's bank asks for the money back: what it holds nobody can send; what waits for it goes when it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from booking.bookings.change import agreed
from booking.bookings.models import Booking, State
from booking.bookings.purse import purses
from booking.bookings.rules import settle_won
from booking.bookings.store import lock
from booking.kernel import clock
from booking.kernel.database import db, insert_once, unit_of_work
from booking.outbox.promises import promise
from booking.payments import refunds
from booking.payments.models import Payment, ProviderEvent, Refund, RefundState
from booking.records.audit import note

CLOSED = "charge.dispute.closed"
_OF_CHARGE = select(Payment.id, Booking.changes_id, Booking.id).join(Booking, Booking.id == Payment.booking_id)


def heard(kind: str, dispute: Mapping[str, Any]) -> None:
    """Act on an event about a dispute; opens its own unit of work.

    Events come in any order: once a bank has decided on a dispute, what is told of its beginning is old news.
    """
    with unit_of_work():
        # As a text: nothing at all would be that of every payment that has not come in yet.
        charge_ref = str(dispute.get("payment_intent"))
        row = db.session.execute(_OF_CHARGE.where(Payment.charge_ref == charge_ref)).first()
        if row is None:
            return
        payment_id, changes_id, booking_id = row
        booking = lock(*(one for one in (changes_id, booking_id) if one is not None))[0]
        payment = db.session.get_one(Payment, payment_id, populate_existing=True, with_for_update={"key_share": True})
        status, ref, now = str(dispute.get("status")), str(dispute["id"]), clock.now()
        note("provider", kind, f"booking:{payment.booking_id}", None, {"status": dispute.get("status")})
        if status.startswith("warning"):
            return  # an inquiry takes no money
        if kind != CLOSED:
            if not _is_decided(ref) and payment.disputed_at is None:
                payment.disputed_at = now
            return
        insert_once(ProviderEvent, "id", {"id": _decided(ref), "kind": CLOSED, "received_at": now})
        if payment.lost_at is not None:
            return  # what the bank has given to the payer stays there
        if status == "lost":
            payment.disputed_at, payment.lost_at = payment.disputed_at or now, now
            db.session.flush()
            refunds.end_of_lost(payment.id)
        elif payment.disputed_at is not None:
            payment.disputed_at = None
            db.session.flush()
            _send_what_waited(booking, payment.id, ref, now)


def _decided(ref: str) -> str:
    return f"decided:{ref}"


def _is_decided(ref: str) -> bool:
    return db.session.get(ProviderEvent, _decided(ref)) is not None


def _send_what_waited(booking: Booking, payment_id: int, ref: str, now: datetime) -> None:
    """What was promised before the dispute goes on its way, and what was given up meanwhile is promised now."""
    waiting = select(Refund.id).where(Refund.payment_id == payment_id, Refund.state == RefundState.REQUESTED)
    for refund_id in db.session.scalars(waiting).all():
        promise("payment.send_refund", f"send_refund:{refund_id}:{ref}", {"refund_id": refund_id})
    if not booking.held_back:
        return
    holding, stands = purses.purse.locked(booking.id), agreed(booking)
    if booking.state is State.CANCELLED:
        stands = replace(stands, total=0)  # the row says what it was
    due = settle_won(stands, holding)
    if due:
        key = f"won:{payment_id}:{booking.version}"
        sent = purses.purse.give_back(booking.id, due, "dispute", key)
        about = {"booking_id": booking.id, "refund": due, "in_till": sent.in_till, "mark": key}
        promise("mail.refund", f"refund:{key}", about)
        note("provider", "refund.after_dispute", f"booking:{booking.id}", None, {"amount": due})
    # The rest waits for another bank; when none has anything left to decide, nothing more is owed.
    booking.held_back = booking.held_back - due if holding.undecided else 0
