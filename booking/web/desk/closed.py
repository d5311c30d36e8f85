"""What a party has booked is closed, and they stand at the desk or call: the same choices as they have themselves."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.bookings import queries
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.closures import answer
from booking.closures.answer import ClosedFor
from booking.staff.models import Role
from booking.visits.read import is_visit
from booking.web.blueprints import desk
from booking.web.desk.party_page import CHANGED
from booking.web.guards.access import staff, who
from booking.web.refusals import RefusalAnswer
from booking.web.visitor.closed import move_to_new_times, pay_back, ways_out


@desk.get("/booking/<int:booking_id>/closed")
@staff(Role.DESK)
def closed(booking_id: int) -> str:
    """The nearest times with room for all of them, and their money."""
    return _page(*_closed(booking_id))


@desk.post("/booking/<int:booking_id>/closed/move")
@staff(Role.DESK)
def take_new_time(booking_id: int) -> ResponseReturnValue:
    """Another time, free of charge."""
    facts, shut = _closed(booking_id)
    if problem := move_to_new_times(facts, shut, who().actor):
        return _page(facts, shut, problem), problem.status
    return redirect(url_for("desk.party", booking_id=booking_id, told=CHANGED), 303)


@desk.post("/booking/<int:booking_id>/closed/refund")
@staff(Role.DESK)
def give_money_back(booking_id: int) -> ResponseReturnValue:
    """All of it, or what the closed part cost."""
    facts, shut = _closed(booking_id)
    if problem := pay_back(facts, shut, who().actor):
        return _page(facts, shut, problem), problem.status
    return redirect(url_for("desk.party", booking_id=booking_id, told=1), 303)


def _closed(booking_id: int) -> tuple[BookingFacts, ClosedFor]:
    facts = queries.by_id(booking_id) if booking_id < 10**18 else None
    if facts is None or facts.state is not State.CONFIRMED or facts.changes_id is not None:
        abort(404)
    if is_visit(booking_id):
        abort(redirect(url_for("teacher.visit", secret=facts.secret), 303))  # a class moves by its plan
    shut = answer.closed_for(booking_id)
    if shut is None:
        abort(redirect(url_for("desk.party", booking_id=booking_id), 303))
    return facts, shut


def _page(facts: BookingFacts, shut: ClosedFor, problem: RefusalAnswer | None = None) -> str:
    return render_template("desk/closed.html", page=ways_out(facts, shut, problem), present=who())
