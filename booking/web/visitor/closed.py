"""What was booked is closed: the nearest times free of charge, or the money back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.change import agreed
from booking.bookings.models import State
from booking.bookings.purse import purses
from booking.bookings.queries import BookedLine, BookingFacts
from booking.bookings.rules import Settlement, settle_in_full
from booking.capacity.places import Full
from booking.closures import answer
from booking.closures.answer import ClosedFor, NewTimes
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.visits.read import is_visit
from booking.web.blueprints import visitor
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import identity
from booking.web.visitor.checkout import held_booking

BUYER = "buyer"  # who does it, in the log


@visitor.get("/b/<secret>/closed")
@public
def closed(secret: str) -> ResponseReturnValue:
    """What is closed, and what one may choose."""
    facts, shut = _closed(secret)
    if shut is None:
        return redirect(url_for("visitor.booking", secret=secret), 303)
    return _page(facts, shut)


@visitor.post("/b/<secret>/closed/move")
@public
def take_new_time(secret: str) -> ResponseReturnValue:
    """Another time, free of charge."""
    facts, shut = _closed(secret)
    if shut is None:
        return redirect(url_for("visitor.booking", secret=secret), 303)
    if problem := move_to_new_times(facts, shut, BUYER):
        return _page(facts, shut, problem), problem.status
    return redirect(url_for("visitor.booking", secret=secret, _anchor="done"), 303)


@visitor.post("/b/<secret>/closed/refund")
@public
def take_money_back(secret: str) -> ResponseReturnValue:
    """All of it, or what the closed part cost. Doing it twice is doing it once."""
    facts, shut = _closed(secret)
    if shut is None:
        return redirect(url_for("visitor.booking", secret=secret), 303)
    if problem := pay_back(facts, shut, BUYER):
        return _page(facts, shut, problem), problem.status
    return redirect(url_for("visitor.booking", secret=secret, _anchor="done"), 303)


def _closed(secret: str) -> tuple[BookingFacts, ClosedFor | None]:
    facts = held_booking(secret)
    if facts.changes_id is not None:
        abort(404)
    if is_visit(facts.id):
        abort(redirect(url_for("teacher.visit", secret=facts.secret), 303))  # a class moves by its plan
    shut = answer.closed_for(facts.id) if facts.state is State.CONFIRMED else None
    return facts, shut


def _page(facts: BookingFacts, shut: ClosedFor, problem: RefusalAnswer | None = None) -> str:
    return render_template("visitor/closed.html", page=ways_out(facts, shut, problem))


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """What a page about a closed booking shows: what is closed, the new times by day, the money."""

    facts: BookingFacts
    closed: ClosedFor
    problem: RefusalAnswer | None
    days: list[tuple[date, list[NewTimes]]]
    part: Settlement | None  # when they keep the rest; None where the rest cannot stand alone
    whole: Settlement
    wanted: int | None  # the slot that was chosen

    @property
    def lines(self) -> dict[int, BookedLine]:
        """What is booked, by slot."""
        return {line.slot_id: line for line in self.facts.lines}

    @staticmethod
    def others(times: NewTimes) -> list[int]:
        """The slots besides the first that move along, by their old ids."""
        return [old for old, new in times.moves.items() if new.slot_id != times.first.slot_id]


def ways_out(facts: BookingFacts, shut: ClosedFor, problem: RefusalAnswer | None) -> ClosedPage:
    """What is closed of a booking, and what its buyer may choose."""
    offered = answer.choices(facts, shut.slot_ids, centre(), clock.now())
    by_day = groupby(offered, key=lambda times: centre().local(times.first.starts_at).date())
    goes = answer.given_up(facts, shut.slot_ids, centre())
    part = sum(line.total for line in facts.lines if line.slot_id in goes)
    stays = part < facts.total and answer.can_stand_alone(facts, shut.slot_ids)
    stood, holding = agreed(facts), purses.purse.holding(facts.id)
    return ClosedPage(
        facts=facts,
        closed=shut,
        problem=problem,
        days=[(day, list(times)) for day, times in by_day],
        part=settle_in_full(stood, facts.total - part, holding) if stays else None,
        whole=settle_in_full(stood, 0, holding),
        wanted=identity(request.form.get("slot")),
    )


def move_to_new_times(facts: BookingFacts, shut: ClosedFor, actor: str) -> RefusalAnswer | None:
    """Take the new times that were chosen, free of charge; what hinders it, else None."""
    try:
        times = _new_times(facts, shut)
        if times is None:
            return RefusalAnswer(_("Choose a time."), 422)
        with unit_of_work():
            answer.move(facts, times, now=clock.now(), actor=actor)
    except Refusal as refusal:
        return sentence(refusal)
    return None


def pay_back(facts: BookingFacts, shut: ClosedFor, actor: str) -> RefusalAnswer | None:
    """Give back all of it, or with `what=part` what the closed part cost; what hinders it, else None."""
    try:
        with unit_of_work():
            if request.form.get("what") == "part":
                answer.part_back(facts, shut.slot_ids, centre=centre(), now=clock.now(), actor=actor)
            else:
                answer.all_back(facts, centre=centre(), now=clock.now(), actor=actor)
    except Refusal as refusal:
        return sentence(refusal)
    return None


def _new_times(facts: BookingFacts, shut: ClosedFor) -> NewTimes | None:
    """The way that was chosen; None when none was. Raises Full when it is no longer among those that fit."""
    wanted = identity(request.form.get("slot"))
    if wanted is None:
        return None
    offered = answer.choices(facts, shut.slot_ids, centre(), clock.now())
    times = next((times for times in offered if times.first.slot_id == wanted), None)
    if times is None:
        raise Full(wanted, 0)
    return times
