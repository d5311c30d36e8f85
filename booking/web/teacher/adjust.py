"""What a teacher changes in a visit that is booked: a late bus, lunch, a class more or fewer, what we should know.

What needs another plan is proposed first, sealed for this visit as it stands, and accepted with one press.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.rules import lunch_price
from booking.bookings.at_the_desk import expect_at
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.bookings.refusals import AlreadyUsed
from booking.bookings.store import has_been_used
from booking.capacity.timetable import at
from booking.kernel import clock
from booking.kernel.database import Texts, end_reading, unit_of_work
from booking.kernel.money import Money
from booking.kernel.refusals import Refusal
from booking.planner.effort import Effort
from booking.planner.missed import Hours, Missed, out_of_reach, still_holds
from booking.planner.wish import Group
from booking.programmes.offered import programmes
from booking.visits import adjust, alternatives
from booking.visits.adjust import MOST_GROUPS, Cause
from booking.visits.alternatives import Proposal
from booking.visits.change import MOST_PUPILS
from booking.visits.read import VisitFacts
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import no_address, one_line
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.sentences import missed_words, odd_numbers, said
from booking.web.teacher.tokens import open_offer, seal_offer
from booking.web.teacher.visit import change_and_show, found, page
from booking.web.typed import a_clock, whole_number

MOST_NEEDS = 400


@dataclass(frozen=True, slots=True)
class ProposalsPage:
    """Ways to go on with a visit that no longer fits as it was planned."""

    facts: BookingFacts
    visit: VisitFacts
    cause: Cause
    proposals: Sequence[Proposal]
    searched_all: bool
    lunch_price: Money
    titles: dict[int, Texts]
    lost_by_now: Sequence[Missed]

    @property
    def lost(self) -> list[str]:
        """What is missed if all stays as it is planned."""
        return [missed_words(missed, self.titles) for missed in self.lost_by_now]

    def missed(self, proposal: Proposal) -> list[str]:
        """What is missed in a proposal."""
        return [missed_words(missed, self.titles) for missed in proposal.missed]

    def seal(self, proposal: Proposal) -> str:
        """The proposal as the form hands it back."""
        key = str(current_app.secret_key)
        return seal_offer(proposal.plan, self.facts.id, self.facts.version, self.cause, key)


@teacher.post("/visit/<secret>/late")
@limiter.limit("20 per hour")
@public
def late(secret: str) -> ResponseReturnValue:
    """Our bus is late: the desk's board shows when we come, and the teacher what can be done about it."""
    facts, seen = found(secret)
    typed, must_leave = one_line(request.form.get("expected_at")), one_line(request.form.get("leave_at"))
    come, leave = a_clock(typed), a_clock(must_leave)
    if (typed and come is None) or (must_leave and leave is None):
        return page(facts, seen, RefusalAnswer(_("Enter the time as hours and minutes, for example 10:40."), 422))
    day = centre().local(seen.arrives_at).date()
    if (come or leave) and day != centre().local(clock.now()).date():
        return page(facts, seen, RefusalAnswer(_("That can be said on the day of the visit."), 409))
    when = at(day, come, centre().zone) if come else None
    if "expected_at" in request.form:
        try:
            with unit_of_work():
                expect_at(facts.id, when, "buyer")
        except Refusal as refusal:
            return page(*found(secret), said(refusal))
    hours = Hours(
        max(when or seen.arrives_at, seen.arrives_at), at(day, leave, centre().zone) if leave else seen.leaves_at
    )
    if not (come or leave) or still_holds(seen.timetables, hours):
        return redirect(url_for("teacher.visit", secret=secret, done="late"), 303)
    return redirect(url_for("teacher.other_hours", secret=secret, come=typed or None, leave=must_leave or None), 303)


