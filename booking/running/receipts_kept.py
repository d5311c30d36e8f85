"""What `flask check` asks of receipts: numbers without gaps, one for all money, and VAT that is the journal's."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from booking.bookings.models import Booking
from booking.books.journal import AccountRole
from booking.books.models import JournalEntry, JournalSource
from booking.invoicing.issue import KEPT_YEARS
from booking.kernel import clock
from booking.kernel.database import UTCDateTime
from booking.outbox.models import Promise, PromiseState
from booking.payments.models import Payment, PaymentState
from booking.payments.receipts import RECEIPT
from booking.receipts.keepers import EARLIER
from booking.receipts.models import PaymentReceipt, ReceiptVatShare
from booking.receipts.moved import has_sale_receipt
from booking.records.models import NumberSeries

# Asked each time that the question is put, since questions are built once. A day of grace for the centre's clock.
_STILL_KEPT = bindparam(
    "still_kept", callable_=lambda: datetime(clock.now().year - KEPT_YEARS, 1, 2, tzinfo=UTC), type_=UTCDateTime
)

_TODAY = bindparam("today", callable_=lambda: clock.now().date(), type_=Date)


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    paid = (
        select(Payment.id)
        .join(Booking, Booking.id == Payment.booking_id)
        .where(Payment.state == PaymentState.PAID, Payment.paid_at >= _STILL_KEPT, ~_is_promised())
    )
    return [
        (
            "receipts",
            "numbers of receipts with a gap, the year",
            select(PaymentReceipt.year)
            .outerjoin(NumberSeries, NumberSeries.id == PaymentReceipt.year)
            .where(PaymentReceipt.kept_until > _TODAY)  # those before go a batch at a time
            .group_by(PaymentReceipt.year, NumberSeries.last)
            .having(
                or_(
                    func.max(PaymentReceipt.number) != func.count(),
                    func.max(PaymentReceipt.number) != func.coalesce(NumberSeries.last, 0),
                )
            ),
        ),
        ("receipts", "payment that has no receipt, nor a promise of one", paid.where(~has_sale_receipt())),
        (
            "receipts",
            "payment whose receipts come to another sum than is kept of it",
            _of_another_sum(),
        ),
        ("receipts", "receipts with other VAT than is in their sums, booking", _with_other_vat()),
        ("receipts", "receipts with other VAT than the journal, booking", _unlike_the_journal()),
    ]


def _of_another_sum() -> Select[int]:
    """Of all that was paid for an order together; its first payment is named."""
    orders = (
        select(
            Payment.booking_id,
            func.min(Payment.id).label("payment"),
            func.sum(Payment.amount - Payment.refunded).label("kept"),
        )
        .where(Payment.state == PaymentState.PAID, Payment.paid_at >= _STILL_KEPT)
        .group_by(Payment.booking_id)
        .subquery()
    )
    on_receipts = (
        select(Payment.booking_id, func.sum(PaymentReceipt.amount).label("told"))
        .join(PaymentReceipt, PaymentReceipt.payment_id == Payment.id)
        .group_by(Payment.booking_id)
        .subquery()
    )
    return (
        select(orders.c.payment)
        .join(on_receipts, on_receipts.c.booking_id == orders.c.booking_id)
        .join(Booking, Booking.id == orders.c.booking_id)
        .where(on_receipts.c.told != orders.c.kept, ~_is_promised())
    )


def _is_promised() -> ColumnElement[bool]:
    """That receipts of a booking's money are on their way."""
    waits = Promise.state == PromiseState.WAITING
    own = exists().where(waits, Promise.kind == RECEIPT, Promise.booking_id.in_((Booking.id, Booking.changes_id)))
    return own | exists().where(waits, Promise.kind == EARLIER)


def _with_other_vat() -> Select[int]:
    """As kernel.money.vat_in, of all receipts of a booking at one rate together."""
    gross, rate = func.sum(ReceiptVatShare.gross), cast(ReceiptVatShare.rate, BigInteger)
    vat = (2 * gross * rate + 10_000 + rate) // (2 * (10_000 + rate))
    return (
        select(PaymentReceipt.booking_id)
        .join(ReceiptVatShare, ReceiptVatShare.receipt_id == PaymentReceipt.id)
        .group_by(PaymentReceipt.booking_id, ReceiptVatShare.rate)
        .having(func.sum(ReceiptVatShare.tax) != vat)
    )


def _unlike_the_journal() -> Select[int]:
    """Of bookings that the journal has as they were when their last receipt was given: its mark says so."""
    of_booking = (
        select(
            PaymentReceipt.booking_id,
            func.sum(PaymentReceipt.amount).label("kept"),
            func.max(PaymentReceipt.version).label("version"),
        )
        .group_by(PaymentReceipt.booking_id)
        .subquery()
    )
    source = literal("booking:").concat(cast(of_booking.c.booking_id, String))
    mark = cast(of_booking.c.kept, String).concat(":").concat(cast(of_booking.c.version, String))
    alike = (
        select(of_booking.c.booking_id, JournalSource.source)
        .join(JournalSource, (JournalSource.source == source) & (JournalSource.mark == mark))
        .subquery()
    )
    told = (
        select(alike.c.booking_id, ReceiptVatShare.rate.label("rate"), ReceiptVatShare.tax.label("vat"))
        .join(PaymentReceipt, PaymentReceipt.booking_id == alike.c.booking_id)
        .join(ReceiptVatShare, ReceiptVatShare.receipt_id == PaymentReceipt.id)
    )
    booked = (
        select(alike.c.booking_id, JournalEntry.vat_rate, JournalEntry.amount)
        .join(JournalEntry, JournalEntry.source == alike.c.source)
        .where(JournalEntry.role == AccountRole.VAT)
    )
    both = union_all(told, booked).subquery()  # VAT stands in credit there, below nought
    return (
        select(both.c.booking_id).group_by(both.c.booking_id, both.c.rate).having(func.sum(both.c.vat) != 0)
    )  # fmt: skip
