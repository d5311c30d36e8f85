"""While a month stays open into the next one, its books say each thing once, and it can be closed."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import func, select

from booking.books.closing import close_month
from booking.books.journal import AccountRole
from booking.books.models import BooksRules, Voucher
from booking.books.posting import book_up
from booking.kernel import clock
from booking.kernel.database import db
from tests.books.keeping import (
    ACTOR,
    NEXT_MONTH,
    THIS_MONTH,
    a_paid_booking,
    booked,
    gone_back,
    in_mid_month,
    keep_books,
    later,
)
from tests.builders import a_sale


def vouchers() -> int:
    """How many there are."""
    return db.session.scalar(select(func.count()).select_from(Voucher)) or 0


def days_to(day: date) -> int:
    """From today."""
    return (day - clock.now().date()).days


def test_what_is_paid_in_one_month_and_delivered_in_the_next_is_booked_once_however_often_the_worker_looks(
    app: Flask,
) -> None:
    with in_mid_month():
        centre, slot_id, kind = a_sale(days=25)
        keep_books()
        a_paid_booking(slot_id, kind)
        assert book_up(centre, clock.now())
    with later(days_to(NEXT_MONTH) + 12) as now:
        assert book_up(centre, now)
        many = vouchers()
        assert many == 2
        for _ in range(3):
            assert book_up(centre, now + timedelta(minutes=15))
        assert book_up(centre, now, whole=True)
        assert vouchers() == many


def test_what_goes_back_in_the_next_month_is_taken_off_once(app: Flask) -> None:
    with in_mid_month():
        centre, slot_id, kind = a_sale(days=3)
        keep_books()
        _booking, payment_id = a_paid_booking(slot_id, kind)
    with later(days_to(NEXT_MONTH) + 2):
        gone_back(payment_id, 10000)
    with later(days_to(NEXT_MONTH) + 4) as now:
        assert book_up(centre, now)
        many = vouchers()
        assert book_up(centre, now)
        assert vouchers() == many
        booked(now)


def test_a_month_can_be_closed_while_days_of_the_next_have_been(app: Flask) -> None:
    with in_mid_month():
        centre, slot_id, kind = a_sale(days=25)
        keep_books()
        _booking, payment_id = a_paid_booking(slot_id, kind)
    with later(days_to(NEXT_MONTH) + 12) as now:
        gone_back(payment_id, 10000)
        sums = close_month(THIS_MONTH, centre, now, ACTOR)
        assert {role for role, _rate in sums.by_role} == {AccountRole.PROVIDER, AccountRole.PREPAID}
        booked(now)


def test_a_worker_that_stops_in_the_middle_goes_on_where_it_was(app: Flask) -> None:
    with in_mid_month():
        centre, slot_id, kind = a_sale(days=25)
        keep_books()
        a_paid_booking(slot_id, kind)
    with later(days_to(NEXT_MONTH) + 12) as now:
        rounds = 0
        while not book_up(centre, now, batches=1):
            rounds += 1
            assert rounds < 9
        assert vouchers() == 2
        assert db.session.scalars(select(BooksRules.booked_at)).one() == now
