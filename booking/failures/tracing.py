"""What is known of a request by its number: where it failed, of which time and booking, and what came of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from booking.bookings.models import Booking, State
from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.failures.models import FailedRequest
from booking.kernel.database import Texts, as_values, run
from booking.outbox.models import Promise, PromiseState
from booking.payments.models import Payment, PaymentState

MOST = 20  # of each kind: one request has few
LEAST_READ_OFF = 8  # characters of a number that are enough


@dataclass(frozen=True, slots=True)
class FailedThen:
    """A request that failed, and the time that it was about where that is known and still there."""

    at: datetime
    request_id: str
    method: str
    route: str
    status: int
    cause: str
    slot_id: int | None
    booking_id: int | None
    starts_at: datetime | None
    title: Texts | None


@dataclass(frozen=True, slots=True)
class BookedThen:
    """A booking that it was about or that came of it."""

    id: int
    reference: str
    state: State


@dataclass(frozen=True, slots=True)
class PaidThen:
    """A try to pay for such a booking."""

    booking_id: int
    begun_at: datetime
    state: PaymentState
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class PromisedThen:
    """Something promised by the request or for such a booking: a letter, money back."""

    kind: str
    made_at: datetime
    state: PromiseState
    attempts: int
    request_id: str


@dataclass(frozen=True, slots=True)
class RequestTrace:
    """All that is known of a request."""

    failures: Sequence[FailedThen]
    bookings: Sequence[BookedThen]
    payments: Sequence[PaidThen]
    promises: Sequence[PromisedThen]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is known."""
        return not self.failures and not self.promises


def trace(number: str) -> RequestTrace:
    """What is known of requests whose number begins so; five statements at most, each by an index."""
    failures = _failures(number)
    of_request = _promises(Promise.request_id.between(number, number + "~"))
    bookings = {failure.booking_id for failure in failures} | {promise.booking_id for promise in of_request}
    booking_ids = sorted(booking_id for booking_id in bookings if booking_id is not None)[:MOST]
    promises = of_request
    if booking_ids:
        known = {promise.id for promise in of_request}
        promises = [*of_request, *(p for p in _promises(Promise.booking_id.in_(booking_ids)) if p.id not in known)]
    return RequestTrace(
        failures, _booked(booking_ids), _paid(booking_ids), [promise.told for promise in promises[:MOST]]
    )


def left_out_since(since: datetime) -> int:
    """How many failures found no room since then; one statement."""
    counted = select(func.coalesce(func.sum(FailedRequest.left_out), 0)).where(FailedRequest.failed_at >= since)
    return int(run(counted).scalar_one())


LEFT_OUT_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Promised:
    id: int
    booking_id: int | None
    told: PromisedThen


def _failures(number: str) -> list[FailedThen]:
    failed = (
        select(
            FailedRequest.failed_at,
            FailedRequest.request_id,
            FailedRequest.method,
            FailedRequest.route,
            FailedRequest.status,
            FailedRequest.cause,
            FailedRequest.slot_id,
            FailedRequest.booking_id,
            Slot.starts_at,
            Activity.title,
        )
        .outerjoin(Slot, Slot.id == FailedRequest.slot_id)
        .outerjoin(Activity, Activity.id == Slot.activity_id)
        .where(FailedRequest.request_id.between(number, number + "~"))
        .order_by(FailedRequest.request_id, FailedRequest.id)
        .limit(MOST)
    )
    return as_values(FailedThen, run(failed))


def _promises(condition: ColumnElement[bool]) -> list[_Promised]:
    promised = (
        select(
            Promise.id, Promise.booking_id, Promise.kind, Promise.made_at, Promise.state, Promise.attempts,
            Promise.request_id,
        )
        .where(condition)
        .order_by(Promise.id)
        .limit(MOST)
    )  # fmt: skip
    return [_Promised(row[0], row[1], PromisedThen(*row[2:])) for row in run(promised)]


def _booked(booking_ids: Sequence[int]) -> list[BookedThen]:
    if not booking_ids:
        return []
    wanted = select(Booking.id, Booking.reference, Booking.state).where(Booking.id.in_(booking_ids))
    return as_values(BookedThen, run(wanted.order_by(Booking.id)))


def _paid(booking_ids: Sequence[int]) -> list[PaidThen]:
    if not booking_ids:
        return []
    paid = select(Payment.booking_id, Payment.begun_at, Payment.state, Payment.amount, Payment.currency)
    return as_values(PaidThen, run(paid.where(Payment.booking_id.in_(booking_ids)).order_by(Payment.id).limit(MOST)))
