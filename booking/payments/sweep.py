"""Ask again about everything long under way: lost webhooks, crashes between two steps, closed tabs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Select, func, or_, select, text, update

from booking.bookings.hold import expire_pending
from booking.bookings.models import Booking, State
from booking.kernel import log
from booking.kernel.database import db, end_reading, unit_of_work
from booking.kernel.server.outage import outage_in
from booking.outbox.promises import promise
from booking.payments import refunds, webhook
from booking.payments.fulfil import fulfil, settle
from booking.payments.models import LET_GO, TILL, UNDER_WAY, UNSETTLED, Payment, PaymentState, Refund, RefundState
from booking.payments.pay import NoAnswer, give_up, open_session
from booking.payments.provider import PaymentProgress, PaymentStatus, Provider, Rejected, Unreachable
from booking.payments.providers import tills
from booking.payments.reserved import queries as reserved
from booking.payments.reserved.capture import take

BEGUN_FOR = timedelta(minutes=1)
LOOK_EVERY = timedelta(minutes=2)
REFUND_WAITS = timedelta(minutes=10)
CAPTURE_WAITS = timedelta(minutes=2)  # the outbox takes what is to be taken at once
MOST = 50
# One that gets no answer may be to blame itself; three in a round, or a long silence, mean that its provider is down.
PATIENCE = 3
LONGEST = 15  # seconds; the worker has mails to send too


class Places:
    """How far the rounds before have come with each kind of thing: what stays as it is keeps nobody from their turn."""

    def __init__(self) -> None:
        self._after: dict[str, int] = {}

    def next(self, what: str, rows: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Of all that is due the piece of this round, by ids behind the last one; behind the highest it begins anew."""
        if len(rows) <= MOST:
            return rows
        after = self._after.get(what, 0)
        piece = sorted(rows, key=lambda row: (row[0] <= after, row[0]))[:MOST]
        self._after[what] = piece[-1][0]
        return piece


