"""Documents to try things on. Everybody in them is made up; organisation numbers have right check digits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from booking.invoicing.document import (
    BilledTo,
    Charge,
    Delivered,
    DocumentKind,
    InvoiceDocument,
    PeppolId,
    PostalAddress,
    Seller,
    VatCategory,
    VatTreatment,
    settle,
)
from booking.invoicing.kid import kid_of


def vat_of(rate: int) -> VatTreatment:
    """A rate of hundredths of a percent, above nought."""
    return VatTreatment(rate, VatCategory.STANDARD)


LOW = VatTreatment(1200, VatCategory.STANDARD, "33")
TEACHING = VatTreatment(0, VatCategory.EXEMPT, "6", "Undervisning, merverdiavgiftsloven § 3-5")
SELLER = Seller(
    "Vitensenteret AS", "987654325", "987654325MVA", "Foretaksregisteret",
    PostalAddress("Kaien 1", "5003", "Bergen", "NO"), PeppolId("0192", "987654325"),
    "NO9386011117947", "DNBANOKK", "faktura@example.org", "+47 55 00 00 00",
)  # fmt: skip
LATVIAN_SELLER = Seller(
    "SIA Zinātnes centrs", "40003000000", "LV40003000000", "",
    PostalAddress("Krasta iela 1", "LV-1003", "Rīga", "LV"), PeppolId("9939", "LV40003000000"),
    "LV80BANK0000435195001", "HABALV22", "rekini@example.org", "+371 60000000",
)  # fmt: skip
TOWN = BilledTo(
    "Storby kommune", "123456785", PostalAddress("Rådhusgata 10", "5014", "Bergen", "NO"),
    PeppolId("0192", "123456785"), "faktura@storby.example",
)  # fmt: skip


def an_invoice(**changes: object) -> InvoiceDocument:
    """A class that came on 4 November 2026, invoiced to its municipality."""
    invoice = InvoiceDocument(
        DocumentKind.INVOICE, "10001", date(2026, 11, 5), date(2026, 12, 5), "NOK", "nb", SELLER, TOWN,
        Delivered("Fjellet skole", date(2026, 11, 4), PostalAddress("Skoleveien 2", "5020", "Bergen", "NO")),
        "12345", "", kid_of(7, 10001),
        settle([Charge("7A: 27 elever", 27, 297_000, LOW), Charge("Ledsagere, gratis", 2, 0, LOW)]),
    )  # fmt: skip
    return replace(invoice, **changes)  # type: ignore[arg-type]
