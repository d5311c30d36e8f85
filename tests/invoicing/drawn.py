"""Whole documents drawn by hypothesis: any sums, any way of taxing, any text that people paste."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from booking.invoicing.document import (
    Charge,
    Delivered,
    Discount,
    InvoiceDocument,
    PeppolId,
    PostalAddress,
    Settled,
    VatCategory,
    VatTreatment,
    credited,
    settle,
)
from booking.invoicing.kid import kid_of
from tests.invoicing.documents import LATVIAN_SELLER, LOW, SELLER, TEACHING, TOWN, an_invoice, vat_of

THEATRE = VatTreatment(0, VatCategory.EXEMPT, "6", "Teater, merverdiavgiftsloven § 3-7")
ZERO = VatTreatment(0, VatCategory.ZERO)
OUTSIDE = VatTreatment(0, VatCategory.OUTSIDE, "7", "Utenfor merverdiavgiftsområdet")
INSIDE = [LOW, vat_of(1500), vat_of(2500), vat_of(2100), vat_of(1110), TEACHING, THEATRE, ZERO]

TEXTS = st.one_of(
    st.text(min_size=1, max_size=300),
    st.sampled_from(
        ["<b>7A & 7B</b>", "]]>", "Åse 🎟👨‍👩‍👧 Ødegård", "\x00\x07", "x" * 300, "&amp;", "\ud800", "7A\r\n7B", "漢字"]
    ),
)
DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))


def charges_of(treatments: list[VatTreatment], texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[Charge]]:
    """One line to thirty, taxed in these ways."""
    charge = st.builds(
        Charge, texts, st.integers(1, 400), st.integers(0, 3_000_000), st.sampled_from(treatments), st.none() | DAYS
    )
    return st.lists(charge, min_size=1, max_size=30)


@st.composite
def settleds(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Settled:
    """Lines, and something off in some of the ways they are taxed."""
    charges = draw(charges_of(draw(st.sampled_from([INSIDE, INSIDE, INSIDE, [OUTSIDE]])), texts))
    discounts = []
    for vat in dict.fromkeys(charge.vat for charge in charges):
        whole = sum(charge.gross for charge in charges if charge.vat == vat)
        if off := min(whole, draw(st.sampled_from([0, 0, 1, whole // 3, whole]))):
            discounts.append(Discount(draw(texts), off, vat))
    return settle(charges, discounts)


@st.composite
def deliveries(draw: st.DrawFn, settled: Settled, address: PostalAddress | None) -> Delivered:
    """One day, or a time that all days of its lines lie in."""
    days = sorted([draw(DAYS), *(line.charge.delivered_on for line in settled.lines if line.charge.delivered_on)])
    return Delivered(draw(TEXTS), days[0], address, days[-1] if len(days) > 1 else None)


@st.composite
def documents(draw: st.DrawFn) -> InvoiceDocument:
    """An invoice, or the credit note to one, that can be sent."""
    settled, issued_on = draw(settleds()), draw(DAYS)
    reference, order_number = draw(st.sampled_from([("12345", ""), ("", "13000001"), ("B123456", "13000001")]))
    seller = draw(st.sampled_from([SELLER, replace(SELLER, bic="", phone="", registered_in=""), LATVIAN_SELLER]))
    endpoint = draw(st.sampled_from([TOWN.endpoint, PeppolId("0192", "821311632"), PeppolId("0218", "40003000000")]))
    address = draw(st.none() | st.builds(PostalAddress, TEXTS, st.just(""), TEXTS, st.just("NO")))
    invoice = an_invoice(
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=draw(st.integers(0, 60))),
        seller=seller,
        billed_to=replace(TOWN, endpoint=endpoint, name="Kommunen " + draw(TEXTS)),
        delivered=draw(deliveries(settled, address)),
        currency="NOK" if seller.address.country == "NO" else "EUR",
        reference=reference,
        order_number=order_number,
        kid=kid_of(draw(st.integers(1, 9_999_999)), draw(st.integers(1, 9_999_999))),
        settled=settled,
        prepaid=draw(st.integers(0, settled.gross)),
    )
    if draw(st.booleans()):
        return invoice
    return credited(invoice, settled, "10002", invoice.due_on, draw(TEXTS))
