"""A class whose day begins with a show is let in by what brings it into the house, once, and is in the house then."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import delete, select

from booking.catalogue.models import Kind
from booking.door import board, inside
from booking.door.rules import DoorVerdict
from booking.door.visits import ways_in
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.planner.planner import first_plan
from booking.planner.plans import PartKind
from booking.planner.wish import Group, VisitWish
from booking.programmes.offered import programmes
from booking.programmes.shows import shows_for_schools
from booking.running.check import breaches
from booking.visits.book import book_visit
from booking.visits.days import load_days
from booking.visits.models import VisitPart
from tests.door.doors import let_in, party_code, scan
from tests.visits.booked import a_school_centre, an_order
from tests.visits.test_shows import a_show, booked

MINUTE = timedelta(minutes=1)


@pytest.mark.usefixtures("app")
def test_a_class_that_sees_a_show_first_comes_in_with_its_bus_and_is_counted_once() -> None:
    centre = a_school_centre()
    show = a_show()
    (day,) = load_days(
        [centre.on], time(10, 30), time(15, 30), programmes(), centre.facts, clock.now(), shows=shows_for_schools()
    )
    plan = first_plan(VisitWish((Group("6A", 25, 4, 6),), (centre.bridges,), shows=(show,)), day)
    assert plan is not None
    assert [part.kind for part in plan.timetables[0].parts] == [PartKind.SHOW, PartKind.PROGRAMME]
    with unit_of_work():
        booking = book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now()).booking_id
    session = db.session.scalars(select(VisitPart.slot_id).where(VisitPart.kind == PartKind.PROGRAMME)).one()
    comes = plan.arrives_at

    answer = scan(party_code(booking), at=comes)

    assert answer.verdict is DoorVerdict.ASK
    assert answer.party is not None
    assert answer.party.ways_in == {session: ("6A",)}
    let_in(booking, {(ticket.slot_id, ticket.ticket_type_id): ticket.left for ticket in answer.tickets}, at=comes)
    start, end = comes - 60 * MINUTE, comes + 8 * 60 * MINUTE
    groups = board.groups_today(start, end)
    assert [(group.arrived, group.booked) for group in groups] == [(29, 29)]
    people = board.people_today(board.slots_today(start, end), groups)
    assert (people.arrived, people.booked) == (29, 29)
    assert inside.now_inside(start, comes + MINUTE) == 29
    (seen,) = [part for part in groups[0].programme if part.kind is Kind.SHOW]
    assert (seen.booked, seen.starts_at) == (29, plan.timetables[0].parts[0].starts_at)
    assert not breaches()


@pytest.mark.usefixtures("app")
def test_a_class_that_has_nothing_else_of_its_own_is_let_in_by_its_show() -> None:
    centre = a_school_centre()
    show = a_show()
    booking = booked(centre, show)
    with unit_of_work():
        db.session.execute(delete(VisitPart).where(VisitPart.kind.in_((PartKind.PROGRAMME, PartKind.LUNCH))))
    slot = db.session.scalars(select(VisitPart.slot_id).where(VisitPart.kind == PartKind.SHOW)).one()
    entries = db.session.scalars(select(VisitPart.slot_id).where(VisitPart.kind == PartKind.EXHIBITION)).all()
    assert entries == [None]

    assert ways_in(booking) == {slot: ("6A",)}
