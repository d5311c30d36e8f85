"""The payer's bank asks for the money back: what it holds nobody can send; what waits for it goes when it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from booking.bookings.change import agreed
from booking.bookings.models import Booking, State
from booking.bookings.purse import purses
from booking.bookings.rules import settle_won
from booking.bookings.store import lock
from booking.gift_cards.by_staff import disputes as gift_cards
from booking.kernel import clock
from booking.kernel.database import db, end_reading, insert_once, unit_of_work
from booking.outbox.promises import promise
from booking.payments.models import Payment, ProviderEvent, Refund, RefundState
from booking.payments.paid_for import OF_CHARGE
from booking.payments.provider import DisputeStanding
from booking.payments.providers import tills
from booking.records.audit import note

CLOSED = "charge.dispute.closed"


def heard(kind: str, dispute: Mapping[str, Any]) -> None:
    """Act on an event about a dispute. Not inside a unit of work. Raises Unreachable.

    Events come in any order and may be old news, and there may be other disputes of the same charge: so the event is
    noted, and the provider asked.
    """
    # As a text: nothing at all would be that of every payment that has not come in yet.
    charge_ref = str(dispute.get("payment_intent"))
    follow(charge_ref, (kind, {"status": dispute.get("status")}))


def follow(charge_ref: str, news: tuple[str, dict[str, Any]] | None = None) -> None:
    """Let our books say what the provider says of the disputes of a charge; `news` is an event, to be noted.

    Not inside a unit of work. Raises Unreachable, Rejected. What was said before a bank decided may be written after
    it: who has heard of the end remembers it, and what is known to be decided is not open any more.
    """
    row = db.session.execute(OF_CHARGE.where(Payment.charge_ref == charge_ref)).first()
    end_reading()
    if row is None:
        return
    payment_id, provider, changes_id, booking_id = row
    standings, now = tills.of(provider).disputes_of(charge_ref), clock.now()
    with unit_of_work():
        booking = lock(*(each_id for each_id in (changes_id, booking_id) if each_id is not None))[0]
        payment = db.session.get_one(Payment, payment_id, populate_existing=True, with_for_update={"key_share": True})
        if news is not None:
            note("provider", news[0], f"booking:{payment.booking_id}", None, news[1])
        for ref, standing in standings.items():
            if standing is not DisputeStanding.OPEN:
                insert_once(ProviderEvent, "id", {"id": _decided(ref), "kind": CLOSED, "received_at": now})
        if payment.lost_at is not None:
            return  # what the bank has given to the payer stays there
        if DisputeStanding.LOST in standings.values():
            payment.disputed_at, payment.lost_at = payment.disputed_at or now, now
            db.session.flush()
            gift_cards.stop(payment.booking_id, now)
            _end_of_lost(payment.id)
        elif any(standing is DisputeStanding.OPEN and not _is_decided(ref) for ref, standing in standings.items()):
            if payment.disputed_at is None:
                gift_cards.stop(payment.booking_id, now)  # once: staff may have freed it since
            payment.disputed_at = payment.disputed_at or now
        elif payment.disputed_at is not None:
            payment.disputed_at = None
            db.session.flush()
            gift_cards.free(payment.booking_id)
            _send_what_waited(booking, payment.id, f"won{len(standings)}", now)


def _decided(ref: str) -> str:
    return f"decided:{ref}"


def _is_decided(ref: str) -> bool:
    return db.session.get(ProviderEvent, _decided(ref)) is not None


def _end_of_lost(payment_id: int) -> None:
    """What was promised of a payment that the bank has given to the payer is never sent."""
    ended = update(Refund).where(Refund.payment_id == payment_id, Refund.state == RefundState.REQUESTED)
    ended = ended.values(state=RefundState.FAILED).returning(Refund.id)
    for refund_id in db.session.scalars(ended.execution_options(synchronize_session=False)).all():
        note("provider", "refund.failed", f"refund:{refund_id}", None, {"why": "dispute lost"})


def _send_what_waited(booking: Booking, payment_id: int, occasion: str, now: datetime) -> None:
    """What was promised before the dispute goes on its way, and what was given up meanwhile is promised now."""
    waiting = select(Refund.id).where(Refund.payment_id == payment_id, Refund.state == RefundState.REQUESTED)
    for refund_id in db.session.scalars(waiting).all():
        promise("payment.send_refund", f"send_refund:{refund_id}:{occasion}", {"refund_id": refund_id})
    if not booking.held_back:
        return
    holding, stands = purses.purse.locked(booking.id), agreed(booking)
    if booking.state is State.CANCELLED:
        stands = replace(stands, total=0)  # the row says what it was
    due = settle_won(stands, holding)
    if due:
        key = f"won:{payment_id}:{booking.version}"
        sent = purses.purse.give_back(booking.id, due, "dispute", key)
        about = {"booking_id": booking.id, "refund": due, "in_till": sent.in_till, "mark": key} | sent.of_cards
        promise("mail.refund", f"refund:{key}", about)
        note("provider", "refund.after_dispute", f"booking:{booking.id}", None, {"amount": due})
    # The rest waits for another bank; when none has anything left to decide, nothing more is owed.
    booking.held_back = booking.held_back - due if holding.undecided else 0
