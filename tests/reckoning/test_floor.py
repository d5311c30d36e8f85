"""Whatever comes, the sum of the bill is the sum of its dues, and no class is billed below its floor."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.agreements.heads import AS_BOOKED, ClassHeads, HeadsRule, HeadsTerms, heads_to_bill
from booking.agreements.prices import AgreementTerms, Pays, Ratio, SchoolPrice, VisitKind, bill, price_of
from booking.kernel.money import Money
from booking.planner.wish import Group

heads = st.builds(ClassHeads, st.integers(1, 60), st.integers(0, 20))
counts = st.none() | st.builds(ClassHeads, st.integers(0, 90), st.integers(0, 30))
visits = st.lists(st.tuples(heads, counts), min_size=1, max_size=4)
sums = st.integers(0, 20_000).map(lambda minor: Money(minor, "NOK"))
prices = st.builds(
    SchoolPrice, sums, sums, st.integers(0, 300_000).map(lambda minor: Money(minor, "NOK")),
    st.integers(1, 20).map(lambda pupils: (Ratio(pupils),)),
)  # fmt: skip
agreements = st.lists(
    st.builds(
        AgreementTerms, st.just(1), st.just(1), st.sampled_from(Pays), st.integers(0, 100), st.integers(0, 30_000),
        visits_left=st.none() | st.integers(0, 3), pupils_left=st.none() | st.integers(0, 80),
    ),
    max_size=1,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(visits, st.integers(0, 100), prices, agreements)
def test_the_sum_is_the_sum_of_the_dues_and_never_below_the_floor(
    visit: list[tuple[ClassHeads, ClassHeads | None]],
    percent: int,
    price: SchoolPrice,
    payers: list[AgreementTerms],
) -> None:
    terms = HeadsTerms(HeadsRule.FLOOR, percent)
    billed = [heads_to_bill(terms, booked, counted) for booked, counted in visit]
    for (booked, counted), of in zip(visit, billed, strict=True):
        assert of.pupils * 100 >= booked.pupils * percent
        assert of.adults * 100 >= booked.adults * percent
        if counted is not None:
            assert (of.pupils, of.adults) >= (counted.pupils, 0)
            assert of.adults >= counted.adults
    groups = [Group(str(place), of.pupils, of.adults, 6) for place, of in enumerate(billed)]
    whole = bill(groups, VisitKind.PROGRAMME, date(2026, 11, 4), price, payers)
    assert sum(due.amount.minor for due in whole.dues) == whole.whole.minor
    assert whole.whole.minor == sum(price_of(group, VisitKind.PROGRAMME, price).amount.minor for group in groups)
    assert whole.whole.minor >= len(groups) * price.least.minor


@given(heads, counts, st.integers(0, 100))
def test_without_a_count_it_is_as_booked_and_by_the_count_it_is_that(
    booked: ClassHeads, counted: ClassHeads | None, percent: int
) -> None:
    assert heads_to_bill(AS_BOOKED, booked, counted) == booked
    assert heads_to_bill(HeadsTerms(HeadsRule.FLOOR, percent), booked, None) == booked
    assert heads_to_bill(HeadsTerms(HeadsRule.COUNTED), booked, counted) == (counted or booked)
    floor = heads_to_bill(HeadsTerms(HeadsRule.FLOOR, 100), booked, counted)
    assert (floor.pupils, floor.adults) >= (booked.pupils, 0)
