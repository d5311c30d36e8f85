"""What is outstanding on gift cards is what the journal's account says, after all that can befall a card."""

from __future__ import annotations

from datetime import timedelta

from booking.books.accounts import default_chart
from booking.books.differences import balances, compare
from booking.books.journal import AccountRole
from booking.books.models import BooksRules
from booking.books.posting import book_up
from booking.books.sources.moment import PostingCut, midnight
from booking.centre.facts import the_centre
from booking.gift_cards.expire import expire_due
from booking.gift_cards.totals import outstanding
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments import pay
from booking.payments.fulfil import fulfil
from tests.gift_cards.given import an_order, balance, ends_on, pay_by, sell_cards, sent
from tests.payments.buying import a_basket, begin, cancel_booking, payment_of, ref_of
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.stripe_double.client import Double


def test_the_account_is_what_is_on_the_cards(travel: Travel, stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=3, price=20_000)
    sell_cards()
    chart = default_chart("NO")
    with unit_of_work():
        db.session.add(BooksRules(id=1, accounts=dict(chart.accounts), codes=dict(chart.codes), vat=dict(chart.vat)))
    order = an_order()
    pay.begin(order)
    payment = payment_of(order)
    double.pay(ref_of(payment))
    fulfil(payment.id)
    card_id, code = sent(order)
    pay_by(held.booking_id, code)
    rest = begin(held)
    double.pay(ref_of(rest))
    fulfil(rest.id)
    travel(timedelta(days=1))
    agrees(0)
    cancel_booking(held)
    travel(timedelta(days=1))
    agrees(balance(card_id))
    assert balance(card_id) > 0
    ends_on(card_id, the_centre().local(clock.now()).date() - timedelta(days=1))
    with unit_of_work():
        expire_due(the_centre().local(clock.now()).date(), clock.now())
    travel(timedelta(days=1))
    agrees(0)


def agrees(left: int) -> None:
    """What the journal says is owed on cards is this, and what is on them; nothing else differs."""
    centre, now = the_centre(), clock.now()
    assert book_up(centre, now)
    today = centre.local(now).date()
    cut = PostingCut(centre, None, midnight(centre, today), today - timedelta(days=1))
    db.session.rollback()
    assert [each for each in compare(cut) if each.difference] == []
    assert (balances(cut).get(AccountRole.GIFT_CARD, 0), outstanding(cut.until)) == (-left, left)
    db.session.rollback()
