"""What a booking says that it sells, and one that a release before this one has written."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from booking.bookings import queries
from booking.bookings.confirm import confirm
from booking.bookings.models import Booking, Sold
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.withdrawals.products import GIFT_CARD, product_of
from tests.builders import a_sale
from tests.gift_cards.given import an_order, card_of, sell_cards
from tests.payments.buying import a_basket


def test_a_basket_with_a_gift_card_says_that_it_sells_one_and_one_with_tickets_that_it_sells_places(app: Flask) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    card, places = queries.by_id(an_order()), queries.by_id(held.booking_id)
    end_reading()
    assert card is not None and places is not None
    assert (card.sold, card.is_gift_card, card.is_of_places) == (Sold.GIFT_CARD, True, False)
    assert (places.sold, places.is_gift_card, places.is_of_places) == (Sold.PLACES, False, True)
    assert product_of(card) is GIFT_CARD and product_of(places) is None


def test_an_order_of_nobody_that_the_release_before_wrote_still_becomes_a_gift_card(app: Flask) -> None:
    a_sale()
    sell_cards()
    order_id = an_order()
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == order_id).values(sells=Sold.PLACES))
    now = clock.now() + timedelta(minutes=1)
    with unit_of_work():
        confirm(order_id, now)
    assert card_of(order_id).balance == 50_000
    facts = queries.by_id(order_id)
    end_reading()
    assert facts is not None and facts.is_gift_card
