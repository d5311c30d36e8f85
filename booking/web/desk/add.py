"""A show or a workshop besides what a party has, at the desk: also once they are in; paid like any change."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.add import add as add_to_booking
from booking.bookings.hold import Hold
from booking.bookings.queries import BookingFacts
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.access import staff, who
from booking.web.desk import desk
from booking.web.desk.change import changeable
from booking.web.languages import centre
from booking.web.refusals import Answer, TooOdd, sentence
from booking.web.visitor.add import choices_of_addition
from booking.web.visitor.tickets import read_picks


@desk.get("/booking/<int:booking_id>/add")
@staff(Role.DESK)
def add(booking_id: int) -> str:
    """What can be added."""
    return _page(changeable(booking_id))


@desk.post("/booking/<int:booking_id>/add")
@staff(Role.DESK)
def make_addition(booking_id: int) -> ResponseReturnValue:
    """Add it; what costs something is shown as a QR code to pay."""
    facts = changeable(booking_id)
    picks, unreadable = read_picks(request.form)
    try:
        if unreadable:
            raise TooOdd
        with unit_of_work():
            done = add_to_booking(facts.id, picks, centre=centre(), now=clock.now(), actor=who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(facts, answer), answer.status
    if isinstance(done, Hold):
        return redirect(url_for("desk.sale", booking_id=done.booking_id), 303)
    return redirect(url_for("desk.party", booking_id=booking_id, told=1), 303)


def _page(facts: BookingFacts, problem: Answer | None = None) -> str:
    values = choices_of_addition(facts, facts.channel)
    return render_template("desk/add.html", present=who(), problem=problem, **values)
