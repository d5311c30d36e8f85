"""What pages, lists and the check read of receipts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select

from booking.bookings.models import Booking
from booking.kernel.database import run
from booking.kernel.prepared import ReadyStatement
from booking.payments.models import Payment, Refund
from booking.receipts.document import ReceiptWay
from booking.receipts.models import PaymentReceipt, ReceiptAddition, ReceiptVatShare
from booking.receipts.moved import TILL_RECEIPT

_NUMBER = re.compile("([0-9]{4})[ –-]{1,3}([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class ReceiptSeen:
    """A receipt as pages show it; `amount` in minor units, below nought of money back.

    `till_receipt` is the number in the centre's own till. Of money back the desk notes it when it pays out, after the
    receipt was given: so it stands here, and not on the paper. `ways` are as on the paper; `of_booking` is the change
    that was paid, or the booking.

    `added` are the versions that its buyer has made of it, each with what it says, the last one last.
    """

    id: int
    year: int
    serial: int
    amount: int
    currency: str
    on: date
    provider: str
    payment_id: int
    of_booking: int
    refund_id: int | None
    till_receipt: str
    ways: tuple[ReceiptWay, ...]
    added: tuple[AdditionSeen, ...] = ()

    @property
    def number(self) -> str:
        """As it stands on it."""
        return f"{self.year}-{self.serial}"

    @property
    def is_back(self) -> bool:
        """Whether money went back."""
        return self.refund_id is not None

    @property
    def version(self) -> int:
        """The last one."""
        return self.added[-1].version if self.added else 1


@dataclass(frozen=True, slots=True)
class AdditionSeen:
    """What a version of a receipt says besides, and since when."""

    version: int
    company: str
    reference: str
    added_at: datetime


_OF_BOOKING = ReadyStatement(
    select(
        PaymentReceipt.id, PaymentReceipt.year, PaymentReceipt.number, PaymentReceipt.amount, PaymentReceipt.currency,
        PaymentReceipt.on_day, Payment.provider, PaymentReceipt.payment_id, Booking.id, PaymentReceipt.refund_id,
        case((PaymentReceipt.refund_id.is_(None), TILL_RECEIPT), else_=Refund.till_receipt), PaymentReceipt.document,
        ReceiptAddition.version, ReceiptAddition.company, ReceiptAddition.reference, ReceiptAddition.added_at,
    )
    .join(Payment, Payment.id == PaymentReceipt.payment_id)
    .join(Booking, Booking.id == Payment.booking_id)
    .outerjoin(Refund, Refund.id == PaymentReceipt.refund_id)
    .outerjoin(ReceiptAddition, ReceiptAddition.receipt_id == PaymentReceipt.id)
    .where(PaymentReceipt.booking_id == bindparam("booking"))
    .order_by(PaymentReceipt.id, ReceiptAddition.version)
)  # fmt: skip
_BY_NUMBER = ReadyStatement(
    select(PaymentReceipt.booking_id).where(
        PaymentReceipt.year == bindparam("year"), PaymentReceipt.number == bindparam("number")
    )
)


def receipts_of(booking_id: int) -> list[ReceiptSeen]:
    """The receipts of a booking, the first first, with what was added to them; one statement."""
    seen: dict[int, ReceiptSeen] = {}
    for row in _OF_BOOKING.rows({"booking": booking_id}):
        receipt = seen.get(row[0]) or ReceiptSeen(*(*row[:11], _ways(row[11])))
        added = (*receipt.added, AdditionSeen(*row[12:])) if row[12] is not None else ()
        seen[row[0]] = replace(receipt, added=added)
    return list(seen.values())


def _ways(document: Mapping[str, Any]) -> tuple[ReceiptWay, ...]:
    """How it was paid, or went back, as its paper has it."""
    return tuple(ReceiptWay(**way) for way in document["ways"])


def booking_of_number(typed: str) -> int | None:
    """The booking that a receipt with this number is of, if somebody has typed a receipt's number."""
    number = _NUMBER.fullmatch(typed.strip())
    if number is None:
        return None
    booking_id: int | None = _BY_NUMBER.value({"year": int(number[1]), "number": int(number[2])})
    return booking_id


