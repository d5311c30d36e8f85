"""The visit's own page, opened by its secret: the plan, the group ticket; change numbers, a late bus, move, cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.heads import HeadsTerms
from booking.agreements.terms import TermsToday
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.closures.answer import ClosedFor, answered, closed_for
from booking.closures.models import ClosureChoice
from booking.documents.finding import map_of
from booking.documents.qr import qr_svg
from booking.door import read as at_the_door
from booking.invoicing.payer.words import bill_to_come
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.materials.read import ForTheClass
from booking.outreach.class_work import around_visit
from booking.reckoning.decided import payers_by_class, terms_by_class
from booking.staff.models import Role
from booking.visits import adjust, change, read
from booking.visits.models import VisitReplan
from booking.visits.read import VisitFacts
from booking.visits.rebook import school_year_again
from booking.web.addresses import public_address
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.guards.access import public, staff_here
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.bills import BillShown, bills_shown
from booking.web.teacher.sentences import odd_numbers, said
from booking.web.teacher.tokens import open_move
from booking.web.teacher.wishes import as_args, wish_of
from booking.web.typed import sum_shown, whole_number
from booking.web.visitor.checkout import held_booking


@dataclass(frozen=True, slots=True)
class VisitPage:
    """A visit as it stands: its plan, its payers, and what can still be done."""

    facts: BookingFacts
    visit: VisitFacts
    now: datetime
    there: TermsToday
    expected_at: datetime | None  # today, when they have said that they come later
    replanned: VisitReplan | None  # today, when the plan was made anew
    can_move: bool
    closed: ClosedFor | None
    problem: RefusalAnswer | None
    typed: Mapping[str, str]
    done: str
    bills: Sequence[BillShown]
    heads: Sequence[HeadsTerms]  # by which numbers its classes are billed, each once
    around: Sequence[ForTheClass]  # what there is for before and after, by programme
    most_needs: ClassVar = 400

    @property
    def living(self) -> bool:
        """Whether it is booked or asked for."""
        return self.facts.state in (State.CONFIRMED, State.PENDING)

    @property
    def asked(self) -> bool:
        """Whether it waits for a yes."""
        return self.facts.state is State.PENDING

    @property
    def can_lunch(self) -> bool:
        """Whether lunch can still be taken or left."""
        return self.living and self.there.can_change_lunch

    @property
    def can_change(self) -> bool:
        """Whether the number can still be changed."""
        return self.living and self.there.can_change_number

    @property
    def can_add(self) -> bool:
        """Whether one class more may come."""
        return len(self.visit.timetables) < adjust.MOST_GROUPS

    @property
    def is_today(self) -> bool:
        """Whether today is the day."""
        return self.living and self.there.dates.on == self.there.today

    @property
    def over(self) -> bool:
        """Whether it has begun, or was."""
        return self.visit.arrives_at <= self.now and self.closed is None

    @property
    def year_again(self) -> str:
        """The school year that it can be booked again for."""
        return school_year_again(self.there.dates.on, self.there.today)

    @property
    def bill_to_come(self) -> str:
        """Who will get the invoice, as long as there is none."""
        owed = self.visit.by_payer() if self.living else []
        return "" if self.bills else bill_to_come(owed, self.visit.school.name)

    @property
    def map_link(self) -> str:
        """Where we are, on a map."""
        return map_of(centre().address)

    @property
    def copy_link(self) -> str:
        """The planner with the same wish, for a colleague."""
        return public_address("teacher.plan", **as_args(wish_of(self.visit)))

    @property
    def qr(self) -> str:
        """The code that admits all of them."""
        return qr_svg(self.facts.code, _("QR code for the whole party"))


@dataclass(frozen=True, slots=True)
class VisitCancelPage:
    """What cancelling a visit costs each payer."""

    facts: BookingFacts
    visit: VisitFacts
    there: TermsToday
    closed: ClosedFor | None
    problem: RefusalAnswer | None


@teacher.get("/visit/<secret>")
@public
def visit(secret: str) -> ResponseReturnValue:
    """The visit as it stands."""
    return page(*found(secret))


@teacher.post("/visit/<secret>/numbers")
@limiter.limit("30 per hour")
@public
def change_numbers(secret: str) -> ResponseReturnValue:
    """More or fewer pupils and adults; places, lunch and prices follow at once."""
    facts, seen = found(secret)
    numbers: dict[int, tuple[int, int]] = {}
    for place in range(len(seen.timetables)):
        pupils = whole_number(request.form.get(f"pupils-{place}"), 1, change.MOST_PUPILS)
        adults = whole_number(request.form.get(f"adults-{place}"), 0, change.MOST_PUPILS)
        if pupils is None or adults is None:
            return page(facts, seen, RefusalAnswer(odd_numbers(pupils), 422))
        numbers[place] = pupils, adults
    version = whole_number(request.form.get("version"), 1, 9999)
    return change_and_show(
        secret,
        "numbers",
        lambda: change.change_numbers(facts.id, numbers, centre=centre(), now=clock.now(), version=version),
    )


@teacher.post("/visit/<secret>/move")
@limiter.limit("30 per hour")
@public
def move(secret: str) -> ResponseReturnValue:
    """Another day or time: the new places first, then the old are given back."""
    facts, _seen = found(secret)
    offer = open_move(request.form.get("plan", ""), facts.id, str(current_app.secret_key))
    if offer is None:
        return render_template("teacher/too_old.html"), 410
    plan, version = offer
    helper = staff_here(Role.DESK)  # staff move a visit here too, whatever the teacher's deadlines
    actor = helper.actor if helper else "buyer"

    def do() -> None:
        answered(facts.id, ClosureChoice.MOVED, clock.now())
        change.move_visit(facts.id, plan, version=version, centre=centre(), now=clock.now(), actor=actor)

    return change_and_show(secret, "moved", do)


@teacher.get("/visit/<secret>/cancel")
@public
def cancel(secret: str) -> ResponseReturnValue:
    """What cancelling costs now."""
    facts, seen = found(secret)
    return _cancel_page(facts, seen)


@teacher.post("/visit/<secret>/cancel")
@public
def make_cancellation(secret: str) -> ResponseReturnValue:
    """Cancel; twice is once."""
    facts, seen = found(secret)
    if facts.state is State.CANCELLED:
        return redirect(url_for("teacher.visit", secret=secret), 303)
    try:
        with unit_of_work():
            answered(facts.id, ClosureChoice.ALL_BACK, clock.now())
            shown = sum_shown(request.form.get("shown"))
            change.cancel_visit(facts.id, centre=centre(), now=clock.now(), shown=shown)
    except Refusal as refusal:
        answer = said(refusal)
        return _cancel_page(facts, seen, answer)
    return redirect(url_for("teacher.visit", secret=secret), 303)


def found(secret: str) -> tuple[BookingFacts, VisitFacts]:
    """The visit that a secret opens, else 404."""
    facts = held_booking(secret)
    seen = read.of_booking(facts.id, facts.currency)
    if seen is None:
        abort(404)
    return facts, seen


def change_and_show(secret: str, what: str, do: Callable[[], None]) -> ResponseReturnValue:
    """Change a visit in one unit of work and show it, with `what` done or what hinders it."""
    try:
        with unit_of_work():
            do()
    except Refusal as refusal:
        return page(*found(secret), said(refusal))
    return redirect(url_for("teacher.visit", secret=secret, done=what), 303)


def page(facts: BookingFacts, seen: VisitFacts, problem: RefusalAnswer | None = None) -> ResponseReturnValue:
    """The visit's own page; with a problem, what was typed is kept."""
    now = clock.now()
    living = facts.state in (State.CONFIRMED, State.PENDING)
    there = change.standing_of(seen, facts.total, centre(), now)
    is_today = living and there.dates.on == there.today
    shown = VisitPage(
        facts,
        seen,
        now,
        there=there,
        expected_at=at_the_door.noted(facts.id).expected_at if is_today else None,
        replanned=adjust.replanned(seen.id) if is_today else None,
        can_move=living and (there.can_move or staff_here(Role.DESK) is not None),
        closed=closed_for(facts.id) if living else None,
        problem=problem,
        typed=request.form,
        done=request.args.get("done", ""),
        bills=bills_shown([facts.id]).get(facts.id, []),
        heads=list(dict.fromkeys(terms_by_class(seen, payers_by_class(seen, None)))),
        around=around_visit(seen),
    )
    return render_template("teacher/visit.html", page=shown), problem.status if problem else 200


def _cancel_page(facts: BookingFacts, seen: VisitFacts, problem: RefusalAnswer | None = None) -> ResponseReturnValue:
    if facts.state not in (State.CONFIRMED, State.PENDING):
        return redirect(url_for("teacher.visit", secret=facts.secret), 303)
    there = change.standing_of(seen, facts.total, centre(), clock.now())
    shut = closed_for(facts.id)
    shown = render_template(
        "teacher/cancel.html", page=VisitCancelPage(facts=facts, visit=seen, there=there, closed=shut, problem=problem)
    )
    return shown, problem.status if problem else 200
