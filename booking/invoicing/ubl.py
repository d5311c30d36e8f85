"""An invoice as payers' systems read it: Peppol BIS Billing 3.0 (in Norway EHF Billing 3.0), written as UBL 2.1. Pure.

Elements stand in the order of the schema, and one that has nothing to say is left out (PEPPOL-EN16931-R008). A credit
note has neither due date nor account: the money goes the other way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, indent, tostring

from booking.invoicing.document import (
    BilledTo,
    Corrected,
    Delivered,
    DocumentDiscount,
    DocumentKind,
    DocumentLine,
    InvoiceDocument,
    PeppolId,
    PostalAddress,
    Seller,
    Settled,
    VatCategory,
    VatSum,
    VatTreatment,
)
from booking.kernel import typed

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
UBL = "urn:oasis:names:specification:ubl:schema:xsd"
# The register that a legal entity's number is of, by its country (ISO 6523).
REGISTERS = {"NO": "0192", "LV": "0218"}
ROOTS = {DocumentKind.INVOICE: "Invoice", DocumentKind.CREDIT_NOTE: "CreditNote"}
TYPES = {DocumentKind.INVOICE: "380", DocumentKind.CREDIT_NOTE: "381"}
QUANTITIES = {DocumentKind.INVOICE: "InvoicedQuantity", DocumentKind.CREDIT_NOTE: "CreditedQuantity"}
CREDIT_TRANSFER = "30"
NAMELESS = "–"


class NotElectronic(ValueError):
    """The document cannot be sent as it stands: the payer's system would refuse it."""


class NoReference(NotElectronic):
    """Neither the buyer's reference nor an order number (PEPPOL-EN16931-R003)."""


class NoEndpoint(NotElectronic):
    """The payer has no electronic address (PEPPOL-EN16931-R010)."""


class NoAccount(NotElectronic):
    """There is no account to pay to (BR-61)."""


class NoLines(NotElectronic):
    """Nothing is invoiced (BR-16)."""


class NoVatNumber(NotElectronic):
    """VAT, or a reason to take none, by a seller that is in no register of VAT (BR-S-02, BR-Z-02, BR-E-02)."""


class OutsideBesideOthers(NotElectronic):
    """What is outside VAT stands alone on its document (BR-O-11)."""


def ubl(document: InvoiceDocument) -> bytes:
    """The document as XML in UTF-8, fit for the payer's system. Raises NotElectronic, by what is wanting."""
    _refuse(document)
    root = Element(ROOTS[document.kind])
    root.set("xmlns", f"{UBL}:{root.tag}-2")
    root.set("xmlns:cac", f"{UBL}:CommonAggregateComponents-2")
    root.set("xmlns:cbc", f"{UBL}:CommonBasicComponents-2")
    root.extend(part for part in _parts(document) if part is not None)
    indent(root)
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def cbc(name: str, text: str, **attributes: str) -> Element | None:
    """A basic component, on one line and without what XML 1.0 cannot hold; None where nothing is left to say."""
    line = typed.one_line(text)
    if not line:
        return None
    basic = Element(f"cbc:{name}", attributes)
    basic.text = line
    return basic


def cac(name: str, *inside: Element | None) -> Element | None:
    """An aggregate component of what is there; None of nothing."""
    there = [part for part in inside if part is not None]
    if not there:
        return None
    aggregate = Element(f"cac:{name}")
    aggregate.extend(there)
    return aggregate


def _refuse(document: InvoiceDocument) -> None:
    categories = {vat_sum.vat.category for vat_sum in document.settled.sums}
    if not typed.one_line(document.reference) and not typed.one_line(document.order_number):
        raise NoReference
    if document.billed_to.endpoint is None:
        raise NoEndpoint
    if _asks_for_money(document) and not document.seller.account:
        raise NoAccount
    if not document.settled.lines:
        raise NoLines
    if VatCategory.OUTSIDE in categories and len(categories) > 1:
        raise OutsideBesideOthers
    if VatCategory.OUTSIDE not in categories and not document.seller.vat_number:
        raise NoVatNumber


def _asks_for_money(document: InvoiceDocument) -> bool:
    """Where nothing is left to pay no account is named, or it would be paid twice."""
    return document.kind is DocumentKind.INVOICE and document.payable > 0