@teacher.get("/visit/<secret>/hours")
@limiter.limit("60 per hour")
@public
def other_hours(secret: str) -> ResponseReturnValue:
    """What still fits when the bus comes later, or must go earlier."""
    facts, seen = found(secret)
    now, here = clock.now(), centre()
    day = here.local(seen.arrives_at).date()
    come, leave = a_clock(request.args.get("come")), a_clock(request.args.get("leave"))
    if facts.state is not State.CONFIRMED or day != here.local(now).date() or not (come or leave):
        return redirect(url_for("teacher.visit", secret=secret), 303)
    if has_been_used(facts.id):
        return page(facts, seen, said(AlreadyUsed()))
    hours = Hours(
        max(at(day, come, here.zone), seen.arrives_at) if come else seen.arrives_at,
        at(day, leave, here.zone) if leave else seen.leaves_at,
    )
    proposals: list[Proposal] = []
    effort = alternatives.enough_effort()
    if hours.arrival < hours.departure or not leave:  # a bus without a time to leave by may wait
        offer = programmes()
        there = alternatives.day_of(seen, hours, offer, here, now, on_the_day=True)
        end_reading()
        wait = timedelta() if leave else alternatives.MORE_WAIT
        proposals = alternatives.fitted(seen, hours, there, wait, effort=effort)
    return _proposals(facts, seen, proposals, Cause.BUS, effort, out_of_reach(seen.timetables, hours))


@teacher.get("/visit/<secret>/lunch")
@limiter.limit("60 per hour")
@public
def lunch_times(secret: str) -> ResponseReturnValue:
    """The times at which the lunch room is free and fits around what the classes do."""
    facts, seen = found(secret)
    if not _living(facts) or seen.has_lunch:
        return redirect(url_for("teacher.visit", secret=secret), 303)
    there = alternatives.day_of(seen, Hours(seen.arrives_at, seen.leaves_at), programmes(), centre(), clock.now())
    end_reading()
    effort = alternatives.enough_effort()
    return _proposals(facts, seen, alternatives.with_lunch(seen, there, effort=effort), Cause.LUNCH, effort)


@teacher.post("/visit/<secret>/lunch/away")
@limiter.limit("30 per hour")
@public
def give_lunch_back(secret: str) -> ResponseReturnValue:
    """Do without the lunch room."""
    facts, seen = found(secret)
    if not _living(facts) or not seen.has_lunch:
        return redirect(url_for("teacher.visit", secret=secret), 303)
    there = alternatives.day_of(seen, Hours(seen.arrives_at, seen.leaves_at), programmes(), centre(), clock.now())
    end_reading()
    effort = alternatives.enough_effort()
    proposal = alternatives.without_lunch(seen, there, effort=effort)
    if proposal is None:
        if effort.ran_out:
            return page(*found(secret), _more_than_we_manage())
        return page(*found(secret), RefusalAnswer(_("That does not fit without moving a programme. Call us."), 409))
    plan, version = proposal.plan, facts.version
    return change_and_show(
        secret,
        "lunch",
        lambda: adjust.accept(facts.id, plan, Cause.LUNCH, version, centre=centre(), now=clock.now()),
    )


@teacher.post("/visit/<secret>/classes")
@limiter.limit("30 per hour")
@public
def one_more_class(secret: str) -> ResponseReturnValue:
    """One class more, which does what the others do: a plan for all, or why there is none."""
    facts, seen = found(secret)
    group = _class_typed(seen)
    if isinstance(group, str) or not _living(facts):
        problem = group if isinstance(group, str) else _("That cannot be done.")
        return page(facts, seen, RefusalAnswer(problem, 422))
    there = alternatives.day_of(seen, Hours(seen.arrives_at, seen.leaves_at), programmes(), centre(), clock.now())
    end_reading()
    effort = alternatives.enough_effort()
    proposal = alternatives.with_one_more(seen, group, there, effort=effort)
    if proposal is not None:
        return _proposals(facts, seen, [proposal], Cause.CLASSES, effort)
    if effort.ran_out:
        return page(*found(secret), _more_than_we_manage())
    no_room = _("There is no room for one more class that day. Nothing is changed.")
    return page(*found(secret), RefusalAnswer(no_room, 409))


