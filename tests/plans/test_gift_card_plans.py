"""With years of gift cards behind, each statement about one finds it by an index, at the checkout and in the office.

`CARDS=1000000` in the environment puts as many behind.
"""

from __future__ import annotations

import os
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from booking.bookings.hold import drop
from booking.bookings.models import Booking
from booking.gift_cards.chores import GIFT_CARDS
from booking.gift_cards.codes import in_groups
from booking.kernel import clock
from booking.kernel.chores import Shift
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.keepers import read
from booking.payments import pay
from booking.staff.models import Role
from booking.withdrawals.keepers import PromisedReleased, give_back_released
from tests.builders import a_hold, a_sale
from tests.gift_cards.copies import copy_card
from tests.gift_cards.given import a_card, pay_by, sell_cards, sent
from tests.payments.buying import promised
from tests.plans.heard import listening, refuse_long_looks, refuse_whole_tables
from tests.web.browsing import WHO, Visitor, path_of
from tests.web.staffing import a_colleague

CARDS = int(os.environ.get("CARDS", "50000"))
OF_CARDS = frozenset({"gift_card", "gift_card_order", "gift_card_entry", "gift_card_use", "booking"})


def years_of_cards(capacity: int = 40) -> tuple[int, int, str]:
    """A sale with all of them behind; slot, ticket type, and the code of a card that has something left."""
    _centre, slot, adult = a_sale(capacity=capacity, price=20_000)
    sell_cards()
    card_id, code = a_card(500_000)
    used_by = a_hold(slot, adult, 1).booking_id
    pay_by(used_by, code)
    pay.begin(used_by)
    copy_card(card_id, used_by, CARDS)
    db.session.remove()
    return slot, adult, code


def test_buying_using_and_looking_up_a_card_read_no_whole_table(app: Flask) -> None:
    slot, adult, code = years_of_cards()
    visitor = Visitor(app.test_client())
    with listening() as heard:
        ordered = visitor.post("/en/gift-cards", {"suggested": "500", "recipient": "Ola"}).location
        visitor.pay(ordered)
        visitor.client.delete_cookie("basket")
        checkout = path_of(visitor.checkout(slot, adult, 2, "en"))
        visitor.get("/en/my-booking")
        assert visitor.post(f"{checkout}/gift-card", {"gift_code": code}).status_code == 200
        assert visitor.post(f"{checkout}/gift-card/off", {}).status_code == 200
        assert visitor.post(f"{checkout}/gift-card", {"gift_code": in_groups(code)}).status_code == 200
        bought = visitor.pay(checkout, shown="0").location
        assert visitor.get(path_of(bought)).status_code == 200
        assert visitor.post("/en/gift-cards/balance", {"code": code}).status_code == 200
        assert visitor.post(f"{path_of(bought)}/cancel").status_code == 303
    assert len(heard.statements) > 40
    refuse_whole_tables(heard, OF_CARDS, is_asked_often=True)


def test_withdrawing_from_a_card_that_a_basket_has_reads_no_whole_table(app: Flask) -> None:
    slot, adult, _code = years_of_cards()
    visitor = Visitor(app.test_client())
    checkout = visitor.post("/en/gift-cards", {"suggested": "500"}).location
    till = path_of(visitor.pay(checkout).location)
    visitor.get(path_of(visitor.post(till, {"play": "pay"}).location))
    secret, basket = checkout.rpartition("/")[2], a_hold(slot, adult, 1).booking_id
    order = db.session.scalars(select(Booking.id).where(Booking.secret == secret)).one()
    end_reading()
    _card, code = sent(order)
    with listening() as heard:
        pay_by(basket, code)
        assert visitor.get(f"/en/b/{secret}/withdraw").status_code == 200
        answer = visitor.post(f"/en/b/{secret}/withdraw", WHO | {"shown": "30000"})
        assert answer.status_code == 303
        assert visitor.get(path_of(answer.location)).status_code == 200
        with unit_of_work():
            drop(basket, clock.now())
        for about in promised("withdrawal.released"):
            assert give_back_released(read(PromisedReleased, about), clock.now()) == 20_000
    refuse_whole_tables(heard, OF_CARDS, is_asked_often=True)


def test_the_workers_minute_over_years_of_cards_reads_what_is_due(app: Flask) -> None:
    years_of_cards()
    for at in (clock.now(), clock.now() + timedelta(days=1)):
        with listening() as heard:
            GIFT_CARDS.do(Shift("worker", nights=False, now=at))
        refuse_whole_tables(heard, OF_CARDS, is_asked_often=True)


def test_staff_find_a_card_among_years_of_them_by_an_index(app: Flask) -> None:
    _slot, _adult, code = years_of_cards()
    office = a_colleague(app, Role.FINANCE).browser
    with listening() as heard:  # the newest of all are the end of the table, and as far as it is read
        assert office.get("/staff/gift-cards").status_code == 200
    refuse_long_looks(heard, most_rows=1_000, most_steps=5)
    with listening() as heard:
        for typed in (code, code[-4:], "kari1000007@example.org", "1000-0017"):
            assert office.post("/staff/gift-cards", {"q": typed}).status_code in (200, 303), typed
        assert office.get("/staff/gift-cards/1000017").status_code == 200
        for act in ("block", "unblock"):
            assert office.post(f"/staff/gift-cards/1000017/{act}", {f"{act}_reason": "Mistet"}).status_code == 303
    refuse_whole_tables(heard, OF_CARDS, is_asked_often=True)
