"""Begin to pay, go on, give it up. The row comes before the call, so that a crash between the two is found again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from booking.bookings import queries
from booking.bookings.confirm import confirm
from booking.bookings.hold import back_to_basket, begin_paying
from booking.bookings.models import State
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, end_reading, in_language, unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments.fulfil import fulfil
from booking.payments.models import Payment, PaymentState
from booking.payments.provider import Order, Progress, Rejected, Unreachable
from booking.payments.providers import tills

# Stripe wants at least 30 minutes from when the call arrives; the seconds are for a slow network and its retries.
SESSION_LIVES = timedelta(minutes=32)
# A payment made in the last second of the session may take a while to be heard of.
PLACES_KEPT_AFTER = timedelta(minutes=3)

UNDER_WAY = (PaymentState.BEGUN, PaymentState.OPEN, PaymentState.PROCESSING)


class NoAnswer(Refusal):
    """The payment provider cannot be reached; the places are kept and the buyer can try again."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the buyer; None when there was nothing to pay and the booking is confirmed."""

    url: str | None


def begin(booking_id: int) -> Begun:
    """Let the buyer pay a held booking. Not inside a unit of work. Raises WrongState, NoAnswer.

    Called again while a payment is under way, it goes on with that one.
    """
    now = clock.now()
    facts = queries.by_id(booking_id)
    if facts is not None and facts.total == 0 and facts.state is State.HELD:
        with unit_of_work():
            confirm(booking_id, now)
        return Begun(None)
    payment = under_way(booking_id)
    if payment is None:
        with unit_of_work():
            booking = begin_paying(booking_id, now + SESSION_LIVES + PLACES_KEPT_AFTER, now)
            payment = Payment(
                booking_id=booking.id,
                provider=tills.provider.name,
                state=PaymentState.BEGUN,
                amount=booking.total,
                currency=booking.currency,
                idempotency_key=new_secret(),
                begun_at=now,
                expires_at=now + SESSION_LIVES,
            )
            db.session.add(payment)
    if payment.url:
        end_reading()
        return Begun(payment.url)
    return Begun(open_session(payment.id))


def open_session(payment_id: int) -> str:
    """Ask the provider for the session of a payment that has begun; the same one however often it is asked.

    Raises NoAnswer; Rejected when the provider will never take it, after giving the buyer the basket back.
    """
    payment = db.session.get_one(Payment, payment_id)
    order = order_of(payment)
    end_reading()
    try:
        session = tills.provider.open(order)
    except Unreachable as error:
        raise NoAnswer from error
    except Rejected:
        with unit_of_work():
            _set_state(payment_id, PaymentState.FAILED)
            back_to_basket(order.booking_id, the_centre(), clock.now())
        raise
    with unit_of_work():
        db.session.execute(
            update(Payment)
            .where(Payment.id == payment_id, Payment.state == PaymentState.BEGUN)
            .values(provider_ref=session.ref, url=session.url, state=PaymentState.OPEN, looked_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return session.url


def withdraw(booking_id: int) -> State:
    """The buyer gives up paying and wants the basket back. Not inside a unit of work. Returns the booking's state.

    The provider closes the session first: only what can no longer be paid goes back to a basket. What turns out to be
    paid is fulfilled instead. Raises NoAnswer when the provider does not say.
    """
    payment = under_way(booking_id)
    if payment is None:
        return _state_of(booking_id)
    payment_id, ref = payment.id, payment.provider_ref
    if ref is None:
        open_session(payment_id)
        ref = db.session.get_one(Payment, payment_id).provider_ref
    end_reading()
    try:
        standing = tills.provider.close(ref or "")
    except (Unreachable, Rejected) as error:
        raise NoAnswer from error
    if standing.progress in (Progress.EXPIRED, Progress.FAILED):
        with unit_of_work():
            _set_state(payment_id, PaymentState.EXPIRED)
            back_to_basket(booking_id, the_centre(), clock.now())
    else:
        fulfil(payment_id)
    return _state_of(booking_id)


def under_way(booking_id: int) -> Payment | None:
    """The payment of a booking that may still succeed."""
    return db.session.scalar(
        select(Payment)
        .where(Payment.booking_id == booking_id, Payment.state.in_(UNDER_WAY))
        .order_by(Payment.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def order_of(payment: Payment) -> Order:
    """What is to be paid, from rows alone: the same after a crash as before it."""
    facts = queries.by_id(payment.booking_id)
    if facts is None:
        raise LookupError(payment.booking_id)
    centre = the_centre()
    base = f"{tills.settings.public_url}/{facts.lang}"
    lines = tuple(
        (_words(line, facts.lang, centre.local(line.starts_at)), line.unit_price, line.quantity)
        for line in facts.lines
        if line.unit_price > 0
    )
    if facts.changes_id is not None:
        lines = ((f"{centre.name} {facts.reference}", facts.total, 1),)
    return Order(
        idempotency_key=payment.idempotency_key,
        booking_id=facts.id,
        reference=facts.reference,
        amount=payment.amount,
        currency=payment.currency,
        lines=lines,
        email=facts.email,
        lang=facts.lang,
        expires_at=payment.expires_at,
        return_url=f"{base}/b/{facts.secret}",
        back_url=f"{base}/checkout/{facts.secret}",
    )


def _words(line: queries.BookedLine, lang: str, start: datetime) -> str:
    activity, kind = in_language(line.activity_title, lang), in_language(line.ticket_title, lang)
    return f"{activity} {start:%d.%m.%Y %H:%M}, {kind}"


def _set_state(payment_id: int, state: PaymentState) -> None:
    db.session.execute(
        update(Payment)
        .where(Payment.id == payment_id, Payment.state.in_(UNDER_WAY))
        .values(state=state)
        .execution_options(synchronize_session=False)
    )


def _state_of(booking_id: int) -> State:
    facts = queries.by_id(booking_id)
    if facts is None:
        raise LookupError(booking_id)
    return facts.state
