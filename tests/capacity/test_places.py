"""The one statement: places are taken all or none, given back, swapped; the database has the last word."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from booking.bookings.hold import drop
from booking.capacity.audit import wrong_counters
from booking.capacity.availability import Availability, slots_between, slots_by_id
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.capacity.places import Closed, Full, Want, take
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.builders import (
    a_centre,
    a_hold,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    an_activity,
    taken,
    tomorrow,
)


@pytest.fixture
def admission(app: Flask) -> tuple[int, int]:
    """(activity id, ticket type id) in a centre."""
    a_centre()
    activity_id = an_activity()
    return activity_id, a_ticket_type(activity_id)


def test_a_family_ticket_takes_four_places(admission: tuple[int, int]) -> None:
    activity_id, _ = admission
    family = a_ticket_type(activity_id, 69000, "Familie", places=4)
    slot = a_slot(activity_id, capacity=10)
    a_hold(slot, family, 1)
    assert taken(slot) == 4


def test_the_last_places_can_be_taken_and_not_one_more(admission: tuple[int, int]) -> None:
    activity_id, adult = admission
    slot = a_slot(activity_id, capacity=5)
    a_hold(slot, adult, 3)
    with pytest.raises(Full) as refusal:
        a_hold(slot, adult, 3)
    assert (refusal.value.slot_id, refusal.value.free) == (slot, 2)
    a_hold(slot, adult, 2)
    assert taken(slot) == 5
    assert wrong_counters() == []


def test_people_who_stay_two_hours_fill_the_house_for_those_who_come_later(
    admission: tuple[int, int],
) -> None:
    activity_id, adult = admission
    house = a_space(capacity=8, is_house=True)
    half_hours = [a_stretch(house, tomorrow(10) + timedelta(minutes=30 * i), capacity=8) for i in range(5)]
    at_ten = a_slot(activity_id, 60, tomorrow(10), draws_on=half_hours[:4])
    at_half_past = a_slot(activity_id, 60, tomorrow(10, 30), draws_on=half_hours[1:5])
    a_hold(at_ten, adult, 6)
    with pytest.raises(Full) as refusal:
        a_hold(at_half_past, adult, 3)
    assert (refusal.value.slot_id, refusal.value.free) == (at_half_past, 2)
    assert [taken(slot) for slot in half_hours] == [6, 6, 6, 6, 0]
    assert wrong_counters() == []


def test_a_refused_basket_takes_nothing_anywhere(admission: tuple[int, int]) -> None:
    activity_id, adult = admission
    small = a_stretch(a_space(), capacity=3)
    slot = a_slot(activity_id, 10, draws_on=[small])
    with pytest.raises(Full):
        a_hold(slot, adult, 4)
    assert (taken(slot), taken(small)) == (0, 0)
    assert wrong_counters() == []


def test_closing_the_house_closes_everything_that_draws_on_it(admission: tuple[int, int], now: datetime) -> None:
    activity_id, adult = admission
    house = a_stretch(a_space(), status=SlotStatus.CLOSED)
    slot = a_slot(activity_id, 10, draws_on=[house])
    with pytest.raises(Closed):
        a_hold(slot, adult, 1)
    (seen,) = slots_by_id([slot], Channel.PUBLIC, now)
    assert seen.standing(1, 5, now) is Availability.CLOSED


@pytest.mark.parametrize("house", [False, True], ids=["the time", "the house"])
def test_what_closes_after_it_was_looked_at_takes_nobody(admission: tuple[int, int], house: bool) -> None:
    activity_id, adult = admission
    held, stretch = a_hold(a_slot(activity_id), adult), a_stretch(a_space())
    slot = a_slot(activity_id, starts_at=tomorrow(12), draws_on=[stretch])
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == (stretch if house else slot)).values(status=SlotStatus.CLOSED))
    with pytest.raises(Closed), unit_of_work():
        take(held.booking_id, [Want(slot, 2)], Channel.PUBLIC, clock.now())
    assert (taken(slot), wrong_counters()) == (0, [])


def test_places_are_given_back_even_where_it_is_closed_now(admission: tuple[int, int], now: datetime) -> None:
    activity_id, adult = admission
    slot = a_slot(activity_id)
    held = a_hold(slot, adult, 4)
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot).values(status=SlotStatus.CLOSED))
    with unit_of_work():
        assert drop(held.booking_id, now)
    assert taken(slot) == 0


@pytest.mark.parametrize(
    ("channel", "release_in_days", "free"),
    [(Channel.PUBLIC, 1, 6), (Channel.PUBLIC, -1, 10), (Channel.SCHOOL, 1, 10)],
    ids=["the public sees what is not kept", "all after the release", "schools see all"],
)
def test_places_kept_for_schools(
    admission: tuple[int, int], now: datetime, channel: Channel, release_in_days: int, free: int
) -> None:
    activity_id, _ = admission
    slot = a_slot(activity_id, 10, kept=4, release_at=now + timedelta(days=release_in_days))
    (seen,) = slots_by_id([slot], channel, now)
    assert seen.free == free


def test_what_schools_take_comes_out_of_what_was_kept_for_them(admission: tuple[int, int], now: datetime) -> None:
    activity_id, adult = admission
    slot = a_slot(activity_id, 10, kept=4, release_at=now + timedelta(days=1))
    a_hold(slot, adult, 3, channel=Channel.SCHOOL)
    (seen,) = slots_by_id([slot], Channel.PUBLIC, now)
    assert seen.free == 6
    a_hold(slot, adult, 6)
    with pytest.raises(Full):
        a_hold(slot, adult, 1)
    a_hold(slot, adult, 1, channel=Channel.SCHOOL)
    assert taken(slot) == 10
    assert wrong_counters() == []


def test_free_places_are_the_least_along_everything_drawn_on(admission: tuple[int, int], now: datetime) -> None:
    activity_id, adult = admission
    roomy, tight = a_stretch(a_space(), capacity=100), a_stretch(a_space(), capacity=7)
    slot = a_slot(activity_id, 50, draws_on=[roomy, tight])
    held = a_hold(slot, adult, 2)
    start = tomorrow(0)
    (seen,) = slots_between(activity_id, start, start + timedelta(days=1), Channel.PUBLIC, now)
    (own,) = slots_between(activity_id, start, start + timedelta(days=1), Channel.PUBLIC, now, own=[held.booking_id])
    assert (seen.free, own.free) == (5, 7)


@pytest.mark.parametrize("wrong", [{"taken": 11}, {"taken": -1}, {"capacity": 3}, {"kept_taken": 9}])
def test_the_database_itself_refuses_a_wrong_counter(admission: tuple[int, int], wrong: dict[str, int]) -> None:
    activity_id, adult = admission
    slot = a_slot(activity_id, 10)
    a_hold(slot, adult, 4)
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot).values(**wrong))
