"""The yes to a free booking, by the link in a mail. Opening the page does nothing: mail scanners open links too."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.bookings import queries
from booking.bookings.limits import free
from booking.bookings.limits.places import person_of
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.settings import settings_of
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.refusals import RefusalAnswer, sentence


@dataclass(frozen=True, slots=True)
class FreeYesPage:
    """A free booking that waits for a yes by the link in its letter."""

    key: str
    facts: BookingFacts
    problem: RefusalAnswer | None
    gone: bool


@visitor.get("/yes/<key>")
@public
def free_yes(key: str) -> ResponseReturnValue:
    """What is asked for, and the button."""
    facts, _person = _opened(key)
    if facts.state is State.CONFIRMED:
        return redirect(url_for("visitor.booking", secret=facts.secret), 303)
    return _page(key, facts)


@visitor.post("/yes/<key>")
@limiter.limit("30 per hour")
@public
def say_free_yes(key: str) -> ResponseReturnValue:
    """Yes: the booking is confirmed and the tickets are on their way."""
    facts, person = _opened(key)
    try:
        with unit_of_work():
            free.say_yes(facts.id, person, clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(key, facts, answer), answer.status
    return redirect(url_for("visitor.booking", secret=facts.secret), 303)


def _opened(key: str) -> tuple[BookingFacts, str]:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    opened = free.opened_by(key, settings_of(app).secret_key)
    facts = queries.by_id(opened[0]) if opened else None
    if opened is None or facts is None or person_of(facts.email) != opened[1]:
        abort(404)
    return facts, opened[1]


def _page(key: str, facts: BookingFacts, problem: RefusalAnswer | None = None) -> str:
    gone = not facts.is_living(clock.now())
    page = FreeYesPage(key=key, facts=queries.named(facts), problem=problem, gone=gone)
    return render_template("visitor/free_yes.html", page=page)
