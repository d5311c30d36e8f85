"""Take what a buyer approved, less what goes back of it; first what is decided is written, then the provider is asked.

Money back before it is taken is never taken: the rest of the reservation is let go of instead. So that the buyer has it
at once, what is kept is taken with the same stroke, also where that is before the day of the visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select, update

from booking.bookings.models import Booking
from booking.bookings.store import lock
from booking.centre.facts import CentreFacts, the_centre
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.kernel.writing import write
from booking.outbox.promises import promise
from booking.payments.models import LET_GO, Capture, CaptureState, Payment, PaymentState, Refund, RefundState
from booking.payments.provider import CaptureOrder, Rejected, ReservedMoney, TakenWhen
from booking.payments.providers import tills
from booking.payments.reserved.by_hand import count_as_sent, split_off
from booking.records.audit import note

OPEN = (CaptureState.WAITING, CaptureState.DECIDED)
SPARE = timedelta(days=1)  # what is left of a reservation when we take it at the latest: a day of trying
NEXT_TRY, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
# So often it was refused before it counts as lost, where its time is over and it still seems to be there.
LAST_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Decided:
    """What the provider is asked for."""

    provider: str
    order: CaptureOrder


def reserve(payment: Payment, booking: Booking, rule: TakenWhen, now: datetime) -> None:
    """Write that the money of a payment is only reserved; call inside the unit of work that marks it as paid.

    What is to be taken at once is promised with it. A payment that goes back whole is let go of by its refund.
    """
    due = now if rule.at_once else min(day_of(booking.starts_at, the_centre()), now + rule.within)
    values = {
        "payment_id": payment.id,
        "state": CaptureState.WAITING,
        "approved": payment.amount,
        "due_at": max(due, now),
        "lapses_at": now + rule.within + SPARE,
    }
    write(Capture, [values])
    if due <= now and payment.state is PaymentState.PAID:
        promise("payment.capture", f"capture:{payment.id}", {"payment_id": payment.id})


def day_of(starts_at: datetime, centre: CentreFacts) -> datetime:
    """When the day of a visit begins in its house."""
    return datetime.combine(centre.local(starts_at).date(), time(), centre.zone)


def is_reserved(payment_id: int) -> bool:
    """Whether the money of a payment is still to be taken or let go of."""
    state = db.session.scalar(select(Capture.state).where(Capture.payment_id == payment_id))
    return state in OPEN


def is_being_taken(payment_id: int) -> bool:
    """Whether what is taken is decided and not done, so that what moves there is our own doing."""
    return db.session.scalar(select(Capture.state).where(Capture.payment_id == payment_id)) is CaptureState.DECIDED


def has_run_out(payment_id: int, now: datetime) -> bool:
    """Whether money is still to be taken that we no longer count on: when it is let go of, it has lapsed."""
    query = select(Capture.payment_id).where(Capture.payment_id == payment_id, Capture.state.in_(OPEN))
    return db.session.scalar(query.where(Capture.lapses_at <= now)) is not None


def take(payment_id: int) -> CaptureState | None:
    """Take what is kept of a payment and let go of the rest. Not inside a unit of work; any number of times.

    None where nothing was only reserved. What the provider refuses is tried again by the sweep, more and more seldom,
    until it has lapsed; staff are told. Raises Unreachable.
    """
    end_reading()
    decided = _decide(payment_id)
    if not isinstance(decided, _Decided):
        return decided
    try:
        taken = tills.of(decided.provider).capture(decided.order)
    except Rejected as error:
        return _refused(payment_id, _look(decided), str(error))
    return _done(payment_id, taken)


def release(payment_id: int) -> None:
    """Try again to let go of what was not taken, where what is kept was; not inside a unit of work. Raises Unreachable.

    Once nothing is left of it, by this or because it has lapsed, it is with the buyer.
    """
    end_reading()
    payment, capture = db.session.get_one(Payment, payment_id), db.session.get_one(Capture, payment_id)
    decided = _decided(payment, capture)
    end_reading()
    try:
        tills.of(decided.provider).capture(decided.order)
    except Rejected:
        if _look(decided).left:
            return
    with unit_of_work():
        _locked(payment_id)
        for refund in _let_go(payment_id):
            refund.state, refund.done_at = RefundState.DONE, clock.now()


def _look(decided: _Decided) -> ReservedMoney:
    """How it stands after a refusal, which may have been only of the last of several calls."""
    try:
        return tills.of(decided.provider).reserved(decided.order)
    except Rejected:
        return ReservedMoney(taken=0, left=decided.order.approved)  # nothing is known, so it is tried again


def _decide(payment_id: int) -> _Decided | CaptureState | None:
    """Fix what is taken, once: what was promised back until now is let go of, what comes later is sent back."""
    booking = select(Booking.id, Booking.changes_id).join(Payment, Payment.booking_id == Booking.id)
    row = db.session.execute(booking.where(Payment.id == payment_id)).one()
    end_reading()
    with unit_of_work():
        lock(*(booking_id for booking_id in (row.changes_id, row.id) if booking_id is not None))
        payment, capture = _locked(payment_id)
        if capture is None or capture.state not in OPEN:
            return capture.state if capture is not None else None
        if capture.state is CaptureState.WAITING:
            capture.state = CaptureState.DECIDED
            capture.amount = max(capture.approved - _going_back(payment_id), 0)
            capture.due_at = clock.now()
        # First of all, so that one that always fails goes to the back of the queue, and is seen.
        capture.due_at = max(capture.due_at, clock.now() + NEXT_TRY)
        capture.failed_at = capture.failed_at or clock.now()
        return _decided(payment, capture)


def _decided(payment: Payment, capture: Capture) -> _Decided:
    order = CaptureOrder(
        idempotency_key=f"capture:{payment.idempotency_key}",
        payment_ref=payment.provider_ref or "",
        amount=capture.amount,
        approved=capture.approved,
        currency=payment.currency,
    )
    return _Decided(payment.provider, order)


def _locked(payment_id: int) -> tuple[Payment, Capture | None]:
    """Everybody locks the booking before its payments, and a payment before what becomes of it."""
    held = {"populate_existing": True, "with_for_update": {"key_share": True}}
    payment = db.session.get_one(Payment, payment_id, **held)  # type: ignore[arg-type]  # as they are written elsewhere
    capture = db.session.get(Capture, payment_id, **held)  # type: ignore[arg-type]
    return payment, capture


def _going_back(payment_id: int) -> int:
    """What goes back of a payment, and marks what is not on its way yet as let go of."""
    promised = (Refund.payment_id == payment_id, Refund.state == RefundState.REQUESTED, Refund.provider_ref.is_(None))
    for refund in db.session.scalars(select(Refund).where(*promised).execution_options(populate_existing=True)):
        refund.provider_ref = f"{LET_GO}{refund.id}"
    db.session.flush()
    return _back(payment_id)


def _back(payment_id: int) -> int:
    """What of a payment has gone back or is on its way."""
    sums = select(func.coalesce(func.sum(Refund.amount), 0))
    sums = sums.where(Refund.payment_id == payment_id, Refund.state != RefundState.FAILED)
    return int(db.session.scalar(sums) or 0)


def _done(payment_id: int, taken: int, left: int = 0) -> CaptureState:
    """The provider has taken so much, and let go of the rest but for what is left: that stays promised."""
    now = clock.now()
    with unit_of_work():
        payment, capture = _locked(payment_id)
        if capture is None or capture.state is not CaptureState.DECIDED:
            return CaptureState.DONE
        more = taken - capture.amount
        capture.state, capture.done_at, capture.amount = CaptureState.DONE, now, min(taken, capture.approved)
        for refund in _let_go(payment_id):
            # By hand more was taken than we wanted: so much was not let go of, and is sent back.
            part = max(min(more, refund.amount), 0)
            more -= part
            if part:
                _send_back(refund, part, left, now)
            elif not left:
                refund.state, refund.done_at = RefundState.DONE, now
        db.session.flush()
        _let_go_by_hand(payment, capture, now)
        return capture.state


def _send_back(refund: Refund, part: int, left: int, now: datetime) -> None:
    """Of a refund that was to be let go of a part was taken: that is sent, the rest is a row of its own."""
    name, refund.provider_ref = refund.provider_ref, None
    db.session.flush()
    if part < refund.amount:
        released = split_off(refund, refund.amount - part, "let_go", now, name)
        if left:
            released.state, released.done_at = RefundState.REQUESTED, None
    promise("payment.send_refund", f"send_refund:{refund.id}:taken", {"refund_id": refund.id})


def _let_go_by_hand(payment: Payment, capture: Capture, now: datetime) -> None:
    """Less was taken than we wanted, since staff let go of it in the provider's own pages: it counts as given back."""
    count_as_sent(payment, capture.approved - capture.amount - _back(payment.id), "let_go", now)


