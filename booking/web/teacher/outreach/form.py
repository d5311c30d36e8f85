"""What a teacher writes who wants us to come: read field by field, with what is wrong; and who would pay for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time

from flask import request
from flask_babel import gettext as _

from booking.agreements.models import SchoolKind
from booking.agreements.payers import SchoolFacts, find_schools, school_by_id, school_by_number
from booking.agreements.prices import Because, Bill
from booking.outreach import read
from booking.outreach.book import OutreachOrder, owed_for
from booking.outreach.read import TravelWay
from booking.outreach.rules import OfferedOutreach, on_the_clock
from booking.planner.parting import parted
from booking.planner.wish import Group
from booking.web.forms.checked import one_line
from booking.web.guards.network import holder
from booking.web.languages import centre, language, wording
from booking.web.teacher.paying import Payers, find_payers, read_contact, read_number, read_reference, read_seen
from booking.web.teacher.proof import is_proven
from booking.web.typed import a_clock, a_day, identity, whole_number

FIELDS = {
    "date": 10, "time": 5, "school": 120, "org_number": 30, "municipality": 60, "address": 160, "room": 160,
    "class_name": 40, "grade": 2, "pupils": 3, "adults": 3, "name": 120, "email": 254, "mobile": 40, "on_the_day": 120,
    "code": 40, "invoice_reference": 60, "order_number": 60, "needs": 400,
}  # fmt: skip
# Said also while nobody books yet: without these there are neither times nor a price.
ALWAYS = frozenset({"date", "municipality"})
MOST_ADULTS = 20
MOST_PUPILS = 999


@dataclass
class OutreachForm:
    """All that was typed, what is wrong with it by field, and what it comes to."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    day: date | None = None
    begins: time | None = None
    way: TravelWay | None = None
    school: SchoolFacts | None = None
    fitting: list[SchoolFacts] = field(default_factory=list)  # schools of the register that may be meant
    group: Group | None = None
    payers: Payers | None = None

    @property
    def starts_at(self) -> datetime | None:
        """When it is to begin."""
        return on_the_clock(self.day, self.begins, centre()) if self.day and self.begins else None

    def forgive(self, but: Collection[str] = ()) -> None:
        """Nobody books yet: what is still empty is not wrong, except these."""
        self.errors = {name: text for name, text in self.errors.items() if name in but or self.typed.get(name)}


def read_form(typed: dict[str, str]) -> OutreachForm:
    """Everything about the visit; who answers is read when it is booked."""
    form = OutreachForm(typed)
    read_moment(form)
    known = _chosen(typed)
    form.way = read.way_to(typed["municipality"])
    if form.way is None:
        form.errors["municipality"] = _("Choose the municipality.")
    if not typed["address"]:
        form.errors["address"] = _("Enter the address that we drive to.")
    form.school = known or _school(form)
    if known is not None and form.way is not None and not _same_place(known, form.way):
        form.errors["municipality"] = _("%(school)s is in another municipality.", school=known.name)
    form.group = _group(form)
    return form


def typed_now() -> dict[str, str]:
    """What was typed; a free time that was picked from the list counts before one that was written."""
    typed = {name: one_line(request.form.get(name))[:most] for name, most in FIELDS.items()}
    picked = request.form.get("pick", "")
    return typed | {"time": picked} if a_clock(picked) else typed


def typed_before() -> dict[str, str]:
    """What an address says already."""
    return {name: one_line(request.args.get(name))[:most] for name, most in FIELDS.items()}


def read_moment(form: OutreachForm) -> None:
    """The day and the time of day."""
    form.day, begins = a_day(form.typed["date"]), a_clock(form.typed["time"])
    if form.day is None:
        form.errors["date"] = _("Choose a day.")
    if begins is None:
        form.errors["time"] = _("Enter the time as hours and minutes, for example 10:30.")
    else:
        form.begins = begins


def read_numbers(form: OutreachForm) -> tuple[int, int] | None:
    """How many pupils and adults."""
    pupils = whole_number(form.typed["pupils"], 1, MOST_PUPILS)
    adults = whole_number(form.typed["adults"] or "0", 0, MOST_ADULTS)
    if pupils is None:
        form.errors["pupils"] = _("Enter how many pupils, from 1 to %(most)s.", most=MOST_PUPILS)
    if adults is None:
        form.errors["adults"] = _("Enter how many adults, from 0 to %(most)s.", most=MOST_ADULTS)
    return None if pupils is None or adults is None else (pupils, adults)


