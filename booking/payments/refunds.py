"""Money back: our row first, then the call, then what the provider said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, select, update

from booking.bookings.purse import Sent
from booking.bookings.store import lock
from booking.centre.facts import the_centre
from booking.gift_cards import spend
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.promises import promise
from booking.payments import disputes
from booking.payments.models import GIFT_CARD, LET_GO, TILL, Payment, PaymentState, Refund, RefundState
from booking.payments.paid_for import OF_CHARGE, paid_for
from booking.payments.provider import Disputed, RefundOrder, RefundStanding, Rejected
from booking.payments.providers import tills
from booking.payments.receipts import receipt_follows
from booking.payments.reserved.by_hand import count_as_sent
from booking.payments.reserved.capture import is_reserved, release, take
from booking.records.audit import note

_TRIED = re.compile("(.+)~([0-9]+)")  # a key, and how often it was tried again


def kept_payments(booking_id: int) -> Select[Payment]:
    """What a booking and its changes were paid with and is kept, last paid first, locked by whoever reads it.

    A gift card pays its part before the rest is paid, and so has its money back after it.
    """
    query: Select[Payment] = (
        select(Payment)
        .where(paid_for(booking_id), Payment.state == PaymentState.PAID)
        .order_by(Payment.booking_id.desc(), case((Payment.provider == GIFT_CARD, 1), else_=0), Payment.id.desc())
        .with_for_update(of=Payment, key_share=True)
        .execution_options(populate_existing=True)
    )
    return query


def lock_cards_of(payments: Sequence[Payment]) -> None:
    """The gift cards that locked bookings were paid with: what was paid last goes back first, in no order of theirs.

    No statement where none of it is one.
    """
    if bookings := {payment.booking_id for payment in payments if payment.provider == GIFT_CARD}:
        spend.lock_cards(bookings)


def may_still_go() -> ColumnElement[bool]:
    """Refunds that are neither done nor over: what the bank has given to the payer for good we never send."""
    lost = select(Payment.id).where(Payment.id == Refund.payment_id, Payment.lost_at.is_not(None))
    return and_(Refund.state != RefundState.DONE, ~lost.exists())


def request(key: str, booking_id: int, amount: int, reason: str) -> Sent:
    """Write refunds, spread over what the booking and its changes were paid with; returns what goes where.

    Call inside a unit of work that holds the booking locked; the same key twice is one refund. Never more than was
    paid and not yet refunded, and nothing of a payment that its payer's bank holds: what cannot be covered is noted
    for staff.
    """
    payments = db.session.scalars(kept_payments(booking_id)).all()
    providers = {payment.id: payment.provider for payment in payments}
    asked_before = select(Refund.payment_id, Refund.amount).where(
        Refund.payment_id.in_(providers), Refund.idempotency_key.startswith(f"{key}:", autoescape=True)
    )
    parts = [(payment_id, amount) for payment_id, amount in db.session.execute(asked_before)]
    left = 0 if parts else amount
    if left:
        lock_cards_of(payments)
    for payment in payments if left else ():
        part = min(left, 0 if payment.disputed_at is not None else payment.amount - payment.refunded)
        if part > 0:
            _write(payment, booking_id, part, reason, f"{key}:{payment.id}", clock.now())
            parts.append((payment.id, part))
            left -= part
    if left and payments:
        note("worker", "refund.not_covered", f"booking:{booking_id}", None, {"asked": amount, "left": left})
    in_till, on_cards = (
        sum(part for payment_id, part in parts if providers[payment_id] == provider) for provider in (TILL, GIFT_CARD)
    )
    return Sent(online=sum(part for _, part in parts) - in_till, in_till=in_till, on_cards=on_cards)


def return_payment(payment: Payment, reason: str, now: datetime) -> None:
    """Promise the whole of a payment back; call inside a unit of work that holds it locked."""
    left = payment.amount - payment.refunded
    if left > 0:
        _write(payment, payment.booking_id, left, reason, f"return:{payment.id}", now)


def send(refund_id: int) -> RefundState:
    """Let the provider send a refund. Not inside a unit of work; any number of times. Raises Unreachable.

    What the payer's bank holds waits until it has decided; what was never taken is let go of instead.
    """
    if (reserved := _reserved(refund_id)) is not None:
        take(reserved)
        if is_reserved(reserved):
            end_reading()
            return RefundState.REQUESTED  # goes with what is taken or after it, which is tried again
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    payment = db.session.get_one(Payment, refund.payment_id, populate_existing=True)
    if refund.state is not RefundState.REQUESTED or payment.provider == TILL or payment.disputed_at is not None:
        return refund.state
    if refund.provider_ref is not None and refund.provider_ref.startswith(LET_GO):
        return _let_go_of(refund_id, payment.id)
    order = RefundOrder(
        idempotency_key=refund.idempotency_key,
        payment_ref=payment.provider_ref or "",
        charge_ref=payment.charge_ref,
        amount=refund.amount,
        currency=refund.currency,
        booking_id=refund.booking_id,
    )
    name = payment.provider
    end_reading()
    try:
        standing = tills.of(name).refund(order)
    except Disputed:
        # The event that tells so is still on its way; or the bank has decided just now, and then the sweep sends it.
        disputes.follow(order.charge_ref or "")
        return db.session.get_one(Refund, refund_id, populate_existing=True).state
    except Rejected as error:
        state = record(refund_id, RefundStanding("", done=False), str(error))
        if order.charge_ref is not None:
            adopt(order.charge_ref)  # it may have gone back by hand already, and that is why
        return state
    return record(refund_id, standing)


def _let_go_of(refund_id: int, payment_id: int) -> RefundState:
    """It goes with what is taken, which is tried again if it was refused just now; or what is kept was taken alone."""
    if not is_reserved(payment_id):
        release(payment_id)
    state = db.session.get_one(Refund, refund_id, populate_existing=True).state
    end_reading()
    return state


def _reserved(refund_id: int) -> int | None:
    """The payment of a refund whose money is not ours yet."""
    payment_id = db.session.get_one(Refund, refund_id, populate_existing=True).payment_id
    return payment_id if is_reserved(payment_id) else None


def record(refund_id: int, standing: RefundStanding, why: str = "") -> RefundState:
    """Write down what the provider said of a refund; opens its own unit of work.

    A call that was refused has no name for it, and says nothing of what another call has done.
    """
    now = clock.now()
    with unit_of_work():
        refund = db.session.get_one(Refund, refund_id, populate_existing=True, with_for_update={"key_share": True})
        if standing.ref:
            refund.provider_ref = standing.ref
        if standing.done is True and refund.state is not RefundState.DONE:
            refund.state, refund.done_at = RefundState.DONE, now
        may_fail = (RefundState.REQUESTED, RefundState.DONE) if standing.ref else (RefundState.REQUESTED,)
        if standing.done is False and refund.state in may_fail:
            refund.state = RefundState.FAILED
            promise("mail.refund_failed", f"refund_failed:{refund.idempotency_key}", {"refund_id": refund.id})
            note("worker", "refund.failed", f"refund:{refund.id}", None, {"why": why[:200]})
        return refund.state


def look(provider_ref: str) -> None:
    """Ask the provider how a refund stands; those that are not ours are left alone. Not inside a unit of work.

    What an event says may be older than what is known already, so it is asked anew. Raises Unreachable, Rejected.
    """
    query = select(Refund.id, Payment.provider).join(Payment, Payment.id == Refund.payment_id)
    row = db.session.execute(query.where(Refund.provider_ref == provider_ref)).first()
    end_reading()
    if row is not None:
        record(row.id, tills.of(row.provider).look_refund(provider_ref))


def paid_out(refund_id: int, receipt: str, actor: str, now: datetime) -> bool:
    """The desk has paid it out in the centre's own till; call inside a unit of work. False when it was done before.

    We are no cash register (kassasystemlova): only the number of the till's own receipt is kept.
    """
    query = select(Refund).join(Payment, Payment.id == Refund.payment_id)
    query = query.where(Refund.id == refund_id, Payment.provider == TILL, Refund.state == RefundState.REQUESTED)
    refund = db.session.scalar(query.with_for_update(of=Refund, key_share=True))
    if refund is None:
        return False
    refund.state, refund.done_at, refund.till_receipt = RefundState.DONE, now, receipt
    note(actor, "refund.paid_out", f"booking:{refund.booking_id}", None, {"amount": refund.amount, "receipt": receipt})
    return True


def retry(refund_id: int, actor: str) -> bool:
    """Staff try a failed refund again, with a new key; call inside a unit of work.

    False unless it had failed, and where the payer's bank has given them the money.
    """
    refund = db.session.get_one(Refund, refund_id, populate_existing=True, with_for_update={"key_share": True})
    lost = select(Payment.lost_at).where(Payment.id == refund.payment_id)
    if refund.state is not RefundState.FAILED or db.session.scalar(lost) is not None:
        return False
    before = _TRIED.fullmatch(refund.idempotency_key)
    first, tries = (before[1], int(before[2]) + 1) if before else (refund.idempotency_key, 1)
    refund.idempotency_key = f"{first}~{tries}"
    refund.state, refund.provider_ref = RefundState.REQUESTED, None
    promise("payment.send_refund", f"send_refund:{refund.id}:{tries}", {"refund_id": refund.id})
    note(actor, "refund.retry", f"refund:{refund.id}")
    return True


def adopt(charge_ref: str) -> None:
    """Staff refunded in the provider's own dashboard: follow it, so that our books say the same.

    Not inside a unit of work. What the provider has sent back beyond our own refunds settles those of ours that had
    failed first, since that is what staff make good by hand; the rest becomes a row of its own. Raises Unreachable.
    """
    row = db.session.execute(OF_CHARGE.where(Payment.charge_ref == charge_ref)).first()
    end_reading()
    if row is None:
        return
    payment_id, provider, *bookings = row
    sent_back = tills.of(provider).refunded(charge_ref)
    now = clock.now()
    with unit_of_work():
        lock(
            *(booking for booking in bookings if booking is not None)
        )  # everybody locks the booking before its payments
        payment = db.session.get_one(Payment, payment_id, populate_existing=True, with_for_update={"key_share": True})
        if payment.lost_at is not None:
            return  # that is where it went
        ours = db.session.scalars(
            select(Refund).where(Refund.payment_id == payment_id).execution_options(populate_existing=True)
        ).all()
        extra = sent_back - sum(refund.amount for refund in ours if refund.state is not RefundState.FAILED)
        count_as_sent(payment, extra, str(sent_back), now)


def _write(payment: Payment, booking_id: int, amount: int, reason: str, key: str, now: datetime) -> None:
    db.session.execute(
        update(Payment)
        .where(Payment.id == payment.id)
        .values(refunded=Payment.refunded + amount)
        .execution_options(synchronize_session="evaluate")
    )
    at_once = payment.provider == GIFT_CARD
    refund = Refund(
        payment_id=payment.id,
        booking_id=booking_id,
        state=RefundState.DONE if at_once else RefundState.REQUESTED,
        done_at=now if at_once else None,
        amount=amount,
        currency=payment.currency,
        reason=reason,
        idempotency_key=key,
        requested_at=now,
    )
    db.session.add(refund)
    db.session.flush()
    if payment.state is PaymentState.PAID:
        receipt_follows(booking_id, refund.id)  # what could not be kept has bought nothing
    if at_once:
        today = the_centre().local(now).date()
        spend.give_back(payment.idempotency_key, amount, key, now, today)
    elif payment.provider != TILL:
        promise("payment.send_refund", f"send_refund:{refund.id}", {"refund_id": refund.id})