def _class_typed(seen: VisitFacts) -> Group | str:
    """One more class as it was typed, or what is wrong with it."""
    name, grade = one_line(request.form.get("name"))[:40], whole_number(request.form.get("grade"), 0, 13)
    pupils = whole_number(request.form.get("pupils"), 1, MOST_PUPILS)
    adults = whole_number(request.form.get("adults") or "0", 0, MOST_PUPILS)
    names = {timetable.group.name.casefold() for timetable in seen.timetables}
    if not name or name.casefold() in names:
        return str(_("Give each class a name of its own."))
    if wrong := no_address(name):
        return wrong
    if grade is None:
        return str(_("Choose the grade."))
    if pupils is None or adults is None:
        return odd_numbers(pupils)
    if len(names) >= MOST_GROUPS:
        return str(_("At most %(most)s classes in one visit.", most=MOST_GROUPS))
    return Group(name, pupils, adults, grade)


@teacher.post("/visit/<secret>/classes/away")
@limiter.limit("30 per hour")
@public
def one_class_less(secret: str) -> ResponseReturnValue:
    """One class stays at home."""
    facts, _seen = found(secret)
    place = whole_number(request.form.get("place"), 0, MOST_GROUPS)
    version = whole_number(request.form.get("version"), 1, 9999) or 0
    return change_and_show(
        secret,
        "classes",
        lambda: adjust.drop_class(facts.id, -1 if place is None else place, version, centre=centre(), now=clock.now()),
    )


@teacher.post("/visit/<secret>/plan")
@limiter.limit("30 per hour")
@public
def accept_plan(secret: str) -> ResponseReturnValue:
    """Let the visit follow the plan that was proposed."""
    facts, _seen = found(secret)
    offer = open_offer(request.form.get("offer", ""), str(current_app.secret_key))
    if offer is None or offer.booking_id != facts.id:
        return render_template("teacher/too_old.html"), 410
    return change_and_show(
        secret,
        offer.cause.value,
        lambda: adjust.accept(facts.id, offer.plan, offer.cause, offer.version, centre=centre(), now=clock.now()),
    )


@teacher.post("/visit/<secret>/needs")
@limiter.limit("60 per hour")
@public
def save_needs(secret: str) -> ResponseReturnValue:
    """What we should know to receive them well; the educator and the desk see it, and it goes the day after."""
    facts, seen = found(secret)
    needs = one_line(request.form.get("needs"))
    if len(needs) > MOST_NEEDS:
        return page(facts, seen, RefusalAnswer(_("At most 400 characters."), 422))
    return change_and_show(secret, "needs", lambda: adjust.set_needs(facts.id, needs))


def _proposals(
    facts: BookingFacts,
    seen: VisitFacts,
    proposals: Sequence[Proposal],
    cause: Cause,
    effort: Effort,
    lost: Sequence[Missed] = (),
) -> ResponseReturnValue:
    titles = {programme.activity_id: programme.title for programme in programmes()} | seen.titles
    return render_template(
        "teacher/proposals.html",
        page=ProposalsPage(
            facts=facts,
            visit=seen,
            cause=cause,
            proposals=proposals,
            searched_all=not effort.ran_out,
            lunch_price=_seat(seen, facts.currency),
            titles=titles,
            lost_by_now=lost,
        ),
    )


def _more_than_we_manage() -> RefusalAnswer:
    text = _("There is more to look through than we manage at once, and nothing is changed. Call us.")
    return RefusalAnswer(text, 409)


def _seat(seen: VisitFacts, currency: str) -> Money:
    """What a seat in the lunch room costs this visit: as on the day of booking."""
    kept = seen.price.lunch if seen.price else None
    return lunch_price(currency) if kept is None else kept


def _living(facts: BookingFacts) -> bool:
    return facts.state in (State.CONFIRMED, State.PENDING) and facts.starts_at > clock.now()
