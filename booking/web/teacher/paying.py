"""What every form of a teacher asks for: who answers, the school's number, who pays and under which reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask_babel import gettext as _
from wtforms import ValidationError

from booking.agreements.models import Agreement, SchoolKind
from booking.agreements.payers import CodeUnknown, SchoolFacts, agreements_for, find_schools, school_by_id
from booking.agreements.prices import Bill
from booking.agreements.references import (
    OrgNumberWrong,
    ReferenceMissing,
    ReferenceWrong,
    example_of,
    read_invoice_reference,
    read_org_number,
)
from booking.agreements.rules import NoSchools, price_list
from booking.bookings.details import Contact
from booking.kernel.money import Money
from booking.planner.plans import Plan, PlannerAnswer
from booking.visits.agree import bill_for
from booking.visits.lines import kind_of
from booking.web.forms.checked import checked_email, checked_phone, refuse_addresses
from booking.web.languages import centre, wording
from booking.web.teacher.sentences import said
from booking.web.teacher.wishes import Typed as Wish
from booking.web.typed import identity, sum_shown

# What a teacher types that stands in letters.
IN_LETTERS = (
    "name", "on_the_day", "school_name", "school", "municipality", "class_name", "address", "room", "order_number",
    "invoice_reference",
)  # fmt: skip

NOBODY = SchoolFacts(None, "", "", "", SchoolKind.SCHOOL, "", known=False)  # while no school is chosen

Typed = dict[str, str]
Errors = dict[str, str]


@dataclass(frozen=True, slots=True)
class Payers:
    """Who would pay what: the bill, the agreements it may name, and how invoice references must look."""

    bill: Bill
    names: dict[int, str] = field(default_factory=dict)
    pattern: str = ""

    @property
    def own(self) -> Money:
        """What the school itself pays."""
        return self.bill.by_payer().get(None, Money(0, self.bill.whole.currency))

    @property
    def seen(self) -> str:
        """What the page says that each payer owes, to come back with the form; see read_seen."""
        return ",".join(f"{payer or 0}:{minor}" for payer, minor in self.bill.in_minor_units().items())

    @property
    def example(self) -> str:
        """A reference as the payer wants it; empty when any will do."""
        return example_of(self.pattern) if self.pattern else ""


def find_payers(school: SchoolFacts, typed: Typed, errors: Errors, owed: Callable[[str], Bill]) -> Payers:
    """Who would pay; `owed` makes the bill with a code. A code that nobody has is an error of its field.

    Raises what `owed` raises.
    """
    code = typed["code"]
    try:
        agreements = agreements_for(school, code)
    except CodeUnknown as refusal:
        errors["code"] = said(refusal).text
        code, agreements = "", agreements_for(school)
    bill = owed(code)
    known: dict[int | None, Agreement] = {agreement.id: agreement for agreement in agreements}
    paying = [known[payer] for payer in bill.by_payer() if payer in known]
    pattern = paying[0].reference_pattern if paying else school.reference_pattern
    return Payers(bill, {agreement.id: agreement.payer for agreement in paying}, pattern)


def find_school_of(typed: Wish) -> tuple[SchoolFacts | None, list[SchoolFacts]]:
    """The school that plans are priced for, as chosen or as sought by its name; else those that fit what was typed."""
    chosen = identity(typed.school)
    school = school_by_id(chosen) if chosen else None
    fitting: list[SchoolFacts] = []
    if typed.school_q and (school is None or typed.school_q != school.name):
        fitting = wording().in_order(find_schools(typed.school_q), lambda facts: facts.name)
        school = next((facts for facts in fitting if len(fitting) == 1 or facts == school), None)
    if school is not None:
        typed.school_q, fitting = school.name, []
    typed.school = str(school.id) if school else ""
    return school, fitting


def bills_of_plans(answer: PlannerAnswer, school: SchoolFacts | None) -> dict[Plan, Payers]:
    """What each plan costs and who pays, for a school; for none yet, what it costs before any agreement.

    Plans that differ only in their times cost the same, so each sum is worked out once, in at most four statements.
    """
    bills: dict[Plan, Payers] = {}
    made: dict[object, Payers] = {}
    try:
        agreements = agreements_for(school) if school else []
        price = price_list(centre().currency)
        for plan in (*answer.plans, *(near.plan for near in answer.nearest)):
            kind, day = kind_of(plan), centre().local(plan.arrives_at).date()
            key = (plan.groups, kind, day)
            if key not in made:
                bill = bill_for(
                    plan.groups, plan.arrives_at, school or NOBODY, "", centre(),
                    agreements=agreements, kind=kind, price=price,
                )  # fmt: skip
                made[key] = Payers(bill, {agreement.id: agreement.payer for agreement in agreements})
            bills[plan] = made[key]
    except NoSchools:
        return {}
    return bills


def read_seen(text: str) -> dict[int | None, int]:
    """What each payer owed on the page; anything unreadable is nothing that holds."""
    sums: dict[int | None, int] = {}
    for due in text[:400].split(","):
        payer, _sep, minor = due.partition(":")
        if (owed := sum_shown(minor)) is not None:
            sums[identity(payer)] = owed
    return sums


def read_contact(typed: Typed, errors: Errors) -> Contact | None:
    """Who answers; None when something of it is wrong."""
    email = phone = ""
    wrong: Errors = {}
    if not typed["name"]:
        wrong["name"] = _("Enter your name.")
    refuse_addresses(typed, IN_LETTERS, wrong)
    try:
        if not typed["email"]:
            raise ValidationError(_("Enter your email address."))
        email = checked_email(typed["email"])
    except ValidationError as error:
        wrong["email"] = str(error)
    try:
        phone = checked_phone(typed["mobile"], centre().country)
        if not phone:
            wrong["mobile"] = _("Enter a mobile number that we can call on the day.")
    except ValidationError:
        wrong["mobile"] = _("That does not look like a phone number.")
    errors |= wrong
    return None if wrong else Contact(typed["name"], email, phone, typed["needs"])


def read_number(typed: Typed, errors: Errors) -> str:
    """The organisation number, checked; empty when there is none or it is wrong."""
    if not typed["org_number"]:
        return ""
    try:
        return read_org_number(typed["org_number"], centre().country)
    except OrgNumberWrong as refusal:
        errors["org_number"] = said(refusal).text
    return ""


def read_reference(typed: Typed, errors: Errors, pattern: str) -> str:
    """The invoice reference as this payer wants it; empty when it is wrong."""
    try:
        return read_invoice_reference(typed["invoice_reference"], pattern)
    except (ReferenceMissing, ReferenceWrong) as refusal:
        errors["invoice_reference"] = said(refusal).text
    return ""
