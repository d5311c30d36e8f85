"""What every form of a teacher asks for: who answers, the school's number, who pays and under which reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask_babel import gettext as _
from wtforms import ValidationError

from booking.agreements.models import Agreement
from booking.agreements.payers import CodeUnknown, SchoolFacts, agreements_for
from booking.agreements.prices import Bill
from booking.agreements.references import (
    OrgNumberWrong,
    ReferenceMissing,
    ReferenceWrong,
    example_of,
    read_invoice_reference,
    read_org_number,
)
from booking.bookings.details import Contact
from booking.web.forms.checked import checked_email, checked_phone, refuse_addresses
from booking.web.languages import centre
from booking.web.teacher.sentences import said
from booking.web.typed import identity, sum_shown

# What a teacher types that stands in letters.
IN_LETTERS = (
    "name", "on_the_day", "school_name", "school", "municipality", "class_name", "address", "room", "order_number",
    "invoice_reference",
)  # fmt: skip

Typed = dict[str, str]
Errors = dict[str, str]


@dataclass(frozen=True, slots=True)
class Payers:
    """Who would pay what: the bill, the agreements it may name, and how invoice references must look."""

    bill: Bill
    names: dict[int, str] = field(default_factory=dict)
    pattern: str = ""

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
        wrong["name"] = _("Write your name.")
    refuse_addresses(typed, IN_LETTERS, wrong)
    try:
        if not typed["email"]:
            raise ValidationError(_("Write your e-mail address."))
        email = checked_email(typed["email"])
    except ValidationError as error:
        wrong["email"] = str(error)
    try:
        phone = checked_phone(typed["mobile"], centre().country)
        if not phone:
            wrong["mobile"] = _("Write a mobile number that we can call on the day.")
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
