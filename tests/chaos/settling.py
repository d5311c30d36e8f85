"""Until all that was promised is done: the worker catches up, time passes, what ran out is let go and paid back."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from booking.bookings.models import Booking, State
from booking.kernel import clock
from booking.kernel.database import Model, db
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import LEASE
from booking.payments.models import Capture, CaptureState, Payment, PaymentState, Refund, RefundState
from tests.chaos.house import House

AT_ONCE = 100  # events of the provider that are brought in one call
# Seconds without anything getting less: the last kill may leave a lease that must run out.
PATIENCE = LEASE.total_seconds() + 60
PASSES = (
    2 * 3600
)  # seconds: leases of workers that were killed run out, and what waits for a buyer, a bank, another try


class Unsettled(Exception):
    """Something never came to its end."""


def settle(house: House) -> None:
    """Let it come to rest. Raises Unsettled."""
    house.post.open()
    while _is_news_taken(house):
        continue
    _wait(house)
    house.pass_time(PASSES)
    _wait(house)
    time.sleep(2)  # a chore of the worker's that began with the last of them
    _wait(house)


def _is_news_taken(house: House) -> bool:
    """Bring some of what nobody has taken; all of it in one call takes minutes after a long run."""
    brought = house.double.deliver(most=AT_ONCE)
    if 200 in house.vipps.bring(most=AT_ONCE):
        return True
    return any(200 <= status < 300 for event in brought for status in event["statuses"])


def _wait(house: House) -> None:
    until, least = time.monotonic() + PATIENCE, 1_000_000
    while left := _left(house):
        count = sum(left.values())
        if count < least:
            until, least = time.monotonic() + PATIENCE, count
        if time.monotonic() > until:
            raise Unsettled(f"never done: {left}")
        time.sleep(0.3)


def _left(house: House) -> dict[str, int]:
    """What is due by the house's clock and not done yet, by what it is."""
    now = clock.now() + timedelta(seconds=house.ahead)
    long_ago = now - timedelta(minutes=40)
    waiting = Promise.state == PromiseState.WAITING
    questions: dict[str, tuple[type[Model], ColumnElement[bool]]] = {
        "promises due": (Promise, waiting & (Promise.due_at <= now)),
        "promises somebody is at": (Promise, waiting & (Promise.leased_by != "") & (Promise.due_at > now)),
        "holds that ran out": (
            Booking,
            Booking.state.in_((State.HELD, State.PENDING)) & (Booking.held_until < now - timedelta(minutes=5)),
        ),
        "payments under way": (
            Payment,
            Payment.state.in_((PaymentState.BEGUN, PaymentState.OPEN, PaymentState.PROCESSING))
            & (Payment.begun_at < long_ago),
        ),
        "money of Vipps to take": (
            Capture,
            Capture.state.in_((CaptureState.WAITING, CaptureState.DECIDED))
            & (Capture.due_at < now - timedelta(minutes=3)),
        ),
        "refunds under way": (Refund, (Refund.state == RefundState.REQUESTED) & (Refund.requested_at < long_ago)),
    }
    with house.books():
        counted = {
            what: db.session.scalar(select(func.count()).select_from(table).where(question)) or 0
            for what, (table, question) in questions.items()
        }
    return {what: count for what, count in counted.items() if count}
