"""What was agreed on stays agreed on, whatever rule the centre changes and whatever day it closes afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from booking.agreements.deadlines import Deadlines, PastDeadline
from booking.agreements.models import SchoolRules
from booking.agreements.terms import TermsToday, agreed, as_kept, from_kept, standing
from booking.bookings import queries
from booking.bookings.refusals import TooLate
from booking.capacity.models import Slot
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.models import DayException
from booking.courses import cancel as cancelling
from booking.courses import read as courses
from booking.courses.models import CourseRules
from booking.courses.rules import is_too_small, standing_of
from booking.courses.rules import load_rules as load_course_rules
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.money import Money
from booking.outreach.change import change as change_outreach
from booking.planner.plans import Plan
from booking.programmes.models import Programme
from booking.running.check import breaches
from booking.visits import adjust, change, read
from booking.visits.adjust import Cause
from tests.courses.away import a_road, away
from tests.courses.enrolled import a_course, an_enrolment
from tests.visits.booked import Centre, a_plan, a_school_centre, a_visit

PROPERTY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine has time
STRICTER = {"number_days": 40, "free_days": 60, "late_percent": 90, "same_day_percent": 100, "lunch_days": 40}
DAY = timedelta(days=1)


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre()


def make_stricter() -> None:
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(STRICTER))


def close(*days: date) -> None:
    with unit_of_work():
        for day in days:
            db.session.add(DayException(on_date=day, reason={"en": "Closed"}))


def seen(booking_id: int) -> read.VisitFacts:
    db.session.rollback()
    visit = read.of_booking(booking_id, "NOK")
    assert visit is not None
    return visit


def stands(booking_id: int, here: CentreFacts, now: datetime | None = None) -> TermsToday:
    facts = queries.by_id(booking_id)
    assert facts is not None
    return change.standing_of(seen(booking_id), facts.total, here, now or clock.now())


def test_a_stricter_rule_holds_for_who_books_from_now_on_alone(centre: Centre) -> None:
    before = a_visit(centre, "6A").booking_id
    agreed_on = stands(before, centre.facts)
    make_stricter()
    after = a_visit(centre, "6B").booking_id
    assert stands(before, centre.facts) == agreed_on
    assert agreed_on.fee.percent == 0
    assert stands(after, centre.facts).fee.percent == 90


def test_a_visit_to_a_school_keeps_its_terms_as_one_in_the_house_does(app: Flask) -> None:
    road = a_road()
    booking_id = away(road).booking_id
    make_stricter()
    assert stands(booking_id, the_centre()).fee.amount.minor == 0
    with unit_of_work():
        change_outreach(booking_id, road.at_ten + DAY, 24, 2, centre=the_centre(), now=clock.now())
    moved = stands(booking_id, the_centre())
    assert (moved.dates.on, moved.can_move) == ((road.at_ten + DAY).date(), True)
    with unit_of_work():
        assert change.cancel_visit(booking_id, centre=the_centre(), now=clock.now()) == 0


def test_lunch_and_classes_are_changed_by_the_terms_that_the_page_shows(centre: Centre) -> None:
    booking_id = a_visit(centre, "6A", "6B").booking_id
    make_stricter()
    facts = seen(booking_id)
    assert stands(booking_id, centre.facts).can_change_lunch
    with unit_of_work():
        adjust.accept(booking_id, read.plan_of(facts), Cause.LUNCH, 1, centre=centre.facts, now=clock.now())
    with unit_of_work():
        adjust.drop_class(booking_id, 1, 2, centre=centre.facts, now=clock.now())
    late = facts.arrives_at - DAY
    for cause in (Cause.LUNCH, Cause.CLASSES):
        plan = read.plan_of(seen(booking_id))
        with pytest.raises(PastDeadline), unit_of_work():
            adjust.accept(booking_id, plan, cause, 3, centre=centre.facts, now=late)
    assert breaches() == []


def test_a_day_that_is_closed_later_takes_nothing_of_what_was_said(centre: Centre) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    before = stands(booking_id, centre.facts)
    close(*(before.dates.on - n * DAY for n in range(1, 12)))
    assert stands(booking_id, centre.facts).dates == before.dates


def test_another_day_has_dates_of_its_own_by_the_same_rule(centre: Centre) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    before = stands(booking_id, centre.facts)
    make_stricter()
    plan = a_plan_a_week_later(centre)
    with unit_of_work():
        change.move_visit(booking_id, plan, centre=centre.facts, now=clock.now())
    after = stands(booking_id, centre.facts)
    week = timedelta(days=7)
    assert after.dates == replace(
        before.dates,
        on=before.dates.on + week,
        number_until=before.dates.number_until + week,
        lunch_until=before.dates.lunch_until + week,
        free_until=before.dates.free_until + week,
    )


def a_plan_a_week_later(centre: Centre) -> Plan:
    with unit_of_work():
        for slot in db.session.query(Slot).order_by(Slot.starts_at.desc()):
            slot.ends_at += timedelta(days=7)
            slot.starts_at += timedelta(days=7)
    return a_plan(replace(centre, on=centre.on + timedelta(days=7)), "6A")


def test_what_staff_have_not_said_yes_to_is_withdrawn_for_nothing_and_afterwards_by_the_terms(app: Flask) -> None:
    centre = a_school_centre()
    make_stricter()
    with unit_of_work():
        db.session.get_one(Programme, centre.body).instant = False
    waiting, other = a_visit(centre, "6A").booking_id, a_visit(centre, "6B").booking_id
    assert stands(waiting, centre.facts).fee.percent == 0
    with unit_of_work():
        assert change.cancel_visit(waiting, centre=centre.facts, now=clock.now()) == 0
    with unit_of_work():
        change.approve(other, centre=centre.facts, now=clock.now(), actor="staff:1")
    with pytest.raises(TooLate), unit_of_work():
        change.move_visit(other, a_plan(centre, "6B"), centre=centre.facts, now=clock.now())
    with unit_of_work():
        assert change.cancel_visit(other, centre=centre.facts, now=clock.now()) == 237600


def test_closing_days_count_in_a_deadline_however_far_back_they_lie(centre: Centre) -> None:
    closed_since = centre.on - timedelta(days=200)
    close(*(closed_since + n * DAY for n in range(200)))
    booking_id = a_visit(centre, "6A").booking_id
    dates = stands(booking_id, centre.facts).dates
    assert dates.number_until == _weekdays_before(closed_since, 3)
    assert dates.free_until == _weekdays_before(closed_since, 10)


def _weekdays_before(day: date, count: int) -> date:
    while count:
        day -= DAY
        count -= day.weekday() < 5
    return day


def test_a_course_counts_them_too_and_keeps_its_terms(app: Flask) -> None:
    slot = a_course()
    here = the_centre()
    on = here.local(db.session.get_one(Slot, slot).starts_at).date()
    close(*(on - n * DAY for n in range(1, 100)))
    booking_id = an_enrolment(slot, "Ada Aas", "Bo Berg").booking_id
    enrolment, facts = courses.of_booking(booking_id), queries.by_id(booking_id)
    assert enrolment is not None
    assert facts is not None
    there = standing_of(booking_id, enrolment.terms, facts.total, facts.starts_at, here, clock.now())
    assert there.dates.free_until == _weekdays_before(on - 99 * DAY, 10)
    assert (there.fee.percent, there.fee.amount.minor) == (50, facts.total // 2)
    assert is_too_small(2, facts.starts_at, load_course_rules(), here, clock.now())
    with unit_of_work():
        db.session.add(CourseRules(free_days=0, late_percent=0, same_day_percent=0))
    with unit_of_work():
        fee = cancelling.cancel(booking_id, centre=here, now=clock.now())
    assert fee == facts.total // 2


def test_places_on_a_course_that_are_free_to_give_up_stay_so(app: Flask) -> None:
    booking_id = an_enrolment(a_course(), "Ada Aas").booking_id
    with unit_of_work():
        db.session.add(CourseRules(free_days=60, late_percent=80))
    with unit_of_work():
        assert cancelling.cancel(booking_id, centre=the_centre(), now=clock.now()) == 0


days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
rules = st.builds(
    Deadlines, st.integers(0, 30), st.integers(0, 30), st.integers(0, 100), st.integers(0, 100), st.integers(0, 30)
)


some_days = st.lists(st.integers(0, 80), max_size=8)  # before the visit


def before(on: date, count: list[int]) -> set[date]:
    return {on - n * DAY for n in count}


@PROPERTY
@given(rules, days, some_days)
def test_terms_are_the_same_when_they_have_been_kept(rule: Deadlines, on: date, closed: list[int]) -> None:
    terms = agreed(rule, on, before(on, closed))
    assert from_kept(as_kept(terms)) == terms


@PROPERTY
@given(rules, days, some_days, some_days, st.integers(0, 60))
def test_what_is_closed_later_never_makes_it_dearer_or_shorter(
    rule: Deadlines, on: date, closed: list[int], later: list[int], days_before: int
) -> None:
    terms, price, today = agreed(rule, on, before(on, closed)), Money(286_001, "NOK"), on - days_before * DAY
    first, then = (standing(terms, price, on, today, before(on, days_off)) for days_off in (closed, closed + later))
    assert then.fee.amount <= first.fee.amount
    assert then.dates == first.dates
    assert not first.is_free_until_later or first.can_move
