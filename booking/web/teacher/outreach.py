"""Programmes that are held at the school: which there are, book one for an address, move it, change the number."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.bookings.details import Contact
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts, by_secret
from booking.capacity.educators import NoEducator, free_by_stretch
from booking.capacity.places import Full
from booking.centre.facts import closing_days
from booking.closures.answer import closed_for
from booking.documents.certificates import hours_words
from booking.extensions import limiter
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.outreach import book, read
from booking.outreach.book import Order
from booking.outreach.read import Away, Way
from booking.outreach.rules import DayIsFull, NobodyGoesThere, NotThen, Offered, free_starts, on_the_clock
from booking.schools.change import fee_now
from booking.schools.models import SchoolKind
from booking.schools.payers import SchoolFacts, find_schools, school_by_number
from booking.schools.read import VisitFacts, of_booking
from booking.schools.references import (
    OrgNumberWrong,
    ReferenceMissing,
    ReferenceWrong,
    read_invoice_reference,
    read_org_number,
)
from booking.schools.visit import Group
from booking.web.access import public
from booking.web.forms import checked_email, checked_phone, tidy, whole_number
from booking.web.languages import centre, language, wording
from booking.web.refusals import Answer
from booking.web.teacher import teacher
from booking.web.teacher.words import said
from booking.web.visitor.checkout import held_booking

FIELDS = {
    "date": 10, "time": 5, "school": 120, "org_number": 30, "municipality": 60, "address": 160, "room": 160,
    "class_name": 40, "grade": 2, "pupils": 3, "adults": 3, "name": 120, "email": 254, "mobile": 40, "on_the_day": 120,
    "invoice_reference": 60, "order_number": 60, "needs": 400,
}  # fmt: skip
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
MOST_ADULTS = 20


@dataclass
class Form:
    """All that was typed, and what is wrong with it by field."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)


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
    return render_template("teacher/outreach.html", offered=read.offered(), ways=read.ways())


@teacher.get("/school/outreach/<slug>")
@public
def outreach(slug: str) -> ResponseReturnValue:
    """One programme, with the form that books it."""
    offered = _offered(slug)
    typed = {name: tidy(request.args.get(name))[:most] for name, most in FIELDS.items()}
    return _page(offered, Form(typed))


@teacher.post("/school/outreach/<slug>")
@limiter.limit("60 per hour")
@public
def book_outreach(slug: str) -> ResponseReturnValue:
    """Show when somebody could come that day; or book it."""
    offered = _offered(slug)
    form = _read()
    if request.form.get("step") == "look":
        _day(form)
        _way(form)
        form.errors = {name: text for name, text in form.errors.items() if name in ("date", "municipality")}
        return _page(offered, form, looked=True, status=422 if form.errors else 200)
    order = _order(offered, form)
    if order is None:
        return _page(offered, form, status=422)
    try:
        with unit_of_work():
            booked = book.book(order, centre=centre(), now=clock.now())
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
    form = _read()
    starts_at, pupils, adults = _moment(form), _pupils(form), _adults(form)
    if form.errors or starts_at is None or pupils is None or adults is None:
        return _visit_page(facts, visit, away, form=form, status=422)
    try:
        with unit_of_work():
            book.change(facts.id, starts_at, pupils, adults, centre=centre(), now=clock.now())
    except Refusal as refusal:
        answer = said_of(refusal)
        return _visit_page(facts, visit, away, answer, form, answer.status)
    return redirect(url_for("teacher.outreach_visit", secret=secret, done=1), 303)


def said_of(refusal: Refusal) -> Answer:
    """What to tell a teacher who wants us to come."""
    match refusal:
        case NobodyGoesThere():
            return Answer(_("We do not go to that municipality yet. Write to us, and we see what we can do."), 422)
        case NotThen():
            return Answer(_("We cannot come then. Choose one of the days and times below."), 422)
        case DayIsFull():
            return Answer(_("That day is full. Please choose another."), 409)
        case NoEducator() | Full():
            return Answer(_("Nobody is free to come then. Choose one of the times below, or another day."), 409)
    return said(refusal)


