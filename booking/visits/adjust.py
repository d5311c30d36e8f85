"""Let a booked visit be what was proposed for it: another plan on its day, lunch, one class more or fewer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from booking.agreements.deadlines import PastDeadline
from booking.bookings.models import State
from booking.bookings.refusals import TooLate, WrongState
from booking.bookings.store import lock
from booking.centre.facts import CentreFacts
from booking.kernel.database import db, insert_once
from booking.kernel.refusals import Refusal
from booking.planner.plans import Plan
from booking.records.audit import note
from booking.visits.change import check_number, follow, people_of, standing_of
from booking.visits.models import VisitReplan
from booking.visits.read import VisitFacts, of_booking, plan_of

MOST_GROUPS = 8


class Cause(StrEnum):
    """Why a visit gets another plan."""

    BUS = "bus"  # it is late, or must leave earlier
    LUNCH = "lunch"
    CLASSES = "classes"


class NotThatDay(Refusal):
    """This can be said on the day of the visit alone."""


class LastClass(Refusal):
    """A visit without any class is to be cancelled instead."""


def accept(booking_id: int, plan: Plan, cause: Cause, version: int, *, centre: CentreFacts, now: datetime) -> None:
    """Let the visit follow a plan that was proposed to its teacher; call inside a unit of work.

    Raises PastDeadline for lunch and classes, NotThatDay and TooLate for the bus, and what `follow` raises.
    """

    def check(facts: VisitFacts) -> None:
        if cause is not Cause.CLASSES and people_of(facts.timetables) != people_of(plan.timetables):
            raise NotThatDay
        _check(cause, facts, plan, centre, now)
        if cause is Cause.BUS:
            _remember(facts, plan, now)

    follow(booking_id, plan, version, check, centre=centre, now=now)


def drop_class(booking_id: int, place: int, version: int, *, centre: CentreFacts, now: datetime) -> None:
    """Let one class, by its place in the visit, stay at home; call inside a unit of work.

    Places, lunch, prices and agreements follow. Raises LastClass, PastDeadline, and what `follow` raises.
    """
    facts = _read(booking_id, centre)
    rest = tuple(timetable for number, timetable in enumerate(facts.timetables) if number != place)
    if not rest or len(rest) == len(facts.timetables):
        raise LastClass
    plan = plan_of(facts, rest)
    follow(
        booking_id, plan, version, lambda visit: _check(Cause.CLASSES, visit, plan, centre, now), centre=centre, now=now
    )


def set_needs(booking_id: int, needs: str) -> None:
    """What the educator and the desk should know of those who come; call inside a unit of work. Raises WrongState."""
    (booking,) = lock(booking_id)
    if booking.state not in (State.CONFIRMED, State.PENDING):
        raise WrongState(booking.state.value)
    booking.needs = needs
    note("buyer", "visit.needs", f"booking:{booking_id}")


def replanned(visit_id: int) -> VisitReplan | None:
    """What the plan was before it was made anew on the day; None when it was not."""
    return db.session.get(VisitReplan, visit_id)


def _read(booking_id: int, centre: CentreFacts) -> VisitFacts:
    """The visit as it stands in this unit of work."""
    facts = of_booking(booking_id, centre.currency)
    if facts is None:
        raise LookupError(booking_id)
    return facts


def _remember(facts: VisitFacts, plan: Plan, now: datetime) -> None:
    """For the desk: when they come now, and what the first plan was."""
    values = {
        "visit_id": facts.id,
        "at": now,
        "planned_arrival": facts.arrives_at,
        "planned_departure": facts.leaves_at,
    }
    insert_once(VisitReplan, "visit_id", values)
    if plan.arrives_at > facts.arrives_at:
        (booking,) = lock(facts.booking_id)
        booking.expected_at = plan.arrives_at


def _check(cause: Cause, facts: VisitFacts, plan: Plan, centre: CentreFacts, now: datetime) -> None:
    on, today = centre.local(facts.arrives_at).date(), centre.local(now).date()
    if centre.local(plan.arrives_at).date() != on:
        raise NotThatDay
    match cause:
        case Cause.BUS:
            if on != today:
                raise NotThatDay
            if plan.arrives_at < min(now, facts.arrives_at):
                raise TooLate(facts.arrives_at)
        case Cause.LUNCH:
            standing = standing_of(facts, 0, centre, now)
            if not standing.can_change_lunch:
                raise PastDeadline(standing.dates.lunch_until)
        case Cause.CLASSES:
            check_number(standing_of(facts, 0, centre, now))
