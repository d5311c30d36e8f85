"""Add a show or a workshop to what one has already: what runs that day, with room, at a time that is still free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from booking.bookings.by_code.beforehand import Beforehand, beforehand_of_more
from booking.bookings.numbers import NumbersAsked
from booking.bookings.queries import BookingFacts
from booking.capacity.availability import Availability, FreeShow, add_ons_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.queries import TicketOffer, offers_of
from booking.contests.room import teams_in
from booking.kernel import clock
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer
from booking.web.visitor.change import changeable, on_from
from booking.web.visitor.changing import numbers_asked, press_addition
from booking.web.visitor.choosing import TicketChoice, choices_of
from booking.web.visitor.tickets import warnings_read

SOLD = (Availability.FREE, Availability.FEW)


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
    return press_addition(facts, "buyer", lambda problem: _page(facts, problem), lambda done: on_from(done, secret))


def additions(facts: BookingFacts, channel: Channel, now: datetime) -> list[FreeShow]:
    """What runs on the visit's day that this booking could have too: with room, once they are in, at a free time.

    Of a pass, on each of its days.
    """
    seated = [line for line in facts.lines if not line.lets_in]
    local = centre().local
    first, last = (local(moment).date() for moment in (facts.starts_at, facts.last_at or facts.starts_at))
    start, end = (at(day, time(0), centre().zone) for day in (first, last + timedelta(days=1)))
    free_shows = []
    days = {local(line.starts_at).date() for line in facts.lines}
    shows = [show for show in add_ons_between(start, end, channel, now) if local(show.starts_at).date() in days]
    teams = teams_in(shows)
    for show in shows:
        busy = sum(
            line.quantity * line.admits
            for line in seated
            if line.activity_id != show.part_of and line.starts_at < show.ends_at and show.starts_at < line.ends_at
        )
        is_sold = teams.standing(show, centre().few_left, now) in SOLD and show.starts_at > now
        has_pass = any(line.of_pass and line.slot_id == show.slot_id for line in facts.lines)
        if is_sold and not has_pass and busy < _who_may_come(facts, show):
            free_shows.append(show)
    return free_shows


def _who_may_come(facts: BookingFacts, show: FreeShow) -> int:
    """How many of them may have the show besides: whoever has entry by then, or the festival's own ticket.

    What is sold alone may be had by all of them.
    """
    if show.part_of is None and not show.needs_admission:
        return facts.people
    day = centre().local(show.starts_at).date()
    that_day = [line for line in facts.lines if centre().local(line.starts_at).date() == day]
    by_then = [line for line in that_day if line.starts_at <= show.starts_at]
    ways_in = [line for line in by_then if show.goes_with(line.activity_id, line.lets_in)]
    return sum(line.quantity * line.admits for line in ways_in)


@dataclass(frozen=True, slots=True)
class AddPage:
    """What can be added to a booking: each time with its ticket types, nothing chosen yet or as typed."""

    facts: BookingFacts
    problem: RefusalAnswer | None
    knows: list[str]  # the warnings that have been read
    numbers: list[tuple[NumbersAsked, str]]
    shows: list[tuple[FreeShow, list[TicketChoice]]]
    adds_up: bool  # tickets together cost what they cost by themselves


def choices_of_addition(facts: BookingFacts, channel: Channel, problem: RefusalAnswer | None = None) -> AddPage:
    """What the form shows: each time with its ticket types, nothing chosen yet or as typed."""
    shows = additions(facts, channel, clock.now())
    offers = offers_of({show.activity_id for show in shows}) if shows else {}
    lowering = beforehand_of_more(facts, centre(), clock.now()) if shows else Beforehand()
    return AddPage(
        facts=facts,
        problem=problem,
        knows=warnings_read(problem),
        numbers=numbers_asked(facts, request.form),
        shows=[(show, _of_show(show, offers, lowering)) for show in shows],
        adds_up=lowering.adds_up,
    )


def _of_show(show: FreeShow, offers: Mapping[int, Sequence[TicketOffer]], lowering: Beforehand) -> list[TicketChoice]:
    """What it is sold with, but for passes, which are bought by themselves."""
    choices = choices_of(show, offers, centre(), request.form, {}, 0, lowering)
    return [choice for choice in choices if not choice.offer.all_days]


def _page(facts: BookingFacts, problem: RefusalAnswer | None = None) -> str:
    return render_template("visitor/add.html", page=choices_of_addition(facts, Channel.PUBLIC, problem))
