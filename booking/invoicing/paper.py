"""An invoice or credit note as paper: what its XML says, in words for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.centre.wording import Wording
from booking.documents.looks import PaperLook
from booking.documents.paper import Printed
from booking.documents.pdf import printed
from booking.documents.qr import Transfer, qr_plain_transfer_svg
from booking.invoicing.document import (
    BilledTo,
    Delivered,
    DocumentDiscount,
    DocumentKind,
    DocumentLine,
    InvoiceDocument,
    PostalAddress,
    Seller,
    VatCategory,
    VatSum,
    VatTreatment,
)
from booking.invoicing.how_to_pay.transfer import transfer_of
from booking.invoicing.how_to_pay.words import reference_word

Named = tuple[str, str]
TRANSFER = "transfer"  # the code that fills a transfer in; all that it says stands on the paper in words


@dataclass(frozen=True, slots=True)
class InvoicePaperLine:
    """A line, or something off: `day` where it has its own."""

    text: str
    day: str
    quantity: str
    price: str
    rate: str
    net: str
    gross: str


@dataclass(frozen=True, slots=True)
class InvoicePaperVat:
    """What is taxed in one way, and why where nothing is taken."""

    rate: str
    reason: str
    net: str
    tax: str
    gross: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaper(Printed):
    """All that an invoice says. `sums` lead from the lines to what is `left`; `ways` are how to pay it.

    `about` says what a credit note is for and why.
    """

    heading: str
    about: tuple[str, ...]
    billed_to: tuple[str, ...]
    delivered: tuple[str, ...]
    facts: tuple[Named, ...]
    left: Named
    ways: tuple[Named, ...]
    lines: tuple[InvoicePaperLine, ...]
    vat: tuple[InvoicePaperVat, ...]
    sums: tuple[Named, ...]
    abroad: str


def invoice_pdf(document: InvoiceDocument, look: PaperLook, write: Wording) -> bytes:
    """The document as PDF/UA-1 with the house's logo and colours. Call with the document's language in force."""
    transfer = _transfer(document)
    codes = {} if transfer is None else {TRANSFER: qr_plain_transfer_svg(transfer)}
    return printed("invoice.typ", invoice_paper(document, look, write), codes)


def invoice_paper(document: InvoiceDocument, look: PaperLook, write: Wording) -> InvoicePaper:
    """The document in words. Call with its language in force; `write` is that language's."""
    is_invoice = document.kind is DocumentKind.INVOICE
    settled, seller = document.settled, document.seller
    at_home = seller.address.country
    heading = _("Invoice") if is_invoice else _("Credit note")
    return InvoicePaper(
        lang=document.lang,
        title=f"{heading} {document.number}",
        heading=heading,
        centre=seller.name,
        seller=_seller(seller, write),
        reference=document.reference,
        code="" if _transfer(document) is None else TRANSFER,
        look=look,
        about=_about(document, write),
        billed_to=_billed_to(document.billed_to, at_home, write),
        delivered=_delivered(document.delivered, at_home, write),
        facts=tuple(_facts(document, write)),
        left=(_("To pay") if is_invoice else _("Credited"), f"{write.amount(document.payable)} {document.currency}"),
        ways=_ways(document, write) if is_invoice else (),
        lines=(*(_line(line, write) for line in settled.lines), *(_off(part, write) for part in settled.discounts)),
        vat=tuple(_vat(vat_sum, settled.reason_of(vat_sum.vat), write) for vat_sum in settled.sums),
        sums=_sums(document, write),
        abroad=_abroad(seller) if is_invoice and document.payable else "",
        words={
            "billed_to": _("Payer"),
            "delivered": _("Delivered to"),
            "what": pgettext("on an invoice", "Description"),
            "quantity": _("Quantity"),
            "price": _("Unit price"),
            "rate": _("VAT"),
            "net": _("Without VAT"),
            "gross": _("With VAT"),
            "qr": _("QR code: fills the payment in for you"),
            "scan": _("Scan it with your bank's app: account, amount and reference are filled in."),
            "vat_heading": _("VAT by rate"),
            "vat_rate": _("Rate"),
            "currency": _("All sums in %(currency)s; unit prices without VAT.", currency=document.currency),
        },
    )


def _about(document: InvoiceDocument, write: Wording) -> tuple[str, ...]:
    corrects = (
        _("For invoice %(number)s of %(date)s.", number=was.number, date=write.full_date(was.issued_on))
        for was in document.corrects
    )
    return (*corrects, *([document.reason] if document.reason else []))


def _seller(seller: Seller, write: Wording) -> tuple[str, ...]:
    """Who sells, as a sales document's foot says it."""
    number, country = seller.org_number, seller.address.country
    vat = seller.vat_number
    if country == "NO":
        number, vat = in_threes(number) + (" MVA" if vat else ""), ""
    parts = (
        seller.name,
        *_address(seller.address, country, write),
        _("Org. no. %(number)s", number=number) if number else "",
        _("VAT no. %(number)s", number=vat) if vat else "",
        seller.registered_in,
        seller.email,
        seller.phone.replace(" ", "\N{NO-BREAK SPACE}"),
    )
    return tuple(part for part in parts if part)


