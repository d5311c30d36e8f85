"""What a gift card pays was paid when it was bought: reports count it once, and nobody gets it back twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from booking.bookings.confirm import confirm
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.payments import pay
from booking.payments.give_back import MoreThanPaid, give_back, refundable
from booking.reports.period import Period
from tests.builders import pay_for
from tests.gift_cards.given import a_card, an_order, balance, card_of, pay_by, sell_cards
from tests.payments.buying import a_basket, payments_of, refunds_of
from tests.reports.test_net_value import read


def test_a_booking_paid_with_two_cards_is_sold_once_and_no_money_comes_online(app: Flask) -> None:
    held = a_basket(quantity=3, price=20_000)
    sell_cards()
    for _card in range(2):
        pay_by(held.booking_id, a_card(30_000)[1])
    assert pay.begin(held.booking_id, shown=0).url is None
    assert len(payments_of(held.booking_id)) == 2
    centre = the_centre()
    today = centre.local(clock.now()).date()
    money = read("money", Period(today - timedelta(days=1), today + timedelta(days=60), centre.zone))
    assert int(str(money["Revenue: sold, less given back, with fees"][1])) == 60_000
    assert int(str(money["Paid online in the period"][1])) == 0


def test_the_office_gives_nothing_back_of_what_bought_a_card(app: Flask) -> None:
    a_basket()
    sell_cards()
    order = an_order()
    with unit_of_work():
        confirm(order, clock.now())
    pay_for(order, 50_000)
    assert refundable(order) == 0
    with pytest.raises(MoreThanPaid), unit_of_work():
        give_back(order, 50_000, "goodwill", "mark", "account:1")
    assert (refunds_of(order), balance(card_of(order).id)) == ([], 50_000)
