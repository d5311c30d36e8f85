"""Make true what the provider says: one idempotent way for webhook, return page and sweep alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from booking.bookings.confirm import confirm_as_known, confirm_locked
from booking.bookings.hold import back_to_basket, expire_pending
from booking.bookings.models import Booking, Sold, State
from booking.bookings.queries import BookedTicket, BookingFacts
from booking.bookings.store import lock, still_is
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, end_reading, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.payments.models import UNDER_WAY, Payment, PaymentState
from booking.payments.provider import PaymentProgress, PaymentStatus
from booking.payments.providers import tills
from booking.payments.receipts import receipt_follows
from booking.payments.refunds import return_payment
from booking.payments.reserved.capture import reserve
from booking.payments.statement import Statement, statement_of_first
from booking.records.audit import note

# How long places wait for a bank that has said "under way".
BANK_MAY_TAKE = timedelta(days=3)
SETTLED = (PaymentState.PAID, PaymentState.RETURNED)


_STANDING = select(Payment.state, Payment.provider, Payment.provider_ref).where(Payment.id == bindparam("payment"))
_LOCK = (
    select(Booking, Payment)
    .join(Payment, Payment.booking_id == Booking.id)
    .where(Payment.id == bindparam("payment"), Booking.changes_id.is_(None))
    .with_for_update(of=(Booking, Payment), key_share=True)  # in this order
    .execution_options(populate_existing=True)
)
_BOOKINGS = (
    select(Payment.booking_id, Booking.changes_id)
    .join(Booking, Booking.id == Payment.booking_id)
    .where(Payment.id == bindparam("payment"))
)
_PAYMENT = (
    select(Payment)
    .where(Payment.id == bindparam("payment"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class JustBought:
    """A booking that was confirmed a moment ago, as its page shows it."""

    facts: BookingFacts
    tickets: Sequence[BookedTicket]
    paid: Statement


@dataclass(frozen=True, slots=True)
class SettledPayment:
    """How a payment stands, and what it has just bought where that is known without reading it again."""

    state: PaymentState
    bought: JustBought | None = None


class _NotKept(Refusal):
    """Money that this booking cannot keep: paid already, another sum, or so late that the visit has begun without."""


def fulfil(payment_id: int) -> PaymentState:
    """Ask the provider how a payment stands and act on it. Not inside a unit of work; any number of times.

    Raises Unreachable or Rejected when the provider does not say.
    """
    row = run(_STANDING, {"payment": payment_id}).one()
    state: PaymentState = row.state
    ref: str | None = row.provider_ref
    name: str = row.provider
    end_reading()
    if state in SETTLED or ref is None:
        return state
    return settle(payment_id, tills.of(name).look(ref)).state


def fulfil_ref(provider_ref: str) -> PaymentState | None:
    """As `fulfil`, for the provider's own name of the session; None when it is not ours."""
    payment_id = db.session.scalar(select(Payment.id).where(Payment.provider_ref == provider_ref))
    return None if payment_id is None else fulfil(payment_id)


def settle(payment_id: int, standing: PaymentStatus, known: BookingFacts | None = None) -> SettledPayment:
    """Act on what the provider said; one unit of work, two when paid money cannot be kept.

    `known` is what was read of the booking before; what still is so is not read again.
    """
    now = clock.now()
    if standing.progress is PaymentProgress.PAID:
        return _settle_paid(payment_id, standing, known, now)
    with unit_of_work():
        payment, (*_, booking) = _lock(payment_id)
        if payment.state not in UNDER_WAY:
            return SettledPayment(payment.state)  # old news: they may pay anew by now; only money changes an end
        payment.looked_at = now
        if standing.progress is PaymentProgress.PROCESSING:
            payment.state = PaymentState.PROCESSING
            if booking.held_until is not None and booking.state is State.PENDING:
                bank_has_until = min(payment.begun_at + BANK_MAY_TAKE, booking.starts_at)
                booking.held_until = max(booking.held_until, bank_has_until)
        elif standing.progress is PaymentProgress.FAILED:
            payment.state = PaymentState.FAILED
            promise("mail.payment_failed", f"payment_failed:{payment.id}", {"booking_id": booking.id})
            back_to_basket(booking.id, the_centre(), now)
        elif standing.progress is PaymentProgress.EXPIRED:
            payment.state = PaymentState.EXPIRED
            if now < payment.expires_at:
                # Closed before its time: the buyer gave up, and this news of it was faster than `withdraw` itself.
                back_to_basket(booking.id, the_centre(), now)
            else:
                expire_pending(booking.id, now)
        return SettledPayment(payment.state)


