"""Add a show or a workshop to what one has already: what runs that day, with room, at a time that is still free."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.add import add as add_to_booking
from booking.bookings.hold import Hold
from booking.bookings.queries import BookingFacts
from booking.capacity.availability import FreeShow, Standing, add_ons_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.queries import activities, offers_of
from booking.extensions import limiter
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.access import public
from booking.web.languages import centre
from booking.web.refusals import Answer, TooOdd, sentence
from booking.web.visitor import visitor
from booking.web.visitor.change import changeable
from booking.web.visitor.tickets import choices_of, read_picks

SOLD = (Standing.FREE, Standing.FEW)


@visitor.get("/b/<secret>/add")
@public
def add(secret: str) -> str:
    """What can be added."""
    return _page(changeable(secret))


@visitor.post("/b/<secret>/add")
@limiter.limit("30 per minute")
@public
def make_addition(secret: str) -> ResponseReturnValue:
    """Add it; what costs something goes by the checkout."""
    facts = changeable(secret)
    picks, unreadable = read_picks(request.form)
    try:
        if unreadable:
            raise TooOdd
        with unit_of_work():
            done = add_to_booking(facts.id, picks, centre=centre(), now=clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(facts, answer), answer.status
    if isinstance(done, Hold):
        return redirect(url_for("visitor.checkout", secret=done.secret), 303)
    return redirect(url_for("visitor.booking", secret=secret), 303)


def additions(facts: BookingFacts, channel: Channel, now: datetime) -> list[FreeShow]:
    """What runs on the visit's day that this booking could have too: with room, once they are in, at a free time."""
    kinds = activities({line.activity_id for line in facts.lines})
    entries = [line for line in facts.lines if not kinds[line.activity_id].needs_admission]
    if not entries:
        return []
    seated = [line for line in facts.lines if kinds[line.activity_id].needs_admission]
    inside = sum(line.quantity * line.admits for line in entries)
    start = at(centre().local(facts.starts_at).date(), time(0), centre().zone)
    found = []
    for show in add_ons_between(start, start + timedelta(days=1), channel, now):
        busy = sum(
            line.quantity * line.admits
            for line in seated
            if line.starts_at < show.ends_at and show.starts_at < line.ends_at
        )
        is_sold = show.standing(1, centre().few_left, now) in SOLD and show.starts_at > now
        if is_sold and busy < inside and show.starts_at >= min(line.starts_at for line in entries):
            found.append(show)
    return found


def choices_of_addition(facts: BookingFacts, channel: Channel) -> dict[str, object]:
    """What the form shows: each time with its ticket types, nothing chosen yet or as typed."""
    shows = additions(facts, channel, clock.now())
    offers = offers_of({show.activity_id for show in shows}) if shows else {}
    return {
        "facts": facts,
        "shows": [(show, choices_of(show, offers, centre(), request.form, {}, 0)) for show in shows],
    }


def _page(facts: BookingFacts, problem: Answer | None = None) -> str:
    return render_template("visitor/add.html", problem=problem, **choices_of_addition(facts, Channel.PUBLIC))
