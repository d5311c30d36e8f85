"""What the office calls where an invoice stands, and the list of invoices as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.invoicing.document import DocumentKind
from booking.invoicing.issued.filters import InvoiceMark, Way
from booking.invoicing.issued.read import IssuedLine
from booking.invoicing.payer.queries import HowItStands, stands_by_sums
from booking.invoicing.sending.states import BuyerResponse
from booking.reports.delivery_names import buyer_responses, delivery_states
from booking.sheets.sheet import Column, ColumnKind, Row


def standings() -> Mapping[HowItStands, str]:
    """Where a document stands."""
    return {
        HowItStands.OPEN: pgettext("invoice", "Not due yet"),
        HowItStands.PART_PAID: pgettext("invoice", "Not due yet, part paid"),
        HowItStands.OVERDUE: pgettext("invoice", "Overdue"),
        HowItStands.PAID: pgettext("invoice", "Paid"),
        HowItStands.CREDITED: pgettext("invoice", "Credited"),
        HowItStands.WRITTEN_OFF: pgettext("invoice", "Written off, or the rest of it"),
        HowItStands.CREDIT: _("Credit note"),
    }


def marks() -> Mapping[InvoiceMark, str]:
    """What may be so of an invoice besides."""
    return {
        InvoiceMark.TOO_MUCH: _("Paid too much"),
        InvoiceMark.OTHERWISE: _("Counted or cancelled otherwise since"),
        InvoiceMark.DISPUTED: _("Disputed"),
        InvoiceMark.REMINDED: _("Reminded of"),
        InvoiceMark.COLLECTOR: _("With the collector"),
        InvoiceMark.CREDITED: _("With a credit note"),
        InvoiceMark.WRITTEN_OFF: _("Something written off"),
    }


def ways() -> Mapping[Way, str]:
    """Where a document is on its way, and what the buyer said of it."""
    words: dict[Way, str] = dict(delivery_states().items())
    words |= buyer_responses().items()
    del words[BuyerResponse.NONE]
    return words


def columns() -> list[Column]:
    """The columns of the list as a file."""
    sums = (
        _("Amount"), _("Paid"), pgettext("of an invoice", "Credited"), _("Written off"), _("Left to pay"),
    )  # fmt: skip
    return [
        Column(_("Number")), Column(_("Kind")), Column(_("Payer")), Column(_("Organisation number")),
        Column(_("Delivered to")), Column(_("Issued"), ColumnKind.DAY), Column(_("Due"), ColumnKind.DAY),
        Column(_("Status")), Column(_("Invoice reference")), Column(_("Order number")),
        Column(_("Payment reference")), Column(_("Currency")), *(Column(title, ColumnKind.MONEY) for title in sums),
    ]  # fmt: skip


def as_row(line: IssuedLine, today: date) -> Row:
    """A document as a row of the file; a credit note takes its sum away."""
    kept, is_note = line.kept, line.kind is DocumentKind.CREDIT_NOTE
    stands = stands_by_sums(
        line.kind, line.due_on, today, line.payable, line.paid, line.credited, line.written_off, line.left
    )
    return (
        str(line.number), _("Credit note") if is_note else _("Invoice"), str(kept["billed_to"]["name"]),
        str(kept["billed_to"]["org_number"]), str(kept["delivered"]["name"]), line.issued_on,
        None if is_note else line.due_on, standings()[stands], str(kept["reference"]), str(kept["order_number"]),
        "" if is_note else line.kid, line.currency, -line.payable if is_note else line.payable, line.paid,
        line.credited, line.written_off, 0 if is_note else max(line.left, 0),
    )  # fmt: skip
