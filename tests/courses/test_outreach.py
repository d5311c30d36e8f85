"""Outreach: who is away leads nothing in the house, and who leads in the house does not go; moved, cancelled, told."""

from __future__ import annotations

from collections import Counter
from datetime import time, timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from booking.bookings.change import cancel as cancel_at_the_desk
from booking.bookings.models import Booking, State
from booking.bookings.refusals import TooLate, TooMany
from booking.capacity.audit import wrong_counters
from booking.capacity.educators import NoEducator, free_by_stretch
from booking.capacity.models import Duty, Slot, SlotStatus
from booking.capacity.places import Full
from booking.centre.facts import the_centre
from booking.closures.close import ClosureRequest, close_down
from booking.closures.models import ClosedReason
from booking.closures.reopen import reopen
from booking.door.board import groups_today
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.outreach import read
from booking.outreach.change import change, end_slots
from booking.outreach.models import OutreachVisit
from booking.outreach.rules import DayIsFull, NobodyGoesThere, NotThen, free_starts
from booking.running.check import breaches
from booking.settings import settings_of
from booking.visits.change import approve, cancel_visit
from booking.visits.models import Approval
from tests.capacity.racers import Orders, run_races
from tests.courses.away import Road, a_road, away, bergen_pays, make_session
from tests.courses.enrolled import promised

HALF, HOUR = timedelta(minutes=30), timedelta(hours=1)


def free_at(road: Road, after_ten: timedelta = timedelta(0)) -> int:
    db.session.rollback()
    moment = road.at_ten + after_ten
    return free_by_stretch(moment, moment + HALF, the_centre())[moment]


def test_the_educator_is_away_from_departure_to_return(app: Flask) -> None:
    road = a_road(educators=2)
    done = away(road)
    there = read.of_booking(done.booking_id)
    assert there is not None
    assert (there.leaves_at, there.back_at) == (road.at_ten - HOUR, road.at_ten + 2 * HOUR)
    assert [free_at(road, n * HALF) for n in (-3, -2, 0, 3, 4)] == [2, 1, 1, 1, 2]
    booking = db.session.get_one(Booking, done.booking_id)
    assert (booking.state, booking.total, booking.starts_at) == (State.CONFIRMED, 360000, road.at_ten)
    assert (promised("confirmation"), breaches(), wrong_counters()) == (1, [], [])
    assert groups_today(road.at_ten - 9 * HOUR, road.at_ten + 9 * HOUR) == []


def test_a_session_in_the_house_leaves_nobody_to_go_and_the_reverse(app: Flask) -> None:
    road = a_road(educators=1)
    make_session(road.lab, road.at_ten + HOUR)
    with pytest.raises(NoEducator):
        away(road)
    away(road, road.at_ten + 3 * HOUR + HALF)
    with pytest.raises(NoEducator):
        make_session(road.lab, road.at_ten + 4 * HOUR)
    make_session(road.lab, road.at_ten - HOUR)
    assert db.session.scalar(select(func.count()).where(Slot.activity_id == road.lab)) == 2
    assert breaches() == []


def test_a_closure_is_not_opened_again_when_the_educator_has_gone_to_a_school(app: Flask) -> None:
    road = a_road(educators=1)
    make_session(road.lab, road.at_ten)
    with unit_of_work():
        wish = ClosureRequest(road.at_ten, road.at_ten + HOUR, ClosedReason.OTHER, activity_id=road.lab)
        closure = close_down(wish, account_id=None, actor="command", now=clock.now())
    going = away(road)
    with pytest.raises(NoEducator), unit_of_work():
        reopen(closure, now=clock.now(), actor="command")
    lab = select(Slot.status).where(Slot.activity_id == road.lab)
    assert db.session.scalars(lab).all() == [SlotStatus.CANCELLED]
    with unit_of_work():
        cancel_visit(going.booking_id, centre=the_centre(), now=clock.now())
    with unit_of_work():
        assert reopen(closure, now=clock.now(), actor="command") == 1
    assert (db.session.scalars(lab).all(), breaches()) == ([SlotStatus.OPEN], [])


