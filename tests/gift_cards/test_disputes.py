"""The payer's bank asks back what bought a card: heard from the provider, it stops the card until that is decided."""

from __future__ import annotations

import pytest

from booking.gift_cards.refusals import CardBlocked
from booking.payments import pay
from tests.builders import a_hold, a_sale
from tests.gift_cards.given import balance, pay_by, sell_cards, sent
from tests.payments.buying import payment_of
from tests.payments.test_refunds import take_events
from tests.payments.watched import Watched
from tests.stripe_double.client import Double
from tests.withdrawals.bought import a_paid_card


@pytest.mark.parametrize("decided", ["won", "lost"])
def test_a_card_pays_nothing_until_the_bank_has_decided_for_us(stripe: Watched, double: Double, decided: str) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    sell_cards()
    order = a_paid_card(double)
    card_id, code = sent(order)
    dispute = double.pull("dispute", payment_intent=payment_of(order).charge_ref)
    take_events(stripe)
    basket = a_hold(slot, adult, 1).booking_id
    with pytest.raises(CardBlocked):
        pay_by(basket, code)
    double.pull("close-dispute", dispute=dispute["id"], status=decided)
    take_events(stripe)
    if decided == "lost":
        with pytest.raises(CardBlocked):
            pay_by(basket, code)
        assert balance(card_id) == 50_000
    else:
        assert pay_by(basket, code) == 20_000
        pay.begin(basket)
        assert balance(card_id) == 30_000
