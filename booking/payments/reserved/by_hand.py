"""What staff did with money in the provider's own pages: our books follow it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from booking.kernel.database import db
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from booking.payments.receipts import receipt_follows
from booking.records.audit import note


def count_as_sent(payment: Payment, more: int, mark: str, now: datetime) -> None:
    """So much more has gone back of a payment than we know of; call inside a unit of work that holds it locked.

    It settles those refunds of ours first that had failed, since that is what staff make good by hand; the rest becomes
    a row of its own. `mark` says of what it was learned, in its key.
    """
    failed = select(Refund).where(Refund.payment_id == payment.id, Refund.state == RefundState.FAILED)
    for refund in db.session.scalars(failed.order_by(Refund.id).execution_options(populate_existing=True)).all():
        if more > 0:
            more -= _done_by_hand(refund, more, mark, now)
    more = min(more, payment.amount - payment.refunded)
    if more > 0:
        _write_dashboard(payment, more, mark, now)


def _done_by_hand(refund: Refund, most: int, mark: str, now: datetime) -> int:
    """A failed refund was made good in the dashboard, or a part of it: then the rest still waits. Returns how much."""
    note("provider", "refund.by_hand", f"refund:{refund.id}")
    part = min(refund.amount, most)
    if part == refund.amount:
        refund.state, refund.done_at = RefundState.DONE, now
    else:
        split_off(refund, part, mark, now)
    return part


def split_off(refund: Refund, part: int, mark: str, now: datetime, ref: str | None = None) -> Refund:
    """A part of a refund is with the buyer: it becomes a row of its own, by that name of the provider's."""
    refund.amount -= part
    same = {"payment_id": refund.payment_id, "booking_id": refund.booking_id, "currency": refund.currency}
    key = f"{refund.idempotency_key}+{mark}"
    words = {"reason": refund.reason, "idempotency_key": key, "provider_ref": ref}
    times = {"requested_at": refund.requested_at, "done_at": now}
    own = Refund(**same, **words, **times, state=RefundState.DONE, amount=part)
    db.session.add(own)
    return own


def _write_dashboard(payment: Payment, amount: int, mark: str, now: datetime) -> None:
    refund = Refund(
        payment_id=payment.id,
        booking_id=payment.booking_id,
        state=RefundState.DONE,
        amount=amount,
        currency=payment.currency,
        reason="dashboard",
        idempotency_key=f"dashboard:{payment.id}:{mark}:{payment.refunded}",
        requested_at=now,
        done_at=now,
    )
    payment.refunded += amount
    db.session.add(refund)
    db.session.flush()
    if payment.state is PaymentState.PAID:
        receipt_follows(payment.booking_id, refund.id)
    note("provider", "refund.dashboard", f"booking:{payment.booking_id}", None, {"amount": amount})
