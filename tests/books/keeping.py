"""A centre that keeps books, and what happens in it: sales, refunds, invoices, money on the bank account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.bookings.models import Booking
from booking.books.accounts import default_chart
from booking.books.closing import cut_at, disagreements
from booking.books.differences import balances
from booking.books.journal import AccountRole
from booking.books.models import BooksRules
from booking.books.posting import book_up
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.models import Payment, Refund, RefundState
from tests.builders import a_confirmed_booking, pay_for

ACTOR = "account:1"
Role = AccountRole
# Of the month after this one: whatever day it is, what is sold then and comes within days is of one month.
TENTH = (clock.now().date().replace(day=1) + timedelta(days=32)).replace(day=10)
THIS_MONTH = TENTH.replace(day=1)
NEXT_MONTH = (THIS_MONTH + timedelta(days=32)).replace(day=1)


def keep_books(country: str = "NO") -> None:
    """The centre that is there has said its accounts."""
    chart = default_chart(country)
    with unit_of_work():
        db.session.add(
            BooksRules(id=1, accounts=dict(chart.accounts), codes=dict(chart.codes), vat=dict(chart.vat), dimensions={})
        )


@contextmanager
def later(days: int) -> Iterator[datetime]:
    """So many days from now."""
    ahead = clock._ahead
    clock.run_ahead(ahead + timedelta(days=days))
    try:
        yield clock.now()
    finally:
        clock.run_ahead(ahead)


@contextmanager
def in_mid_month() -> Iterator[datetime]:
    """It is the tenth."""
    with later((TENTH - clock.now().date()).days) as now:
        yield now


def a_paid_booking(slot_id: int, ticket_type_id: int, quantity: int = 2, provider: str = "demo") -> tuple[int, int]:
    """A booking that was paid at once, and its payment."""
    booking_id = a_confirmed_booking(slot_id, ticket_type_id, quantity).booking_id
    total = db.session.scalars(select(Booking.total).where(Booking.id == booking_id)).one()
    return booking_id, pay_for(booking_id, total, provider)


def gone_back(payment_id: int, amount: int, state: RefundState = RefundState.DONE) -> int:
    """Money that is promised back of a payment, and has gone when it is done."""
    now = clock.now()
    with unit_of_work():
        payment = db.session.get_one(Payment, payment_id)
        payment.refunded += amount
        refund = Refund(
            payment_id=payment_id, booking_id=payment.booking_id, state=state, amount=amount, currency="NOK",
            idempotency_key=f"test:{payment_id}:{payment.refunded}", requested_at=now,
            done_at=now if state is RefundState.DONE else None,
        )  # fmt: skip
        db.session.add(refund)
        db.session.flush()
        return refund.id


def booked(now: datetime | None = None) -> dict[AccountRole, int]:
    """All is posted; what stands on each account that has something, debit above nought. The books agree."""
    centre, moment = the_centre(), now or clock.now()
    assert book_up(centre, moment, whole=True)
    day = centre.local(moment).date()
    disagree = disagreements(centre, moment, day - timedelta(days=400), day)
    assert disagree == ([], []), disagree
    return {role: amount for role, amount in balances(cut_at(centre, moment)).items() if amount}