def _parts(document: InvoiceDocument) -> Iterator[Element | None]:
    """What stands in the root, in the order of the schema."""
    is_invoice = document.kind is DocumentKind.INVOICE
    settled, currency = document.settled, document.currency
    yield cbc("CustomizationID", CUSTOMIZATION)
    yield cbc("ProfileID", PROFILE)
    yield cbc("ID", document.number)
    yield cbc("IssueDate", _day(document.issued_on))
    yield cbc("DueDate", _day(document.due_on)) if is_invoice else None
    yield cbc(f"{ROOTS[document.kind]}TypeCode", TYPES[document.kind])
    yield cbc("Note", document.reason)
    yield cbc("DocumentCurrencyCode", currency)
    yield cbc("BuyerReference", document.reference)
    yield _period(document.delivered)
    yield cac("OrderReference", cbc("ID", document.order_number))
    yield from (_corrected(corrected) for corrected in document.corrects)
    yield cac("AccountingSupplierParty", _seller(document.seller, _outside_vat(settled)))
    yield cac("AccountingCustomerParty", _billed_to(document.billed_to))
    yield _delivered(document.delivered)
    yield _account(document) if _asks_for_money(document) else None
    yield from (_discount(discount, currency) for discount in settled.discounts)
    yield _vat_of(settled, currency)
    yield _sums(document)
    yield from (_line(document.kind, n, line, currency) for n, line in enumerate(settled.lines, 1))


def _corrected(corrected: Corrected) -> Element | None:
    named = cac("InvoiceDocumentReference", cbc("ID", corrected.number), cbc("IssueDate", _day(corrected.issued_on)))
    return cac("BillingReference", named)


def _seller(seller: Seller, outside_vat: bool) -> Element | None:
    """The centre. What is outside VAT is sold without a VAT number (BR-O-02)."""
    vat_number = "" if outside_vat else _vat_number(seller)
    return cac(
        "Party",
        _endpoint(seller.endpoint),
        _address("PostalAddress", seller.address),
        cac("PartyTaxScheme", cbc("CompanyID", vat_number), _scheme("VAT")) if vat_number else None,
        # Where Norway wants "Foretaksregisteret" to stand (NO-R-002).
        cac("PartyTaxScheme", cbc("CompanyID", seller.registered_in), _scheme("TAX")) if seller.registered_in else None,
        _legal_entity(seller.name, seller.org_number, seller.address.country),
        cac("Contact", cbc("Telephone", seller.phone), cbc("ElectronicMail", seller.email)),
    )


def _billed_to(billed_to: BilledTo) -> Element | None:
    return cac(
        "Party",
        _endpoint(billed_to.endpoint) if billed_to.endpoint else None,
        _address("PostalAddress", billed_to.address),
        _legal_entity(billed_to.name, billed_to.org_number, billed_to.address.country),
    )


def _endpoint(endpoint: PeppolId) -> Element | None:
    return cbc("EndpointID", endpoint.value, schemeID=endpoint.scheme)


def _legal_entity(name: str, number: str, country: str) -> Element | None:
    scheme = {"schemeID": REGISTERS[country]} if country in REGISTERS else {}
    number = "".join(number.split())
    return cac("PartyLegalEntity", cbc("RegistrationName", name), cbc("CompanyID", number, **scheme))


def _vat_number(seller: Seller) -> str:
    """With the country before it (BR-CO-09): NO987654325MVA."""
    number, country = "".join(seller.vat_number.split()), seller.address.country
    return number if not number or number.startswith(country) else country + number


def _address(name: str, address: PostalAddress) -> Element | None:
    return cac(
        name,
        cbc("StreetName", address.street),
        cbc("CityName", address.town),
        cbc("PostalZone", address.postcode),
        cac("Country", cbc("IdentificationCode", address.country)),
    )


def _period(delivered: Delivered) -> Element | None:
    """The days of a collective document, within which its lines' lie (PEPPOL-EN16931-R110, R111)."""
    if delivered.until is None:
        return None
    return cac("InvoicePeriod", cbc("StartDate", _day(delivered.on)), cbc("EndDate", _day(delivered.until)))


