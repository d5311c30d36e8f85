"""What a payer reads: the figures of a document out of its XML, and out of its paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pypdfium2
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.centre.wording import Wording
from booking.invoicing.ubl import UBL

NAMES = {"cac": f"{UBL}:CommonAggregateComponents-2", "cbc": f"{UBL}:CommonBasicComponents-2"}
MINUS = "[-\N{MINUS SIGN}]"
SUM = rf"{MINUS}?\d[\d\xa0.,]*[.,]\d\d+"
LINE = re.compile(rf"(?m)(?:^|\s)(\d+) ({SUM}) \S+(?:\s%| PVN)? ({SUM}) {SUM}$")
OFF = re.compile(rf"(?m) ({MINUS}{SUM}) {MINUS}{SUM}$")
TAXED = re.compile(rf"(?m)(?:^|\s)({SUM}) ({SUM}) {SUM}$")


@dataclass(frozen=True, slots=True)
class Figures:
    """Dates as they are written out; lines as (how many, price of one, net), VAT as (net, VAT) of each rate."""

    number: str
    issued: str
    due: str
    reference: str
    order_number: str
    payment_reference: str
    lines: tuple[tuple[Decimal, Decimal, Decimal], ...]
    off: tuple[Decimal, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    prepaid: Decimal
    payable: Decimal
    vat: tuple[tuple[Decimal, Decimal], ...]


def figures_of_xml(document: bytes, write: Wording) -> Figures:
    """As a payer's system reads them."""
    root = ElementTree.fromstring(document)

    def text(path: str, within: Element = root) -> str:
        return within.findtext(path, "", NAMES)

    def figure(path: str, within: Element = root) -> Decimal:
        return Decimal(text(path, within) or 0)

    def day(path: str) -> str:
        return write.full_date(date.fromisoformat(text(path))) if text(path) else ""

    kind = "Invoice" if root.tag.endswith("Invoice") else "CreditNote"
    quantity = {"Invoice": "cbc:InvoicedQuantity", "CreditNote": "cbc:CreditedQuantity"}[kind]
    return Figures(
        number=text("cbc:ID"),
        issued=day("cbc:IssueDate"),
        due=day("cbc:DueDate"),
        reference=text("cbc:BuyerReference"),
        order_number=text("cac:OrderReference/cbc:ID"),
        payment_reference=text("cac:PaymentMeans/cbc:PaymentID"),
        lines=tuple(
            (figure(quantity, line), figure("cac:Price/cbc:PriceAmount", line), figure("cbc:LineExtensionAmount", line))
            for line in root.iterfind(f"cac:{kind}Line", NAMES)
        ),
        off=tuple(figure("cbc:Amount", part) for part in root.iterfind("cac:AllowanceCharge", NAMES)),
        net=figure("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"),
        tax=figure("cac:TaxTotal/cbc:TaxAmount"),
        gross=figure("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
        prepaid=figure("cac:LegalMonetaryTotal/cbc:PrepaidAmount"),
        payable=figure("cac:LegalMonetaryTotal/cbc:PayableAmount"),
        vat=tuple(
            (figure("cbc:TaxableAmount", part), figure("cbc:TaxAmount", part))
            for part in root.iterfind("cac:TaxTotal/cac:TaxSubtotal", NAMES)
        ),
    )


def figures_of_paper(pdf: bytes, write: Wording) -> Figures:
    """As somebody reads them who copies them off the page. Call with the paper's language in force."""
    paper = "\n".join(pages_of(pdf))
    known, _head, rest = paper.partition(f"\n{pgettext('on an invoice', 'Description').upper()} ")
    rows, _heading, vat = rest.partition(f"\n{_('VAT by rate')}\n")

    def below(*labels: str) -> str:
        """What stands under the first of these labels that is there."""
        matches = (re.search(rf"(?m)^{re.escape(label.upper())}\n(.*)$", known) for label in labels)
        return next((match[1] for match in matches if match), "")

    def beside(*labels: str) -> Decimal:
        matches = (re.search(rf"(?m)^{re.escape(label)} ({SUM})(?:\s[A-Z]{{3}})?$", rows) for label in labels)
        return next((figure(match[1]) for match in matches if match), Decimal(0))

    def figure(written: str) -> Decimal:
        thousands, comma = (",", ".") if write.lang == "en" else ("\xa0", ",")
        plain = written.replace(thousands, "").replace(comma, ".").replace("\N{MINUS SIGN}", "-")
        return Decimal(plain)

    return Figures(
        number=below(_("Invoice number"), _("Credit note number")),
        issued=below(_("Date")),
        due=below(_("Due date")),
        reference=below(_("Your reference")),
        order_number=below(_("Order number")),
        payment_reference=below("KID", _("Payment reference")),
        lines=tuple((Decimal(many), figure(price), figure(net)) for many, price, net in LINE.findall(rows)),
        off=tuple(-figure(net) for net in OFF.findall(rows)),
        net=beside(_("Sum without VAT")),
        tax=beside(_("VAT")),
        gross=beside(_("Sum with VAT")),
        prepaid=-beside(_("Paid before")),
        payable=beside(_("To pay"), _("Credited")),
        vat=tuple((figure(net), figure(tax)) for net, tax in TAXED.findall(vat)),
    )


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, as it is copied."""
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pypdfium2.PdfDocument(pdf)]
