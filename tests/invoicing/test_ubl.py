"""What payers' systems take: each document through the schemas and the rules of Peppol, and each rule known to bite.

`EXAMPLES=1000` in the environment draws as many documents instead of forty.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings

from booking.invoicing.document import (
    Charge,
    Corrected,
    Delivered,
    InvoiceDocument,
    PostalAddress,
    credited,
    settle,
)
from booking.invoicing.ubl import (
    NoAccount,
    NoEndpoint,
    NoLines,
    NoReference,
    NotElectronic,
    NoVatNumber,
    OutsideBesideOthers,
    ubl,
)
from tests.invoicing.documents import LOW, SELLER, TEACHING, TOWN, an_invoice
from tests.invoicing.drawn import OUTSIDE, THEATRE, documents
from tests.invoicing.reading import NAMES
from tests.invoicing.samples import CLASS, MANY, NOTE, SAMPLES
from tests.support.peppol import Peppol

EXAMPLES = int(os.environ.get("EXAMPLES", "40"))


@pytest.fixture(scope="module")
def peppol() -> Peppol:
    """Loaded once: no other file asks it."""
    return Peppol()


@pytest.mark.parametrize("document", SAMPLES.values(), ids=SAMPLES)
def test_there_is_nothing_to_say_of_an_invoice_or_of_its_credit_note(peppol: Peppol, document: InvoiceDocument) -> None:
    assert peppol.findings(ubl(document)) == []
    note = credited(document, document.settled, "10002", document.due_on, "Feil mottaker")
    assert peppol.findings(ubl(note)) == []


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(documents())
def test_no_document_that_can_be_made_is_refused(peppol: Peppol, document: InvoiceDocument) -> None:
    findings = [finding for finding in peppol.findings(ubl(document)) if finding.rule != "NO-R-002"]
    assert findings == []  # NO-R-002 only warns, where no register of companies is named: foundations are in none


# A rule, a document, and what of it is put otherwise: the first place where the pattern stands.
OTHERWISE = [
    ("PEPPOL-EN16931-R002", NOTE, r"(<cbc:Note>.*</cbc:Note>)", r"\1\1"),
    ("PEPPOL-EN16931-R003", CLASS, r"<cbc:BuyerReference>.*</cbc:BuyerReference>", ""),
    ("PEPPOL-EN16931-R008", CLASS, r"(<cbc:DocumentCurrencyCode>)", r"<cbc:Note> </cbc:Note>\1"),
    ("PEPPOL-EN16931-R010", CLASS, r"<cbc:EndpointID schemeID=\"0192\">123456785</cbc:EndpointID>", ""),
    ("PEPPOL-EN16931-R120", CLASS, r"98\.2144", "98.21"),
    ("PEPPOL-COMMON-R041", CLASS, r"123456785", "123456786"),
    ("NO-R-001", CLASS, r"NO987654325MVA", "NO987654325"),
    ("BR-CO-09", CLASS, r"NO987654325MVA", "987654325MVA"),
    ("BR-27", CLASS, r"98\.2144", "-98.2144"),
    ("BR-33", MANY, r"<cbc:AllowanceChargeReason>.*</cbc:AllowanceChargeReason>", ""),
    ("BR-61", CLASS, r"(?s)<cac:PayeeFinancialAccount>.*</cac:PayeeFinancialAccount>", ""),
    ("BR-DEC-23", CLASS, r"(<cbc:LineExtensionAmount .*>0.00)<", r"\g<1>0<"),
    ("BR-E-10", MANY, r"<cbc:TaxExemptionReason>.*</cbc:TaxExemptionReason>", ""),
    ("BR-O-11", MANY, r"(?s)(<cac:TaxSubtotal>.*?<cac:TaxCategory>\s*<cbc:ID>)E", r"\1O"),
    ("XSD", CLASS, r"(<cbc:ID>10001</cbc:ID>)\s*(<cbc:IssueDate>.*</cbc:IssueDate>)", r"\2\1"),
    ("XSD", NOTE, r"(<cbc:CreditNoteTypeCode>)", r"<cbc:DueDate>2026-12-31</cbc:DueDate>\1"),
]


@pytest.mark.parametrize(("rule", "document", "pattern", "otherwise"), OTHERWISE, ids=[row[0] for row in OTHERWISE])
def test_what_is_put_otherwise_comes_back(
    peppol: Peppol, rule: str, document: InvoiceDocument, pattern: str, otherwise: str
) -> None:
    broken, places = re.subn(pattern, otherwise, ubl(document).decode(), count=1)
    assert places == 1
    assert rule in peppol.refused_by(broken.encode())


def test_a_line_with_something_off_it_says_why(peppol: Peppol) -> None:
    """We take nothing off lines; this is how the rule is known to be asked."""
    off = """<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
        <cbc:Amount currencyID="NOK">1.00</cbc:Amount></cac:AllowanceCharge><cac:Item>"""
    broken = ubl(CLASS).decode().replace("<cac:Item>", off, 1)
    assert "BR-42" in peppol.refused_by(broken.encode())


@pytest.mark.parametrize(
    ("wanting", "document"),
    [
        (NoReference, an_invoice(reference=" \u200b", order_number="")),
        (NoEndpoint, an_invoice(billed_to=replace(TOWN, endpoint=None))),
        (NoAccount, an_invoice(seller=replace(SELLER, account=""))),
        (NoLines, an_invoice(settled=settle([]))),
        (NoVatNumber, an_invoice(seller=replace(SELLER, vat_number=""))),
        (OutsideBesideOthers, an_invoice(settled=settle([Charge("A", 1, 1, OUTSIDE), Charge("B", 1, 1, LOW)]))),
    ],
)
def test_what_payers_systems_would_refuse_is_not_written(
    wanting: type[NotElectronic], document: InvoiceDocument
) -> None:
    with pytest.raises(wanting):
        ubl(document)


def said(document: InvoiceDocument, name: str) -> list[str | None]:
    """What each element of that name says: `said(invoice, "cbc:PaymentID")`."""
    return [element.text for element in ElementTree.fromstring(ubl(document)).iterfind(f".//{name}", NAMES)]


def test_the_municipality_pays_for_what_its_school_was_given() -> None:
    assert said(CLASS, "cac:AccountingCustomerParty//cbc:RegistrationName") == ["Storby kommune"]
    assert said(CLASS, "cac:DeliveryParty//cbc:Name") == ["Fjellet skole"]
    assert said(CLASS, "cac:DeliveryLocation//cbc:StreetName") == ["Skoleveien 2"]
    assert said(CLASS, "cbc:EndpointID") == ["987654325", "123456785"]


def test_a_norwegian_seller_says_its_number_as_the_law_wants_it() -> None:
    assert said(CLASS, "cac:PartyTaxScheme/cbc:CompanyID") == ["NO987654325MVA", "Foretaksregisteret"]
    spaced = an_invoice(seller=replace(SELLER, vat_number="987 654 325 MVA", org_number="987 654 325"))
    assert ubl(spaced) == ubl(CLASS)


def test_a_payment_reference_keeps_its_noughts() -> None:
    assert said(CLASS, "cbc:PaymentID") == ["000000700100019"]


def test_a_credit_note_says_what_it_is_about_and_asks_for_no_money() -> None:
    assert said(NOTE, "cac:BillingReference//cbc:ID") == ["10001"]
    assert said(NOTE, "cac:BillingReference//cbc:IssueDate") == ["2026-11-05"]
    assert said(NOTE, "cbc:Note") == ["Feil mottaker"]
    assert said(NOTE, "cbc:CreditedQuantity") == ["27", "2"]
    assert said(NOTE, "cbc:DueDate") + said(NOTE, "cbc:PaymentID") == []
    assert said(NOTE, "cbc:PayableAmount") == ["2970.00"]


def test_a_credit_note_may_be_about_two_invoices(peppol: Peppol) -> None:
    both = replace(NOTE, corrects=(*NOTE.corrects, Corrected("10000", date(2026, 10, 1))))
    assert said(both, "cac:BillingReference//cbc:ID") == ["10001", "10000"]
    assert peppol.findings(ubl(both)) == []


def test_an_address_of_a_country_alone_is_enough(peppol: Peppol) -> None:
    somewhere = PostalAddress("", "", "", "NO")
    invoice = an_invoice(
        seller=replace(SELLER, address=somewhere, phone="", email="", bic=""),
        billed_to=replace(TOWN, address=somewhere, org_number=""),
        delivered=Delivered("", date(2026, 11, 4), somewhere),
    )
    assert peppol.findings(ubl(invoice)) == []


def test_what_is_paid_already_names_no_account() -> None:
    assert said(SAMPLES["all paid before"], "cac:PaymentMeans") == []
    ubl(replace(SAMPLES["all paid before"], seller=replace(SELLER, account="")))


def test_two_reasons_to_tax_nothing_are_both_said() -> None:
    assert said(MANY, "cbc:TaxExemptionReason") == [f"{TEACHING.reason}; {THEATRE.reason}"]


def test_a_line_says_its_day_where_it_has_its_own() -> None:
    assert said(MANY, "cac:InvoiceLine/cac:InvoicePeriod/cbc:StartDate") == ["2026-11-04"] * 3


def test_what_was_paid_before_is_taken_off_what_is_to_pay() -> None:
    assert said(MANY, "cbc:PrepaidAmount") == ["123.45"]
    assert said(MANY, "cbc:TaxInclusiveAmount") == ["8387.98"]
    assert said(MANY, "cbc:PayableAmount") == ["8264.53"]


def test_any_text_comes_out_as_text() -> None:
    typed = "<b>7A & 7B</b> ]]> 🎈\x00\x0b\ud800\ufffe\r\n" + "x" * 300
    invoice = an_invoice(settled=settle([Charge(typed, 1, 100, LOW), Charge("\x00", 1, 100, LOW)]))
    assert said(invoice, "cac:Item/cbc:Name") == ["<b>7A & 7B</b> ]]> 🎈 " + "x" * 300, "–"]