def test_the_last_educator_goes_once(app: Flask) -> None:
    road = a_road(educators=1)
    away(road)
    with pytest.raises((Full, NoEducator)):
        away(road, road.at_ten + HALF)
    assert db.session.scalar(select(func.count()).select_from(OutreachVisit)) == 1


def test_educators_of_one_date_or_of_an_afternoon_say_nothing_of_other_times(app: Flask) -> None:
    road = a_road(educators=3)
    on = road.at_ten.date()
    with unit_of_work():
        db.session.add(Duty(weekdays=127, on_date=on + timedelta(days=1), educators=0))
        db.session.add(Duty(weekdays=127, on_date=on, from_time=time(13, 15), until_time=time(15), educators=1))
    wall = the_centre().local(road.at_ten)
    noon = road.at_ten + timedelta(hours=12 - wall.hour)
    assert [free_at(road, noon - road.at_ten + n * HALF) for n in (0, 2, 5, 6)] == [3, 1, 1, 3]
    assert free_at(road, timedelta(days=1)) == 0


def test_what_cannot_be_is_refused(app: Flask) -> None:
    road = a_road(educators=None, most_a_day=1)
    refused = (
        (NotThen, {"starts_at": road.at_ten + 9 * HOUR}),
        (NotThen, {"starts_at": road.at_ten + timedelta(days=5)}),
        (NotThen, {"starts_at": clock.now() + timedelta(days=1)}),
        (NobodyGoesThere, {"municipality": "Oslo"}),
        (TooMany, {"pupils": 29}),
    )
    for why, order in refused:
        with pytest.raises(why):
            away(road, **order)  # type: ignore[arg-type]  # named
    away(road)
    with pytest.raises(DayIsFull):
        away(road, road.at_ten + 3 * HOUR)


def test_moved_it_takes_the_new_time_before_the_old_is_given_back_and_late_it_stays(app: Flask) -> None:
    road = a_road(educators=1)
    done, later = away(road), road.at_ten + HALF
    with unit_of_work():
        change(done.booking_id, later, 20, 2, centre=the_centre(), now=clock.now())
    assert [free_at(road, n * HALF) for n in (-2, -1, 4, 5)] == [1, 0, 0, 1]
    there = read.of_booking(done.booking_id)
    assert there is not None and (there.starts_at, there.people) == (later, 22)
    assert (promised("change"), breaches(), wrong_counters()) == (1, [], [])
    statuses = db.session.execute(select(Slot.taken, Slot.status).where(Slot.activity_id == road.activity)).all()
    assert sorted(map(tuple, statuses)) == [(0, SlotStatus.CANCELLED), (22, SlotStatus.OPEN)]
    days_before = later - timedelta(days=3)
    with pytest.raises(TooLate), unit_of_work():
        change(done.booking_id, road.at_ten, 20, 2, centre=the_centre(), now=days_before)
    with unit_of_work():
        change(done.booking_id, later, 18, 2, centre=the_centre(), now=days_before)
    assert breaches() == []


def test_cancelled_by_rule_or_at_the_desk_the_educator_is_back(app: Flask) -> None:
    road = a_road(educators=1)
    first = away(road)
    with unit_of_work():
        assert cancel_visit(first.booking_id, centre=the_centre(), now=clock.now()) == 0
    second = away(road)
    with unit_of_work():
        cancel_at_the_desk(second.booking_id, centre=the_centre(), now=clock.now(), actor="account:1")
    with unit_of_work():
        assert end_slots(clock.now()) == 1
    assert free_at(road) == 1
    make_session(road.lab, road.at_ten)
    with pytest.raises(NoEducator):
        away(road)
    assert breaches() == []


