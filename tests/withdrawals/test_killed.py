"""A process that withdraws from a purchase is killed before each of its statements and commits.

After it all of the withdrawal is there or nothing of it, and pressed again it comes to its end once.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from booking.bookings.hold import drop
from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.outbox.keepers import read
from booking.running.check import breaches
from booking.withdrawals.keepers import PromisedReleased, give_back_released
from booking.withdrawals.queries import of_purchase
from tests.gift_cards.given import balance, card_of, moves, pay_by, sell_cards, sent
from tests.payments.buying import a_basket, promised, refunds_of, state_of
from tests.payments.watched import Watched
from tests.stripe_double.client import Double
from tests.support.killing import is_killed
from tests.withdrawals.bought import a_card_shop, a_paid_card, withdraw_from, withdrawn


@dataclass(frozen=True)
class WhatStands:
    """All that a withdrawal changes, wherever it is written."""

    state: State
    balance: int
    left_card: bool
    back: list[int]
    letters: int
    is_declared: bool


def what_stands(order: int, card_id: int) -> WhatStands:
    letters = len(promised("mail.withdrawal")) + len(promised("mail.withdrawal_told"))
    back = [refund.amount for refund in refunds_of(order)]
    taken = card_of(order).withdrawn_at is not None
    return WhatStands(state_of(order), balance(card_id), taken, back, letters, of_purchase(order) is not None)


def test_a_withdrawal_may_be_killed_at_any_step_and_is_whole_or_has_not_been(
    app: Flask, stripe: Watched, double: Double
) -> None:
    order = a_card_shop(double)
    card_id, _code = sent(order)
    nothing = WhatStands(State.CONFIRMED, 50_000, left_card=False, back=[], letters=0, is_declared=False)
    whole = WhatStands(State.CANCELLED, 0, left_card=True, back=[50_000], letters=2, is_declared=True)
    kills = 0
    while is_killed(lambda: withdraw_from(order, shown=50_000), kills + 1):
        kills += 1
        assert what_stands(order, card_id) == nothing  # the last step is the commit, and dies before it
        assert kills % 4 or breaches() == []
    assert kills > 8
    assert what_stands(order, card_id) == whole
    assert not withdraw_from(order, shown=50_000)  # whoever saw no answer presses again
    assert what_stands(order, card_id) == whole
    assert moves(card_id) == [("issued", 50_000), ("withdrawn", -50_000)]
    assert breaches() == []


def test_what_a_basket_gives_back_afterwards_is_paid_back_once_wherever_the_worker_dies(
    app: Flask, stripe: Watched, double: Double
) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    order = a_paid_card(double)
    card_id, code = sent(order)
    pay_by(held.booking_id, code)
    withdraw_from(order, shown=30_000)
    with unit_of_work():
        drop(held.booking_id, clock.now())
    (about,) = promised("withdrawal.released")

    def keep() -> None:
        give_back_released(read(PromisedReleased, about), clock.now())

    kills = 0
    while is_killed(keep, kills + 1):
        kills += 1
        assert (balance(card_id), withdrawn(order).back) == (20_000, 30_000)
        assert kills % 4 or breaches() == []
    assert kills > 6
    keep()  # the promise was not noted as kept: it is tried again
    assert sorted(refund.amount for refund in refunds_of(order)) == [20_000, 30_000]
    assert (balance(card_id), withdrawn(order).back, withdrawn(order).in_baskets) == (0, 50_000, 0)
    assert breaches() == []
