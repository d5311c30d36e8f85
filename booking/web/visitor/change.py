"""Change or cancel a booking oneself: see what it means first, then do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.change import Changed, what_if_cancelled
from booking.bookings.change import cancel as cancel_booking
from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.bookings.purse import purses
from booking.bookings.queries import BookingFacts, named
from booking.bookings.rules import Settlement, refund_deadline
from booking.capacity.models import Channel
from booking.closures.answer import closed_for
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.blueprints import visitor
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import sum_shown
from booking.web.visitor.changes.meaning import too_late
from booking.web.visitor.changes.page import change_page
from booking.web.visitor.changing import ChangeAsksPage, address_again, press_change
from booking.web.visitor.checkout import held_booking, page_of_visit


@dataclass(frozen=True, slots=True)
class CancelPage:
    """What cancelling a booking would give back, before it is done."""

    facts: BookingFacts
    money: Settlement
    refund_until: datetime
    problem: RefusalAnswer | None
    too_late: str  # why it cannot be any more, where that is so


@visitor.get("/b/<secret>/change")
@public
def change(secret: str) -> str:
    """Another time, more or fewer people."""
    return _page(changeable(secret))


@visitor.post("/b/<secret>/change")
@public
def make_change(secret: str) -> ResponseReturnValue:
    """Do it; where something is given up, first say what comes back and ask; what costs more goes by the checkout."""
    facts = changeable(secret)
    if "count" in request.args:
        return redirect(address_again(url_for("visitor.change", secret=secret)), 303)
    back = address_again(url_for("visitor.change", secret=secret))
    return press_change(
        facts,
        "buyer",
        lambda problem: _page(facts, problem),
        lambda page: _asks_page(page, back),
        lambda done: on_from(done, secret),
    )


def _asks_page(page: ChangeAsksPage, back: str) -> str:
    return render_template("visitor/change_asks.html", page=page, back=back)


def on_from(done: Changed | Hold | None, secret: str) -> ResponseReturnValue:
    """On to the checkout with what costs something, else back to the booking."""
    if isinstance(done, Hold):
        return redirect(url_for("visitor.checkout", secret=done.secret), 303)
    return redirect(url_for("visitor.booking", secret=secret, _anchor="done"), 303)


@visitor.get("/b/<secret>/cancel")
@public
def cancel(secret: str) -> str:
    """What cancelling means now."""
    return _cancel_page(changeable(secret))


@visitor.post("/b/<secret>/cancel")
@public
def make_cancellation(secret: str) -> ResponseReturnValue:
    """Cancel; doing it twice is doing it once."""
    facts = held_booking(secret)
    if not facts.is_of_places:
        abort(404)
    _to_the_closed(facts)
    if (there := page_of_visit(facts)) is not None:
        return redirect(there, 303)
    try:
        with unit_of_work():
            cancel_booking(facts.id, centre=centre(), now=clock.now(), shown=sum_shown(request.form.get("shown")))
    except Refusal as refusal:
        answer = sentence(refusal)
        return _cancel_page(facts, answer), answer.status
    return redirect(url_for("visitor.booking", secret=secret, _anchor="done"), 303)


def changeable(secret: str) -> BookingFacts:
    """The confirmed booking of a visitor; ends the request where there is none, or where better rules hold."""
    facts = held_booking(secret)
    if facts.state is not State.CONFIRMED or facts.changes_id is not None or not facts.is_of_places:
        abort(404)
    _to_the_closed(facts)
    if (there := page_of_visit(facts)) is not None:
        abort(redirect(there, 303))
    return facts


def _to_the_closed(facts: BookingFacts) -> None:
    """What we closed is changed and cancelled by better rules than the ordinary ones."""
    if facts.state is State.CONFIRMED and closed_for(facts.id) is not None:
        abort(redirect(url_for("visitor.closed", secret=facts.secret), 303))


def _page(facts: BookingFacts, problem: RefusalAnswer | None = None) -> str:
    address = url_for("visitor.change", secret=facts.secret)
    page = change_page(facts, Channel.PUBLIC, "buyer", address, problem)
    return render_template("visitor/change.html", page=page)


def _cancel_page(facts: BookingFacts, problem: RefusalAnswer | None = None) -> str:
    return render_template(
        "visitor/cancel.html",
        page=CancelPage(
            facts=named(facts),
            money=what_if_cancelled(facts, purses.purse.holding(facts.id), centre=centre(), now=clock.now()),
            refund_until=refund_deadline(facts.starts_at, centre()),
            problem=problem,
            too_late=too_late(facts, clock.now()),
        ),
    )
