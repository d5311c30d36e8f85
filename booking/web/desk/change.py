"""Another time or another number, by staff: no deadline, the buyer's prices, what costs more is paid like a sale."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings import queries
from booking.bookings.change import Changed
from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.closures.answer import closed_for
from booking.staff.models import Role
from booking.web.blueprints import desk
from booking.web.desk.party_page import CHANGED
from booking.web.guards.access import staff, who
from booking.web.refusals import RefusalAnswer
from booking.web.visitor.changes.page import change_page
from booking.web.visitor.changing import ChangeAsksPage, address_again, press_change
from booking.web.visitor.checkout import page_of_visit


@desk.get("/booking/<int:booking_id>/change")
@staff(Role.DESK)
def change(booking_id: int) -> str:
    """Choose another time or another number."""
    return _page(changeable(booking_id))


@desk.post("/booking/<int:booking_id>/change")
@staff(Role.DESK)
def make_change(booking_id: int) -> ResponseReturnValue:
    """Make the change; what costs more is to be paid."""
    facts = changeable(booking_id)
    if "count" in request.args:
        return redirect(address_again(url_for("desk.change", booking_id=booking_id)), 303)
    back = address_again(url_for("desk.change", booking_id=booking_id))
    return press_change(
        facts,
        who().actor,
        lambda problem: _page(facts, problem),
        lambda page: _asks_page(page, back),
        lambda done: on_from(done, booking_id),
    )


def _asks_page(page: ChangeAsksPage, back: str) -> str:
    return render_template("desk/change_asks.html", page=page, present=who(), back=back)


def on_from(done: Changed | Hold | None, booking_id: int) -> ResponseReturnValue:
    """On to be paid with what costs something, else back to the party."""
    if isinstance(done, Hold):
        return redirect(url_for("desk.sale", booking_id=done.booking_id), 303)
    return redirect(url_for("desk.party", booking_id=booking_id, told=CHANGED), 303)


def _page(facts: BookingFacts, problem: RefusalAnswer | None = None) -> str:
    address = url_for("desk.change", booking_id=facts.id)
    page = change_page(facts, facts.channel, who().actor, address, problem)
    return render_template("desk/change.html", page=page, present=who())


def changeable(booking_id: int) -> BookingFacts:
    """A party's confirmed booking; ends the request where there is none, or where other rules hold."""
    facts = queries.by_id(booking_id) if booking_id < 10**18 else None
    if facts is None or facts.state is not State.CONFIRMED or facts.changes_id is not None or not facts.is_of_places:
        abort(404)
    if (there := page_of_visit(facts)) is not None:
        abort(redirect(there, 303))  # classes are counted by plan, not by ticket
    if closed_for(facts.id) is not None:
        abort(redirect(url_for("desk.closed", booking_id=facts.id), 303))  # free of charge there
    return facts
