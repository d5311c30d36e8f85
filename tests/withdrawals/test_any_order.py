"""A card is used, given up, run out and withdrawn from in any order: each øre is on one side of the books only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import pytest

from booking.bookings.change import cancel
from booking.bookings.hold import drop
from booking.bookings.models import State
from booking.centre.facts import the_centre
from booking.gift_cards.expire import expire_due
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.keepers import read
from booking.payments import pay
from booking.running.check import breaches
from booking.withdrawals.keepers import PromisedReleased, give_back_released
from tests.builders import a_hold, a_sale
from tests.gift_cards.given import balance, card_of, ends_on, moves, pay_by, sell_cards, sent
from tests.payments.buying import payments_of, promised, refunds_of, state_of
from tests.payments.watched import Watched
from tests.stripe_double.client import Double
from tests.withdrawals.bought import a_paid_card, withdraw_from

ACTS = ("use", "use", "buy", "buy", "drop", "cancel", "withdraw", "follow", "expire")


@dataclass
class CardLife:
    """One card and the baskets that want something of it."""

    order: int
    card: int
    code: str
    slot: int
    adult: int
    baskets: list[int] = field(default_factory=list)

    def act(self, what: str, chance: Random) -> None:
        """One thing happens; the rules may say no."""
        with suppress(Refusal):
            match what:
                case "use" if len(self.baskets) < 8:
                    self.baskets.append(a_hold(self.slot, self.adult, 1).booking_id)
                    pay_by(self.baskets[-1], self.code)
                case "withdraw":
                    withdraw_from(self.order)
                case "follow":
                    for about in promised("withdrawal.released"):
                        give_back_released(read(PromisedReleased, about), clock.now())
                case "expire":
                    today = the_centre().local(clock.now()).date()
                    ends_on(self.card, today - timedelta(days=1))
                    with unit_of_work():
                        expire_due(today, clock.now())
                case _ if self.baskets:
                    self._befalls(what, chance.choice(self.baskets))

    @staticmethod
    def _befalls(what: str, basket: int) -> None:
        state = state_of(basket)
        if what == "buy" and state is State.HELD:
            pay.begin(basket)
        elif what == "drop":
            with unit_of_work():
                drop(basket, clock.now())
        elif what == "cancel" and state is State.CONFIRMED:
            with unit_of_work():
                cancel(basket, centre=the_centre(), now=clock.now())


@pytest.mark.parametrize("seed", range(6))
def test_whatever_befalls_a_card_in_whatever_order_its_money_is_somewhere_once(
    stripe: Watched, double: Double, seed: int
) -> None:
    chance = Random(seed)
    _centre, slot, adult = a_sale(capacity=10, price=15_000)
    sell_cards()
    order = a_paid_card(double)
    card_id, code = sent(order)
    life = CardLife(order, card_id, code, slot, adult)
    for _step in range(12):
        life.act(chance.choice(ACTS), chance)
        _money_is_somewhere_once(life)
    life.act("follow", chance)
    _money_is_somewhere_once(life)
    assert breaches() == []


def _money_is_somewhere_once(life: CardLife) -> None:
    left = balance(life.card)
    assert left >= 0
    back = sum(refund.amount for refund in refunds_of(life.order))
    held = -sum(amount for move, amount in moves(life.card) if move in ("held", "released"))
    returned = sum(amount for move, amount in moves(life.card) if move == "refunded")
    gone = -sum(amount for move, amount in moves(life.card) if move == "expired")
    (paid,) = payments_of(life.order)
    assert paid.amount == left + back + held - returned + gone
    assert (card_of(life.order).withdrawn_at is not None) == (back > 0 or state_of(life.order) is State.CANCELLED)