def _offered(slug: str) -> Offered:
    found = read.with_slug(slug)
    if found is None:
        abort(404)
    return found


def _found(secret: str) -> tuple[BookingFacts, VisitFacts, Away]:
    facts = held_booking(secret)
    away, visit = read.of_booking(facts.id), of_booking(facts.id, facts.currency)
    if away is None or visit is None:
        abort(404)
    return facts, visit, away


def _read() -> Form:
    """What was typed; a free time that was picked from the list counts before one that was written."""
    typed = {name: tidy(request.form.get(name))[:most] for name, most in FIELDS.items()}
    picked = request.form.get("pick", "")
    return Form(typed | {"time": picked} if _CLOCK.fullmatch(picked) else typed)


def _day(form: Form) -> date | None:
    try:
        if _DATE.fullmatch(form.typed["date"]):
            return date.fromisoformat(form.typed["date"])
    except ValueError:
        pass
    form.errors["date"] = _("Choose a day.")
    return None


def _moment(form: Form) -> datetime | None:
    day, found = _day(form), _CLOCK.fullmatch(form.typed["time"])
    if found is None:
        form.errors["time"] = _("Write the time as hours and minutes, for example 10:30.")
    return on_the_clock(day, time(int(found[1]), int(found[2])), centre()) if day and found else None


def _pupils(form: Form) -> int | None:
    pupils = whole_number(form.typed["pupils"], 1, 999)
    if pupils is None:
        form.errors["pupils"] = _("Write how many as a whole number, for example 30.")
    return pupils


def _adults(form: Form) -> int | None:
    adults = whole_number(form.typed["adults"] or "0", 0, MOST_ADULTS)
    if adults is None:
        form.errors["adults"] = _("Write how many as a whole number, for example 2.")
    return adults


def _way(form: Form) -> Way | None:
    way = read.way_to(form.typed["municipality"])
    if way is None:
        form.errors["municipality"] = _("Choose the municipality.")
    return way


def _order(offered: Offered, form: Form) -> Order | None:
    typed = form.typed
    starts_at, pupils, adults, way = _moment(form), _pupils(form), _adults(form), _way(form)
    grade = whole_number(typed["grade"], 0, 13)
    if grade is None:
        form.errors["grade"] = _("Choose the grade.")
    if not typed["class_name"]:
        form.errors["class_name"] = _("Write what the class is called.")
    if not typed["address"]:
        form.errors["address"] = _("Write the address that we drive to.")
    school, reference = _school(form, way), ""
    contact = _contact(form)
    if school is not None:
        reference = _reference(form, school)
    if form.errors or not (starts_at and pupils and school and contact) or adults is None or grade is None:
        return None
    return Order(
        activity_id=offered.activity_id,
        starts_at=starts_at,
        group=Group(typed["class_name"], pupils, adults, grade),
        school=school,
        address=typed["address"],
        contact=contact,
        lang=language(),
        room=typed["room"],
        on_the_day=typed["on_the_day"] or typed["name"],
        mobile=contact.phone,
        order_number=typed["order_number"],
        invoice_reference=reference,
    )


def _school(form: Form, way: Way | None) -> SchoolFacts | None:
    """The centre's own school of that number or name, else the one written out."""
    typed, number = form.typed, ""
    if not typed["school"]:
        form.errors["school"] = _("Write the name of the school.")
        return None
    if typed["org_number"]:
        try:
            number = read_org_number(typed["org_number"], centre().country)
        except OrgNumberWrong as error:
            text = _("That is no organisation number: one has %(count)s digits.", count=error.digits)
            form.errors["org_number"] = (
                _("A digit in it must be wrong: check it once more.") if error.misprint else text
            )
            return None
    found = school_by_number(number) if number else None
    if found is None:
        same = [one for one in find_schools(typed["school"]) if one.name.casefold() == typed["school"].casefold()]
        found = same[0] if len(same) == 1 and not number else None
    if way is None:
        return None
    if found is not None and found.municipality.casefold() == way.municipality.casefold():
        return found
    if found is not None:
        form.errors["municipality"] = _("%(school)s is in another municipality.", school=found.name)
        return None
    return SchoolFacts(None, typed["school"], number, way.municipality, SchoolKind.SCHOOL, "", known=False)


