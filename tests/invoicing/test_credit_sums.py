"""Whatever is credited in whatever order: together it is the invoice, net and VAT of each rate, and never more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.invoicing.credit import (
    Creditable,
    CreditExtent,
    CreditWanted,
    LinesCredited,
    MoreThanLeft,
    NothingChosen,
    NothingLeftToCredit,
    taken_back,
)
from booking.invoicing.document import Charge, Discount, Settled, credited, settle
from booking.kernel.refusals import Refusal
from tests.invoicing.documents import LOW, TEACHING, an_invoice, vat_of
from tests.invoicing.drawn import settleds

ALL = CreditWanted(CreditExtent.ALL)
TWO_CLASSES = settle([Charge("7A", 1, 10_000, LOW), Charge("7B", 1, 10_000, LOW), Charge("Kurs", 1, 5_001, TEACHING)])


def lines(*places: int) -> CreditWanted:
    """These lines."""
    return CreditWanted(CreditExtent.LINES, places)


def a_sum(gross: int) -> CreditWanted:
    """So much."""
    return CreditWanted(CreditExtent.SUM, gross=gross)


def an_uncredited(settled: Settled, prepaid: int = 0) -> Creditable:
    """An invoice on which no credit note is."""
    return Creditable(an_invoice(settled=settled, prepaid=prepaid), 1, "Del av faktura 10001")


def after(of: Creditable, wanted: CreditWanted) -> Creditable:
    """The invoice once that is credited."""
    settled = taken_back(of, wanted)
    note = credited(of.invoice, settled, "10002", date(2026, 12, 1), "Feil")
    return replace(of, credited=of.credited + settled.gross, notes=(*of.notes, note))


def by_vat(*parts: Settled) -> dict[object, tuple[int, int]]:
    """Net and VAT of each way of taxing."""
    nets: Counter[object] = Counter()
    taxes: Counter[object] = Counter()
    for vat_sum in (vat_sum for settled in parts for vat_sum in settled.sums):
        nets[vat_sum.vat.by] += vat_sum.net
        taxes[vat_sum.vat.by] += vat_sum.tax
    return {by: (nets[by], taxes[by]) for by in nets if nets[by] or taxes[by]}


WANTED = st.one_of(
    st.lists(st.integers(0, 30), max_size=4).map(lambda places: lines(*places)),
    st.sampled_from([1, 2, 3, 100, 4_999]).map(a_sum),
    st.integers(0, 90_000_000).map(a_sum),
)


@given(settleds(), st.lists(WANTED, max_size=8))
def test_any_sequence_of_credits_ends_with_exactly_the_invoice(settled: Settled, wishes: list[CreditWanted]) -> None:
    of = an_uncredited(settled)
    for wanted in wishes:
        try:
            of = after(of, wanted)
        except Refusal:
            continue
        assert of.by_line.total() == of.credited
        assert all(of.by_line[n] <= line.charge.gross for n, line in enumerate(settled.lines))
        for by, (net, tax) in by_vat(*(note.settled for note in of.notes)).items():
            whole_net, whole_tax = by_vat(settled)[by]
            assert 0 <= net <= whole_net
            assert 0 <= tax <= whole_tax
    if of.left:
        of = after(of, ALL)
    assert by_vat(*(note.settled for note in of.notes)) == by_vat(settled)
    assert of.open_lines == {}


@given(settleds(), st.integers(1, 1000), WANTED)
def test_of_what_was_paid_before_no_more_is_credited_than_was_to_be_paid(
    settled: Settled, paid_before: int, wanted: CreditWanted
) -> None:
    of = an_uncredited(settled, min(paid_before, settled.gross))
    try:
        of = after(of, wanted)
    except Refusal:
        pass
    if of.left:
        of = after(of, ALL)
    assert sum(note.payable for note in of.notes) == of.invoice.payable


@given(settleds(), st.integers(1, 90_000_000))
def test_every_part_is_nought_or_more_and_its_lines_add_up(settled: Settled, gross: int) -> None:
    try:
        part = taken_back(after(an_uncredited(settled), a_sum(1)), a_sum(gross))
    except Refusal:
        return
    assert part.gross == gross
    assert part.net == sum(line.net for line in part.lines) - sum(discount.net for discount in part.discounts)
    assert all(vat_sum.net >= 0 and vat_sum.tax >= 0 for vat_sum in part.sums)


def test_the_whole_is_taken_back_as_it_stood_with_what_was_off() -> None:
    settled = settle([Charge("7A", 1, 10_000, LOW)], [Discount("Avtale", 1_000, LOW)])
    assert taken_back(an_uncredited(settled), ALL) == settled


def test_a_sum_is_spread_over_the_ways_of_taxing_as_the_invoice_is() -> None:
    part = taken_back(an_uncredited(TWO_CLASSES), a_sum(5_000))
    grosses = [(line.charge.text, line.charge.gross, line.charge.vat.rate) for line in part.lines]
    assert grosses == [("Del av faktura 10001", 1_000, 0), ("Del av faktura 10001", 4_000, 1_200)]
    assert part.reason_of(TEACHING) == TEACHING.reason


def test_a_line_is_credited_once_and_the_other_one_like_it_still_can_be() -> None:
    twins = settle([Charge("7A", 1, 10_000, LOW), Charge("7A", 1, 10_000, LOW)])
    of = after(an_uncredited(twins), lines(0))
    assert list(of.open_lines) == [1]
    with pytest.raises(LinesCredited):
        taken_back(of, lines(0))
    assert after(of, lines(1)).left == 0


def test_the_rest_names_the_lines_that_it_is() -> None:
    rest = taken_back(after(an_uncredited(TWO_CLASSES), lines(0)), ALL)
    assert sorted(line.charge.text for line in rest.lines) == ["7B", "Kurs"]


def test_lines_of_which_a_sum_was_credited_are_credited_no_more_than_is_left() -> None:
    of = after(an_uncredited(TWO_CLASSES), a_sum(15_000))
    assert of.open_lines == {}
    of = after(an_uncredited(TWO_CLASSES), a_sum(5_000))
    assert list(of.open_lines) == [0, 1]
    with pytest.raises(LinesCredited):
        taken_back(of, lines(0, 1))


def test_less_than_nothing_and_more_than_is_left_cannot_be_credited() -> None:
    of = after(an_uncredited(TWO_CLASSES), a_sum(20_000))
    with pytest.raises(MoreThanLeft) as refusal:
        taken_back(of, a_sum(5_002))
    assert refusal.value.left == 5_001
    for nothing in (lines(), a_sum(0)):
        with pytest.raises(NothingChosen):
            taken_back(of, nothing)
    with pytest.raises(LinesCredited):
        taken_back(of, lines(99))
    with pytest.raises(NothingLeftToCredit):
        taken_back(after(of, ALL), ALL)


def test_vat_of_parts_is_rounded_as_the_whole_was() -> None:
    of = an_uncredited(settle([Charge("7A", 1, 1_000, vat_of(2_500))]))
    for gross in (333, 333):
        of = after(of, a_sum(gross))
    of = after(of, ALL)
    assert by_vat(*(note.settled for note in of.notes)) == {("S", 2_500): (800, 200)}
