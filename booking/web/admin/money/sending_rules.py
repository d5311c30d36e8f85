"""How the centre's invoices are sent, and where a payer differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, current_app, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.invoicing.payer.queries import last_issued_to
from booking.invoicing.sending.choose import rules_of_sending
from booking.invoicing.sending.models import PayerSending, SendingRules
from booking.invoicing.sending.states import SendingChannel
from booking.records import audited_rows
from booking.reports.delivery_names import sending_channels
from booking.settings import settings_of
from booking.staff.models import Role
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import ChoiceField, EnumField, YesField
from booking.web.forms.fields import Field, WholeField
from booking.web.forms.filled import FORMS, Values
from booking.web.forms.one_row import OneRow
from booking.web.forms.row_history import Deed, deeds
from booking.web.guards.access import staff
from booking.web.languages import centre

MOST_REPORT_DAYS = 60


@dataclass(frozen=True, slots=True)
class AboutSending:
    """What has been done to it, and what the machine is set up for."""

    deeds: Sequence[Deed]
    folder: str = ""
    access_point: str = ""


class YesOrNoField(ChoiceField):
    """Yes, no, or as it is usual."""

    __slots__ = ()

    def value_of(self, choice: str) -> bool:
        """Whether it was yes that was chosen."""
        return choice == "yes"

    def shown(self, value: bool | None, langs: Sequence[str]) -> dict[str, str | bool]:
        """The choice that stands for what is kept; none where it is as usual."""
        return {self.name: "" if value is None else ("yes" if value else "no")}

    def in_words(self, value: bool | None) -> str:
        """Yes or no in words; nothing where it is as usual."""
        return "" if value is None else self.words["yes" if value else "no"]


@admin.get("/invoices/sending/rules")
@staff(Role.FINANCE)
def sending_rules() -> str:
    """The rules as they are."""
    return SendingRulesEntry(rules_of_sending()).show()


@admin.post("/invoices/sending/rules")
@staff()
def save_sending_rules() -> ResponseReturnValue:
    """Change them. What is under way goes on as it began."""
    return SendingRulesEntry(rules_of_sending()).save()


@admin.get("/invoices/sending/payers/<int:payer_id>")
@staff(Role.FINANCE)
def payer_sending(payer_id: int) -> str:
    """Where a payer differs."""
    return PayerSendingEntry(payer_id).show()


@admin.post("/invoices/sending/payers/<int:payer_id>")
@staff()
def save_payer_sending(payer_id: int) -> ResponseReturnValue:
    """Change it."""
    return PayerSendingEntry(payer_id).save()


class SendingRulesEntry(OneRow[SendingRules]):
    """The one row of rules; there is none before they are said."""

    table = SendingRules
    key = "id"
    what = "sending_rules"
    template = "admin/sending_rules.html"
    defaults_hold = True

    def __init__(self, row: SendingRules | None) -> None:
        super().__init__(1 if row is None else row.id, row)

    def fields(self) -> list[Field]:
        """How invoices are sent, and what is reported of them."""
        return _fields()

    def title(self) -> str:
        """What the page of the rules is called."""
        return str(_("How invoices are sent"))

    def home(self) -> str:
        """The list of what is sent."""
        return url_for("admin.deliveries")

    def saved(self) -> str:
        """The list of what is sent again."""
        return url_for("admin.deliveries")

    def about(self) -> AboutSending:
        """What has been done to the rules, and the folder and the access point that the installation has."""
        settings = settings_of(current_app._get_current_object())  # type: ignore[attr-defined]
        base = settings.access_point.base if settings.access_point is not None else ""
        return AboutSending(deeds(f"sending_rules:{self.row_id}", self.asked), str(settings.invoice_folder), base)

    def defaults(self) -> Values:
        """What is usual: into the folder, else a mail with PDF and XML; reports in Latvia only."""
        latvian = centre().country == "LV"
        return {
            "channel": SendingChannel.FOLDER, "paper_instead": True, "attach_xml": True, "reports": latvian,
            "report_days": 5,
        }  # fmt: skip


class PayerSendingEntry(OneRow[PayerSending]):
    """One payer's row; there is none as long as it is as others."""

    table = PayerSending
    key = "payer_id"
    what = "payer_sending"
    template = "admin/payer_sending.html"

    def __init__(self, payer_id: int) -> None:
        newest = last_issued_to(payer_id) if payer_id < 10**18 else None
        if newest is None:
            abort(404)
        self.name = newest.document.billed_to.name
        super().__init__(payer_id, audited_rows.find(PayerSending, payer_id))

    def fields(self) -> list[Field]:
        """Where the payer may differ from the others."""
        return _payer_fields()

    def title(self) -> str:
        """The payer by name."""
        return str(_("Sending to %(payer)s", payer=self.name))

    def home(self) -> str:
        """The list of what is sent."""
        return url_for("admin.deliveries")

    def saved(self) -> str:
        """The payer's own page again."""
        return url_for("admin.payer_sending", payer_id=self.row_id)

    def about(self) -> AboutSending:
        """What has been done to it."""
        return AboutSending(deeds(f"payer_sending:{self.row_id}", self.asked))


def _channels() -> tuple[tuple[str, str], ...]:
    return tuple((str(channel), words) for channel, words in sending_channels().items())


def _fields() -> list[Field]:
    return [
        EnumField(
            "channel", _("Invoices go out by"), choices=_channels(), kind=SendingChannel, heading=_("The way out"),
            hint=_("A payer may differ: say so on the page of one of its invoices."),
        ),
        YesField("paper_instead", _("Who cannot receive electronic invoices gets a mail with the PDF")),
        YesField("attach_xml", _("Mails carry the XML too")),
        YesField(
            "reports", _("Invoices to public bodies are reported to the tax authority"),
            heading=_("Tax authority (Latvia: VID)"),
        ),
        YesField("channel_reports", _("The access point reports them by itself")),
        WholeField(
            "report_days", _("At latest"), least=1, most=MOST_REPORT_DAYS, unit=_("working days after the issue")
        ),
    ]  # fmt: skip


def _payer_fields() -> list[Field]:
    return [
        EnumField(
            "channel", _("Invoices go out by"), choices=_channels(), kind=SendingChannel, required=False,
            hint=_("Nothing chosen: as the centre's others."),
        ),
        YesOrNoField(
            "public_body", _("Is it a public body?"), required=False,
            choices=(("yes", _("Yes: it never gets paper unasked")), ("no", _("No"))),
            hint=_("Nothing chosen: whoever has an agreement is one."),
        ),
    ]  # fmt: skip


FORMS["sending_rules"] = _fields
FORMS["payer_sending"] = _payer_fields
