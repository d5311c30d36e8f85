"""What a pass was paid with becomes income day by day; prepaid and VAT agree with the journal at every month's end."""

from __future__ import annotations

from datetime import timedelta

from booking.books.accounts import default_chart
from booking.books.differences import balances, compare, vat_that_differs
from booking.books.journal import AccountRole
from booking.books.models import BooksRules
from booking.books.posting import book_up
from booking.books.sources.moment import PostingCut, midnight, month_of, next_month
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.withdrawals.declare import WithdrawalStatement, withdraw
from tests.annual_passes.given import a_kind, an_order, pass_of_order
from tests.builders import a_sale
from tests.payments.buying import payment_of, ref_of
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.stripe_double.client import Double

PRICE = 36_500  # an even sum for each day of a year


def a_paid_pass(double: Double) -> int:
    """With the books open; the id of its booking."""
    a_sale()
    chart = default_chart("NO")
    with unit_of_work():
        db.session.add(BooksRules(id=1, accounts=dict(chart.accounts), codes=dict(chart.codes), vat=dict(chart.vat)))
    order = an_order(a_kind(price=PRICE))
    pay.begin(order)
    double.pay(ref_of(payment_of(order)))
    fulfil(payment_of(order).id)
    end_reading()
    return order


def booked() -> tuple[int, list[str]]:
    """What is prepaid, as the journal has it now; and what does not agree."""
    centre, now = the_centre(), clock.now()
    end_reading()
    assert book_up(centre, now)
    today = centre.local(now).date()
    cut = PostingCut(centre, None, midnight(centre, today), today - timedelta(days=1))
    differing = [compared.what.value for compared in compare(cut) if compared.difference]
    if vat_that_differs(today - timedelta(days=800), today, cut):
        differing.append("vat")
    prepaid = -balances(cut).get(AccountRole.PREPAID, 0)
    end_reading()
    return prepaid, differing


def test_income_follows_the_days_of_a_pass(travel: Travel, stripe: Watched, double: Double) -> None:
    order = a_paid_pass(double)
    bought = pass_of_order(order)
    month = next_month(month_of(bought.issued_at.date()))
    while month <= bought.last_day:
        travel(midnight(the_centre(), month + timedelta(days=3)) - clock.now())
        over = bought.last_day < month + timedelta(days=3)
        gone = 365 if over else (month - bought.begins_by).days  # by whole months, and at once when it is over
        assert booked() == (PRICE - PRICE * gone // 365, [])
        month = next_month(month)
    travel(midnight(the_centre(), bought.last_day + timedelta(days=40)) - clock.now())
    assert booked() == (0, [])


def test_what_stays_of_a_pass_that_is_given_back_is_income_at_once(
    travel: Travel, stripe: Watched, double: Double
) -> None:
    order = a_paid_pass(double)
    with unit_of_work():
        withdraw(order, WithdrawalStatement("Kari", "kari@example.org", "nb"), centre=the_centre(), now=clock.now())
    travel(timedelta(days=2))
    assert booked() == (0, [])
