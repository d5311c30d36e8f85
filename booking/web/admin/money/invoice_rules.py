"""What the accountant decides of invoices: where they are paid, when, and what is said of VAT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from stdnum import bic, iban
from stdnum.exceptions import ValidationError
from stdnum.no import kontonr

from booking.invoicing.issue import SCHEMES, rules_of_invoices
from booking.invoicing.models import InvoiceRules, InvoiceTiming
from booking.staff.models import Role
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import ChoiceField, EnumField
from booking.web.forms.fields import Field, TextField, TextsField, WholeField
from booking.web.forms.filled import FORMS, Values
from booking.web.forms.one_row import OneRow
from booking.web.forms.row_history import Deed, deeds
from booking.web.guards.access import staff
from booking.web.languages import centre
from booking.web.typed import Wrong

NORWEGIAN_DIGITS = 11


class AccountField(TextField):
    """An account: an IBAN, or in Norway its eleven digits; kept as an IBAN."""

    __slots__ = ()

    def value_of(self, text: str) -> str:
        """The account as an IBAN, without spaces. Raises Wrong where a digit is wrong or missing."""
        plain = text.replace(" ", "").replace(".", "")
        try:
            if len(plain) == NORWEGIAN_DIGITS:
                return str(kontonr.to_iban(kontonr.validate(plain))).replace(" ", "")
            return str(iban.validate(plain))
        except ValidationError:
            raise Wrong(_("This is no account number: one of its digits is wrong or missing.")) from None


class BankCodeField(TextField):
    """A BIC, eight or eleven letters and digits; "" for none."""

    __slots__ = ()

    def value_of(self, text: str) -> str:
        """The BIC without spaces; "" for none. Raises Wrong."""
        try:
            return str(bic.validate(text)) if text else ""
        except ValidationError:
            raise Wrong(_("A BIC has eight or eleven letters and digits, such as DNBANOKK.")) from None


@admin.get("/invoices/rules")
@staff(Role.FINANCE)
def invoice_rules() -> str:
    """The rules as they are."""
    return InvoiceRulesEntry(rules_of_invoices()).show()


@admin.post("/invoices/rules")
@staff()
def save_invoice_rules() -> ResponseReturnValue:
    """Change them. What is issued stays as it was."""
    return InvoiceRulesEntry(rules_of_invoices()).save()


@dataclass(frozen=True, slots=True)
class AboutInvoiceRules:
    """What has been done to them."""

    deeds: Sequence[Deed]


class InvoiceRulesEntry(OneRow[InvoiceRules]):
    """The one row of rules; there is none before they are said."""

    table = InvoiceRules
    key = "id"
    what = "invoice_rules"
    template = "admin/invoice_rules.html"

    def __init__(self, row: InvoiceRules | None) -> None:
        super().__init__(1 if row is None else row.id, row)

    def fields(self) -> list[Field]:
        """Where invoices are paid, the centre's address and VAT number, and how many days there are to pay."""
        return _fields()

    def title(self) -> str:
        """What the page of the rules is called."""
        return str(_("Rules for invoices"))

    def home(self) -> str:
        """The list of invoices."""
        return url_for("admin.invoices")

    def saved(self) -> str:
        """The list of invoices again."""
        return url_for("admin.invoices")

    def about(self) -> AboutInvoiceRules:
        """What has been done to the rules."""
        return AboutInvoiceRules(deeds(f"invoice_rules:{self.row_id}", self.asked))

    def defaults(self) -> Values:
        """What is usual in the centre's country: its VAT number, its scheme of addresses, thirty days to pay."""
        here = centre()
        number = f"{here.org_number}MVA" if here.country == "NO" and here.org_number else ""
        return {
            "vat_number": number,
            "scheme": SCHEMES.get(here.country, ""),
            "pay_days": 30,
            "latest_days": 28,
            "timing": InvoiceTiming.AFTER,
        }


def _fields() -> list[Field]:
    return [*_where(), *_address(), *_vat(), *_days()]


def _where() -> list[Field]:
    return [
        AccountField(
            "account",
            _("Account"),
            most=40,
            heading=_("Where it is paid"),
            hint=_("An IBAN, or a Norwegian account of eleven digits."),
        ),
        BankCodeField("bic", _("BIC of the bank"), most=11, required=False, hint=_("For payers abroad.")),
    ]


def _address() -> list[Field]:
    return [
        TextField("street", _("Street and number"), most=120, heading=_("Our address on the invoice")),
        TextField("postcode", _("Postcode"), most=12),
        TextField("town", _("Town"), most=60),
        ChoiceField(
            "scheme",
            _("Our electronic address"),
            choices=(
                ("0192", _("Organisation number in Norway (0192)")),
                ("0218", _("Registration number in Latvia (0218)")),
                ("9939", _("VAT number in Latvia (9939)")),
            ),
        ),
    ]


def _vat() -> list[Field]:
    return [
        TextField(
            "vat_number",
            _("VAT number"),
            most=20,
            required=False,
            heading=_("VAT"),
            hint=_("As it stands on an invoice, such as 987654325MVA. Empty if the centre is not registered."),
        ),
        TextField(
            "registered_in",
            _("Register that is named beside it"),
            most=60,
            required=False,
            hint=_("A limited company in Norway enters Foretaksregisteret."),
        ),
        TextsField(
            "exempt_reason",
            _("Why something has no VAT"),
            most=100,
            required=False,
            hint=_("Stands on invoices with such lines; without it they wait. Your accountant knows the words."),
        ),
        TextField("exempt_code", _("Its code in the books"), most=4, required=False),
    ]


def timing_names() -> tuple[tuple[str, str], ...]:
    """What there is to choose of when visits are invoiced."""
    return (
        (InvoiceTiming.AFTER, _("After the visit")),
        (InvoiceTiming.ON_BOOKING, _("On booking, where all of it is admission")),
    )


def _days() -> list[Field]:
    return [
        EnumField(
            "timing",
            _("When a visit is invoiced"),
            kind=InvoiceTiming,
            heading=_("When"),
            choices=timing_names(),
            hint=_("What is admission is marked on each activity. All else waits until the visit is over."),
        ),
        WholeField("pay_days", _("To be paid within"), least=1, most=90, unit=_("days")),
        WholeField(
            "latest_days",
            _("Goes out at latest"),
            least=1,
            most=90,
            unit=_("days after the visit"),
            hint=_("What stands longer is marked red. In Norway the law says a month."),
        ),
    ]


FORMS["invoice_rules"] = _fields
