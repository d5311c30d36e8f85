"""What the nightly check finds amiss with gift cards, and what is forgotten of people."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import text, update

from booking.gift_cards.forgetting import FORGETTINGS
from booking.gift_cards.issue import ordered
from booking.gift_cards.models import GiftCard, GiftCardUse
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.running.check import breaches
from tests.builders import a_sale
from tests.gift_cards.given import a_card, pay_by, sell_cards
from tests.payments.buying import a_basket


def test_the_nightly_check_names_a_balance_without_its_ledger(app: Flask) -> None:
    a_sale()
    sell_cards()
    card_id, _code = a_card()
    with unit_of_work():
        db.session.execute(update(GiftCard).values(balance=GiftCard.balance + 1))
    assert breaches() == [f"gift cards balance unlike the sum of its ledger, card: {card_id}"]


def test_the_nightly_check_names_a_use_without_its_ledger(app: Flask) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    card_id, code = a_card()
    pay_by(held.booking_id, code)
    with unit_of_work():
        db.session.execute(update(GiftCardUse).values(amount=GiftCardUse.amount + 1))
    assert breaches() == [f"gift cards taken for bookings unlike what they have of it, card: {card_id}"]


def test_the_nightly_check_names_a_code_that_is_kept_after_its_card_has_gone(app: Flask) -> None:
    a_sale()
    sell_cards()
    card_id, _code = a_card()
    with unit_of_work():
        db.session.execute(update(GiftCard).values(sealed="still here"))
    assert breaches() == [f"gift cards code kept of a card that has been sent or handed over, card: {card_id}"]


def test_names_and_greeting_are_forgotten_once_the_card_is_long_sent(app: Flask) -> None:
    a_sale()
    sell_cards()
    a_card()
    booking_id = db.session.scalar(text("SELECT booking_id FROM gift_card"))
    end_reading()
    now = clock.now()
    assert [entry.forget_batch(now + timedelta(days=89)) for entry in FORGETTINGS] == [0, 0]
    assert [entry.forget_batch(now + timedelta(days=91)) for entry in FORGETTINGS] == [1, 0]
    order = ordered(int(booking_id))
    end_reading()
    assert order is not None
    assert (order.recipient, order.giver, order.greeting) == ("", "", "")
    assert order.recipient_email == "kari@example.org"
