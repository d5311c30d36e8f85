"""What lines come to, whatever they are: the sum that a teacher was shown is the sum of the invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.invoicing.document import (
    Charge,
    Discount,
    Settled,
    TooMuchOff,
    VatCategory,
    VatTreatment,
    credited,
    settle,
)
from tests.invoicing.documents import LOW, TEACHING, an_invoice, vat_of

REGULAR = vat_of(2500)
CHARGES = st.builds(
    Charge,
    st.just("Klasse"),
    st.integers(1, 400),
    st.integers(0, 3_000_000),
    st.sampled_from([LOW, REGULAR, vat_of(1500), vat_of(2100), TEACHING]),
)


def drawn(charges: list[Charge], percents: list[int]) -> tuple[list[Charge], list[Discount]]:
    """The charges, and a discount in some of the ways they are taxed."""
    discounts = []
    for vat, percent in zip(dict.fromkeys(charge.vat for charge in charges), percents, strict=False):
        whole = sum(charge.gross for charge in charges if charge.vat == vat)
        if off := whole * percent // 100:
            discounts.append(Discount("Avtale", off, vat))
    return charges, discounts


DRAWN = st.builds(drawn, st.lists(CHARGES, min_size=1, max_size=60), st.lists(st.integers(0, 100), max_size=5))


@given(DRAWN)
def test_the_whole_stays_what_was_asked_for_to_the_minor_unit(
    parts: tuple[list[Charge], list[Discount]],
) -> None:
    charges, discounts = parts
    settled = settle(charges, discounts)
    assert settled.gross == sum(charge.gross for charge in charges) - sum(discount.gross for discount in discounts)


@given(DRAWN)
def test_nets_of_lines_less_discounts_are_the_net_of_each_way_of_taxing(
    parts: tuple[list[Charge], list[Discount]],
) -> None:
    settled = settle(*parts)
    for vat_sum in settled.sums:
        lines = sum(line.net for line in settled.lines if line.charge.vat == vat_sum.vat)
        off = sum(part.net for part in settled.discounts if part.discount.vat == vat_sum.vat)
        assert lines - off == vat_sum.net


@given(DRAWN)
def test_vat_is_the_rate_of_the_net_within_one_minor_unit(parts: tuple[list[Charge], list[Discount]]) -> None:
    for vat_sum in settle(*parts).sums:
        assert abs(vat_sum.tax - Decimal(vat_sum.net * vat_sum.vat.rate) / 10_000) <= 1


@given(DRAWN)
def test_the_price_of_one_times_how_many_is_the_net_of_the_line(parts: tuple[list[Charge], list[Discount]]) -> None:
    for line in settle(*parts).lines:
        assert abs(line.unit_price * line.charge.quantity - Decimal(line.net) / 100) <= Decimal("0.005")


def test_a_class_of_twenty_seven_at_twelve_percent() -> None:
    settled = settle([Charge("Elever", 27, 27 * 11_000, LOW), Charge("Ledsagere, gratis", 2, 0, LOW)])
    assert (settled.net, settled.tax, settled.gross) == (265_179, 31_821, 297_000)
    assert [line.net for line in settled.lines] == [265_179, 0]
    assert settled.lines[0].unit_price == Decimal("98.2144")  # 98.21, times 27, is 12 øre off: refused


def test_more_off_than_charged_in_one_way_of_taxing_is_refused() -> None:
    with pytest.raises(TooMuchOff):
        settle([Charge("Klasse", 1, 1000, LOW), Charge("Kurs", 1, 5000, TEACHING)], [Discount("Avtale", 1001, LOW)])


@pytest.mark.parametrize(
    ("rate", "category", "reason"),
    [
        (1200, VatCategory.EXEMPT, "Unntatt"),
        (0, VatCategory.STANDARD, ""),
        (0, VatCategory.EXEMPT, ""),
        (0, VatCategory.OUTSIDE, ""),
    ],
)
def test_a_way_of_taxing_that_a_payers_system_would_refuse_cannot_be_made(
    rate: int, category: VatCategory, reason: str
) -> None:
    with pytest.raises(ValueError, match="category"):
        VatTreatment(rate, category, reason=reason)


def test_a_credit_note_names_what_it_takes_back_and_is_positive() -> None:
    invoice = an_invoice()
    note = credited(invoice, invoice.settled, "10002", date(2026, 12, 1), "Feil mottaker")
    assert [(corrected.number, corrected.issued_on) for corrected in note.corrects] == [("10001", invoice.issued_on)]
    assert (note.payable, note.prepaid, note.due_on) == (invoice.settled.gross, 0, date(2026, 12, 1))


def test_an_invoice_is_not_due_before_it_is_issued_and_not_paid_beyond_itself() -> None:
    with pytest.raises(ValueError, match="due"):
        an_invoice(due_on=date(2026, 10, 1))
    with pytest.raises(ValueError, match="paid before"):
        an_invoice(prepaid=10**9)


def test_nothing_comes_to_nothing() -> None:
    assert settle([]) == Settled((), (), ())
