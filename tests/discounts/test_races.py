"""The last use is wanted by many at once, and the books say who has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from booking.bookings.details import Contact, set_details
from booking.bookings.hold import expire_run_out
from booking.bookings.models import Booking, State
from booking.discounts.models import Campaign, DiscountCode, DiscountUse
from booking.discounts.refusals import DiscountNotForYou, DiscountUsedUp
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.builders import a_hold, a_sale
from tests.discounts.campaigns import a_campaign, enter, used

MANY = 50


@pytest.mark.parametrize("of", ["campaign", "code"])
def test_the_last_use_goes_to_one_of_many_who_want_it_at_once(app: Flask, of: str) -> None:
    _centre, slot, adult = a_sale(capacity=100)
    campaign = a_campaign(single=True) if of == "code" else a_campaign(most_uses=1)
    baskets = [a_hold(slot, adult, 1).booking_id for _buyer in range(MANY)]

    def want(booking_id: int) -> str:
        with app.app_context():
            try:
                enter(booking_id)
            except DiscountUsedUp as refusal:
                return "all of the campaign are used" if refusal.name else "the code is used"
            return "has it"

    with ThreadPoolExecutor(MANY) as buyers:
        answers = list(buyers.map(want, baskets))
    told = "the code is used" if of == "code" else "all of the campaign are used"
    assert sorted(answers) == sorted(["has it", *[told] * (MANY - 1)])
    assert used(campaign) == 1
    with unit_of_work():
        expire_run_out(clock.now() + timedelta(hours=1), MANY)
    assert used(campaign) == 0
    assert enter(a_hold(slot, adult, 1).booking_id).amount
    assert breaches() == []


def test_one_person_orders_as_often_as_one_may(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    campaign = a_campaign(most_each=1)
    first, second = a_hold(slot, adult, 1), a_hold(slot, adult, 1)
    for held in (first, second):
        enter(held.booking_id)
    with unit_of_work():
        set_details(first.booking_id, Contact("Kari", "kari@example.org"), "nb", clock.now())
    with pytest.raises(DiscountNotForYou), unit_of_work():
        set_details(second.booking_id, Contact("Kari", "Kari+to@example.org"), "nb", clock.now())
    with unit_of_work():
        set_details(second.booking_id, Contact("Ola", "ola@example.org"), "nb", clock.now())
    assert used(campaign) == 2


def test_the_database_itself_refuses_more_uses_than_there_are(app: Flask) -> None:
    a_sale()
    a_campaign(most_uses=1, single=True)
    for table in (Campaign, DiscountCode):
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.execute(update(table).values(used=2))


def test_the_nightly_check_names_a_counter_without_its_orders(app: Flask) -> None:
    a_sale()
    campaign = a_campaign(single=True, most_uses=5)
    with unit_of_work():
        db.session.execute(update(Campaign).values(used=1))
        db.session.execute(update(DiscountCode).values(used=1))
        code = db.session.scalars(db.select(DiscountCode.id)).one()
    wrong = "discounts used otherwise than orders have it, or too often"
    assert breaches() == [f"{wrong}, campaign: {campaign}", f"{wrong}, code: {code}"]


def test_the_nightly_check_names_an_order_with_another_sum_off_and_one_that_is_over(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    campaign = a_campaign()
    held = a_hold(slot, adult, 2)
    enter(held.booking_id)
    assert breaches() == []
    with unit_of_work():
        db.session.execute(update(DiscountUse).values(amount=1))
    of_order = f"discounts order that has another sum off than its campaigns say, booking: {held.booking_id}"
    assert breaches() == [of_order]
    with unit_of_work():
        db.session.execute(update(DiscountUse).values(amount=16_800))
        db.session.execute(update(Booking).values(state=State.CANCELLED, held_until=None))
    is_over = f"discounts used by an order that is over, booking: {held.booking_id}"
    assert is_over in breaches()
    assert used(campaign) == 1
