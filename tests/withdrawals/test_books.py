"""What is withdrawn has its receipt, which names the first, and the journal owes it to nobody any more."""

from __future__ import annotations

from datetime import timedelta

from booking.books.accounts import default_chart
from booking.books.models import BooksRules
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import pay
from booking.receipts.issue import issue
from booking.running.check import breaches
from tests.builders import a_hold, a_sale
from tests.gift_cards.given import balance, pay_by, sell_cards, sent
from tests.gift_cards.test_books import agrees
from tests.payments.buying import send_refunds
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.receipts.given import documents
from tests.stripe_double.client import Double
from tests.withdrawals.bought import a_paid_card, withdraw_from


def test_the_account_of_cards_is_even_after_a_card_was_used_in_part_and_withdrawn_from(
    travel: Travel, stripe: Watched, double: Double
) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    sell_cards()
    chart = default_chart("NO")
    with unit_of_work():
        db.session.add(BooksRules(id=1, accounts=dict(chart.accounts), codes=dict(chart.codes), vat=dict(chart.vat)))
    order = a_paid_card(double)
    card_id, code = sent(order)
    travel(timedelta(days=1))
    agrees(50_000)
    held = a_hold(slot, adult, 1)
    pay_by(held.booking_id, code)
    pay.begin(held.booking_id)
    withdraw_from(order, shown=30_000)
    agrees(50_000)  # of yesterday: what befell today is not booked yet
    travel(timedelta(days=1))
    agrees(0)
    send_refunds()
    travel(timedelta(days=1))
    agrees(0)
    assert balance(card_id) == 0
    issue(order)
    sale, back = documents(order)
    assert (sale.amount, back.amount, back.corrects) == (50_000, 30_000, sale.number)
    end_reading()
    assert breaches() == []