def _let_go(payment_id: int) -> list[Refund]:
    going = (Refund.payment_id == payment_id, Refund.state == RefundState.REQUESTED)
    query = select(Refund).where(*going, Refund.provider_ref.startswith(LET_GO, autoescape=True)).order_by(Refund.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _refused(payment_id: int, stands: ReservedMoney, why: str) -> CaptureState:
    """Refused this time: try again later as long as anything is left there; after its time it counts as lapsed.

    What is gone before its time was let go of by staff in the provider's own pages. Lost is only what was to be kept
    and of which nothing was taken.
    """
    now = clock.now()
    with unit_of_work():
        payment, capture = _locked(payment_id)
        if capture is None or capture.state is not CaptureState.DECIDED:
            return CaptureState.DONE
        over = capture.lapses_at <= now and capture.amount > 0
        no_use = over and (stands.taken >= capture.amount or capture.tries >= LAST_TRIES)
        if stands.left and not no_use:
            return _later(payment, capture, why, now)
        if over and not stands.taken:
            return _lost(payment, capture, now)
    return _done(payment_id, stands.taken, stands.left)


def _later(payment: Payment, capture: Capture, why: str, now: datetime) -> CaptureState:
    """Try again, more and more seldom; staff are told the first time."""
    if not capture.tries:
        note("worker", "capture.failed", f"booking:{payment.booking_id}", None, {"why": why[:200]})
    capture.tries += 1
    capture.due_at = now + min(NEXT_TRY * 2 ** min(capture.tries, 8), LONGEST_PAUSE)
    return capture.state


def _lost(payment: Payment, capture: Capture, now: datetime) -> CaptureState:
    for refund in _let_go(payment.id):
        refund.state, refund.done_at = RefundState.DONE, now
    capture.state, capture.done_at = CaptureState.LAPSED, now
    payment.disputed_at, payment.lost_at = payment.disputed_at or now, payment.lost_at or now
    db.session.flush()
    rest = update(Refund).where(Refund.payment_id == payment.id, Refund.state == RefundState.REQUESTED)
    db.session.execute(rest.values(state=RefundState.FAILED).execution_options(synchronize_session=False))
    note("provider", "payment.lapsed", f"booking:{payment.booking_id}", None, {"amount": capture.amount})
    return capture.state
