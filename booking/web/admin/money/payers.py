"""Payers: whom a bill is for by law, where it goes, whom it names as visitor, and whether it is collective.

Legal entity, deliver-to and reference are three things, and none is derived from another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from booking.agreements.references import ReferenceMissing, ReferenceWrong, read_invoice_reference
from booking.invoicing.models import Collective, DeliverTo, InvoicePayer, InvoiceTiming
from booking.invoicing.payers import KnownPayer, PayerGap, keep_payer, known_payers
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.collation import order_key
from booking.kernel.database import unit_of_work
from booking.records import audited_rows
from booking.staff.models import Role
from booking.web.admin.money.invoice_rules import timing_names
from booking.web.admin.registers.reference_fields import OrgNumberField
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import EnumField, YesField
from booking.web.forms.fields import EmailField, Field, TextField
from booking.web.forms.filled import FORMS, Values
from booking.web.forms.one_row import OneRow
from booking.web.forms.row_history import Deed, deeds
from booking.web.guards.access import staff
from booking.web.languages import centre, wording
from booking.web.refusals import sentence
from booking.web.typed import whole_number

MOST_PAYERS = 100
GAPS: dict[PayerGap, LazyString] = {
    PayerGap.NAME: lazy_gettext("name"),
    PayerGap.NUMBER: lazy_gettext("organisation number"),
    PayerGap.ADDRESS: lazy_gettext("address"),
    PayerGap.EMAIL: lazy_gettext("email for invoices"),
}


@dataclass(frozen=True, slots=True)
class PayersPage:
    """Payers by name, and from which place on there are more."""

    payers: Sequence[KnownPayer]
    more_beyond: int | None

    def missing(self, payer: KnownPayer) -> str:
        """What is missing of one, in words."""
        return ", ".join(str(GAPS[gap]) for gap in payer.gaps)


@dataclass(frozen=True, slots=True)
class AboutPayer:
    """What agreement or school say of it, what is missing, and what has been done."""

    payer: KnownPayer
    missing: str
    deeds: Sequence[Deed]


@admin.get("/invoices/payers")
@staff(Role.FINANCE)
def payers() -> str:
    """Everybody who pays by invoice, and what is missing of whom."""
    beyond = whole_number(request.args.get("beyond"), 0, 10**6) or 0
    lang = wording().lang
    by_name = sorted(_known(), key=lambda payer: (order_key(payer.name, lang), payer.key))
    more = beyond + MOST_PAYERS if len(by_name) > beyond + MOST_PAYERS else None
    return render_template("admin/payers.html", page=PayersPage(by_name[beyond : beyond + MOST_PAYERS], more))


@admin.post("/invoices/payers")
@staff(Role.FINANCE)
def open_payer() -> ResponseReturnValue:
    """The page of a payer that nobody has said anything of yet."""
    key = request.form.get("key", "")
    if key not in {payer.key for payer in _known()}:
        abort(404)
    with unit_of_work():
        keep_payer(key)
    return redirect(url_for("admin.payer", payer_id=_by_key(key).payer_id), 303)


@admin.get("/invoices/payers/<int:payer_id>")
@staff(Role.FINANCE)
def payer(payer_id: int) -> str:
    """What is known of a payer."""
    return PayerEntry(_row(payer_id)).show()


@admin.post("/invoices/payers/<int:payer_id>")
@staff(Role.FINANCE)
def save_payer(payer_id: int) -> ResponseReturnValue:
    """Change it. What is issued stays as it was."""
    return PayerEntry(_row(payer_id)).save()


class PayerEntry(OneRow[InvoicePayer]):
    """What is known of one payer; its row is there."""

    table = InvoicePayer
    key = "id"
    what = "invoice_payer"
    template = "admin/payer_entry.html"
    changers = (Role.ADMIN, Role.FINANCE)

    def __init__(self, row: InvoicePayer) -> None:
        super().__init__(row.id, row)
        self.payer = _by_key(row.key)

    def fields(self) -> list[Field]:
        """How the payer is reached, and how it wants its invoices."""
        return _fields()

    def title(self) -> str:
        """The payer's name, or its key where it has none."""
        return self.payer.name or self.payer.key

    def home(self) -> str:
        """The list of payers."""
        return url_for("admin.payers")

    def saved(self) -> str:
        """The payer's own page again."""
        return url_for("admin.payer", payer_id=self.row_id)

    def about(self) -> AboutPayer:
        """The payer, what its invoices still lack, and what has been done to it."""
        missing = ", ".join(str(GAPS[gap]) for gap in self.payer.gaps)
        return AboutPayer(self.payer, missing, deeds(f"invoice_payer:{self.row_id}", self.asked))

    def wrong(self, values: Values) -> Mapping[str, str]:
        """A unit to deliver to without a name; a reference that the payer's own pattern refuses."""
        wrong = {}
        if values["deliver_to"] is DeliverTo.NAMED and not values["deliver_name"]:
            wrong["deliver_name"] = _("Enter the name of the unit.")
        if values["common_reference"]:
            try:
                read_invoice_reference(values["common_reference"], self.payer.pattern)
            except (ReferenceWrong, ReferenceMissing) as refusal:
                wrong["common_reference"] = sentence(refusal).text
        return wrong