@dataclass(frozen=True, slots=True)
class ReceiptListed:
    """A receipt in the list for the books, with its VAT by rate as (rate, gross, VAT); minor units."""

    id: int
    number: str
    on: date
    reference: str
    ways: tuple[ReceiptWay, ...]
    amount: int
    currency: str
    vat: tuple[tuple[int, int, int], ...]


def receipts_between(first: date, last: date, after: int | None, most: int) -> tuple[list[ReceiptListed], int | None]:
    """Receipts of [first, last] in the order they were given, a batch after an id; and the id to go on after."""
    query = (
        select(
            PaymentReceipt.id, PaymentReceipt.year, PaymentReceipt.number, PaymentReceipt.on_day, Booking.reference,
            PaymentReceipt.document, PaymentReceipt.amount, PaymentReceipt.currency,
        )
        .join(Booking, Booking.id == PaymentReceipt.booking_id)
        .where(PaymentReceipt.on_day >= first, PaymentReceipt.on_day <= last, PaymentReceipt.id > (after or 0))
        .order_by(PaymentReceipt.id)
        .limit(most + 1)
    )  # fmt: skip
    rows = run(query).all()
    shares = _vat_of([row[0] for row in rows[:most]])
    listed = [
        ReceiptListed(
            receipt_id, f"{year}-{number}", on, reference, _ways(document), amount, currency, shares.get(receipt_id, ())
        )
        for receipt_id, year, number, on, reference, document, amount, currency in rows[:most]
    ]
    return listed, listed[-1].id if len(rows) > most else None


def _vat_of(receipt_ids: Sequence[int]) -> dict[int, tuple[tuple[int, int, int], ...]]:
    if not receipt_ids:
        return {}
    query = (
        select(ReceiptVatShare.receipt_id, ReceiptVatShare.rate, ReceiptVatShare.gross, ReceiptVatShare.tax)
        .where(ReceiptVatShare.receipt_id.in_(receipt_ids))
        .order_by(ReceiptVatShare.receipt_id, ReceiptVatShare.rate)
    )
    shares: dict[int, tuple[tuple[int, int, int], ...]] = {}
    for receipt_id, *share in run(query):
        shares[receipt_id] = (*shares.get(receipt_id, ()), tuple(share))
    return shares


@dataclass(frozen=True, slots=True)
class ReceiptDay:
    """The receipts of a day: how many, what came and what went back (minor units), and VAT by rate as in a list."""

    on: date
    sales: int
    refunds: int
    paid: int
    back: int
    vat: tuple[tuple[int, int, int], ...] = ()

    @property
    def kept(self) -> int:
        """What came less what went back."""
        return self.paid - self.back

    @property
    def tax(self) -> int:
        """All VAT of the day."""
        return sum(tax for _rate, _gross, tax in self.vat)


def receipt_days(first: date, last: date) -> list[ReceiptDay]:
    """Days of [first, last] that have receipts; two statements."""
    amount, within = PaymentReceipt.amount, PaymentReceipt.on_day.between(first, last)
    query = (
        select(
            PaymentReceipt.on_day,
            func.sum(case((amount > 0, 1), else_=0)),
            func.sum(case((amount < 0, 1), else_=0)),
            func.sum(case((amount > 0, amount), else_=0)),
            func.sum(case((amount < 0, -amount), else_=0)),
        )
        .where(within)
        .group_by(PaymentReceipt.on_day)
        .order_by(PaymentReceipt.on_day)
    )
    of_rates = (
        select(
            PaymentReceipt.on_day, ReceiptVatShare.rate, func.sum(ReceiptVatShare.gross), func.sum(ReceiptVatShare.tax)
        )
        .join(PaymentReceipt, PaymentReceipt.id == ReceiptVatShare.receipt_id)
        .where(within)
        .group_by(PaymentReceipt.on_day, ReceiptVatShare.rate)
        .order_by(PaymentReceipt.on_day, ReceiptVatShare.rate)
    )
    shares: dict[date, tuple[tuple[int, int, int], ...]] = {}
    for on, rate, gross, tax in run(of_rates):
        shares[on] = (*shares.get(on, ()), (int(rate), int(gross), int(tax)))
    return [
        ReceiptDay(on, int(sales), int(refunds), int(paid), int(back), shares.get(on, ()))
        for on, sales, refunds, paid, back in run(query)
    ]