def _settle_paid(payment_id: int, standing: PaymentStatus, known: BookingFacts | None, now: datetime) -> SettledPayment:
    try:
        with unit_of_work():
            payment, bookings = _lock(payment_id)
            if payment.state in SETTLED:
                return SettledPayment(payment.state)
            _check(payment, bookings[-1], standing, now)
            _mark_paid(payment, bookings[-1], standing, PaymentState.PAID, now)
            if len(bookings) == 1 and known is not None and not known.by_gift_card and still_is(known, bookings[0]):
                bought: JustBought | None = _confirm_known(known, bookings[0], payment, now)
            else:
                bought = None
                confirm_locked(bookings, now)
            receipt_follows(payment.booking_id)  # beside the promise of the letter: one statement for both
            return SettledPayment(payment.state, bought)
    except Refusal as refusal:
        why = type(refusal).__name__.strip("_")
    with unit_of_work():
        payment, (*_, booking) = _lock(payment_id)
        if payment.state in SETTLED:
            return SettledPayment(payment.state)
        _mark_paid(payment, booking, standing, PaymentState.RETURNED, now)
        db.session.flush()
        return_payment(payment, why, now)
        if booking.state is State.PENDING:
            expire_pending(booking.id, now)
        promise("mail.lost", f"lost:{payment.id}", {"booking_id": booking.id})
        note("worker", "payment.returned", f"booking:{booking.id}", None, {"payment": payment.id, "why": why})
        return SettledPayment(payment.state)


def _confirm_known(known: BookingFacts, booking: Booking, payment: Payment, now: datetime) -> JustBought:
    """Confirm what was read before and still is so: the same as `confirm_locked`, nothing read again."""
    lines = sorted(known.lines, key=lambda line: (line.slot_id, line.ticket_type_id))  # as they were written
    tickets = confirm_as_known(booking, lines, now)
    starts = {line.slot_id: line.starts_at for line in lines}
    facts = replace(known, state=booking.state, held_until=booking.held_until, confirmed_at=booking.confirmed_at)
    return JustBought(
        facts, sorted(tickets, key=lambda ticket: starts[ticket.slot_id]), statement_of_first(payment, now)
    )


def _lock(payment_id: int) -> tuple[Payment, list[Booking]]:
    """The payment and its booking (before it the one that it changes), locked in everybody's order: bookings first."""
    alone = db.session.execute(_LOCK, {"payment": payment_id}).first()
    if alone is not None:
        return alone.Payment, [alone.Booking]
    row = run(_BOOKINGS, {"payment": payment_id}).one()
    bookings = lock(*(booking_id for booking_id in (row.changes_id, row.booking_id) if booking_id is not None))
    return db.session.scalars(_PAYMENT, {"payment": payment_id}).one(), bookings


def _check(payment: Payment, booking: Booking, standing: PaymentStatus, now: datetime) -> None:
    expected = (booking.to_pay, booking.currency)
    if (payment.amount, payment.currency) != expected or (standing.amount, standing.currency) != expected:
        raise _NotKept
    if booking.state is State.CONFIRMED:
        raise _NotKept
    if booking.state is State.EXPIRED and booking.sold is Sold.PLACES and booking.starts_at <= now:
        raise _NotKept


def _mark_paid(payment: Payment, booking: Booking, standing: PaymentStatus, state: PaymentState, now: datetime) -> None:
    payment.state, payment.paid_at, payment.looked_at = state, now, now
    payment.charge_ref = standing.charge_ref
    if (standing.amount, standing.currency) != (payment.amount, payment.currency):
        note(
            "worker",
            "payment.other_sum",
            f"payment:{payment.id}",
            {"amount": payment.amount, "currency": payment.currency},
            {"amount": standing.amount, "currency": standing.currency},
        )
        if standing.amount > 0:
            payment.amount, payment.currency = standing.amount, standing.currency  # what came is what goes back
    if (rule := tills.of(payment.provider).terms.taken) is not None:
        reserve(payment, booking, rule, now)
