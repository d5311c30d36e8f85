#!/usr/bin/env bash
# @e-invoice-eu/core 2.3.4 (npm), from one JSON to UBL and CII. What Norway asks of a seller besides its VAT number, the
# word "Foretaksregisteret" as BT-32 (UBL: PartyTaxScheme with TaxScheme TAX, as Peppol's rule NO-R-002 wants it), comes
# out in CII with schemeID "TAX"; EN 16931's binding to CII knows "VA" and "FC" there, so readers by the binding find no
# BT-32. And a credit note's due date (BT-9) goes without a word in UBL, which has no DueDate on a credit note but
# PaymentMeans/PaymentDueDate; from the same value the CII credit note keeps it.
# What follows from it: two files of one value say different things. Our documents are held figure by figure against
# each other; our credit notes ask for nothing and have no due date in either form.
# Seen: CII: schemeID VA, TAX. UBL invoice: DueDate; UBL credit note: no due date anywhere; CII credit note: the date.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund @e-invoice-eu/core@2.3.4 >/dev/null
cat > seen.cjs <<'JS'
const assert = require("node:assert");
const { InvoiceService } = require("@e-invoice-eu/core");
const money = (name, sum) => ({ [`cbc:${name}`]: sum, [`cbc:${name}@currencyID`]: "NOK" });
const vat = { "cbc:ID": "S", "cbc:Percent": "12", "cac:TaxScheme": { "cbc:ID": "VAT" } };
const party = (name, number, registers) => ({
  "cac:Party": {
    "cbc:EndpointID": number,
    "cbc:EndpointID@schemeID": "0192",
    "cac:PostalAddress": { "cbc:CityName": "Bergen", "cac:Country": { "cbc:IdentificationCode": "NO" } },
    ...registers,
    "cac:PartyLegalEntity": { "cbc:RegistrationName": name, "cbc:CompanyID": number },
  },
});
const document = (kind) => ({
  "ubl:Invoice": {
    "cbc:CustomizationID": "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    "cbc:ProfileID": "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
    "cbc:ID": "1001",
    "cbc:IssueDate": "2026-11-05",
    "cbc:DueDate": "2026-11-19",
    "cbc:InvoiceTypeCode": kind,
    "cbc:DocumentCurrencyCode": "NOK",
    "cbc:BuyerReference": "6B",
    "cac:AccountingSupplierParty": party("Senteret", "974760673", {
      "cac:PartyTaxScheme": [
        { "cbc:CompanyID": "NO974760673MVA", "cac:TaxScheme": { "cbc:ID": "VAT" } },
        { "cbc:CompanyID": "Foretaksregisteret", "cac:TaxScheme": { "cbc:ID": "TAX" } },
      ],
    }),
    "cac:AccountingCustomerParty": party("Kommunen", "964338531", {}),
    "cac:PaymentMeans": [
      { "cbc:PaymentMeansCode": "30", "cac:PayeeFinancialAccount": { "cbc:ID": "86011117947" } },
    ],
    "cac:TaxTotal": [{
      ...money("TaxAmount", "12.00"),
      "cac:TaxSubtotal": [
        { ...money("TaxableAmount", "100.00"), ...money("TaxAmount", "12.00"), "cac:TaxCategory": vat },
      ],
    }],
    "cac:LegalMonetaryTotal": {
      ...money("LineExtensionAmount", "100.00"),
      ...money("TaxExclusiveAmount", "100.00"),
      ...money("TaxInclusiveAmount", "112.00"),
      ...money("PayableAmount", "112.00"),
    },
    "cac:InvoiceLine": [{
      "cbc:ID": "1",
      "cbc:InvoicedQuantity": "1",
      "cbc:InvoicedQuantity@unitCode": "EA",
      ...money("LineExtensionAmount", "100.00"),
      "cac:Item": { "cbc:Name": "Klassebesøk", "cac:ClassifiedTaxCategory": vat },
      "cac:Price": money("PriceAmount", "100.00"),
    }],
  },
});
const quiet = { log() {}, warn() {}, error() {} };
const write = (kind, format) => new InvoiceService(quiet).generate(document(kind), { format, lang: "nb" });
(async () => {
  const registers = [...(await write("380", "CII")).matchAll(/schemeID="(\w+)">(?:NO974760673MVA|Foretaks)/g)];
  const schemes = registers.map((match) => match[1]);
  const due = {};
  for (const format of ["UBL", "CII"])
    for (const kind of ["380", "381"]) due[`${format} ${kind}`] = /2026-?11-?19/.test(await write(kind, format));
  console.log("schemes in CII:", schemes.join(", "), "; a due date:", JSON.stringify(due));
  assert.deepStrictEqual(schemes, ["VA", "TAX"], "CII says FC now");
  assert.deepStrictEqual(due, { "UBL 380": true, "UBL 381": false, "CII 380": true, "CII 381": true });
  console.log("as found: @e-invoice-eu/core 2.3.4 writes no FC in CII and loses a UBL credit note's due date");
})();
JS
node seen.cjs
