"""Teacher courses: which sessions have how many, who comes, who was there, certificates; and the centre's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.capacity.closed_hours import ClosedReason
from booking.courses import certificates, edits, people, read
from booking.courses.read import Attendance, SessionRow
from booking.courses.rules import RulesForCourses, is_too_small, load_rules
from booking.door import attend
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.reports.courses import attendance_sheet
from booking.sheets.files import Format
from booking.staff.models import Role
from booking.web.admin.bookings.exports import send_sheet
from booking.web.admin.closing_words import too_few, words_field
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.forms.fields import Field
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.teacher.courses.places import checked_person
from booking.web.typed import identity, one_of, whole_number

RULES = {"least": 100, "warn_days": 60, "free_days": 60, "late_percent": 100, "same_day_percent": 100}


@admin.get("/courses")
@staff(Role.DESK, Role.EDUCATOR)
def courses() -> str:
    """The sessions to come and those of late."""
    return _list()


@admin.post("/courses/rules")
@staff()
def save_course_rules() -> ResponseReturnValue:
    """The least number, the days, what cancelling costs."""
    typed = {name: whole_number(request.form.get(name), 0, most) for name, most in RULES.items()}
    wrong = [name for name, number in typed.items() if number is None]
    if wrong:
        return _list({name: _("A whole number, at most %(most)s.", most=RULES[name]) for name in wrong}), 422
    values = {**typed, "by_invoice": request.form.get("by_invoice") == "y"}
    with unit_of_work():
        edits.change_rules(values, who().actor)
    flash(_("Saved."))
    return redirect(url_for("admin.courses"), 303)


@admin.get("/courses/<int:slot_id>")
@staff(Role.DESK, Role.EDUCATOR)
def course(slot_id: int) -> str:
    """Who comes to one session."""
    return _page(slot_id)


@admin.post("/courses/<int:slot_id>/present")
@staff(Role.DESK, Role.EDUCATOR)
def tick_participant(slot_id: int) -> ResponseReturnValue:
    """This person is there, or was not after all."""
    attendance = _person(slot_id)
    do = attend.untick if request.form.get("there") == "no" else attend.tick
    try:
        with unit_of_work():
            do(attendance.id, centre=centre(), account_id=who().account_id, now=clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(slot_id, answer), answer.status
    return redirect(url_for("admin.course", slot_id=slot_id, _anchor=f"p{attendance.id}"), 303)


@admin.post("/courses/<int:slot_id>/name")
@staff(Role.DESK)
def rename_participant(slot_id: int) -> ResponseReturnValue:
    """Put a name or an address right; a certificate that was issued is replaced."""
    attendance, errors = _person(slot_id), dict[str, str]()
    name, email = one_line(request.form.get("name"))[:120], one_line(request.form.get("email"))[:254]
    person = checked_person(attendance.id, name, email, errors)
    if person is None:
        return _page(slot_id, RefusalAnswer(next(iter(errors.values())), 422)), 422
    try:
        with unit_of_work():
            people.rename(
                attendance.booking_id, {attendance.id: person}, centre=centre(), now=clock.now(), actor=who().actor
            )
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(slot_id, answer), answer.status
    flash(_("Saved."))
    return redirect(url_for("admin.course", slot_id=slot_id), 303)


@admin.post("/courses/<int:slot_id>/certificates")
@staff(Role.DESK, Role.EDUCATOR)
def issue_certificates(slot_id: int) -> ResponseReturnValue:
    """Issue those that are due now; the worker does so by itself soon after."""
    _session(slot_id)
    with unit_of_work():
        issued = certificates.issue_due(centre(), clock.now())
    flash(ngettext("%(num)s certificate is on its way.", "%(num)s certificates are on their way.", issued))
    return redirect(url_for("admin.course", slot_id=slot_id), 303)


@dataclass(frozen=True, slots=True)
class AttendancePage:
    """Who comes to a course, on paper."""

    session: SessionRow
    people: Sequence[Attendance]


@admin.get("/courses/<int:slot_id>/list")
@staff(Role.DESK, Role.EDUCATOR)
def attendance_list(slot_id: int) -> str:
    """The list to print and sign."""
    return render_template(
        "admin/course_list.html",
        page=AttendancePage(session=_session(slot_id), people=read.attendance(slot_id, language())),
    )


@admin.post("/courses/<int:slot_id>/file")
@staff(Role.DESK, Role.FINANCE)
def attendance_file(slot_id: int) -> ResponseReturnValue:
    """Who comes, as a file."""
    session = _session(slot_id)
    form = one_of(Format, request.form.get("format")) or Format.CSV
    with unit_of_work():
        note(who().actor, "export.participants", f"slot:{slot_id}", None, {"format": form.value})
    day = centre().local(session.starts_at).date()
    return send_sheet(attendance_sheet(read.attendance(slot_id, language())), f"participants-{day}", form)


def _session(slot_id: int) -> SessionRow:
    session_rows = read.session_rows(clock.now(), slot_id) if slot_id < 10**18 else []
    if not session_rows:
        abort(404)
    return session_rows[0]


def _person(slot_id: int) -> Attendance:
    """The participant of this session that the form names."""
    chosen = identity(request.form.get("participant"))
    there = read.attendance(_session(slot_id).slot_id)
    attendance = next((attendant for attendant in there if attendant.id == chosen), None)
    if attendance is None:
        abort(404)
    return attendance


@dataclass(frozen=True, slots=True)
class CoursesOfficePage:
    """Courses to come and past, those with too few participants, and the rules for all."""

    coming: Sequence[SessionRow]
    past: Sequence[SessionRow]
    small: set[int]
    rules: RulesForCourses
    typed: Mapping[str, str]
    errors: Mapping[str, str]


def _list(errors: dict[str, str] | None = None) -> str:
    now, rules = clock.now(), load_rules()
    rows = read.session_rows(now)
    return render_template(
        "admin/courses.html",
        page=CoursesOfficePage(
            coming=[row for row in rows if row.ends_at > now],
            past=[row for row in reversed(rows) if row.ends_at <= now],
            small={row.slot_id for row in rows if is_too_small(row.participants, row.starts_at, rules, centre(), now)},
            rules=rules,
            typed=request.form,
            errors=errors or {},
        ),
    )


@dataclass(frozen=True, slots=True)
class CourseOfficePage:
    """One course with its participants, and what can be done about it."""

    session: SessionRow
    people: Sequence[Attendance]
    is_small: bool
    rules: RulesForCourses
    over: bool
    today: bool
    problem: RefusalAnswer | None
    whys: Sequence[ClosedReason]
    word: Field
    proposed: Mapping[str, str]
    langs: Sequence[str]


def _page(slot_id: int, problem: RefusalAnswer | None = None) -> str:
    session, now, rules = _session(slot_id), clock.now(), load_rules()
    return render_template(
        "admin/course.html",
        page=CourseOfficePage(
            session=session,
            people=read.attendance(slot_id, language()),
            is_small=is_too_small(session.participants, session.starts_at, rules, centre(), now),
            rules=rules,
            over=session.ends_at <= now,
            today=centre().local(session.starts_at).date() <= centre().local(now).date(),
            problem=problem,
            whys=list(ClosedReason),
            word=words_field(),
            proposed=too_few(),
            langs=centre().languages,
        ),
    )