def test_what_is_asked_for_keeps_the_educator_until_staff_have_answered(app: Flask) -> None:
    road = a_road(educators=1, instant=False)
    done = away(road)
    assert (done.approval, free_at(road), promised("visit_asked")) == (Approval.ASKED, 0, 1)
    with unit_of_work():
        approve(done.booking_id, centre=the_centre(), now=clock.now(), actor="account:1")
    assert (promised("confirmation"), [visit.state for visit in read.coming(clock.now())]) == (1, [State.CONFIRMED])


def test_the_free_times_of_a_day_are_those_at_which_it_can_be_booked(app: Flask) -> None:
    road = a_road(educators=1)
    make_session(road.lab, road.at_ten + 2 * HOUR)
    offered = read.with_id(road.activity)
    assert offered is not None
    midnight = road.at_ten - 10 * HOUR
    free = free_by_stretch(midnight, midnight + timedelta(days=1), the_centre())
    starts = free_starts(offered, 30, road.at_ten.date(), free, the_centre())
    assert [(start - midnight) / HOUR for start in starts] == [8, 8.5, 9, 9.5, 10, 14]
    away(road, starts[-1])


def test_many_who_send_away_and_make_sessions_at_once_never_need_more_educators_than_there_are(app: Flask) -> None:
    road = a_road(educators=2, most_a_day=20)
    start = int(road.at_ten.timestamp())
    orders = [("go", [road.activity, start + n * 1800]) for n in range(4)]
    orders += [("make", [road.lab, start + n * 3600]) for n in range(2)]
    answers = run_races(app, orders * 2)
    db.session.rollback()
    assert set(answers) <= {"gone", "made", "Full", "NoEducator", "exists"}
    assert breaches() == [] and wrong_counters() == []
    of = {
        activity: [(slot.starts_at, slot.ends_at) for slot in db.session.scalars(select(Slot).where(taking))]
        for activity, taking in (
            (road.activity, (Slot.activity_id == road.activity) & (Slot.taken > 0)),
            (road.lab, Slot.activity_id == road.lab),
        )
    }
    trips, sessions = of[road.activity], of[road.lab]
    for moment in (begin for begin, _end in trips + sessions):
        gone = sum(begin <= moment < end for begin, end in trips)
        leading = sum(begin <= moment < end for begin, end in sessions)
        assert not gone or gone + leading <= 2
    assert answers.count("gone") == len(trips) > 0


@pytest.mark.parametrize("is_paid_for", [False, True])
def test_trips_that_move_while_others_are_cancelled_never_wait_in_a_circle(app: Flask, is_paid_for: bool) -> None:
    """Each other trip shares half hours with the old time and with the new one, and perhaps an allowance."""
    road = a_road(educators=3, most_a_day=20)
    if is_paid_for:
        bergen_pays()
    orders: Orders = []
    for day in (road.at_ten + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)):
        moving, other = away(road, day).booking_id, away(road, day + 3 * HALF).booking_id
        orders += [("go_later", [moving, int((day + 3 * HOUR).timestamp())]), ("give_up", [other])]
    answers = run_races(app, orders, processes=1)
    db.session.rollback()
    assert Counter(answers) == {"moved": 10, "cancelled": 10}
    assert breaches() == [] and wrong_counters() == []


def test_a_cancelled_visit_takes_the_appointment_out_of_the_calendar_that_had_it(app: Flask) -> None:
    booked = away(a_road())
    about, now = {"booking_id": booked.booking_id}, clock.now()
    there = messages.write("mail.confirmation", 1, about, settings_of(app), now)
    with unit_of_work():
        cancel_visit(booked.booking_id, centre=the_centre(), now=clock.now())
    gone = messages.write("mail.cancellation", 2, about, settings_of(app), now)
    assert there is not None and gone is not None
    (before,) = Calendar.from_ical(there.attachments[-1].content).walk("VEVENT")
    calendar = Calendar.from_ical(gone.attachments[-1].content)
    (after,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], after["UID"], after["STATUS"]) == ("CANCEL", before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["ORGANIZER"] == before["ORGANIZER"] == "mailto:post@example.org"