def _billed_to(billed_to: BilledTo, at_home: str, write: Wording) -> tuple[str, ...]:
    number = billed_to.org_number
    written = in_threes(number) if billed_to.address.country == "NO" else number
    return (
        billed_to.name,
        *_address(billed_to.address, at_home, write),
        *([_("Org. no. %(number)s", number=written)] if number else []),
    )


def _delivered(delivered: Delivered, at_home: str, write: Wording) -> tuple[str, ...]:
    address = _address(delivered.address, at_home, write) if delivered.address else ()
    return delivered.name or _("See each line"), *address


def _address(address: PostalAddress, at_home: str, write: Wording) -> tuple[str, ...]:
    """Lines of an address; the country only abroad."""
    abroad = "" if address.country == at_home else write.locale.territories.get(address.country, address.country)
    town = " ".join(part for part in (address.postcode, address.town) if part)
    if address.country == "LV":
        town = ", ".join(part for part in (address.town, address.postcode) if part)
    return tuple(part for part in (address.street, town, abroad) if part)


def _facts(document: InvoiceDocument, write: Wording) -> Iterator[Named]:
    """What the document is known by."""
    is_invoice = document.kind is DocumentKind.INVOICE
    yield _("Invoice number") if is_invoice else _("Credit note number"), document.number
    yield _("Date"), write.full_date(document.issued_on)
    on, until = document.delivered.on, document.delivered.until
    is_to_come = is_invoice and on > document.issued_on
    yield (
        _("To be delivered") if is_to_come else _("Delivered"),
        write.period(on, until) if until else write.full_date(on),
    )
    if document.reference:
        yield _("Your reference"), document.reference
    if document.order_number:
        yield _("Order number"), document.order_number


def _ways(document: InvoiceDocument, write: Wording) -> tuple[Named, ...]:
    """When and how to pay; no account where nothing is left, or it would be paid twice."""
    due = (_("Due date"), write.full_date(document.due_on))
    if not document.payable:
        return (due,)
    reference = (reference_word(document.seller.address.country), document.kid)
    ways = (due, (_("Account number"), account_at_home(document.seller.account)), reference)
    return tuple((name, value) for name, value in ways if value)


def _transfer(document: InvoiceDocument) -> Transfer | None:
    """What the code fills in; an invoice alone is paid, and only what is left of it."""
    return transfer_of(document, document.payable) if document.kind is DocumentKind.INVOICE else None


def _abroad(seller: Seller) -> str:
    """What a bank abroad asks for; where the account at home is an IBAN already, the bank's code alone."""
    bic = f"BIC {seller.bic}" if seller.bic else ""
    iban = in_fours(seller.account)
    if account_at_home(seller.account) == iban:
        return bic
    parts = ", ".join(part for part in (f"IBAN {iban}", bic) if part)
    return str(_("Payment from abroad: %(account)s", account=parts))


def _line(line: DocumentLine, write: Wording) -> InvoicePaperLine:
    charge = line.charge
    return InvoicePaperLine(
        charge.text,
        write.full_date(charge.delivered_on) if charge.delivered_on else "",
        str(charge.quantity),
        write.price(line.unit_price),
        _rate(charge.vat, write),
        write.amount(line.net),
        write.amount(charge.gross),
    )


def _off(part: DocumentDiscount, write: Wording) -> InvoicePaperLine:
    discount = part.discount
    rate = _rate(discount.vat, write)
    return InvoicePaperLine(discount.reason, "", "", "", rate, write.amount(-part.net), write.amount(-discount.gross))


def _vat(vat_sum: VatSum, reason: str, write: Wording) -> InvoicePaperVat:
    net, tax = vat_sum.net, vat_sum.tax
    rate = _rate(vat_sum.vat, write)
    return InvoicePaperVat(rate, reason, write.amount(net), write.amount(tax), write.amount(net + tax))


def _rate(vat: VatTreatment, write: Wording) -> str:
    if vat.category is VatCategory.EXEMPT:
        return str(pgettext("VAT", "exempt"))
    if vat.category is VatCategory.OUTSIDE:
        return str(pgettext("VAT", "outside"))
    return write.percent(vat.rate)


def _sums(document: InvoiceDocument, write: Wording) -> tuple[Named, ...]:
    settled = document.settled
    sums = [
        (_("Sum without VAT"), settled.net),
        (_("VAT"), settled.tax),
        (_("Sum with VAT"), settled.gross),
    ]
    if document.prepaid:
        sums.append((_("Paid before"), -document.prepaid))
    return tuple((name, write.amount(minor)) for name, minor in sums)


def in_threes(number: str) -> str:
    """A Norwegian organisation number as people write it: 987 654 325."""
    bare = "".join(number.split())
    return f"{bare[:3]} {bare[3:6]} {bare[6:]}" if len(bare) == 9 and bare.isdecimal() else number


def in_fours(account: str) -> str:
    """An IBAN as it is printed (ISO 13616): NO93 8601 1117 947."""
    bare = "".join(account.split())
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def account_at_home(account: str) -> str:
    """As one types it in the bank at home: of a Norwegian IBAN the eleven digits, 8601 11 17947."""
    bare = "".join(account.split())
    if bare.startswith("NO") and len(bare) == 15:
        return f"{bare[4:8]} {bare[8:10]} {bare[10:]}"
    return in_fours(account)
