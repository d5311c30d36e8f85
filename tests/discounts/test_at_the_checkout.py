"""A code at the checkout: what it takes off, what follows from it, and when it is given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.by_code.discounted import leave_codes
from booking.bookings.change import Changed, cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold, drop, expire_run_out, hold
from booking.bookings.queries import BookingFacts
from booking.centre.facts import the_centre
from booking.discounts.models import DiscountWay
from booking.discounts.refusals import DiscountNoBetter, DiscountNotForThis, DiscountUsedUp, NoSuchDiscount
from booking.kernel import clock
from booking.kernel.database import end_reading, unit_of_work
from tests.builders import a_hold, a_sale, a_slot, a_ticket_type, an_activity, paid_for, tomorrow
from tests.discounts.campaigns import a_campaign, enter, used


def _facts(held: Hold) -> BookingFacts:
    end_reading()
    facts = queries.by_id(held.booking_id)
    end_reading()
    assert facts is not None
    return facts


def _bought(held: Hold) -> Hold:
    with unit_of_work():
        confirm(held.booking_id, clock.now())
    return paid_for(replace(held, total=_facts(held).total))


@pytest.mark.parametrize("typed", ["VINTER20", " vinter 20 ", "Vinter-2O", "V1NTER20"])
def test_a_code_lowers_the_price_of_each_ticket_however_it_is_typed(app: Flask, typed: str) -> None:
    _centre, slot, adult = a_sale(price=19_995)
    campaign = a_campaign()
    held = a_hold(slot, adult, 3)
    assert enter(held.booking_id, typed).amount == 3 * 3_999
    facts = _facts(held)
    assert (facts.total, facts.discount, facts.lines[0].unit_price) == (47_988, 11_997, 15_996)
    assert [share.gross.minor for share in facts.vat] == [47_988]
    assert used(campaign) == 1


def test_a_sum_off_the_order_is_spread_to_the_last_ore(app: Flask) -> None:
    _centre, slot, adult = a_sale(price=19_500)
    a_campaign(way=DiscountWay.ORDER, amount=10_000)
    held = a_hold(slot, adult, 3)
    enter(held.booking_id)
    facts = _facts(held)
    assert facts.total == sum(line.total for line in facts.lines) == 48_500
    assert [(line.quantity, line.unit_price) for line in facts.lines] == [(1, 16_166), (2, 16_167)]


def test_a_use_is_given_back_with_the_places_and_after_a_cancellation(app: Flask) -> None:
    centre, slot, adult = a_sale()
    campaign = a_campaign(most_uses=1)
    held = a_hold(slot, adult)
    enter(held.booking_id)
    with pytest.raises(DiscountUsedUp):
        enter(a_hold(slot, adult).booking_id)
    with unit_of_work():
        drop(held.booking_id, clock.now())
    assert used(campaign) == 0
    held = a_hold(slot, adult)
    enter(held.booking_id)
    with unit_of_work():
        expire_run_out(clock.now() + timedelta(hours=1))
    assert used(campaign) == 0
    held = _bought(held)  # paid too late, and there was one left
    assert (_facts(held).total, used(campaign)) == (33_600, 1)
    with unit_of_work():
        done = cancel(held.booking_id, centre=centre, now=clock.now())
    assert (done.refund, used(campaign)) == (33_600, 0)


def test_money_that_comes_too_late_for_the_last_use_is_not_kept(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    campaign = a_campaign(most_uses=1)
    late, other = a_hold(slot, adult), a_hold(slot, adult)
    enter(late.booking_id)
    with unit_of_work():
        expire_run_out(clock.now() + timedelta(hours=1))
    with unit_of_work():
        other_again = a_hold  # a new one: both holds ran out
    other = other_again(slot, adult)
    enter(other.booking_id)
    with pytest.raises(DiscountUsedUp), unit_of_work():
        confirm(late.booking_id, clock.now())
    assert used(campaign) == 1


def test_a_basket_that_is_changed_keeps_its_code(app: Flask) -> None:
    centre, slot, adult = a_sale()
    campaign = a_campaign(most_uses=1, single=True)
    held = a_hold(slot, adult, 1)
    enter(held.booking_id)
    with unit_of_work():
        hold([Pick(slot, adult, 3)], centre=the_centre(), now=clock.now(), lang="nb", basket_secret=held.secret)
    assert (_facts(held).total, used(campaign)) == (3 * 16_800, 1)
    enter(held.booking_id)  # once more is no harm
    with unit_of_work():
        leave_codes(held.booking_id, clock.now())
    assert (_facts(held).total, _facts(held).discount, used(campaign)) == (63_000, 0, 0)
    assert centre.has_campaigns is False  # it was read before there was one


def test_what_takes_itself_off_is_there_without_a_code_and_gives_way_to_more(app: Flask) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    early, code = a_campaign(None, 10), a_campaign("VINTER20", 20)
    held = a_hold(slot, adult, 1)
    assert (_facts(held).total, used(early)) == (18_000, 1)
    assert len(enter(held.booking_id).instead_of) == 1
    assert (_facts(held).total, used(early), used(code)) == (16_000, 0, 1)
    a_campaign("FEM", 5)
    with pytest.raises(DiscountNoBetter):
        enter(held.booking_id, "FEM")


def test_a_code_for_other_tickets_is_not_used(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    campaign = a_campaign(activities=[an_activity()])
    held = a_hold(slot, adult)
    with pytest.raises(DiscountNotForThis):
        enter(held.booking_id)
    with pytest.raises(NoSuchDiscount):
        enter(held.booking_id, "VINTER2")
    assert (_facts(held).total, used(campaign)) == (42_000, 0)


def test_a_part_given_up_gives_back_what_was_paid_for_it(app: Flask) -> None:
    centre, slot, adult = a_sale()
    campaign = a_campaign()
    held = a_hold(slot, adult, 3)
    enter(held.booking_id)
    _bought(held)
    with unit_of_work():
        done = change(held.booking_id, [Pick(slot, adult, 2)], centre=the_centre(), now=clock.now())
    assert isinstance(done, Changed)
    assert (done.refund, _facts(held).total, _facts(held).discount, used(campaign)) == (16_800, 33_600, 8_400, 1)
    assert centre.currency == "NOK"


def test_more_tickets_have_the_discount_too_and_are_paid_before_they_are_there(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    campaign = a_campaign()
    held = a_hold(slot, adult, 1)
    enter(held.booking_id)
    _bought(held)
    with unit_of_work():
        more = change(held.booking_id, [Pick(slot, adult, 2)], centre=the_centre(), now=clock.now())
    assert isinstance(more, Hold)
    assert _facts(more).total == 16_800
    _bought(more)
    assert (_facts(held).total, _facts(held).discount, used(campaign)) == (33_600, 8_400, 1)


def test_a_time_that_the_discount_is_not_for_costs_the_ordinary_price(app: Flask) -> None:
    a_sale()
    activity = an_activity()
    adult = a_ticket_type(activity)
    evening, morning = (a_slot(activity, starts_at=tomorrow(hour)) for hour in (17, 10))
    late = a_slot(activity, starts_at=tomorrow(19))
    campaign = a_campaign(from_time=tomorrow(16).time())
    held = a_hold(evening, adult, 1)
    enter(held.booking_id)
    _bought(held)
    with unit_of_work():
        change(held.booking_id, [Pick(late, adult, 1)], centre=the_centre(), now=clock.now())
    assert (_facts(held).total, used(campaign)) == (16_800, 1)
    with unit_of_work():
        dearer = change(held.booking_id, [Pick(morning, adult, 1)], centre=the_centre(), now=clock.now())
    assert isinstance(dearer, Hold)
    assert _facts(dearer).total == 4_200
    _bought(dearer)
    assert (_facts(held).total, _facts(held).discount, used(campaign)) == (21_000, 0, 0)
