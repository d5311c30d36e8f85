"""Programmes that are held at the school: which there are, book one for an address, move it, change the number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.rules import NoSchools
from booking.agreements.terms import TermsToday
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts, by_secret
from booking.bookings.refusals import TooMany
from booking.capacity.educators import NoEducator, free_by_stretch
from booking.capacity.places import Full
from booking.centre.facts import closing_days
from booking.closures.answer import ClosedFor, closed_for
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.materials.read import ForTheClass
from booking.outreach import read
from booking.outreach.book import book, ready_for, standing_before
from booking.outreach.change import change
from booking.outreach.class_work import around_offered, around_visit
from booking.outreach.read import Away, TravelWay
from booking.outreach.rules import NotThen, OfferedOutreach, free_starts, on_the_clock
from booking.planner.wish import Group
from booking.visits.change import standing_of
from booking.visits.read import VisitFacts, of_booking
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.outreach.form import (
    ALWAYS,
    OutreachForm,
    add_payers,
    check_size,
    read_form,
    read_moment,
    read_numbers,
    read_order,
    shows_payers,
    typed_before,
    typed_now,
)
from booking.web.teacher.sentences import said
from booking.web.visitor.checkout import held_booking


@dataclass(frozen=True, slots=True)
class OutreachFormPage:
    """The form that asks for a programme at the school."""

    offered: OfferedOutreach
    ways: list[TravelWay]
    form: OutreachForm
    problem: RefusalAnswer | None
    only_pays: bool
    only_terms: bool
    there: TermsToday | None
    times: list[datetime] | None
    around: ForTheClass

    @property
    def way(self) -> TravelWay | None:
        """Where we are to go."""
        return self.form.way

    @property
    def day(self) -> date | None:
        """The day that is wished for."""
        return self.form.day

    @property
    def typed(self) -> Mapping[str, str]:
        """The form as it was typed."""
        return self.form.typed

    @property
    def errors(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return self.form.errors

    @property
    def grades(self) -> range:
        """The grades it is made for."""
        return range(self.offered.grade_from, self.offered.grade_to + 1)

    @property
    def days(self) -> str:
        """The weekdays on which we come."""
        return wording().weekdays(self.offered.weekdays)


@dataclass(frozen=True, slots=True)
class OutreachVisitPage:
    """A visit to a school: its day, its class, and what can still be done."""

    facts: BookingFacts
    visit: VisitFacts
    away: Away
    offered: OfferedOutreach | None
    over: bool
    closed: ClosedFor | None
    there: TermsToday
    around: Sequence[ForTheClass]  # what there is for before and after
    form: OutreachForm | None  # as it was sent, where it would not do
    problem: RefusalAnswer | None
    done: str

    @property
    def living(self) -> bool:
        """Whether it is booked or asked for."""
        return self.facts.state in (State.CONFIRMED, State.PENDING)

    @property
    def asked(self) -> bool:
        """Whether it waits for a yes."""
        return self.facts.state is State.PENDING

    @property
    def group(self) -> Group:
        """The class that we come to."""
        return self.visit.timetables[0].group

    @property
    def errors(self) -> Mapping[str, str]:
        """What is wrong, by field."""
        return self.form.errors if self.form else {}

    @property
    def typed(self) -> Mapping[str, str]:
        """The form as it was typed, else what is booked."""
        if self.form:
            return self.form.typed
        starts = centre().local(self.away.starts_at)
        return {
            "date": starts.date().isoformat(),
            "time": starts.strftime("%H:%M"),
            "pupils": str(self.group.pupils),
            "adults": str(self.group.adults),
        }


@teacher.before_request
def lead_to_outreach() -> ResponseReturnValue | None:
    """A visit that goes the other way has pages of its own; cancelling is the same for both."""
    rule = request.url_rule.rule if request.url_rule is not None else ""
    if not rule.startswith("/<lang>/visit/<secret>") or rule.endswith("/cancel"):
        return None
    secret = (request.view_args or {}).get("secret", "")
    facts = by_secret(secret) if is_secret(secret) else None
    if facts is None or read.of_booking(facts.id) is None:
        return None
    return redirect(url_for("teacher.outreach_visit", secret=secret), 303)


@teacher.get("/school/outreach")
@public
def outreach_list() -> str:
    """What we come to schools with, and where we go."""
    return render_template(
        "teacher/outreach.html",
        offered=read.offered(),
        ways=_ways(),
    )


@teacher.get("/school/outreach/<slug>")
@public
def outreach(slug: str) -> ResponseReturnValue:
    """One programme, with the form that books it."""
    return _page(_offered(slug), OutreachForm(typed_before()))


@teacher.post("/school/outreach/<slug>")
@limiter.limit("60 per hour")
@public
def book_outreach(slug: str) -> ResponseReturnValue:
    """Show when somebody could come that day and who pays; or book it."""
    offered = _offered(slug)
    form = read_form(typed_now())
    check_size(form, offered)
    try:
        add_payers(form, offered)
    except Refusal as refusal:
        answer = said_of(refusal)
        return _page(offered, form, answer, looked=True, status=answer.status)
    if request.form.get("step") == "look":
        form.forgive(ALWAYS)
        return _page(offered, form, looked=True, status=422 if form.errors else 200)
    order = read_order(form, offered)
    if order is None:
        return _page(offered, form, looked=True, status=422)
    if shows_payers(form):
        return _page(offered, form, looked=True, only_pays=True)
    there = _standing(offered, form)
    if there is not None and there.fee.amount and request.form.get("terms") != str(there.fee.amount.minor):
        return _page(offered, form, looked=True, only_terms=True)
    try:
        now = clock.now()
        ready = ready_for(order, centre(), now)
        with unit_of_work():
            booked = book(order, centre=centre(), now=now, ready=ready)
    except Refusal as refusal:
        answer = said_of(refusal)
        return _page(offered, form, answer, looked=True, status=answer.status)
    return redirect(url_for("teacher.outreach_visit", secret=booked.secret), 303)


@teacher.get("/outreach/<secret>")
@public
def outreach_visit(secret: str) -> ResponseReturnValue:
    """The visit to the school as it stands."""
    return _visit_page(*_found(secret))


@teacher.post("/outreach/<secret>")
@limiter.limit("30 per hour")
@public
def change_outreach(secret: str) -> ResponseReturnValue:
    """Another time, more or fewer pupils."""
    facts, visit, away = _found(secret)
    form = OutreachForm(typed_now())
    read_moment(form)
    numbers = read_numbers(form)
    if form.errors or form.starts_at is None or numbers is None:
        return _visit_page(facts, visit, away, form=form, status=422)
    try:
        with unit_of_work():
            change(facts.id, form.starts_at, *numbers, centre=centre(), now=clock.now())
    except Refusal as refusal:
        answer = said_of(refusal)
        return _visit_page(facts, visit, away, answer, form, answer.status)
    return redirect(url_for("teacher.outreach_visit", secret=secret, done=1), 303)


def said_of(refusal: Refusal) -> RefusalAnswer:
    """What to tell a teacher who wants us to come."""
    match refusal:
        case NoEducator() | Full():
            return RefusalAnswer(_("Nobody is available then. Choose one of the times below, or another day."), 409)
        case TooMany(most=most):
            return RefusalAnswer(_("At most %(most)s are in one group, adults included.", most=most), 422)
    return said(refusal)


def _offered(slug: str) -> OfferedOutreach:
    offered_outreach = read.with_slug(slug)
    if offered_outreach is None:
        abort(404)
    return offered_outreach


def _found(secret: str) -> tuple[BookingFacts, VisitFacts, Away]:
    facts = held_booking(secret)
    away, visit = read.of_booking(facts.id), of_booking(facts.id, facts.currency)
    if away is None or visit is None:
        abort(404)
    return facts, visit, away


def _times(offered: OfferedOutreach, day: date, minutes: int) -> list[datetime]:
    """When somebody could come on a day."""
    if day in closing_days(day, day + timedelta(days=1)):
        return []
    start = on_the_clock(day, time(0), centre())
    free = free_by_stretch(start, start + timedelta(days=1), centre())
    moments, now = [], clock.now()
    for free_start in free_starts(offered, minutes, day, free, centre()):
        try:
            offered.check_begins(free_start, centre(), now)
        except NotThen:
            continue
        moments.append(free_start)
    return moments


def _page(
    offered: OfferedOutreach,
    form: OutreachForm,
    problem: RefusalAnswer | None = None,
    *,
    looked: bool = False,
    only_pays: bool = False,
    only_terms: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    way, day = form.way, form.day
    page = render_template(
        "teacher/outreach_book.html",
        page=OutreachFormPage(
            offered=offered,
            ways=_ways(),
            form=form,
            problem=problem,
            only_pays=only_pays,
            only_terms=only_terms,
            there=_standing(offered, form) if looked else None,
            times=_times(offered, day, way.minutes) if looked and way and day else None,
            around=around_offered(offered),
        ),
    )
    return page, status


def _standing(offered: OfferedOutreach, form: OutreachForm) -> TermsToday | None:
    """What cancelling would cost if this were booked now; None before it is known where and when."""
    if form.way is None or form.day is None:
        return None
    starts_at = form.starts_at or on_the_clock(form.day, offered.from_time, centre())
    try:
        return standing_before(offered, form.way, starts_at, centre(), clock.now())
    except NoSchools:
        return None


def _visit_page(
    facts: BookingFacts,
    visit: VisitFacts,
    away: Away,
    problem: RefusalAnswer | None = None,
    form: OutreachForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    now = clock.now()
    page = render_template(
        "teacher/outreach_visit.html",
        page=OutreachVisitPage(
            facts=facts,
            visit=visit,
            away=away,
            offered=read.with_id(away.activity_id),
            over=away.starts_at <= now,
            closed=closed_for(facts.id) if facts.state is State.CONFIRMED else None,
            there=standing_of(visit, facts.total, centre(), now),
            around=around_visit(visit),
            form=form,
            problem=problem,
            done=request.args.get("done", ""),
        ),
    )
    return page, status


def _ways() -> list[TravelWay]:
    """Where we go, as the reader's language sorts."""
    return wording().in_order(read.ways(), lambda travel_way: travel_way.municipality)