def _known() -> list[KnownPayer]:
    owing = (receivable.payer for receivable in open_receivables(centre(), clock.now()))
    return known_payers((payer.key, payer.name, payer.org_number, payer.pattern) for payer in owing)


def _by_key(key: str) -> KnownPayer:
    return next(payer for payer in known_payers() if payer.key == key)


def _row(payer_id: int) -> InvoicePayer:
    row = audited_rows.find(InvoicePayer, payer_id)
    if row is None or row.key.startswith("booking:"):
        abort(404)
    return row


def _fields() -> list[Field]:
    return [*_legal(), *_delivery(), *_together()]


def _legal() -> list[Field]:
    as_known = _("Empty: as the agreement or the school says.")
    return [
        TextField("name", _("Legal name"), most=120, required=False, heading=_("Legal entity"), hint=as_known),
        OrgNumberField(
            "org_number",
            _("Organisation number"),
            most=20,
            required=False,
            hint=_("The main unit's: a school's own number often reaches nobody. Empty: as agreement or school say."),
        ),
        TextField("street", _("Street and number"), most=120, required=False),
        TextField("postcode", _("Postcode"), most=12, required=False),
        TextField("town", _("Town"), most=60, required=False),
        EmailField("email", _("Email for invoices"), most=254, required=False),
    ]


def _delivery() -> list[Field]:
    return [
        EnumField(
            "deliver_to",
            _("Delivered to"),
            kind=DeliverTo,
            heading=_("On the invoice"),
            choices=(
                (DeliverTo.VISITOR, _("The school that came")),
                (DeliverTo.PAYER, _("The payer itself")),
                (DeliverTo.NAMED, _("A unit named here")),
            ),
        ),
        TextField("deliver_name", _("Name of the unit"), most=120, required=False),
    ]


def _together() -> list[Field]:
    return [
        EnumField(
            "timing",
            _("When a visit is invoiced"),
            kind=InvoiceTiming,
            heading=_("When"),
            choices=timing_names(),
            required=False,
            hint=_("None chosen: as the rules for invoices say, and after the visit where they are collective."),
        ),
        EnumField(
            "collective",
            _("Invoices"),
            kind=Collective,
            heading=_("Collective invoices"),
            choices=(
                (Collective.NONE, _("One for each visit")),
                (Collective.MONTH, _("One a month, with a line for each visit")),
            ),
        ),
        YesField("by_reference", _("One for each reference"), required=False),
        TextField(
            "common_reference",
            _("Reference for all"),
            most=60,
            required=False,
            hint=_("Stands above a collective invoice that is not split. Without it all visits must have the same."),
        ),
    ]


FORMS["invoice_payer"] = _fields
