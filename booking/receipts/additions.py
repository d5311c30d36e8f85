"""A company's name and a reference that the buyer adds to a receipt until the end of the day after the sale.

The receipt itself stays: what is added makes another version of it, which says what was added and when. After that day
there is no other version any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select

from booking.bookings.store import lock
from booking.centre.facts import CentreFacts
from booking.kernel.database import db, run
from booking.kernel.refusals import Refusal
from booking.receipts.models import PaymentReceipt, ReceiptAddition

MOST_VERSIONS = 6  # the first, and five corrections of what one has typed
OPEN_FOR = timedelta(days=1)  # after the day of the sale
LONGEST_COMPANY, LONGEST_REFERENCE = 120, 60


class AdditionTooLate(Refusal):
    """The last day to add something to a receipt, `until`, is over."""

    def __init__(self, until: date) -> None:
        super().__init__(f"until {until}")
        self.until = until


class AddedTooOften(Refusal):
    """It has been added to as often as may be."""


class NothingAdded(Refusal):
    """Neither a company nor a reference."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What a buyer wants to add."""

    company: str
    reference: str


def open_until(on: date) -> date:
    """The last day on which something may be added to the receipt of a sale of this day."""
    return on + OPEN_FOR


def is_open(on: date, centre: CentreFacts, now: datetime) -> bool:
    """Whether something may be added to it now."""
    return centre.local(now).date() <= open_until(on)


def add(receipt_id: int, addition: Addition, centre: CentreFacts, now: datetime) -> int:
    """Add it to the receipt of a sale; call inside a unit of work. Returns the version that says it.

    The same pressed twice is one. Raises NothingAdded, AdditionTooLate, AddedTooOften.
    """
    query = select(PaymentReceipt.booking_id, PaymentReceipt.on_day).where(
        PaymentReceipt.id == receipt_id, PaymentReceipt.refund_id.is_(None)
    )
    booking_id, on = run(query).one()
    lock(booking_id)  # two at once: one after the other
    if not (addition.company or addition.reference):
        raise NothingAdded
    if not is_open(on, centre, now):
        raise AdditionTooLate(open_until(on))
    last = db.session.execute(
        select(ReceiptAddition.version, ReceiptAddition.company, ReceiptAddition.reference)
        .where(ReceiptAddition.receipt_id == receipt_id)
        .order_by(ReceiptAddition.version.desc())
        .limit(1)
    ).first()
    if last is not None and (last.company, last.reference) == (addition.company, addition.reference):
        return int(last.version)
    version = 2 if last is None else int(last.version) + 1
    if version > MOST_VERSIONS:
        raise AddedTooOften
    values = {"receipt_id": receipt_id, "version": version, "added_at": now}
    run(insert(ReceiptAddition), values | {"company": addition.company, "reference": addition.reference})
    return version
