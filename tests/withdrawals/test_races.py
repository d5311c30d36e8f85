"""Withdrawing against using the card at the same moment, and against itself: one wins, the other is told why."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from booking.bookings.hold import drop
from booking.bookings.refusals import AnotherSum
from booking.gift_cards.refusals import CardOver, CardWithdrawn
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.keepers import read
from booking.running.check import breaches
from booking.withdrawals.keepers import PromisedReleased, give_back_released
from tests.builders import a_hold, a_sale
from tests.gift_cards.given import balance, pay_by, sell_cards, sent
from tests.payments.buying import promised, refunds_of
from tests.payments.watched import Watched
from tests.stripe_double.client import Double
from tests.withdrawals.bought import a_card_shop, a_paid_card, withdraw_from, withdrawn


def test_of_a_withdrawal_and_eight_orders_at_once_nothing_is_had_twice(
    app: Flask, stripe: Watched, double: Double
) -> None:
    _centre, slot, adult = a_sale(capacity=10, price=10_000)
    sell_cards()
    order = a_paid_card(double)
    card_id, code = sent(order)
    holds = [a_hold(slot, adult, 1).booking_id for _ in range(8)]

    def use(booking_id: int) -> int:
        with app.app_context():
            try:
                return pay_by(booking_id, code)
            except (CardOver, CardWithdrawn):
                return 0
            finally:
                db.session.remove()

    def withdraw(_nothing: int) -> int:
        with app.app_context():
            try:
                withdraw_from(order)
                return 0
            finally:
                db.session.remove()

    acts = [*((use, hold) for hold in holds[:4]), (withdraw, 0), *((use, hold) for hold in holds[4:])]
    with ThreadPoolExecutor(9) as pool:
        taken = sum(pool.map(lambda act: act[0](act[1]), acts))
    row = withdrawn(order)
    assert (row.back, row.in_baskets, row.used) == (50_000 - taken, taken, 0)
    assert sum(refund.amount for refund in refunds_of(order)) == row.back
    assert balance(card_id) == 0
    assert breaches() == []


@pytest.mark.parametrize("withdraws", [0, 16, 31])
def test_of_32_at_once_who_use_a_card_and_who_withdraws_the_last_has_what_the_others_left(
    app: Flask, stripe: Watched, double: Double, withdraws: int
) -> None:
    _centre, slot, adult = a_sale(capacity=40, price=10_000)
    sell_cards()
    order = a_paid_card(double)
    card_id, code = sent(order)
    holds = [a_hold(slot, adult, 1).booking_id for _ in range(31)]
    begin = Barrier(32)

    def use(booking_id: int) -> int | str:
        with app.app_context():
            begin.wait()
            try:
                return pay_by(booking_id, code)
            except (CardOver, CardWithdrawn) as refusal:
                return type(refusal).__name__
            finally:
                db.session.remove()

    def withdraw(_nothing: int) -> int | str:
        with app.app_context():
            begin.wait()
            try:
                return "" if withdraw_from(order) else "twice"
            finally:
                db.session.remove()

    acts: list[tuple[Callable[[int], int | str], int]] = [(use, hold) for hold in holds]
    acts.insert(withdraws, (withdraw, 0))
    db.session.remove()
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda act: act[0](act[1]), acts))
    told = answers.pop(withdraws)
    taken = sum(answer for answer in answers if isinstance(answer, int))
    # What baskets hold is theirs until they give it back; so even with all of it there the withdrawal is heard.
    assert told == ""
    row = withdrawn(order)
    assert (row.back, row.in_baskets, balance(card_id)) == (50_000 - taken, taken, 0)
    assert {answer for answer in answers if isinstance(answer, str)} <= {"CardOver", "CardWithdrawn"}
    assert sum(refund.amount for refund in refunds_of(order)) == row.back
    with unit_of_work():
        for hold in holds:
            drop(hold, clock.now())
    for about in promised("withdrawal.released"):
        give_back_released(read(PromisedReleased, about), clock.now())
    assert sum(refund.amount for refund in refunds_of(order)) == withdrawn(order).back == 50_000
    assert breaches() == []


def test_two_tabs_that_confirm_at_once_withdraw_once(app: Flask, stripe: Watched, double: Double) -> None:
    order = a_card_shop(double)

    def withdraw(_tab: int) -> bool:
        with app.app_context():
            try:
                return withdraw_from(order, shown=50_000)
            except AnotherSum:
                return False
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(withdraw, range(4))) == [False, False, False, True]
    assert [refund.amount for refund in refunds_of(order)] == [50_000]
    assert breaches() == []
