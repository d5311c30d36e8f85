"""Confirming, changing and cancelling: tickets equal what was bought, no place is at risk, money follows the rule."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.change import Changed, cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold, expire_run_out
from booking.bookings.models import Booking, State, Ticket
from booking.bookings.refusals import AlreadyUsed, TooLate, WrongState
from booking.capacity.audit import wrong_counters
from booking.capacity.availability import slots_by_id
from booking.capacity.models import Channel
from booking.capacity.places import Full
from booking.catalogue.models import Price
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.payments.models import Refund
from tests.builders import (
    a_confirmed_booking,
    a_hold,
    a_sale,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    paid_for,
    taken,
    tomorrow,
)


def promised(kind: str) -> list[dict[str, object]]:
    """What was promised of a kind."""
    db.session.rollback()
    return list(db.session.scalars(select(Promise.about).where(Promise.kind == kind).order_by(Promise.id)))


def refunds_of(booking_id: int) -> list[int]:
    """What goes back on a booking, in the order in which it was promised."""
    db.session.rollback()
    return list(db.session.scalars(select(Refund.amount).where(Refund.booking_id == booking_id).order_by(Refund.id)))


def given_back(done: Changed | Hold) -> int:
    """What a change that costs no more gives back."""
    assert isinstance(done, Changed)
    return done.refund


def codes(booking_id: int) -> list[str]:
    """Codes of the tickets that count."""
    return [ticket.code for ticket in queries.tickets_of(booking_id)]


def test_confirming_twice_makes_tickets_and_mail_once(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult, 3)
    for expected in (True, False):
        with unit_of_work():
            assert confirm(held.booking_id, now) is expected
    assert len(set(codes(held.booking_id))) == 3
    assert promised("mail.confirmation") == [{"booking_id": held.booking_id}]


def test_a_family_ticket_is_one_code_for_four(app: Flask, now: datetime) -> None:
    _, slot, _ = a_sale()
    activity = slots_by_id([slot], Channel.PUBLIC, now)[0].activity_id
    family = a_ticket_type(activity, 69000, "Familie", places=4)
    held = a_confirmed_booking(slot, family, 2)
    assert [ticket.admits for ticket in queries.tickets_of(held.booking_id)] == [4, 4]


def test_late_money_takes_the_places_again_if_they_are_free(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale(capacity=10)
    held = a_hold(slot, adult, 6)
    later = now + timedelta(hours=1)
    with unit_of_work():
        expire_run_out(later)
    assert taken(slot) == 0
    with unit_of_work():
        assert confirm(held.booking_id, later)
    assert taken(slot) == 6
    assert wrong_counters() == []


def test_late_money_finds_the_places_gone(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale(capacity=10)
    held = a_hold(slot, adult, 6)
    with unit_of_work():
        expire_run_out(now + timedelta(hours=1))
    a_hold(slot, adult, 5)
    with pytest.raises(Full), unit_of_work():
        confirm(held.booking_id, now)
    assert (codes(held.booking_id), promised("mail.confirmation"), taken(slot)) == ([], [], 5)


def test_moving_to_another_time_keeps_the_codes_people_have_printed(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    activity = slots_by_id([slot], Channel.PUBLIC, now)[0].activity_id
    later = a_slot(activity, starts_at=tomorrow(14))
    held = a_confirmed_booking(slot, adult, 3)
    before = codes(held.booking_id)
    with unit_of_work():
        done = change(held.booking_id, [Pick(later, adult, 3)], centre=centre, now=now)
    assert isinstance(done, Changed)
    assert done.refund == 0
    assert sorted(codes(held.booking_id)) == sorted(before)
    assert (taken(slot), taken(later)) == (0, 3)
    assert len(promised("mail.change")) == 1


def test_a_dearer_half_hour_later_in_a_full_house_counts_the_same_people_once(app: Flask, now: datetime) -> None:
    centre, _, _ = a_sale()
    house = a_space(capacity=5, is_house=True)
    half_hours = [a_stretch(house, tomorrow(10) + timedelta(minutes=30 * i), 5) for i in range(3)]
    activity = _activity(app)
    adult, dear = a_ticket_type(activity, 21000, "Voksen II"), a_ticket_type(activity, 25000, "Voksen III")
    first = a_slot(activity, 10, tomorrow(15), draws_on=half_hours[:2])
    second = a_slot(activity, 10, tomorrow(15, 30), draws_on=half_hours[1:])
    held = a_confirmed_booking(first, adult, 4)
    for paid in (False, True):
        with unit_of_work():
            hold = change(held.booking_id, [Pick(second, dear, 5)], centre=centre, now=now)
        assert isinstance(hold, Hold)
        assert [taken(slot) for slot in (first, second, *half_hours)] == [4, 5, 4, 5, 5]
        assert wrong_counters() == []
        with unit_of_work():
            if paid:
                confirm(hold.booking_id, now)
            else:
                expire_run_out(now + timedelta(hours=1))
        counted = [0, 5, 0, 5, 5] if paid else [4, 0, 4, 4, 0]
        assert [taken(slot) for slot in (first, second, *half_hours)] == counted
        assert wrong_counters() == []


def test_a_move_that_does_not_fit_leaves_the_booking_untouched(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    activity = slots_by_id([slot], Channel.PUBLIC, now)[0].activity_id
    small = a_slot(activity, 2, tomorrow(14))
    held = a_confirmed_booking(slot, adult, 3)
    with pytest.raises(Full), unit_of_work():
        change(held.booking_id, [Pick(small, adult, 3)], centre=centre, now=now)
    assert (taken(slot), taken(small), len(codes(held.booking_id))) == (3, 0, 3)


def test_moving_half_an_hour_in_a_full_house_reuses_ones_own_places(app: Flask, now: datetime) -> None:
    centre, _, _ = a_sale()
    house = a_space(capacity=4, is_house=True)
    half_hours = [a_stretch(house, tomorrow(10) + timedelta(minutes=30 * i), 4) for i in range(3)]
    activity = _activity(app)
    adult = a_ticket_type(activity, title="Voksen II")
    first = a_slot(activity, 10, tomorrow(15), draws_on=half_hours[:2])
    second = a_slot(activity, 10, tomorrow(15, 30), draws_on=half_hours[1:])
    held = a_confirmed_booking(first, adult, 4)
    with unit_of_work():
        change(held.booking_id, [Pick(second, adult, 4)], centre=centre, now=now)
    assert [taken(slot) for slot in half_hours] == [0, 4, 4]
    assert wrong_counters() == []


def test_fewer_people_give_places_and_money_back(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(price=10000)
    held = paid_for(a_confirmed_booking(slot, adult, 5))
    with unit_of_work():
        assert given_back(change(held.booking_id, [Pick(slot, adult, 3)], centre=centre, now=now)) == 20000
    assert (taken(slot), len(codes(held.booking_id))) == (3, 3)
    assert refunds_of(held.booking_id) == [20000]


def test_more_people_wait_for_their_money_and_are_folded_in_when_it_comes(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(price=10000)
    held = a_confirmed_booking(slot, adult, 2)
    with unit_of_work():
        extra = change(held.booking_id, [Pick(slot, adult, 5)], centre=centre, now=now)
    assert isinstance(extra, Hold)
    assert (extra.total, taken(slot), len(codes(held.booking_id))) == (30000, 5, 2)
    with unit_of_work():
        assert confirm(extra.booking_id, now)
    facts = queries.by_id(held.booking_id)
    assert facts is not None
    assert (facts.total, facts.people, taken(slot), len(codes(held.booking_id))) == (50000, 5, 5, 5)
    assert codes(extra.booking_id) == []
    assert wrong_counters() == []


def test_an_increase_nobody_pays_for_changes_nothing(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(price=10000)
    held = a_confirmed_booking(slot, adult, 2)
    with unit_of_work():
        change(held.booking_id, [Pick(slot, adult, 5)], centre=centre, now=now)
    with unit_of_work():
        assert expire_run_out(now + timedelta(hours=1)) == 1
    facts = queries.by_id(held.booking_id)
    assert facts is not None
    assert (facts.total, taken(slot), len(codes(held.booking_id))) == (20000, 2, 2)


def test_a_paid_increase_of_a_booking_cancelled_meanwhile_is_refused(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(price=10000)
    held = a_confirmed_booking(slot, adult, 2)
    with unit_of_work():
        extra = change(held.booking_id, [Pick(slot, adult, 5)], centre=centre, now=now)
    assert isinstance(extra, Hold)
    with unit_of_work():
        cancel(held.booking_id, centre=centre, now=now)
    with pytest.raises(WrongState), unit_of_work():
        confirm(extra.booking_id, now)
    assert taken(slot) == 0


def test_what_was_bought_keeps_its_price_when_prices_rise(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(price=10000)
    held = paid_for(a_confirmed_booking(slot, adult, 4))
    with unit_of_work():
        db.session.execute(update(Price).values(minor=15000))
    with unit_of_work():
        assert given_back(change(held.booking_id, [Pick(slot, adult, 3)], centre=centre, now=now)) == 10000


@pytest.mark.parametrize(
    ("hours_before", "refund"),
    [(48, 20000), (24, 20000), (23, 10000)],
    ids=["early: all", "on the deadline: all", "late: the centre's share"],
)
def test_cancelling_gives_back_by_the_centres_rule(app: Flask, hours_before: int, refund: int) -> None:
    centre, slot, adult = a_sale(price=10000, late_refund_percent=50, refund_until_hours=24)
    held = paid_for(a_confirmed_booking(slot, adult, 2))
    at = tomorrow() - timedelta(hours=hours_before)
    with unit_of_work():
        assert cancel(held.booking_id, centre=centre, now=at).refund == refund
    with unit_of_work():
        assert cancel(held.booking_id, centre=centre, now=at).refund == 0
    facts = queries.by_id(held.booking_id)
    assert facts is not None
    assert (facts.state, taken(slot), codes(held.booking_id)) == (State.CANCELLED, 0, [])
    assert refunds_of(held.booking_id) == [refund]
    assert len(promised("mail.cancellation")) == 1


def test_buyers_have_a_deadline_and_staff_have_not(app: Flask) -> None:
    centre, slot, adult = a_sale(change_until_hours=2)
    held = a_confirmed_booking(slot, adult, 2)
    at = tomorrow() - timedelta(hours=1)
    with pytest.raises(TooLate), unit_of_work():
        cancel(held.booking_id, centre=centre, now=at)
    with unit_of_work():
        cancel(held.booking_id, centre=centre, now=at, actor="account:1")


def test_nothing_is_changed_once_somebody_is_inside(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult, 2)
    with unit_of_work():
        ticket = db.session.scalars(select(Ticket).where(Ticket.booking_id == held.booking_id)).first()
        assert ticket is not None
        ticket.admitted = 1
    with pytest.raises(AlreadyUsed), unit_of_work():
        cancel(held.booking_id, centre=centre, now=now)


def test_a_held_booking_cannot_be_changed_like_a_bought_one(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    held = a_hold(slot, adult)
    with pytest.raises(WrongState), unit_of_work():
        cancel(held.booking_id, centre=centre, now=now)
    assert db.session.get_one(Booking, held.booking_id).state is State.HELD


def _activity(app: Flask) -> int:
    from tests.builders import an_activity

    return an_activity(title="Inngang II")
