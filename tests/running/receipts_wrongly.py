"""Receipts as they never should be, for the questions of the nightly check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from sqlalchemy import delete, select, update

from booking.bookings.models import Booking
from booking.books.models import JournalSource
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.payments.models import Payment, Refund
from booking.payments.receipts import RECEIPT
from booking.receipts.issue import issue
from booking.receipts.models import PaymentReceipt, ReceiptVatShare
from booking.records.models import NumberSeries
from tests.support.unguarded import unguarded


class PaidBooking(Protocol):
    """A booking with its payment."""

    booking: int
    payment: int


def with_a_gap_in_its_receipts(of: PaidBooking) -> int:
    """A number was taken, and no receipt has it."""
    issue(of.booking)
    with unit_of_work():
        year = db.session.scalars(select(PaymentReceipt.year)).one()
        db.session.execute(update(NumberSeries).where(NumberSeries.id == year).values(last=2))
    return year


def paid_without_receipt(of: PaidBooking) -> int:
    """Nobody has promised one."""
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.kind == RECEIPT))
    return of.payment


def sent_back_without_receipt(of: PaidBooking) -> int:
    """A refund that was written past everything."""
    issue(of.booking)
    paid_without_receipt(of)
    with unit_of_work():
        payment = db.session.get_one(Payment, of.payment)
        refund = Refund(
            payment_id=of.payment, booking_id=of.booking, amount=100, currency=payment.currency,
            idempotency_key="past everything", requested_at=payment.paid_at,
        )  # fmt: skip
        payment.refunded += 100
        db.session.add(refund)
    return of.payment


def with_other_vat_on_its_receipt(of: PaidBooking) -> int:
    """Somebody has written it anew, past the database's guard."""
    issue(of.booking)
    db.session.rollback()
    with db.engine.begin() as connection, unguarded(connection):
        connection.execute(update(ReceiptVatShare).values(tax=ReceiptVatShare.tax + 1))
    return of.booking


def booked_otherwise(of: PaidBooking) -> int:
    """The journal has what is kept of it, and none of its VAT."""
    issue(of.booking)
    with unit_of_work():
        booking = db.session.get_one(Booking, of.booking)
        mark = f"{booking.total}:{booking.version}"
        db.session.add(JournalSource(source=f"booking:{of.booking}", mark=mark, times=1))
    return of.booking


WRONG_RECEIPTS: Mapping[str, Callable[[PaidBooking], int]] = {
    "receipts numbers of receipts with a gap, the year": with_a_gap_in_its_receipts,
    "receipts payment that has no receipt, nor a promise of one": paid_without_receipt,
    "receipts payment whose receipts come to another sum than is kept of it": sent_back_without_receipt,
    "receipts receipts with other VAT than is in their sums, booking": with_other_vat_on_its_receipt,
    "receipts receipts with other VAT than the journal, booking": booked_otherwise,
}
