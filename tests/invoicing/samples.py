"""Documents of every kind that there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from booking.invoicing.document import Charge, Delivered, Discount, PeppolId, PostalAddress, credited, settle
from booking.invoicing.kid import rf_of
from tests.invoicing.documents import LATVIAN_SELLER, LOW, TEACHING, TOWN, an_invoice, vat_of
from tests.invoicing.drawn import OUTSIDE, THEATRE, ZERO

MANY_RATES = settle(
    [
        Charge("7A: 27 elever", 27, 297_000, LOW, date(2026, 11, 4)),
        Charge("Ledsagere, gratis", 2, 0, LOW, date(2026, 11, 4)),
        Charge("Lunsj", 27, 121_500, vat_of(1500), date(2026, 11, 4)),
        Charge("Refleksvester", 3, 100_000, vat_of(2500)),
        Charge("Kurs for lærere", 1, 250_000, TEACHING),
        Charge("Forestilling", 27, 99_999, THEATRE),
    ],
    [Discount("Avtale 2026, 10 %", 29_700, LOW), Discount("Etter avtale", 1, TEACHING)],
)
SAMPLES = {
    "a class": an_invoice(),
    "an order and no reference": an_invoice(reference="", order_number="13000001"),
    "many rates, discounts, something paid before": an_invoice(settled=MANY_RATES, prepaid=12_345),
    "all paid before": an_invoice(prepaid=297_000),
    "nothing to pay": an_invoice(settled=settle([Charge("Gratis", 30, 0, LOW)])),
    "all taken off": an_invoice(settled=settle([Charge("Klasse", 1, 5000, LOW)], [Discount("Gave", 5000, LOW)])),
    "exempt alone": an_invoice(settled=settle([Charge("Kurs", 1, 250_000, TEACHING)])),
    "at no rate": an_invoice(settled=settle([Charge("Bok", 1, 25_000, ZERO)])),
    "outside VAT": an_invoice(settled=settle([Charge("Gave", 1, 25_000, OUTSIDE)], [Discount("Avtale", 1, OUTSIDE)])),
    "no address of delivery": an_invoice(delivered=Delivered("Fjellet skole", date(2026, 11, 4))),
    "a month of classes": an_invoice(
        delivered=Delivered("", date(2026, 11, 2), until=date(2026, 11, 27)),
        settled=settle(
            [
                Charge(f"Fjellet skole, 7{'ABCD'[n % 4]}, 27 elever, referanse 1234{n % 10}", 1, 297_000 + n, vat, day)
                for n in range(20)
                for vat, day in [((LOW, TEACHING)[n % 5 == 0], date(2026, 11, 2 + n))]
            ]
        ),
    ),
    "by a centre in Latvia": an_invoice(
        seller=LATVIAN_SELLER,
        currency="EUR",
        kid=rf_of(10001),
        settled=settle([Charge("7.a klase", 27, 29_700, vat_of(2100))]),
        billed_to=replace(
            TOWN,
            endpoint=PeppolId("0218", "40003000000"),
            org_number="40003000000",
            address=PostalAddress("Rātslaukums 1", "LV-1050", "Rīga", "LV"),
        ),
    ),
}


CLASS, MANY = SAMPLES["a class"], SAMPLES["many rates, discounts, something paid before"]
NOTE = credited(CLASS, CLASS.settled, "10002", date(2026, 12, 1), "Feil mottaker")
