"""Book places on a course: who comes, who answers, card or invoice."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.agreements.payers import school_by_number
from booking.agreements.references import (
    OrgNumberWrong,
    ReferenceMissing,
    ReferenceWrong,
    read_invoice_reference,
    read_org_number,
)
from booking.agreements.terms import TermsToday
from booking.bookings.details import Contact
from booking.courses.enrol import EnrolmentOrder, NewParticipant, enrol
from booking.courses.models import Paying
from booking.courses.offered import CourseDate, OfferedCourse
from booking.courses.rules import MOST_TOGETHER, load_rules, standing_before
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import checked_email, checked_phone, no_address, one_line, refuse_addresses
from booking.web.guards.access import public
from booking.web.guards.network import holder
from booking.web.languages import centre, language
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.courses.offered import the_course, the_session
from booking.web.teacher.sentences import said

FIELDS = {
    "name": 120, "email": 254, "phone": 40, "employer": 120, "org_number": 30, "invoice_reference": 60,
    "order_number": 60, "pays": 10, "needs": 400,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """The form that books places on a course: who comes, and who pays."""

    course: OfferedCourse
    session: CourseDate
    people: list[tuple[str, str]]
    typed: dict[str, str]
    errors: dict[str, str]
    problem: RefusalAnswer | None
    most: int
    there: TermsToday
    by_invoice: bool
    held: str


@dataclass
class CoursePlacesForm:
    """All that was typed, and what is wrong with it by field."""

    typed: dict[str, str]
    people: list[tuple[str, str]]
    errors: dict[str, str] = field(default_factory=dict)


@teacher.get("/school/courses/<slug>/places")
@public
def course_places(slug: str) -> ResponseReturnValue:
    """The form for one session."""
    course = the_course(slug)
    session = the_session(course, request.args.get("slot"))
    return _page(course, session, CoursePlacesForm(dict.fromkeys(FIELDS, ""), [("", "")]))


@teacher.post("/school/courses/<slug>/places")
@limiter.limit("60 per hour")
@public
def book_places(slug: str) -> ResponseReturnValue:
    """Keep the places, and on to the payment; or confirmed at once by invoice."""
    course = the_course(slug)
    session = the_session(course, request.form.get("slot"))
    form = _read()
    if request.form.get("step") == "more":
        form.people = [*form.people, ("", "")][:MOST_TOGETHER]
        return _page(course, session, form)
    order = _order(form, session)
    if order is None:
        return _page(course, session, form, status=422)
    try:
        with unit_of_work():
            done = enrol(order, centre=centre(), now=clock.now(), holder=holder())
    except Refusal as refusal:
        answer = said(refusal)
        return _page(course, session, form, answer, answer.status)
    if done.is_confirmed:
        return redirect(url_for("teacher.enrolment", secret=done.secret), 303)
    return redirect(url_for("visitor.checkout", secret=done.secret), 303)


def read_people(most: int = MOST_TOGETHER) -> list[tuple[str, str]]:
    """The rows of names and addresses that were sent, empty ones at the end left out; at least one."""
    names, emails = request.form.getlist("person_name")[:most], request.form.getlist("person_email")[:most]
    rows = [(one_line(name)[:120], one_line(email)[:254]) for name, email in zip(names, emails, strict=False)]
    while len(rows) > 1 and rows[-1] == ("", ""):
        rows.pop()
    return rows or [("", "")]


def checked_person(place: int, name: str, email: str, errors: dict[str, str]) -> NewParticipant | None:
    """A row as a person; what is wrong with it goes to the errors of its fields."""
    if not name:
        errors[f"person_name-{place}"] = _("Enter the name as it should appear on the certificate.")
    elif wrong := no_address(name):
        errors[f"person_name-{place}"] = wrong
    try:
        if not email:
            raise ValidationError(_("Enter the email address of this person."))
        email = checked_email(email)
    except ValidationError as error:
        errors[f"person_email-{place}"] = str(error)
        return None
    return NewParticipant(name, email) if name else None


def _read() -> CoursePlacesForm:
    return CoursePlacesForm(
        {name: one_line(request.form.get(name))[:most] for name, most in FIELDS.items()}, read_people()
    )


def _order(form: CoursePlacesForm, session: CourseDate) -> EnrolmentOrder | None:
    people = [checked_person(n, *row, form.errors) for n, row in enumerate(form.people)]
    contact = _contact(form)
    pays = Paying.INVOICE if form.typed["pays"] == Paying.INVOICE else Paying.CARD
    number = reference = ""
    if pays is Paying.INVOICE and session.price:
        number, reference = _invoice(form)
    if form.errors or contact is None:
        return None
    held = request.form.get("held", "")
    return EnrolmentOrder(
        slot_id=session.slot.slot_id,
        people=[person for person in people if person is not None],
        contact=contact,
        lang=language(),
        pays=pays,
        employer=form.typed["employer"],
        org_number=number,
        invoice_reference=reference,
        order_number=form.typed["order_number"],
        held=held if is_secret(held) else "",
    )


def _contact(form: CoursePlacesForm) -> Contact | None:
    typed, email, phone = form.typed, "", ""
    if not typed["name"]:
        form.errors["name"] = _("Enter your name.")
    refuse_addresses(typed, ("name", "employer", "order_number", "invoice_reference"), form.errors)
    try:
        if not typed["email"]:
            raise ValidationError(_("Enter your email address."))
        email = checked_email(typed["email"])
    except ValidationError as error:
        form.errors["email"] = str(error)
    try:
        phone = checked_phone(typed["phone"], centre().country)
    except ValidationError as error:
        form.errors["phone"] = str(error)
    return None if form.errors else Contact(typed["name"], email, phone, typed["needs"])


def _invoice(form: CoursePlacesForm) -> tuple[str, str]:
    """The payer's organisation number, and the reference in the form that this payer asks for."""
    typed, number = form.typed, ""
    if not typed["employer"]:
        form.errors["employer"] = _("Enter who gets the invoice.")
    try:
        number = read_org_number(typed["org_number"], centre().country)
        if not number:
            form.errors["org_number"] = _("Enter the organisation number: the invoice is sent to it.")
    except OrgNumberWrong as refusal:
        form.errors["org_number"] = said(refusal).text
        return "", ""
    school = school_by_number(number) if number else None
    try:
        return number, read_invoice_reference(typed["invoice_reference"], school.reference_pattern if school else "")
    except (ReferenceMissing, ReferenceWrong) as refusal:
        form.errors["invoice_reference"] = said(refusal).text
    return number, ""


def _page(
    course: OfferedCourse,
    session: CourseDate,
    form: CoursePlacesForm,
    problem: RefusalAnswer | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    held = request.values.get("held", "")
    page = render_template(
        "teacher/course_places.html",
        page=PlacesPage(
            course=course,
            session=session,
            people=form.people,
            typed=form.typed,
            errors=form.errors,
            problem=problem,
            most=MOST_TOGETHER,
            there=standing_before(session.price or 0, session.slot.starts_at, centre(), clock.now()),
            by_invoice=load_rules().by_invoice,
            held=held if is_secret(held) else "",
        ),
    )
    return page, status
