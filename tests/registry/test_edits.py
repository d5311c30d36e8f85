"""Staff change agreements, schools and prices: what was booked stays, and what is counted stays right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.agreements.limits import TooManyGroups
from booking.agreements.models import Agreement, Allowance, School, SchoolRules
from booking.agreements.prices import Pays
from booking.agreements.rules import school_year
from booking.bookings.models import Booking
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.planner.plans import Plan
from booking.programmes.models import PriceBy, Programme
from booking.registry import edits
from booking.registry.edits import BelowUsed, Limit
from booking.running.check import breaches
from booking.visits import change, read
from booking.visits.book import book_visit, wants_of
from booking.visits.models import VisitDue
from tests.visits.booked import Centre, a_plan, a_school_centre, a_visit, an_order


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre()


def agree(centre: Centre, **values: object) -> None:
    """Change the agreement as the page does."""
    with unit_of_work():
        agreement = db.session.get_one(Agreement, centre.agreement, with_for_update=True)
        for name, value in values.items():
            setattr(agreement, name, value)
        edits.follow_limits(agreement.id, school_year(clock.now().date()))


def owed(booking_id: int) -> list[tuple[str, int]]:
    db.session.rollback()
    visit = read.of_booking(booking_id, "NOK")
    assert visit is not None
    return visit.by_payer()


def counted(holder: str = "") -> list[tuple[int, int]]:
    """(visits, pupils) of each allowance."""
    db.session.rollback()
    rows = select(Allowance.visits, Allowance.pupils).where(Allowance.holder == holder).order_by(Allowance.key)
    return [tuple(row) for row in db.session.execute(rows)]  # type: ignore[misc]  # two columns


def numbers(booking_id: int, pupils: int, centre: Centre) -> None:
    with unit_of_work():
        change.change_numbers(booking_id, {0: (pupils, 2)}, centre=centre.facts, now=clock.now())


def test_no_change_of_agreement_school_price_or_rules_alters_what_was_booked(centre: Centre) -> None:
    booked = a_visit(centre, "6A")
    before, total = owed(booked.booking_id), db.session.get_one(Booking, booked.booking_id).total
    dues = db.session.execute(select(VisitDue.__table__)).all()
    agree(centre, pays=Pays.SHARE, percent=10, grade_from=1, grade_to=2, municipality="Voss", payer="Bergen")
    agree(centre, active=False, code="ANOTHER-CODE")
    with unit_of_work():
        db.session.get_one(School, centre.school.id).municipality = "Voss"
        db.session.scalars(select(SchoolRules)).one().pupil_price = 99900
        db.session.get_one(Programme, centre.bridges).price_by = PriceBy.FREE
    db.session.expire_all()
    assert db.session.execute(select(VisitDue.__table__)).all() == dues
    assert [sum_ for _payer, sum_ in owed(booked.booking_id)] == [sum_ for _payer, sum_ in before]
    assert db.session.get_one(Booking, booked.booking_id).total == total
    assert breaches() == []


def test_the_deadlines_of_a_visit_are_those_that_held_when_it_was_booked(centre: Centre) -> None:
    booked, now = a_visit(centre, "6A"), clock.now()
    with unit_of_work():
        rules = db.session.scalars(select(SchoolRules)).one()
        rules.free_days, rules.late_percent, rules.number_days = 200, 100, 200
    numbers(booked.booking_id, 20, centre)
    with unit_of_work():
        assert change.cancel_visit(booked.booking_id, centre=centre.facts, now=now) == 0
    later = a_visit(centre, "6B")
    with unit_of_work():
        assert change.cancel_visit(later.booking_id, centre=centre.facts, now=now) == 24 * 11000


def test_a_limit_set_while_classes_book_counts_them_all(app: Flask, centre: Centre) -> None:
    whole = a_plan(centre, "6A", "6B", "6C", programmes_wanted=1)
    plans = [replace(whole, timetables=(timetable,), wants=wants_of((timetable,))) for timetable in whole.timetables]

    def work(plan: Plan | None) -> None:
        with app.app_context():
            try:
                if plan is None:
                    agree(centre, class_visits=1)
                else:
                    with unit_of_work():
                        book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now())
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [plans[0], None, *plans[1:]]))
    assert counted("class") == [(1, 0)] * 3
    assert counted() == [(3, 72)] and breaches() == []


def test_a_stopped_agreement_pays_on_for_its_visits_and_for_no_new_ones(centre: Centre) -> None:
    booked = a_visit(centre, "6A", code="BERGEN")
    agree(centre, active=False, code="ANOTHER-CODE")
    numbers(booked.booking_id, 20, centre)
    assert owed(booked.booking_id) == [("Bergen kommune", 20 * 11000)]
    assert counted() == [(1, 20)]
    later = a_visit(centre, "7B")
    assert owed(later.booking_id) == [("", 24 * 11000)]


def test_a_limit_for_each_class_counts_the_visits_that_were_booked_before_it(centre: Centre) -> None:
    booked = a_visit(centre, "6A")
    assert counted("class") == []
    agree(centre, class_visits=1)
    assert counted("class") == [(1, 0)]
    again = a_visit(centre, "6A")
    assert owed(again.booking_id) == [("", 24 * 11000)]
    with unit_of_work():
        change.cancel_visit(booked.booking_id, centre=centre.facts, now=clock.now())
    assert (counted(), counted("class")) == ([(0, 0)], [(0, 0)])


def test_less_than_a_class_has_had_is_refused_and_names_it(centre: Centre) -> None:
    agree(centre, class_visits=2)
    a_visit(centre, "6A")
    a_visit(centre, "6A")
    with pytest.raises(BelowUsed) as refused:
        agree(centre, class_visits=1)
    assert (refused.value.limit, refused.value.used, refused.value.who) == (Limit.CLASS, 2, "Solbakken skole 6A")
    agree(centre, most_visits=2)
    for limits in ({"most_visits": 1}, {"most_pupils": 47}):
        with pytest.raises(BelowUsed):
            agree(centre, **limits)
    db.session.rollback()
    assert db.session.scalar(select(func.max(Allowance.most_visits)).where(Allowance.holder == "")) == 2


def test_a_school_with_another_number_has_had_the_same_visits(centre: Centre) -> None:
    agree(centre, class_visits=1)
    booked = a_visit(centre, "6A")
    with unit_of_work():
        school = db.session.scalars(select(School)).one()
        school.org_number = "998110009"
        edits.follow_school(school.id, school_year(clock.now().date()))
    assert counted("class") == [(1, 0)]
    with unit_of_work():
        change.cancel_visit(booked.booking_id, centre=centre.facts, now=clock.now())
    assert counted("class") == [(0, 0)]
    assert breaches() == []


def test_a_programme_with_a_price_of_its_own_costs_that(centre: Centre) -> None:
    with unit_of_work():
        bridges = db.session.get_one(Programme, centre.bridges)
        bridges.price_by, bridges.price = PriceBy.GROUP, 150000
    both = a_visit(centre, "6A")
    assert owed(both.booking_id) == [("Bergen kommune", 150000 + 24 * 11000)]
    with unit_of_work():
        alone = book_visit(
            an_order(centre, a_plan(centre, "6B", programmes_wanted=1)), centre=centre.facts, now=clock.now()
        )
    assert owed(alone.booking_id) == [("Bergen kommune", 150000)]
    numbers(alone.booking_id, 10, centre)
    assert owed(alone.booking_id) == [("Bergen kommune", 150000)]
    with unit_of_work():
        bridges = db.session.get_one(Programme, centre.bridges)
        bridges.price_by, bridges.price = PriceBy.FREE, None
    with unit_of_work():
        free = book_visit(
            an_order(centre, a_plan(centre, "6C", programmes_wanted=1)), centre=centre.facts, now=clock.now()
        )
    assert owed(free.booking_id) == []
    assert db.session.get_one(Booking, free.booking_id).total == 0
    assert owed(alone.booking_id) == [("Bergen kommune", 150000)]
    assert breaches() == []


def test_more_classes_than_a_programme_takes_in_one_booking_are_refused(centre: Centre) -> None:
    with unit_of_work():
        db.session.get_one(Programme, centre.body).most_groups = 1
    with pytest.raises(TooManyGroups), unit_of_work():
        book_visit(an_order(centre, a_plan(centre, "6A", "6B")), centre=centre.facts, now=clock.now())
    a_visit(centre, "6A")