def check_size(form: OutreachForm, offered: OfferedOutreach) -> None:
    """Say at its field into which groups a class parts that is more than one can be."""
    if form.group is None or form.group.people <= offered.capacity:
        return
    sizes = [str(pupils) for pupils, _adults in parted(form.group.pupils, form.group.adults, offered.capacity)]
    form.errors["pupils"] = (
        _(
            "At most %(most)s are in one group, adults included. Book one group after the other: %(sizes)s.",
            most=offered.capacity,
            sizes=wording().listed(sizes),
        )
        if sizes
        else _("At most %(most)s are in one group, adults included.", most=offered.capacity)
    )
    form.group = None


def add_payers(form: OutreachForm, offered: OfferedOutreach) -> None:
    """Who would pay what, as soon as that can be said. Raises what `owed_for` raises."""
    way, school, group, day = form.way, form.school, form.group, form.day
    if way is None or school is None or group is None or day is None:
        return
    starts_at = form.starts_at or on_the_clock(day, offered.from_time, centre())

    def owed(code: str) -> Bill:
        return owed_for(offered, way, group, starts_at, school, code, centre())

    form.payers = find_payers(school, form.typed, form.errors, owed)


def shows_payers(form: OutreachForm) -> bool:
    """Whether an agreement has a say, also when it pays nothing, and the teacher has not seen it: that comes first."""
    dues = form.payers.bill.dues if form.payers else ()
    return any(due.because is not Because.NO_AGREEMENT for due in dues) and not request.form.get("seen")


def read_order(form: OutreachForm, offered: OfferedOutreach) -> OutreachOrder | None:
    """All of it, to be booked; None when something is wrong."""
    contact = read_contact(form.typed, form.errors)
    reference = read_reference(form.typed, form.errors, form.payers.pattern if form.payers else "")
    if form.errors or not (form.starts_at and form.group and form.school and form.payers and contact):
        return None
    typed, seen = form.typed, request.form.get("seen", "")
    return OutreachOrder(
        activity_id=offered.activity_id,
        starts_at=form.starts_at,
        group=form.group,
        school=form.school,
        address=typed["address"],
        contact=contact,
        lang=language(),
        room=typed["room"],
        on_the_day=typed["on_the_day"] or contact.name,
        mobile=contact.phone,
        order_number=typed["order_number"],
        invoice_reference=reference,
        code=typed["code"],
        holder=holder(),
        proven=is_proven(contact.email),
        seen=read_seen(seen) if seen else form.payers.bill.in_minor_units(),
    )


def _group(form: OutreachForm) -> Group | None:
    numbers, typed = read_numbers(form), form.typed
    grade = whole_number(typed["grade"], 0, 13)
    if grade is None:
        form.errors["grade"] = _("Choose the grade.")
    if not typed["class_name"]:
        form.errors["class_name"] = _("Enter what the class is called.")
    if numbers is None or grade is None or not typed["class_name"]:
        return None
    return Group(typed["class_name"], *numbers, grade)


def _chosen(typed: dict[str, str]) -> SchoolFacts | None:
    """The school that was chosen from the register; its name and its municipality then stand in the form."""
    chosen = identity(request.form.get("known"))
    school = school_by_id(chosen) if chosen else None
    if school is None or not school.name.casefold().startswith(typed["school"].casefold()):
        return None
    typed["school"], typed["municipality"] = school.name, typed["municipality"] or school.municipality
    return school


def _same_place(school: SchoolFacts, way: TravelWay) -> bool:
    return school.municipality.casefold() == way.municipality.casefold()


def _school(form: OutreachForm) -> SchoolFacts | None:
    """The centre's own school of that number or name, else the one written out."""
    typed, way = form.typed, form.way
    if not typed["school"]:
        form.errors["school"] = _("Enter the name of the school.")
        return None
    number = read_number(typed, form.errors)
    if "org_number" in form.errors:
        return None
    school_facts = school_by_number(number) if number else None
    if school_facts is None:
        form.fitting = wording().in_order(find_schools(typed["school"]), lambda school: school.name)
        same = [school for school in form.fitting if school.name.casefold() == typed["school"].casefold()]
        school_facts = same[0] if len(same) == 1 and not number else None
    if way is None:
        return None
    if school_facts is None:
        return SchoolFacts(None, typed["school"], number, way.municipality, SchoolKind.SCHOOL, "", known=False)
    form.fitting = []
    if not _same_place(school_facts, way):
        form.errors["municipality"] = _("%(school)s is in another municipality.", school=school_facts.name)
        return None
    return school_facts