class _Round:
    """One round over what is due; one that fails does not keep the others waiting, nor one provider the other."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.looked = 0
        self.unanswered: Counter[str] = Counter()
        self.waited: Counter[str] = Counter()  # seconds

    def over(self, what: str, rows: list[tuple[int, str]], work: Callable[[int, datetime], object]) -> None:
        """Do the work for each of these ids, beside it the name of its provider."""
        for row_id, provider in rows:
            self.once(what, row_id, provider, partial(work, row_id, self.now))

    def once(self, what: str, subject: object, provider: str, work: Callable[[], object]) -> None:
        """Do one piece, unless its provider does not answer in this round."""
        if self.is_down(provider):
            return
        self.looked += 1
        began = time.monotonic()
        try:
            work()
        except Rejected as error:
            log.write("payments.rejected", piece=what, subject=subject, cause=log.kind_of(error))  # its words may quote
        except (Unreachable, NoAnswer) as error:
            self.unanswered[provider] += 1
            self.waited[provider] += int(time.monotonic() - began)
            log.write("payments.unanswered", piece=what, subject=subject, cause=str(error) or type(error).__name__)
            if self.is_down(provider):
                log.write("payments.down", provider=provider, looked=self.looked)
        except Exception as error:
            if outage_in(error):
                raise  # the worker says it once and begins anew
            # Ours to mend; nobody else's money waits for it.
            log.write("payments.broke", piece=what, subject=subject, **log.cause(error))
        finally:
            db.session.rollback()

    def is_down(self, provider: str) -> bool:
        """Whether it has been silent often or long enough: the next round tries again."""
        return self.unanswered[provider] >= PATIENCE or self.waited[provider] > LONGEST


def sweep(now: datetime, places: Places | None = None) -> int:
    """Look at what is due; returns how many. Not in a unit of work. A provider that is down is left for this round.

    `places` say where the round before has ended.
    """
    going, places = _Round(now), places or Places()
    going.over("begun", places.next("begun", _half_begun(now)), _finish_beginning)
    going.over("under way", _long_under_way(now), _look)
    going.over("overdue", places.next("overdue", _overdue(now)), _close)
    due = places.next("capture", _rows(reserved.due(now - CAPTURE_WAITS)))
    going.over("capture", due, lambda payment_id, _now: take(payment_id))
    _tell_what_ends(now)
    going.over("refund", places.next("refund", _unfinished_refunds(now)), _go_on_refunding)
    for provider in tills.providers:
        going.once("events", "all", provider.name, partial(_undelivered, going, provider))
    return going.looked


def _half_begun(now: datetime) -> list[tuple[int, str]]:
    """Payments whose session we never heard of."""
    begun = (text(UNSETTLED), Payment.state == PaymentState.BEGUN)
    query = select(Payment.id, Payment.provider).where(*begun, Payment.begun_at < now - BEGUN_FOR)
    return _rows(query.order_by(Payment.id))


def _finish_beginning(payment_id: int, now: datetime) -> None:
    payment = db.session.get_one(Payment, payment_id, populate_existing=True)
    booking_id, expires_at, provider = payment.booking_id, payment.expires_at, payment.provider
    end_reading()
    if tills.least_life(provider) < expires_at - now:
        # Young enough to be opened: the same key gives the session that may exist already, and then we know its name.
        open_session(payment_id)
    else:
        # Whatever exists over there, nobody has ever been sent to it.
        give_up(payment_id, booking_id, PaymentState.FAILED, (PaymentState.BEGUN,))


def _long_under_way(now: datetime) -> list[tuple[int, str]]:
    return _rows(
        select(Payment.id, Payment.provider)
        .where(
            text(UNSETTLED),
            Payment.state.in_((PaymentState.OPEN, PaymentState.PROCESSING)),
            func.coalesce(Payment.looked_at, Payment.begun_at) < now - LOOK_EVERY,
        )
        .order_by(func.coalesce(Payment.looked_at, Payment.begun_at))
        .limit(MOST)  # looked at, it goes to the back of the queue
    )


def _look(payment_id: int, now: datetime) -> None:
    with unit_of_work():
        # First of all, so that one that always fails goes to the back of the queue.
        db.session.execute(
            update(Payment)
            .where(Payment.id == payment_id)
            .values(looked_at=now)
            .execution_options(synchronize_session=False)
        )
    fulfil(payment_id)


def _overdue(now: datetime) -> list[tuple[int, str]]:
    """Bookings whose places have waited long enough for their money, each with whom it is waited for last."""
    last = select(func.max(Payment.id)).where(Payment.booking_id == Booking.id).correlate(Booking).scalar_subquery()
    overdue = (
        select(Booking.id, func.coalesce(Payment.provider, ""))
        .outerjoin(Payment, Payment.id == last)
        .where(Booking.held_until < now, Booking.state == State.PENDING)
    )
    return _rows(overdue.order_by(Booking.held_until))


def _close(booking_id: int, now: datetime) -> None:
    """Make sure that nothing can be paid any more, and only then let the places go.

    A bank that has thought for too long cannot be stopped: if its money comes, it comes late.
    """
    for payment in _open_payments(booking_id):
        if payment.provider_ref is not None:
            settle(payment.id, _closed(payment))
    left = {payment.state for payment in _open_payments(booking_id)}
    with unit_of_work():
        if left <= {PaymentState.PROCESSING}:
            expire_pending(booking_id, now)


def _closed(payment: Payment) -> PaymentStatus:
    """How the payment stands after an attempt to close it; one that the provider does not know cannot be paid there."""
    ref = payment.provider_ref or ""
    try:
        return tills.of(payment.provider).close(ref)
    except Rejected as error:
        log.write("payments.rejected", piece="close", subject=payment.id, cause=log.kind_of(error))
        return PaymentStatus(ref, PaymentProgress.EXPIRED, payment.amount, payment.currency)


def _open_payments(booking_id: int) -> list[Payment]:
    payments = db.session.scalars(
        select(Payment)
        .where(Payment.booking_id == booking_id, Payment.state.in_(UNDER_WAY))
        .execution_options(populate_existing=True)
    ).all()
    end_reading()
    return list(payments)


def _unfinished_refunds(now: datetime) -> list[tuple[int, str]]:
    return _rows(
        select(Refund.id, Payment.provider)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(
            Refund.state == RefundState.REQUESTED,
            Refund.requested_at < now - REFUND_WAITS,
            Payment.provider != TILL,  # those wait for the desk
            or_(Payment.disputed_at.is_(None), Refund.provider_ref.is_not(None)),  # these wait for the payer's bank
            ~reserved.is_between_tries(Refund.payment_id, now - CAPTURE_WAITS),
        )
        .order_by(Refund.id)
    )


def _go_on_refunding(refund_id: int, _now: datetime) -> None:
    ref = db.session.scalar(select(Refund.provider_ref).where(Refund.id == refund_id))
    end_reading()
    if ref is None or ref.startswith(LET_GO):
        refunds.send(refund_id)
    else:
        refunds.look(ref)


def _undelivered(going: _Round, provider: Provider) -> None:
    for event in provider.undelivered():
        going.once("event", event["id"], provider.name, partial(webhook.receive, event))


def _tell_what_ends(now: datetime) -> None:
    """To the centre itself, once: what was approved and lapses soon, if nobody takes it by hand."""
    ending = reserved.near_their_end(now)
    end_reading()
    if ending:
        with unit_of_work():
            for payment_id in ending:
                promise("mail.capture_ends", f"capture_ends:{payment_id}", {"payment_id": payment_id})


def _rows(query: Select[int, str]) -> list[tuple[int, str]]:
    """Ids, each with the name of its provider."""
    rows = [(row_id, name) for row_id, name in db.session.execute(query)]
    end_reading()
    return rows
