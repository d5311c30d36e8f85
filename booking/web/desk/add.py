"""A show or a workshop besides what a party has, at the desk: also once they are in; paid like any change."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.bookings.queries import BookingFacts
from booking.staff.models import Role
from booking.web.blueprints import desk
from booking.web.desk.change import changeable, on_from
from booking.web.guards.access import staff, who
from booking.web.refusals import RefusalAnswer
from booking.web.visitor.add import choices_of_addition
from booking.web.visitor.changing import press_addition


@desk.get("/booking/<int:booking_id>/add")
@staff(Role.DESK)
def add(booking_id: int) -> str:
    """What can be added."""
    return _page(changeable(booking_id))


@desk.post("/booking/<int:booking_id>/add")
@staff(Role.DESK)
def make_addition(booking_id: int) -> ResponseReturnValue:
    """Add it; what costs something is to be paid."""
    facts = changeable(booking_id)
    return press_addition(
        facts, who().actor, lambda problem: _page(facts, problem), lambda done: on_from(done, booking_id)
    )


def _page(facts: BookingFacts, problem: RefusalAnswer | None = None) -> str:
    page = choices_of_addition(facts, facts.channel, problem)
    return render_template("desk/add.html", page=page, present=who())
