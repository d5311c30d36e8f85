"""A show that a class sees as part of its day: places of the same counter as everybody's, a price of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.models import SchoolRules
from booking.bookings.models import Booking, Line
from booking.capacity.models import Claim, Slot
from booking.capacity.places import Closed, Full
from booking.catalogue.models import Activity, Kind, Offer
from booking.invoicing.receivables import open_receivables
from booking.invoicing.sentences import lines_of
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.planner.missed import Hours
from booking.planner.planner import first_plan, plan_visit
from booking.planner.plans import PartKind, Plan
from booking.planner.wish import Group, VisitWish
from booking.programmes.models import SchoolShow
from booking.programmes.offered import programmes
from booking.programmes.shows import shows_for_schools
from booking.running.check import breaches
from booking.visits import adjust, alternatives
from booking.visits.adjust import Cause
from booking.visits.alternatives import with_one_more
from booking.visits.book import book_visit
from booking.visits.change import cancel_visit, change_numbers
from booking.visits.days import load_days
from booking.visits.plan_text import plan_from, plan_values
from booking.visits.read import VisitFacts, of_booking
from tests.builders import a_confirmed_booking, a_hold, a_slot, a_space, a_ticket_type, an_activity
from tests.closures.closing import closed
from tests.visits.booked import Centre, a_monday, a_school_centre, an_order, taken_of
from tests.visits.builders import STARS, WATER, a_day, a_group, a_session
from tests.visits.test_alternatives_properties import booked as booked_by


def a_show(capacity: int = 40, price: int = 4000, **columns: object) -> int:
    """A show at eleven, open to grades 1 to 7, for 40 kroner a pupil with 25 % VAT."""
    show, hall = an_activity(Kind.SHOW, capacity, "Lightning"), a_space(120)
    a_ticket_type(show, 6000, "Seat")
    a_slot(show, capacity, a_monday() + timedelta(hours=2, minutes=30), space_id=hall)
    values: dict[str, object] = {"is_open": True, "price": price, "vat_rate": 2500, "grade_from": 1, "grade_to": 7}
    with unit_of_work():
        db.session.add(SchoolShow(activity_id=show, **(values | columns)))
    return show


def the_day(centre: Centre, show: int, pupils: int = 25) -> Plan:
    """The best plan of 6A with a programme, the show and lunch."""
    (day,) = load_days(
        [centre.on], time(9), time(15, 30), programmes(), centre.facts, clock.now(), shows=shows_for_schools()
    )
    wish = VisitWish((Group("6A", pupils, 4, 6),), (centre.bridges,), 30, 30, shows=(show,))
    answer = plan_visit(wish, day)
    assert answer.plans, answer.reasons
    return answer.plans[0]


def booked(centre: Centre, show: int) -> int:
    """That plan as it comes back from the page, booked."""
    plan = plan_from(plan_values(the_day(centre, show)))
    with unit_of_work():
        return book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now()).booking_id


def facts_of(booking_id: int) -> VisitFacts:
    """The visit of a booking as it stands."""
    db.session.rollback()
    visit = of_booking(booking_id, "NOK")
    assert visit is not None
    return visit


def total_of(booking_id: int) -> int:
    """What a booking comes to."""
    return db.session.scalars(select(Booking.total).where(Booking.id == booking_id)).one()


def shown_dues(booking_id: int, show: int) -> list[int]:
    """What is owed for the show, by group."""
    visit = of_booking(booking_id, "NOK")
    assert visit is not None
    return [due.due.amount.minor for due in visit.dues if due.due.show_id == show]


@pytest.mark.usefixtures("app")
def test_a_class_books_a_show_with_its_day_and_the_school_pays_it_itself() -> None:
    centre = a_school_centre()
    show = a_show()

    booking_id = booked(centre, show)

    assert taken_of(show) == [29]  # 25 pupils and 4 adults, all with a seat
    visit = of_booking(booking_id, "NOK")
    assert visit is not None
    (timetable,) = visit.timetables
    assert sorted(part.kind for part in timetable.parts) == ["exhibition", "lunch", "programme", "show"]
    for before, then in zip(timetable.parts, timetable.parts[1:], strict=False):
        assert before.ends_at <= then.starts_at
    assert visit.titles[show]["en"] == "Lightning"
    assert shown_dues(booking_id, show) == [25 * 4000]  # four adults come free with 25 pupils
    assert visit.for_shows == 25 * 4000
    assert dict(visit.by_payer()) == {"": 25 * 4000, "Bergen kommune": 25 * 11000}
    lines = db.session.execute(
        select(Line.unit_price, Line.vat_rate).join(Slot).where(Line.booking_id == booking_id, Slot.activity_id == show)
    )
    assert sorted(lines.all()) == [(0, 2500), (100000, 2500)]
    assert total_of(booking_id) == sum(due.due.amount.minor for due in visit.dues)
    assert not breaches()


@pytest.mark.usefixtures("app")
def test_more_pupils_draw_more_of_the_show_and_fewer_give_back() -> None:
    centre = a_school_centre()
    show = a_show()
    booking_id = booked(centre, show)
    with unit_of_work():
        db.session.get_one(SchoolShow, show).price = 9900  # who has booked keeps the price

    with unit_of_work():
        change_numbers(booking_id, {0: (26, 4)}, centre=centre.facts, now=clock.now())
    assert (taken_of(show), shown_dues(booking_id, show)) == ([30], [26 * 4000])
    with unit_of_work():
        change_numbers(booking_id, {0: (20, 4)}, centre=centre.facts, now=clock.now())
    assert (taken_of(show), shown_dues(booking_id, show)) == ([24], [20 * 4000 + 4000])  # one adult pays now
    with unit_of_work():
        cancel_visit(booking_id, centre=centre.facts, now=clock.now())
    assert taken_of(show) == [0]
    assert not breaches()


@pytest.mark.usefixtures("app")
def test_where_the_show_is_full_the_whole_visit_is_refused_and_takes_nothing() -> None:
    centre = a_school_centre()
    show = a_show(capacity=30)
    plan = the_day(centre, show)
    slot = db.session.scalars(select(Slot).where(Slot.activity_id == show)).one()
    seat = db.session.scalars(select(Offer.ticket_type_id).where(Offer.activity_id == show)).one()
    a_confirmed_booking(slot.id, seat, 2)  # the public has the last places

    with pytest.raises(Full), unit_of_work():
        book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now())

    assert taken_of(show) == [2]
    assert sum(taken_of(centre.bridges)) == 0
    assert not breaches()


@pytest.mark.usefixtures("app")
def test_a_show_is_closed_to_classes_until_the_centre_opens_it_and_when_it_closes_it_again() -> None:
    centre = a_school_centre()
    show = a_show()
    plan = the_day(centre, show)
    with unit_of_work():
        db.session.get_one(SchoolShow, show).is_open = False

    assert shows_for_schools() == []
    with pytest.raises(Closed), unit_of_work():
        book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now())
    assert taken_of(show) == [0]
    assert db.session.scalars(select(Claim)).all() == []


@pytest.mark.usefixtures("app")
def test_the_invoice_has_the_show_on_a_line_of_its_own_with_its_vat() -> None:
    centre = a_school_centre()
    show = a_show()
    booking_id = booked(centre, show)
    later = clock.now() + timedelta(weeks=6)

    receivables = [each for each in open_receivables(centre.facts, later) if each.booking_id == booking_id]

    (own,) = [each for each in receivables if each.payer.name == "Solbakken skole"]
    assert [(part.vat_rate, part.gross) for part in own.parts] == [(2500, 100000)]
    (line,) = lines_of(own, "nb", together=False)
    assert (line.text, line.gross, line.vat_rate) == ("Show: Lightning, 6A", 100000, 2500)
    (paid,) = [each for each in receivables if each.payer.name == "Bergen kommune"]
    assert {(part.vat_rate, part.show) for part in paid.parts} == {(1200, None)}


@pytest.mark.usefixtures("app")
def test_a_show_is_invoiced_as_one_whatever_kind_the_activity_is_of_by_now() -> None:
    centre = a_school_centre()
    show = a_show()
    booking_id = booked(centre, show)
    with unit_of_work():
        db.session.get_one(Activity, show).kind = Kind.WORKSHOP

    receivables = open_receivables(centre.facts, clock.now() + timedelta(weeks=6))

    parts = {
        (each.payer.name, part.vat_rate, part.gross, part.show is not None)
        for each in receivables
        if each.booking_id == booking_id
        for part in each.parts
    }
    assert parts == {
        ("Solbakken skole", 2500, 100000, True),
        ("Bergen kommune", 1200, 25 * 11000, False),
    }


@pytest.mark.usefixtures("app")
def test_of_a_show_that_does_not_take_place_a_class_is_rid_at_no_cost_and_its_places_are_back() -> None:
    centre = a_school_centre()
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(free_days=200))  # otherwise it is too late to cancel for nothing
    show = a_show()
    booking_id = booked(centre, show)
    slot = db.session.scalars(select(Slot.id).where(Slot.activity_id == show)).one()
    closed(slot)

    (day,) = load_days(
        [centre.on], time(9), time(15, 30), programmes(), centre.facts, clock.now(), shows=shows_for_schools()
    )
    assert not [session for session in day.sessions if session.slot_id == slot and session.free]
    with pytest.raises(Closed), unit_of_work():
        change_numbers(booking_id, {0: (26, 4)}, centre=centre.facts, now=clock.now())
    with unit_of_work():
        change_numbers(booking_id, {0: (20, 4)}, centre=centre.facts, now=clock.now())
    assert taken_of(show) == [24]
    with unit_of_work():
        assert cancel_visit(booking_id, centre=centre.facts, now=clock.now()) == 0
    assert taken_of(show) == [0]
    assert not breaches()


@pytest.mark.usefixtures("app")
def test_what_a_late_bus_misses_is_given_back_and_not_paid() -> None:
    centre = a_school_centre()
    show = a_show()
    booking_id = booked(centre, show)
    before = facts_of(booking_id)
    (seen,) = [part for part in before.timetables[0].parts if part.kind is PartKind.SHOW]
    hours = Hours(seen.starts_at + timedelta(minutes=5), before.leaves_at + timedelta(hours=2))
    now = before.arrives_at
    day = alternatives.day_of(before, hours, programmes(), centre.facts, now, on_the_day=True)

    proposal = alternatives.fitted(before, hours, day)[0]
    assert [(lost.kind, lost.activity_id) for lost in proposal.missed if lost.activity_id == show] == [
        (PartKind.SHOW, show)
    ]
    with unit_of_work():
        adjust.accept(booking_id, proposal.plan, Cause.BUS, 1, centre=centre.facts, now=now)
    assert (taken_of(show), shown_dues(booking_id, show)) == ([0], [])
    assert not breaches()


@pytest.mark.usefixtures("app")
def test_one_class_more_sees_the_show_with_the_others_and_a_class_fewer_gives_its_places_back() -> None:
    centre = a_school_centre()
    show = a_show(capacity=60)
    booking_id = booked(centre, show)
    before = facts_of(booking_id)
    hours = Hours(before.arrives_at, before.leaves_at)
    day = alternatives.day_of(before, hours, programmes(), centre.facts, clock.now())

    proposal = alternatives.with_one_more(before, Group("6B", 20, 2, 6), day)
    assert proposal is not None
    with unit_of_work():
        adjust.accept(booking_id, proposal.plan, Cause.CLASSES, 1, centre=centre.facts, now=clock.now())
    assert (taken_of(show), shown_dues(booking_id, show)) == ([29 + 22], [25 * 4000, 20 * 4000])
    with unit_of_work():
        adjust.drop_class(booking_id, 0, 2, centre=centre.facts, now=clock.now())
    assert (taken_of(show), shown_dues(booking_id, show)) == ([22], [20 * 4000])
    assert not breaches()


def test_one_class_more_in_a_show_leaves_the_others_where_they_are() -> None:
    """Though they could go home earlier by now: what they were told stands."""
    show = a_session(30, STARS, "11:00", 30, free=90, shared=True, educators=0)
    late = a_day((a_session(1, WATER, "12:00"), show))
    plan = first_plan(VisitWish((a_group(),), (WATER,), shows=(STARS,)), late)
    assert plan is not None
    early = a_session(2, WATER, "9:45"), a_session(3, WATER, "9:45", space_id=None)
    there = replace(late, departure=plan.leaves_at, sessions=(*late.sessions, *early))

    proposal = with_one_more(booked_by(plan), a_group("5B"), there)

    assert proposal is not None
    first, more = proposal.plan.timetables
    assert first.parts == plan.timetables[0].parts
    assert [part.slot_ids for part in more.parts if part.kind is PartKind.SHOW] == [(30,)]


def test_while_the_public_buys_the_last_seats_a_class_has_the_show_whole_or_no_visit_at_all(app: Flask) -> None:
    centre = a_school_centre()
    show = a_show(capacity=40)
    plan = the_day(centre, show)
    slot = db.session.scalars(select(Slot.id).where(Slot.activity_id == show)).one()
    seat = db.session.scalars(select(Offer.ticket_type_id).where(Offer.activity_id == show)).one()
    db.session.rollback()

    def the_class() -> str:
        with app.app_context():
            try:
                with unit_of_work():
                    book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now())
            except Full:
                return "full"
            return "booked"

    def a_visitor(_number: int) -> int:
        with app.app_context():
            try:
                a_hold(slot, seat, 2)
            except Full:
                return 0
            return 2

    with ThreadPoolExecutor(8) as pool:
        visitors = [pool.submit(a_visitor, number) for number in range(12)]
        school = pool.submit(the_class)
        sold, answer = sum(visitor.result() for visitor in visitors), school.result()

    of_class = 29 if answer == "booked" else 0
    assert taken_of(show) == [sold + of_class]
    assert sold + of_class <= 40
    assert sum(taken_of(centre.bridges)) == of_class
    assert not breaches()
