"""A show that a class sees as part of its day: places of the same counter as everybody's, a price of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings.models import Booking, Line
from booking.capacity.models import Claim, Slot
from booking.capacity.places import Closed, Full
from booking.catalogue.models import Kind, Offer
from booking.invoicing.receivables import open_receivables
from booking.invoicing.sentences import lines_of
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.planner.planner import plan_visit
from booking.planner.plans import Plan
from booking.planner.wish import Group, VisitWish
from booking.programmes.models import SchoolShow
from booking.programmes.offered import programmes
from booking.programmes.shows import shows_for_schools
from booking.running.check import breaches
from booking.visits.book import book_visit
from booking.visits.change import cancel_visit, change_numbers
from booking.visits.days import load_days
from booking.visits.plan_text import plan_from, plan_values
from booking.visits.read import of_booking
from tests.builders import a_confirmed_booking, a_hold, a_slot, a_space, a_ticket_type, an_activity
from tests.visits.booked import Centre, a_monday, a_school_centre, an_order, taken_of


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
