"""Promises of receipts: given right after money has moved, and, once, of money that moved before there were any.

Of what moved before, a step goes through many payments, and what cannot be given of one booking stops no other: that
booking gets a promise of its own, which is tried again and, in the end, shown to staff as all that was given up.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from booking.bookings.models import Booking
from booking.kernel import log
from booking.kernel.database import end_reading, run, unit_of_work
from booking.kernel.server.outage import outage_in
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.models import Rank
from booking.outbox.promises import Leased, promise
from booking.payments.models import Payment, PaymentState
from booking.payments.receipts import RECEIPT
from booking.receipts.issue import issue
from booking.receipts.moved import is_missing
from booking.settings import Settings

EARLIER = "receipt.earlier"
AT_ONCE = 50  # payments in a step


@dataclass(frozen=True, slots=True)
class PromisedReceipt:
    """A booking whose payments and refunds are to have their receipts."""

    booking_id: int


@dataclass(frozen=True, slots=True)
class PromisedEarlier:
    """Payments of before, those after this one."""

    after: int = 0


_WHOSE = select(func.coalesce(Booking.changes_id, Booking.id)).where(Booking.id == bindparam("booking"))
_NEXT = (
    select(Payment.id, func.coalesce(Booking.changes_id, Booking.id))
    .join(Booking, Booking.id == Payment.booking_id)
    .where(Payment.id > bindparam("after"), Payment.state == PaymentState.PAID)
    .order_by(Payment.id)
    .limit(AT_ONCE)
)


def _give(leased: Leased, _settings: Settings) -> None:
    booking_id = read(PromisedReceipt, leased.about).booking_id
    of_whole = int(run(_WHOSE, {"booking": booking_id}).scalar_one())
    end_reading()
    issue(of_whole)


def _give_earlier(leased: Leased, _settings: Settings) -> None:
    """A step; the next one is promised with the last receipt of this."""
    rows = [(int(row[0]), int(row[1])) for row in run(_NEXT, {"after": read(PromisedEarlier, leased.about).after})]
    end_reading()
    not_given = [booking_id for booking_id in dict.fromkeys(row[1] for row in rows) if not _is_given(booking_id)]
    end_reading()
    if rows:
        with unit_of_work():
            for booking_id in not_given:
                promise(RECEIPT, f"receipt:earlier:{booking_id}", {"booking_id": booking_id})
            begin_earlier(rows[-1][0])


def _is_given(booking_id: int) -> bool:
    """Whether a booking has its receipts now; raises only when the database cannot be asked at all.

    Only those that are missing are worth a unit of work: of many payments all are there.
    """
    try:
        if is_missing(booking_id):
            issue(booking_id)
    except Exception as error:
        if outage_in(error):
            raise
        log.write("receipt.failed", booking=booking_id, **log.cause(error))
        return False
    return True


def begin_earlier(after: int = 0) -> None:
    """Promise receipts of what was paid before; call inside a unit of work. What has one is left alone."""
    promise(EARLIER, f"{EARLIER}:{after}", {"after": after})


KEEPERS = (PromiseKeeper(RECEIPT, _give, Rank.TODAY), PromiseKeeper(EARLIER, _give_earlier, Rank.BULK))
