"""The schools' waiting list: for one full session, or for any Tuesday in March. One's place in it, and off it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.refusals import TooMany
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.programmes.offered import SessionFree
from booking.programmes.shows import OfferedShow, shows_for_schools
from booking.visit_waiting import waiting as waiting_list
from booking.visit_waiting import waiting_queries
from booking.visit_waiting.waiting import ANY_DAY, Days, PlacesThere
from booking.visit_waiting.waiting_queries import AwaitedProgramme, WaitingPlace
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import EmailForm, errors_of, one_line
from booking.web.guards.access import public
from booking.web.languages import centre, language
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.sentences import said
from booking.web.teacher.wishes import MOST_PEOPLE, MOST_TYPED
from booking.web.typed import a_day, identity, whole_number

FARTHEST = timedelta(days=300)
SCHOOL_WEEK = range(5)


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One's place on the waiting list of schools."""

    place: WaitingPlace
    first: date
    last: date
    before: int
    held_on: str


@dataclass(frozen=True, slots=True)
class SchoolWaitingPage:
    """The form of the waiting list of schools."""

    about: AwaitedProgramme
    form: WaitingForm
    errors: dict[str, str]
    problem: RefusalAnswer | None
    free: list[SessionFree] | list[SessionFree | Any]
    today: date
    farthest: date
    school_week: range


@dataclass
class WaitingForm:
    """What was typed, and what is wrong by field. `days` False: only the one session."""

    days: bool
    weekdays: int
    first: str
    last: str
    people: str
    email: str
    shows: list[OfferedShow] = field(default_factory=list)  # of the wish that led here: nobody waits for them
    errors: dict[str, str] = field(default_factory=dict)
    is_too_large: bool = False  # more than one session takes: the planner makes groups of them

    def too_large(self, most: int) -> None:
        """They are more than a group may be."""
        self.is_too_large = True
        self.errors["people"] = _("At most %(most)s come together; a larger class comes as several groups.", most=most)


@teacher.get("/school/waiting-list")
@public
def wait() -> ResponseReturnValue:
    """The form, for one session or for a programme."""
    return _page(_about(request.args), _form(request.args))


@teacher.post("/school/waiting-list")
@limiter.limit("20 per hour")
@public
def join() -> ResponseReturnValue:
    """In line; what is free as it is, is said instead."""
    about, form, now = _about(request.form), _form(request.form), clock.now()
    email_form = EmailForm()
    if not email_form.validate():
        form.errors |= errors_of(email_form)
    people = _people(form)
    days = _days(form, centre().local(now).date()) if form.days else None
    if form.errors or people is None:
        return _page(about, form, status=422)
    try:
        if days is not None:
            free = waiting_list.free_already(about.activity_id, days, people, centre(), now)
            if free:
                return _page(about, form, free=free[:5])
        with unit_of_work():
            if days is not None:
                secret = waiting_list.wait_for_days(
                    about.activity_id, days, people, email_form.address, language(), centre(), now
                )
            else:
                secret = waiting_list.wait(about.slot_id or 0, people, email_form.address, language(), centre(), now)
    except PlacesThere as refusal:
        return _page(about, form, free=[refusal.session])
    except Refusal as refusal:
        return _refused(about, form, refusal)
    return redirect(url_for("teacher.place", secret=secret), 303)


@teacher.get("/school/waiting/<secret>")
@public
def place(secret: str) -> str:
    """One's place in the line."""
    waiting_place = waiting_queries.by_secret(secret) if is_secret(secret) else None
    if waiting_place is None:
        abort(404)
    return render_template(
        "teacher/place.html",
        page=PlacePage(
            place=waiting_place,
            first=waiting_place.first(centre()),
            last=waiting_place.last(centre()),
            before=waiting_queries.before(waiting_place),
            held_on=centre().local(waiting_place.held_for).date().isoformat() if waiting_place.held_for else "",
        ),
    )


@teacher.post("/school/waiting/<secret>/leave")
@public
def leave(secret: str) -> ResponseReturnValue:
    """Off the list."""
    with unit_of_work():
        known = is_secret(secret) and waiting_list.leave(secret, clock.now())
    if not known:
        abort(404)
    return redirect(url_for("teacher.place", secret=secret), 303)


def _refused(about: AwaitedProgramme, form: WaitingForm, refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, TooMany):
        form.too_large(refusal.most)
        return _page(about, form, status=422)
    answer = said(refusal)
    return _page(about, form, answer, status=answer.status)


def _people(form: WaitingForm) -> int | None:
    """How many they are; what is wrong with it is noted on the form."""
    people = whole_number(form.people, 1, MOST_TYPED)
    if people is None:
        form.errors["people"] = _("Enter how many you are, from 1 to %(most)s.", most=MOST_TYPED)
    elif people > MOST_PEOPLE:
        form.too_large(MOST_PEOPLE)
    return people


def _about(values: Mapping[str, str]) -> AwaitedProgramme:
    """By the session's number or by the programme's address."""
    slot_id, slug = identity(values.get("slot")), values.get("programme", "")[:60]
    about = waiting_queries.awaited(slot_id, slug)
    if about is None:
        abort(404)
    return about


def _form(values: Mapping[str, str]) -> WaitingForm:
    getlist = getattr(values, "getlist", None)
    chosen = {n for n in range(7) if getlist is not None and str(n) in getlist("weekday")[:14]}
    wished = {identity(show_id) for show_id in getlist("show")[:10]} if getlist is not None else set()
    how = values.get("how", "")
    return WaitingForm(
        days=how == "days" or (how != "session" and not values.get("slot")),
        weekdays=sum(1 << n for n in chosen),
        first=one_line(values.get("from"))[:10],
        last=one_line(values.get("until"))[:10],
        people=one_line(values.get("people"))[:8],
        email=one_line(values.get("email"))[:254],
        shows=[show for show in shows_for_schools() if show.activity_id in wished] if wished else [],
    )


def _days(form: WaitingForm, today: date) -> Days | None:
    """The days as typed; what is wrong with them is noted on the form. Without a weekday any will do."""
    first, last = a_day(form.first) or today + timedelta(days=1), a_day(form.last)
    if form.first and a_day(form.first) is None:
        form.errors["from"] = _("Enter a date.")
    if last is None:
        form.errors["until"] = _("Enter the last day you could come.")
    elif last < max(first, today):
        form.errors["until"] = _("The last day is before the first, or over.")
    elif last > today + FARTHEST:
        form.errors["until"] = _("Choose a day within the next ten months.")
    return None if last is None or form.errors else Days(form.weekdays or ANY_DAY, first, last)


def _page(
    about: AwaitedProgramme,
    form: WaitingForm,
    problem: RefusalAnswer | None = None,
    free: list[SessionFree] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    today = centre().local(clock.now()).date()
    page = render_template(
        "teacher/waiting.html",
        page=SchoolWaitingPage(
            about=about,
            form=form,
            errors=form.errors,
            problem=problem,
            free=free or [],
            today=today,
            farthest=today + FARTHEST,
            school_week=SCHOOL_WEEK,
        ),
    )
    return page, status
