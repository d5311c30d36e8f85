"""Another time or another number, by staff: no deadline, the buyer's prices, what costs more is paid like a sale."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.change import change as change_booking
from booking.bookings.change import what_if
from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.bookings.rules import AnotherSum, Settlement
from booking.closures.answer import closed_for
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.access import staff, who
from booking.web.desk import desk
from booking.web.forms import sum_shown
from booking.web.languages import centre
from booking.web.refusals import Answer, sentence
from booking.web.visitor.change import asked_change, choices_of_change, wished_change
from booking.web.visitor.checkout import page_of_visit


@desk.get("/booking/<int:booking_id>/change")
@staff(Role.DESK)
def change(booking_id: int) -> str:
    """Choose another time or another number."""
    return _page(changeable(booking_id))


@desk.post("/booking/<int:booking_id>/change")
@staff(Role.DESK)
def make_change(booking_id: int) -> ResponseReturnValue:
    """Make the change; what costs more is shown as a QR code to pay."""
    facts = changeable(booking_id)
    try:
        picks = wished_change(facts)
        shown = sum_shown(request.form.get("shown"))
        if shown is None:
            money = what_if(facts, picks, centre=centre(), now=clock.now())
            if money.given_up:
                return _asking(facts, picks, money)
        with unit_of_work():
            done = change_booking(facts.id, picks, centre=centre(), now=clock.now(), actor=who().actor, shown=shown)
    except AnotherSum as other:
        money = what_if(facts, picks, centre=centre(), now=clock.now())
        return _asking(facts, picks, money, sentence(other)), 409
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(facts, answer), answer.status
    if isinstance(done, Hold):
        return redirect(url_for("desk.sale", booking_id=done.booking_id), 303)
    return redirect(url_for("desk.party", booking_id=booking_id, told=1), 303)


def _asking(facts: BookingFacts, picks: Sequence[Pick], money: Settlement, problem: Answer | None = None) -> str:
    back, values = url_for("desk.change", booking_id=facts.id), asked_change(facts, picks, money)
    return render_template("desk/change_asks.html", present=who(), problem=problem, back=back, **values)


def _page(facts: BookingFacts, problem: Answer | None = None) -> str:
    values = choices_of_change(facts, facts.channel)
    return render_template("desk/change.html", present=who(), problem=problem, **values)


def changeable(booking_id: int) -> BookingFacts:
    """A party's confirmed booking; ends the request where there is none, or where other rules hold."""
    facts = queries.by_id(booking_id) if booking_id < 10**18 else None
    if facts is None or facts.state is not State.CONFIRMED or facts.changes_id is not None:
        abort(404)
    if (there := page_of_visit(facts)) is not None:
        abort(redirect(there, 303))  # classes are counted by plan, not by ticket
    if closed_for(facts.id) is not None:
        abort(redirect(url_for("desk.closed", booking_id=facts.id), 303))  # free of charge there
    return facts
