"""What the planner wants is what the database gives: to the last place, all at once, and not twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from booking.capacity.audit import wrong_counters
from booking.capacity.models import Channel
from booking.capacity.places import Full, claims_of, take
from booking.catalogue.models import Kind
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.planner.planner import plan_visit
from booking.planner.wish import PlannedSession, PlanningDay, Seating, Stretch, StretchKind, VisitWish
from tests.builders import (
    a_centre,
    a_confirmed_booking,
    a_slot,
    a_space,
    a_stretch,
    a_ticket_type,
    an_activity,
    taken,
    tomorrow,
)
from tests.visits.builders import a_group

HOUR = timedelta(hours=1)


def a_session_in_the_lab(programme: int, lab: int, start: datetime, draws_on: list[int]) -> PlannedSession:
    """A session for one class, which draws on the house while it lasts."""
    end = start + timedelta(minutes=30)
    slot_id = a_slot(programme, 28, start, draws_on, space_id=lab)
    return PlannedSession(slot_id, programme, start, end, 28, lab, draws=tuple(draws_on))


@pytest.fixture
def day(app: Flask) -> PlanningDay:
    """A morning in a house for two classes and nobody else: two sessions, lunch for both, the exhibition."""
    a_centre()
    house, lab, lunch_room = a_space(56, is_house=True), a_space(28), a_space(56)
    nine = tomorrow(9)
    moments = [nine + n * timedelta(minutes=30) for n in range(8)]
    stretches = [a_stretch(house, moment, 56) for moment in moments]
    programme, lunch = an_activity(Kind.PROGRAMME, 28, "Vannets reise"), an_activity(Kind.LUNCH, 56, "Matpakkerom")
    sessions = [a_session_in_the_lab(programme, lab, moments[n], [stretches[n]]) for n in (1, 2)]
    seating = a_slot(lunch, 56, moments[5], [], space_id=lunch_room)
    return PlanningDay(
        nine.date(),
        nine,
        nine + 4 * HOUR,
        tuple(sessions),
        (Seating(seating, moments[5], moments[6], 56, lunch_room),),
        (),
        tuple(
            Stretch(slot_id, StretchKind.HOUSE, moment, moment + timedelta(minutes=30), 56)
            for slot_id, moment in zip(stretches, moments, strict=True)
        ),
    )


@pytest.fixture
def booking_id(day: PlanningDay) -> int:
    """A booking to claim for."""
    entry = an_activity()
    return a_confirmed_booking(a_slot(entry), a_ticket_type(entry)).booking_id


def test_all_that_a_plan_wants_is_taken_at_once_and_fills_the_house_to_the_last_place(
    day: PlanningDay, booking_id: int
) -> None:
    wish = VisitWish((a_group("5A"), a_group("5B")), (day.sessions[0].activity_id,), 30, 30)
    plan = plan_visit(wish, day).plans[0]
    with unit_of_work():
        take(booking_id, plan.wants, Channel.SCHOOL, clock.now())
    while_there = [stretch.slot_id for stretch in day.stretches if stretch.starts_at < plan.leaves_at]
    assert [taken(slot_id) for slot_id in while_there] == [56] * len(while_there)
    assert len(while_there) == 7
    assert wrong_counters() == []


def test_a_second_visit_finds_no_room_and_leaves_nothing_behind(day: PlanningDay, booking_id: int) -> None:
    wish = VisitWish((a_group("5A"), a_group("5B")), (day.sessions[0].activity_id,), 30, 30)
    plan = plan_visit(wish, day).plans[0]
    with unit_of_work():
        take(booking_id, plan.wants, Channel.SCHOOL, clock.now())
    entry = an_activity()
    entry_slot = a_slot(entry)
    other = a_confirmed_booking(entry_slot, a_ticket_type(entry)).booking_id
    with pytest.raises(Full), unit_of_work():
        take(other, plan.wants, Channel.SCHOOL, clock.now())
    assert wrong_counters() == []
    assert [claim.slot_id for claim in claims_of([other])] == [entry_slot]