def _contact(form: Form) -> Contact | None:
    typed, email, phone = form.typed, "", ""
    if not typed["name"]:
        form.errors["name"] = _("Write your name.")
    try:
        if not typed["email"]:
            raise ValidationError(_("Write your e-mail address."))
        email = checked_email(typed["email"])
    except ValidationError as error:
        form.errors["email"] = str(error)
    try:
        phone = checked_phone(typed["mobile"], centre().country)
        if not phone:
            form.errors["mobile"] = _("Write a mobile number that we can call on the day.")
    except ValidationError:
        form.errors["mobile"] = _("That does not look like a phone number.")
    return None if form.errors else Contact(typed["name"], email, phone, typed["needs"])


def _reference(form: Form, school: SchoolFacts) -> str:
    try:
        return read_invoice_reference(form.typed["invoice_reference"], school.reference_pattern)
    except ReferenceMissing as error:
        form.errors["invoice_reference"] = _(
            "The payer asks for a reference such as %(example)s.", example=error.example
        )
    except ReferenceWrong as error:
        text = _("The payer's references look like %(example)s.", example=error.example)
        form.errors["invoice_reference"] = text if error.example else _("At most 60 characters.")
    return ""


def _times(offered: Offered, form: Form, minutes: int) -> list[datetime] | None:
    """When somebody could come on the day that was typed; None without a day that can be read."""
    day = _day(Form(form.typed))
    if day is None:
        return None
    if day in closing_days(day, day + timedelta(days=1)):
        return []
    start = on_the_clock(day, time(0), centre())
    free = free_by_stretch(start, start + timedelta(days=1))
    found, now = [], clock.now()
    for one in free_starts(offered, minutes, day, free, centre()):
        try:
            offered.check_begins(one, centre(), now)
        except NotThen:
            continue
        found.append(one)
    return found


def _page(
    offered: Offered, form: Form, problem: Answer | None = None, *, looked: bool = False, status: int = 200
) -> ResponseReturnValue:
    way = read.way_to(form.typed["municipality"])
    page = render_template(
        "teacher/outreach_book.html",
        offered=offered,
        ways=read.ways(),
        way=way,
        typed=form.typed,
        errors=form.errors,
        problem=problem,
        times=_times(offered, form, way.minutes) if looked and way else None,
        day=_day(Form(form.typed)),
        hours_words=hours_words,
        grades=range(offered.grade_from, offered.grade_to + 1),
        days=_weekdays(offered),
    )
    return page, status


def _visit_page(
    facts: BookingFacts,
    visit: VisitFacts,
    away: Away,
    problem: Answer | None = None,
    form: Form | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    now, here = clock.now(), centre()
    living = facts.state in (State.CONFIRMED, State.PENDING)
    fee = fee_now(visit, facts.total, here, now) if living else None
    local, group = here.local(away.starts_at), visit.timetables[0].group
    typed = {
        "date": local.date().isoformat(), "time": local.strftime("%H:%M"), "pupils": str(group.pupils),
        "adults": str(group.adults),
    }  # fmt: skip
    page = render_template(
        "teacher/outreach_visit.html",
        facts=facts,
        visit=visit,
        away=away,
        offered=read.with_id(away.activity_id),
        living=living,
        asked=facts.state is State.PENDING,
        over=away.starts_at <= now,
        closed=closed_for(facts.id) if facts.state is State.CONFIRMED else None,
        fee=fee,
        group=group,
        typed=form.typed if form else typed,
        errors=form.errors if form else {},
        problem=problem,
        done=request.args.get("done", ""),
    )
    return page, status


def _weekdays(offered: Offered) -> str:
    """On which days it is held, as words."""
    names = wording().locale.days["stand-alone"]["wide"]
    return ", ".join(names[day] for day in range(7) if offered.weekdays >> day & 1)
