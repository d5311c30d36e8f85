"""Only what has a limit has a row that buyers wait for; a limit that comes later begins with what was sold."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from booking.bookings.basket import Pick
from booking.bookings.by_code.discounted import enter_code
from booking.bookings.hold import Hold, drop, hold
from booking.centre.facts import the_centre
from booking.discounts.edits import count_before_a_limit
from booking.discounts.models import Campaign
from booking.discounts.refusals import DiscountUsedUp
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.running.check import breaches
from tests.builders import a_hold, a_sale, a_slot, a_ticket_type, an_activity
from tests.discounts.campaigns import a_campaign, enter, used

MANY = 12
MOMENT = 0.5  # seconds in which somebody who is not kept waiting is done


def limit(campaign_id: int, most: int | None) -> None:
    """As its form sets a limit."""
    with unit_of_work():
        count_before_a_limit(campaign_id)
        db.session.execute(update(Campaign).where(Campaign.id == campaign_id).values(most_uses=most))


def limited_meanwhile(app: Flask, campaign_id: int, most: int) -> None:
    """The same in a thread of its own."""
    with app.app_context():
        limit(campaign_id, most)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time anyway
def test_no_buyer_waits_for_another_because_of_a_campaign_without_a_limit(app: Flask) -> None:
    a_sale()
    stands = []
    for _stand in range(2):
        activity = an_activity()
        stands.append((a_slot(activity), a_ticket_type(activity)))
    campaign, has_it, may_end = a_campaign(None, 10), Event(), Event()

    def buy(slot: int, adult: int, *, slowly: bool) -> Hold:
        with app.app_context(), unit_of_work():
            db.session.execute(text("SET LOCAL lock_timeout = '3s'"))
            held = hold([Pick(slot, adult, 1)], centre=the_centre(), now=clock.now(), lang="nb")
            db.session.flush()
            if slowly:
                db.session.execute(text("SELECT 1"))  # what waits to be written is written
                has_it.set()
                may_end.wait(30)
            return held

    with ThreadPoolExecutor(2) as buyers:
        slow = buyers.submit(buy, *stands[0], slowly=True)
        assert has_it.wait(30)
        try:
            assert buyers.submit(buy, *stands[1], slowly=False).result(30).total == 18_900
            assert not slow.done()
        finally:
            may_end.set()
        assert slow.result(30).total == 18_900
    assert used(campaign) == 2


def test_a_limit_that_is_set_while_somebody_orders_counts_that_order(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    campaign = a_campaign()
    held, late = a_hold(slot, adult, 1), a_hold(slot, adult, 1)
    with ThreadPoolExecutor(1) as staff:
        with unit_of_work():
            _enter_here(held)
            setting: Future[None] = staff.submit(limited_meanwhile, app, campaign, 1)
            Event().wait(MOMENT)
        setting.result(30)
    assert used(campaign) == 1
    with pytest.raises(DiscountUsedUp):
        enter(late.booking_id)
    with unit_of_work():
        drop(held.booking_id, clock.now())
    assert used(campaign) == 0
    enter(late.booking_id)
    assert breaches() == []


def test_a_limit_that_is_set_while_somebody_gives_a_use_back_does_not_count_it(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    campaign = a_campaign()
    held = a_hold(slot, adult, 1)
    enter(held.booking_id)
    with ThreadPoolExecutor(1) as staff:
        with unit_of_work():
            drop(held.booking_id, clock.now())
            setting: Future[None] = staff.submit(limited_meanwhile, app, campaign, 1)
            Event().wait(MOMENT)
        setting.result(30)
    assert used(campaign) == 0
    assert breaches() == []


def test_orders_and_a_limit_that_meet_leave_no_more_uses_than_there_may_be(app: Flask) -> None:
    _centre, slot, adult = a_sale(capacity=100)
    campaign = a_campaign()
    baskets = [a_hold(slot, adult, 1).booking_id for _buyer in range(MANY)]

    def want(booking_id: int) -> bool:
        with app.app_context():
            if booking_id == baskets[MANY // 2]:
                limit(campaign, MANY)
                return False
            try:
                enter(booking_id)
            except DiscountUsedUp:
                return False
            return True

    with ThreadPoolExecutor(MANY) as all_of_them:
        assert sum(all_of_them.map(want, baskets)) == MANY - 1 == used(campaign)
    enter(baskets[MANY // 2])
    with pytest.raises(DiscountUsedUp):
        enter(a_hold(slot, adult, 1).booking_id)
    assert breaches() == []


def test_a_limit_that_is_lifted_and_comes_again_begins_with_what_was_sold_meanwhile(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    campaign = a_campaign(most_uses=1)
    enter(a_hold(slot, adult, 1).booking_id)
    limit(campaign, None)
    for _order in range(2):
        enter(a_hold(slot, adult, 1).booking_id)
    limit(campaign, 3)
    assert used(campaign) == 3
    end_reading()
    assert db.session.scalars(select(Campaign.used)).one() == 3
    with pytest.raises(DiscountUsedUp):
        enter(a_hold(slot, adult, 1).booking_id)


def _enter_here(held: Hold) -> None:
    enter_code(held.booking_id, "VINTER20", the_centre(), clock.now())
    db.session.execute(text("SELECT 1"))  # what waits to be written is written
