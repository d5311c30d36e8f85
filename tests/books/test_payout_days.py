"""A payout of a wrong year is refused; one that is in the books already is shown where a month is closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.books.closing import close_month, to_close
from booking.books.journal import AccountRole
from booking.books.models import ClosedMonth, Payout
from booking.books.payouts.enter import PayoutDayWrong, PayoutSums, enter_payout, take_back_payout, take_payout_file
from booking.books.payouts.queries import payouts_entered, payouts_too_early
from booking.books.posting import book_up
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from booking.staff.models import Role
from tests.books.keeping import ACTOR, NEXT_MONTH, TENTH, THIS_MONTH, a_paid_booking, booked, keep_books, later
from tests.books.paid_out import line, payout_file
from tests.builders import a_sale
from tests.web.staffing import a_colleague

LONG_AGO = date(2016, 12, 10)


@pytest.fixture(autouse=True)
def sale(app: Flask) -> None:
    """Something was paid online on the tenth, the first of all."""
    _centre, slot, adult = a_sale()
    keep_books()
    a_paid_booking(slot, adult)


def enter(on: date) -> None:
    enter_payout(PayoutSums("po_1", on, 400, 6), the_centre(), ACTOR, clock.now())


@pytest.mark.parametrize("on", [LONG_AGO, TENTH - timedelta(days=1), TENTH + timedelta(days=1), date(2062, 12, 10)])
def test_a_payout_typed_with_a_day_that_cannot_be_is_refused(on: date) -> None:
    with pytest.raises(PayoutDayWrong) as refusal:
        enter(on)
    assert (refusal.value.on, refusal.value.first, refusal.value.last) == (on, TENTH, TENTH)
    enter(TENTH)
    assert len(payouts_entered()) == 1


@pytest.mark.parametrize("on", [LONG_AGO, TENTH + timedelta(days=15), date(2062, 12, 10)])
def test_a_file_with_one_such_payout_is_refused_whole(on: date) -> None:
    rows = payout_file(line("po_1"), line("po_2", on=on))
    with pytest.raises(PayoutDayWrong) as refusal:
        take_payout_file(rows, the_centre(), ACTOR, clock.now())
    assert (refusal.value.ref, payouts_entered()) == ("po_2", [])


def test_a_payout_on_its_way_to_the_bank_is_taken_from_the_file() -> None:
    rows = payout_file(line("po_1"), line("po_2", on=TENTH + timedelta(days=3)))
    assert take_payout_file(rows, the_centre(), ACTOR, clock.now()).new == 2


def one_of_long_ago() -> int:
    """A payout that was entered and posted before wrong years were refused."""
    enter(TENTH)
    with unit_of_work():
        db.session.execute(update(Payout).values(on_day=LONG_AGO))
    book_up(the_centre(), clock.now())
    return payouts_entered()[0].payout_id


def test_one_that_is_in_already_is_taken_back_and_leaves_no_ten_years_to_close() -> None:
    payout_id = one_of_long_ago()
    centre = the_centre()
    assert [payout.payout_id for payout in payouts_too_early(centre, clock.now())] == [payout_id]
    take_back_payout(payout_id, "Galt år", centre, ACTOR, clock.now())
    assert payouts_too_early(centre, clock.now()) == []
    assert AccountRole.BANK not in booked()
    with later((NEXT_MONTH - TENTH).days + 3) as now:
        assert to_close(THIS_MONTH, centre) == [LONG_AGO.replace(day=1), THIS_MONTH]
        close_month(THIS_MONTH, centre, now, ACTOR)
        assert [each for each in breaches() if each.startswith("books")] == []
    rows = db.session.scalars(select(ClosedMonth).order_by(ClosedMonth.month)).all()
    assert [(row.month, row.balances.get("bank", 0)) for row in rows] == [(LONG_AGO.replace(day=1), 0), (THIS_MONTH, 0)]


def test_the_page_that_closes_a_month_says_with_which_payout_the_open_ones_begin(app: Flask) -> None:
    payout_id = one_of_long_ago()
    with later((NEXT_MONTH - TENTH).days + 3):
        page = a_colleague(app, Role.FINANCE).get(f"/staff/books/{THIS_MONTH:%Y-%m}").get_data(as_text=True)
    assert "begin with payout po_1" in page
    assert f'href="/staff/books/payouts/{payout_id}/take-back"' in page
