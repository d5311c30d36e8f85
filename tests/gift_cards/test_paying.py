"""From the sale of a card to what it paid and what came back; the books agree after each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from booking.bookings.confirm import confirm
from booking.bookings.hold import drop, expire_pending, expire_run_out
from booking.bookings.models import State
from booking.centre.facts import the_centre
from booking.gift_cards.codes import new_code, read_code
from booking.gift_cards.expire import expire_due
from booking.gift_cards.issue import send_due
from booking.gift_cards.refusals import AlreadyPaid, CardBlocked, CardInOtherMoney, CardOver, NoSuchCode
from booking.gift_cards.sending import to_send
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.payments.models import PaymentState
from booking.payments.refunds import request
from booking.running.check import breaches
from tests.builders import a_hold, a_sale
from tests.gift_cards.given import (
    CARD,
    SECRET_KEY,
    a_card,
    an_order,
    balance,
    card_of,
    ends_on,
    moves,
    pay_by,
    sell_cards,
    sent,
)
from tests.payments.buying import (
    a_basket,
    a_basket_at,
    begin,
    cancel_booking,
    payments_of,
    promised,
    ref_of,
    refunds_of,
    state_of,
)
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.stripe_double.client import Double


def test_a_card_is_bought_with_a_card_and_only_its_hash_is_kept(stripe: Watched, double: Double) -> None:
    a_sale()
    sell_cards()
    order = an_order()
    pay.begin(order)
    (payment,) = payments_of(order)
    double.pay(ref_of(payment))
    assert fulfil(payment.id) is PaymentState.PAID
    card = card_of(order)
    assert (card.balance, card.code_hash, card.currency) == (50_000, None, "NOK")
    assert promised("mail.gift_card") == [{"card_id": card.id, "asked": 1}]
    assert promised("mail.confirmation") == []
    card_id, code = sent(order)
    card = card_of(order)
    assert (read_code(code), card.last_signs, card.sealed) == (code, code[-4:], "")
    assert moves(card_id) == [("issued", 50_000)]
    assert to_send(card_id, 1, SECRET_KEY) is None  # it has gone


def test_a_letter_that_is_tried_again_says_the_same_code(app: Flask) -> None:
    a_sale()
    sell_cards()
    order = an_order()
    with unit_of_work():
        confirm(order, clock.now())
    card = card_of(order)
    letters = []
    for _try in range(2):
        letters.append(to_send(card.id, 1, SECRET_KEY))
        end_reading()
    assert letters[0] is not None
    assert letters[0] == letters[1]


def test_a_card_pays_a_part_and_money_goes_back_first_to_what_was_paid_last(stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=3, price=23_000)
    sell_cards()
    card_id, code = a_card(50_000)
    assert pay_by(held.booking_id, code) == 50_000
    assert balance(card_id) == 0
    payment = begin(held)
    assert payment.amount == 19_000
    double.pay(ref_of(payment))
    assert fulfil(payment.id) is PaymentState.PAID
    assert {(each.provider, each.amount) for each in payments_of(held.booking_id)} == {
        ("stripe", 19_000),
        ("gift_card", 50_000),
    }
    end_reading()
    with unit_of_work():
        request("some", held.booking_id, 20_000, "")
    assert [(each.amount, each.state.value) for each in refunds_of(held.booking_id)] == [
        (19_000, "requested"),
        (1_000, "done"),
    ]
    assert balance(card_id) == 1_000


def test_a_card_that_covers_all_makes_a_booking_of_its_own(app: Flask) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    card_id, code = a_card(50_000)
    pay_by(held.booking_id, code)
    with pytest.raises(AlreadyPaid):
        pay_by(held.booking_id, code)
    assert pay.begin(held.booking_id, shown=0).url is None
    assert (state_of(held.booking_id), balance(card_id)) == (State.CONFIRMED, 30_000)
    cancel_booking(held)
    assert balance(card_id) == 50_000
    assert moves(card_id) == [("issued", 50_000), ("held", -20_000), ("refunded", 20_000)]
    assert breaches() == []


def test_what_is_held_goes_back_with_the_places(app: Flask, travel: Travel) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    card_id, code = a_card(50_000)
    pay_by(held.booking_id, code)
    with unit_of_work():
        drop(held.booking_id, clock.now())
    assert balance(card_id) == 50_000
    again = a_basket_at_the_same(held.booking_id)
    pay_by(again, code)
    travel(timedelta(hours=2))
    with unit_of_work():
        expire_run_out(clock.now())
    assert balance(card_id) == 50_000
    assert breaches() == []


def a_basket_at_the_same(booking_id: int) -> int:
    """Another basket with the same tickets."""
    line = db.session.execute(
        text("SELECT slot_id, ticket_type_id FROM line WHERE booking_id = :id"), {"id": booking_id}
    ).one()
    end_reading()
    return a_basket_at(line.slot_id, line.ticket_type_id, 1).booking_id


def test_money_that_comes_late_finds_the_card_again_or_goes_back(
    stripe: Watched, double: Double, travel: Travel
) -> None:
    held = a_basket(quantity=3, price=20_000)
    sell_cards()
    card_id, code = a_card(50_000)
    pay_by(held.booking_id, code)
    payment = begin(held)
    with unit_of_work():
        expire_pending(held.booking_id, clock.now())
    assert balance(card_id) == 50_000
    double.pay(ref_of(payment))
    assert fulfil(payment.id) is PaymentState.PAID
    assert (state_of(held.booking_id), balance(card_id)) == (State.CONFIRMED, 0)


def test_one_card_in_32_orders_at_once_is_spent_once(app: Flask) -> None:
    _centre, slot, adult = a_sale(capacity=40, price=20_000)
    sell_cards()
    card_id, code = a_card(50_000)
    orders = [a_hold(slot, adult, 1).booking_id for _ in range(32)]

    def use(order: int) -> int:
        with app.app_context():
            try:
                return pay_by(order, code)
            except CardOver:
                return 0
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        taken = sorted(pool.map(use, orders), reverse=True)
    assert (sum(taken), taken[:3], taken[3:]) == (50_000, [20_000, 20_000, 10_000], [0] * 29)
    assert balance(card_id) == 0
    assert breaches() == []


def test_the_database_itself_refuses_what_must_not_be(app: Flask) -> None:
    a_sale()
    sell_cards()
    card_id, _code = a_card(50_000)
    for statement in (
        "UPDATE gift_card SET balance = -1 WHERE id = :id",
        "UPDATE gift_card_entry SET amount = 1 WHERE card_id = :id",
        "DELETE FROM gift_card_entry WHERE card_id = :id",
    ):
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.execute(text(statement), {"id": card_id})
    assert balance(card_id) == 50_000


def test_a_card_ends_on_its_last_day_and_once(app: Flask) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    card_id, code = a_card(50_000)
    today = the_centre().local(clock.now()).date()
    ends_on(card_id, today)
    with unit_of_work():
        assert expire_due(today, clock.now()) == 0
    pay_by(held.booking_id, code)
    with unit_of_work():
        assert expire_due(today + timedelta(days=1), clock.now()) == 1
    with unit_of_work():
        assert expire_due(today + timedelta(days=1), clock.now()) == 0
    assert moves(card_id)[-1] == ("expired", -30_000)
    with unit_of_work():
        drop(held.booking_id, clock.now())
    assert balance(card_id) == 20_000  # it was held in time, and ends when the next round comes
    with unit_of_work():
        assert expire_due(today + timedelta(days=1), clock.now()) == 1
    assert (balance(card_id), moves(card_id)[-1]) == (0, ("expired", -20_000))
    assert breaches() == []


def test_a_card_that_is_over_or_blocked_or_unknown_says_so(app: Flask) -> None:
    held = a_basket(quantity=1)
    sell_cards()
    card_id, code = a_card()
    with pytest.raises(NoSuchCode):
        pay_by(held.booking_id, new_code())
    ends_on(card_id, the_centre().local(clock.now()).date() - timedelta(days=1))
    with pytest.raises(CardOver):
        pay_by(held.booking_id, code)
    with unit_of_work():
        db.session.execute(text("UPDATE gift_card SET blocked_at = CURRENT_TIMESTAMP WHERE id = :id"), {"id": card_id})
    with pytest.raises(CardBlocked):
        pay_by(held.booking_id, code)


def test_a_card_is_sent_on_the_chosen_morning(app: Flask, travel: Travel) -> None:
    a_sale()
    sell_cards()
    on = the_centre().local(clock.now()).date() + timedelta(days=10)
    order = an_order(replace(CARD, on=on))
    with unit_of_work():
        confirm(order, clock.now())
    assert promised("mail.gift_card") == []
    with unit_of_work():
        assert send_due(clock.now()) == 0
    travel(timedelta(days=10))
    for expected in (1, 0):
        with unit_of_work():
            assert send_due(clock.now() + timedelta(hours=24)) == expected
    assert len(promised("mail.gift_card")) == 1


def test_a_card_pays_for_nothing_in_another_currency(app: Flask) -> None:
    held = a_basket(quantity=1)
    sell_cards()
    card_id, code = a_card()
    with unit_of_work():
        db.session.execute(text("UPDATE gift_card SET currency = 'EUR' WHERE id = :id"), {"id": card_id})
    with pytest.raises(CardInOtherMoney):
        pay_by(held.booking_id, code)
    assert balance(card_id) == 50_000
