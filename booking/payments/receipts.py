"""The numbers of receipts: one series, without gaps, given by the database when a receipt is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from booking.bookings.queries import BookingFacts
from booking.bookings.store import lock
from booking.kernel.database import as_values, insert_once, run, unit_of_work
from booking.payments.models import Receipt
from booking.payments.statement import Statement

_ISSUED = select(Receipt.number, Receipt.issued_at).where(
    Receipt.booking_id == bindparam("booking"),
    Receipt.version == bindparam("version"),
    Receipt.paid == bindparam("paid"),
    Receipt.kept == bindparam("kept"),
)
_LAST = select(func.coalesce(func.max(Receipt.number), 0))


@dataclass(frozen=True, slots=True)
class Issued:
    """The number that a receipt has, and since when."""

    number: int
    issued_at: datetime


def issue(facts: BookingFacts, paid: Statement, now: datetime) -> Issued:
    """The receipt of a booking whose money stands so; opens a unit of work of its own.

    As long as nothing is changed or paid back it is the same one; what says something else is another receipt and has
    the next number (bokføringsforskriften § 5-1-3: a controllable sequence). The number is the primary key: who comes
    second with it takes the next one, and one that is not committed was never given.
    """
    content = {"version": facts.version, "paid": paid.paid, "kept": paid.kept}
    with unit_of_work():
        lock(facts.id)  # two readers of the same booking get one number
        row = run(_ISSUED, {"booking": facts.id, **content}).first()
        if row is not None:
            return as_values(Issued, [row])[0]
        number = 0
        while not number or not insert_once(
            Receipt, "number", {"number": number, "booking_id": facts.id, "issued_at": now, **content}
        ):
            number = int(run(_LAST).scalar_one()) + 1
        return Issued(number, now)
