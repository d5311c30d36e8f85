"""Courses for teachers: which there are, when they are held, and the waiting list of a full one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.details import Contact
from booking.capacity.models import Channel
from booking.courses.offered import CourseDate, OfferedCourse, course_with_slug, courses, next_sessions, sessions
from booking.courses.rules import MOST_TOGETHER, RulesForCourses, load_rules
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.waiting import waiting as waiting_list
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import ContactForm, errors_of
from booking.web.guards.access import public
from booking.web.guards.network import holder
from booking.web.languages import centre, language
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.sentences import said
from booking.web.typed import identity, whole_number


@dataclass(frozen=True, slots=True)
class CoursesPage:
    """The courses for teachers, with the places that are free."""

    courses: list[OfferedCourse]
    free: dict[int, CourseDate]


@dataclass(frozen=True, slots=True)
class CoursePage:
    """One course: its sessions, its price and its rules."""

    course: OfferedCourse
    sessions: list[CourseDate]
    price: int | None
    rules: RulesForCourses
    few: int


@dataclass(frozen=True, slots=True)
class CourseWaitingPage:
    """The form of the waiting list of one session of a course."""

    course: OfferedCourse
    session: CourseDate
    form: ContactForm
    errors: Mapping[str, str]
    problem: RefusalAnswer | None
    people: str


@teacher.get("/school/courses")
@public
def course_list() -> str:
    """All courses, with when each is held next."""
    offered_courses, now = courses(), clock.now()
    return render_template(
        "teacher/courses.html",
        page=CoursesPage(courses=offered_courses, free=next_sessions(offered_courses, centre(), now)),
    )


@teacher.get("/school/courses/<slug>")
@public
def course(slug: str) -> str:
    """One course: what, how long, what it costs, and its sessions with places."""
    offered_course = the_course(slug)
    held = sessions(offered_course.activity_id, centre(), clock.now())
    return render_template(
        "teacher/course.html",
        page=CoursePage(
            course=offered_course,
            sessions=held,
            price=next((course_date.price for course_date in held if course_date.price is not None), None),
            rules=load_rules(),
            few=centre().few_left,
        ),
    )


@teacher.get("/school/courses/<slug>/waiting-list")
@public
def wait_for_course(slug: str) -> ResponseReturnValue:
    """The form for one session."""
    offered_course = the_course(slug)
    return _waiting_page(offered_course, the_session(offered_course, request.args.get("slot")), ContactForm())


@teacher.post("/school/courses/<slug>/waiting-list")
@limiter.limit("10 per hour")
@public
def join_for_course(slug: str) -> ResponseReturnValue:
    """On the list."""
    offered_course = the_course(slug)
    session, form = the_session(offered_course, request.form.get("slot")), ContactForm()
    errors = {} if form.validate() else dict(errors_of(form))
    people = whole_number(request.form.get("people"), 1, MOST_TOGETHER)
    if people is None:
        errors["people"] = _("Enter how many you are, from 1 to %(most)s.", most=MOST_TOGETHER)
    if errors or people is None:
        return _waiting_page(offered_course, session, form, errors, status=422)
    try:
        with unit_of_work():
            secret = waiting_list.wait(
                [session.slot.slot_id], [(session.ticket_type_id, people)], Contact(form.name.data, form.address),
                centre=centre(), lang=language(), now=clock.now(), channel=Channel.SCHOOL, holder=holder(),
            )  # fmt: skip
    except Refusal as refusal:
        answer = said(refusal)
        return _waiting_page(offered_course, session, form, {}, answer, answer.status)
    return redirect(url_for("visitor.waiting", secret=secret), 303)


def the_course(slug: str) -> OfferedCourse:
    """The course with this address, else 404."""
    offered_course = course_with_slug(slug)
    if offered_course is None:
        abort(404)
    return offered_course


def the_session(offered_course: OfferedCourse, typed: str | None) -> CourseDate:
    """One of its sessions to come, else 404."""
    slot_id = identity(typed)
    held = sessions(offered_course.activity_id, centre(), clock.now())
    session = next((course_date for course_date in held if course_date.slot.slot_id == slot_id), None)
    if session is None:
        abort(404)
    return session


def _waiting_page(
    offered_course: OfferedCourse,
    session: CourseDate,
    form: ContactForm,
    errors: dict[str, str] | None = None,
    problem: RefusalAnswer | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "teacher/course_waiting.html",
        page=CourseWaitingPage(
            course=offered_course,
            session=session,
            form=form,
            errors=errors or {},
            problem=problem,
            people=request.form.get("people", "1"),
        ),
    )
    return page, status