def _delivered(delivered: Delivered) -> Element | None:
    where = _address("Address", delivered.address) if delivered.address else None
    return cac(
        "Delivery",
        cbc("ActualDeliveryDate", _day(delivered.until or delivered.on)),
        cac("DeliveryLocation", where),
        cac("DeliveryParty", cac("PartyName", cbc("Name", delivered.name))),
    )


def _account(document: InvoiceDocument) -> Element | None:
    account = cac(
        "PayeeFinancialAccount",
        cbc("ID", "".join(document.seller.account.split())),
        cac("FinancialInstitutionBranch", cbc("ID", document.seller.bic)),
    )
    return cac("PaymentMeans", cbc("PaymentMeansCode", CREDIT_TRANSFER), cbc("PaymentID", document.kid), account)


def _discount(part: DocumentDiscount, currency: str) -> Element | None:
    return cac(
        "AllowanceCharge",
        cbc("ChargeIndicator", "false"),
        cbc("AllowanceChargeReason", _said(part.discount.reason)),
        _amount("Amount", part.net, currency),
        _tax_category("TaxCategory", part.discount.vat),
    )


def _vat_of(settled: Settled, currency: str) -> Element | None:
    sums = (_vat_sum(vat_sum, settled.reason_of(vat_sum.vat), currency) for vat_sum in settled.sums)
    return cac("TaxTotal", _amount("TaxAmount", settled.tax, currency), *sums)


def _vat_sum(vat_sum: VatSum, reason: str, currency: str) -> Element | None:
    return cac(
        "TaxSubtotal",
        _amount("TaxableAmount", vat_sum.net, currency),
        _amount("TaxAmount", vat_sum.tax, currency),
        _tax_category("TaxCategory", vat_sum.vat, reason),
    )


def _sums(document: InvoiceDocument) -> Element | None:
    settled, currency = document.settled, document.currency
    off = sum(part.net for part in settled.discounts)
    return cac(
        "LegalMonetaryTotal",
        _amount("LineExtensionAmount", settled.net + off, currency),
        _amount("TaxExclusiveAmount", settled.net, currency),
        _amount("TaxInclusiveAmount", settled.gross, currency),
        _amount("AllowanceTotalAmount", off, currency) if settled.discounts else None,
        _amount("PrepaidAmount", document.prepaid, currency) if document.prepaid else None,
        _amount("PayableAmount", document.payable, currency),
    )


def _line(kind: DocumentKind, n: int, line: DocumentLine, currency: str) -> Element | None:
    charge = line.charge
    on = _day(charge.delivered_on) if charge.delivered_on else ""
    return cac(
        f"{ROOTS[kind]}Line",
        cbc("ID", str(n)),
        cbc(QUANTITIES[kind], str(charge.quantity), unitCode="EA"),
        _amount("LineExtensionAmount", line.net, currency),
        cac("InvoicePeriod", cbc("StartDate", on), cbc("EndDate", on)),
        cac("Item", cbc("Name", _said(charge.text)), _tax_category("ClassifiedTaxCategory", charge.vat)),
        cac("Price", cbc("PriceAmount", f"{line.unit_price:f}", currencyID=currency)),
    )


def _tax_category(name: str, vat: VatTreatment, reason: str = "") -> Element | None:
    """What is outside VAT has no rate at all (BR-O-05)."""
    percent = "" if vat.category is VatCategory.OUTSIDE else f"{Decimal(vat.rate).scaleb(-2).normalize():f}"
    return cac(
        name,
        cbc("ID", vat.category),
        cbc("Percent", percent),
        cbc("TaxExemptionReason", reason),
        _scheme("VAT"),
    )


def _said(text: str) -> str:
    """The text, or a dash where nothing of it can be written: there must be one (BR-25, BR-33)."""
    return typed.one_line(text) or NAMELESS


def _scheme(name: str) -> Element | None:
    return cac("TaxScheme", cbc("ID", name))


def _outside_vat(settled: Settled) -> bool:
    return any(vat_sum.vat.category is VatCategory.OUTSIDE for vat_sum in settled.sums)


def _amount(name: str, minor: int, currency: str) -> Element | None:
    """A sum of minor units with two decimals, never more (BR-DEC)."""
    return cbc(name, f"{Decimal(minor).scaleb(-2):.2f}", currencyID=currency)


def _day(on: date) -> str:
    return on.isoformat()
