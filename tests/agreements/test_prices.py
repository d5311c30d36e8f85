"""Who pays what for a visit: the centre's price, agreements, and that the sums are the whole."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.agreements.prices import (
    AgreementTerms,
    Because,
    Bill,
    Due,
    OwnPrice,
    Pays,
    Ratio,
    SchoolPrice,
    VisitKind,
    bill,
    lunch_of,
    price_of,
)
from booking.kernel.money import Money
from booking.planner.wish import Group
from booking.programmes.models import PriceBy
from tests.visits.builders import TUESDAY, a_group

BERGEN, OYGARDEN = 1, 2


def nok(minor: int) -> Money:
    """So many øre."""
    return Money(minor, "NOK")


PRICE = SchoolPrice(
    pupil=nok(11_000),
    adult=nok(11_000),
    least=nok(165_000),
    ratios=(Ratio(4, grades=(0, 0)), Ratio(8)),
)
PAYS_ALL = AgreementTerms(1, BERGEN, Pays.ALL, grades=(1, 10))


def billed(
    *groups: Group, agreements: tuple[AgreementTerms, ...] = (), on: date = TUESDAY, price: SchoolPrice = PRICE
) -> Bill:
    """The bill of a visit to a programme."""
    return bill(groups or (a_group(),), VisitKind.PROGRAMME, on, price, agreements)


def owed(result: Bill) -> dict[int | None, int]:
    """Øre by payer."""
    return {payer: money.minor for payer, money in result.by_payer().items()}


def test_a_class_costs_so_much_a_pupil_and_its_teachers_come_free() -> None:
    price = price_of(a_group(pupils=26, adults=2), VisitKind.PROGRAMME, PRICE)
    assert (price.amount, price.free_adults, price.paying_adults, price.least) == (nok(286_000), 2, 0, False)


def test_one_adult_is_free_for_each_begun_eight_pupils_and_further_ones_pay() -> None:
    price = price_of(a_group(pupils=17, adults=5), VisitKind.PROGRAMME, PRICE)
    assert (price.free_adults, price.paying_adults, price.amount) == (3, 2, nok(19 * 11_000))


OWN = replace(
    PRICE,
    own={
        1: OwnPrice(PriceBy.PERSON, nok(5_000), nok(2_000)),
        2: OwnPrice(PriceBy.GROUP, nok(150_000)),
        3: OwnPrice(PriceBy.FREE, nok(0)),
        4: OwnPrice(PriceBy.PERSON, nok(5_000)),
    },
)


def cost(*programmes: int) -> tuple[int, int]:
    """(the whole, for adults) of twenty pupils with five adults, two of whom pay."""
    price = price_of(a_group(pupils=20, adults=5, programmes=programmes), VisitKind.PROGRAMME, OWN)
    return price.amount.minor, price.for_adults.minor


def test_a_programme_is_paid_for_by_person_by_group_or_not_at_all() -> None:
    assert cost(1) == (20 * 5_000 + 2 * 2_000, 4_000)
    assert cost(4) == (22 * 5_000, 10_000)
    assert cost(2) == (150_000, 0)
    assert cost(3) == (0, 0)


def test_programmes_without_a_price_of_their_own_cost_the_centres_price_once() -> None:
    assert cost(8, 9) == cost(8) == cost() == (22 * 11_000, 22_000)
    assert cost(8, 2, 3) == (22 * 11_000 + 150_000, 22_000)
    assert cost(2, 2) == cost(2)


def test_a_price_that_was_agreed_on_counts_in_place_of_the_programmes_own() -> None:
    agreed = replace(PAYS_ALL, price=SchoolPrice(nok(6_000), nok(0), nok(0)))
    group = a_group(pupils=20, programmes=(2,))
    assert owed(billed(group, agreements=(agreed,), price=OWN)) == {BERGEN: 120_000}
    assert owed(billed(group, price=OWN)) == {None: 150_000}


def test_kindergartens_bring_more_adults_for_nothing() -> None:
    assert price_of(a_group(pupils=17, adults=5, grade=0), VisitKind.PROGRAMME, PRICE).free_adults == 5


def test_a_ratio_can_be_for_a_kind_of_activity() -> None:
    price = replace(PRICE, ratios=(Ratio(5, kinds=frozenset({VisitKind.ADMISSION})), Ratio(24)))
    group = a_group(pupils=24, adults=6)
    assert price_of(group, VisitKind.ADMISSION, price).free_adults == 5
    assert price_of(group, VisitKind.PROGRAMME, price).free_adults == 1


def test_without_a_ratio_every_adult_pays() -> None:
    assert price_of(a_group(adults=2), VisitKind.PROGRAMME, replace(PRICE, ratios=())).paying_adults == 2


def test_a_small_group_pays_the_least_amount() -> None:
    price = price_of(a_group(pupils=9, adults=1), VisitKind.PROGRAMME, PRICE)
    assert (price.amount, price.least) == (nok(165_000), True)


def test_without_an_agreement_the_school_pays() -> None:
    assert billed().dues == (Due(None, "5A", nok(286_000), Because.NO_AGREEMENT, None, 26),)


def test_a_municipality_that_pays_all_leaves_nothing_to_the_school() -> None:
    assert billed(agreements=(PAYS_ALL,)).dues == (Due(BERGEN, "5A", nok(286_000), Because.ALL, 1, 26),)


def test_a_municipality_that_pays_half_leaves_the_rest_to_the_school() -> None:
    result = billed(a_group(pupils=25), agreements=(AgreementTerms(2, OYGARDEN, Pays.SHARE, percent=50),))
    assert owed(result) == {OYGARDEN: 137_500, None: 137_500}
    assert [due.because for due in result.dues] == [Because.SHARE, Because.REST]


def test_a_fixed_sum_a_pupil_leaves_the_rest_to_the_school() -> None:
    result = billed(agreements=(AgreementTerms(3, 3, Pays.PER_PUPIL, each=6_000),))
    assert owed(result) == {3: 26 * 6_000, None: 26 * 5_000}


def test_a_fixed_sum_a_group_is_paid_for_each_group() -> None:
    result = billed(a_group("5A"), a_group("5B"), agreements=(AgreementTerms(3, 3, Pays.PER_GROUP, each=100_000),))
    assert owed(result) == {3: 200_000, None: 372_000}


def test_nobody_pays_more_than_the_visit_costs() -> None:
    assert owed(billed(agreements=(AgreementTerms(3, 3, Pays.PER_PUPIL, each=99_000),))) == {3: 286_000}


def test_an_agreed_price_takes_the_place_of_the_centres_own() -> None:
    agreed = SchoolPrice(nok(6_000), nok(0), nok(0))
    result = billed(agreements=(replace(PAYS_ALL, price=agreed),))
    assert owed(result) == {BERGEN: 26 * 6_000}
    assert result.whole == nok(26 * 6_000)


def test_an_agreement_holds_for_its_grades_dates_and_kinds_and_the_bill_says_which_it_missed() -> None:
    for agreement, because in (
        (replace(PAYS_ALL, grades=(8, 10)), Because.OTHER_GRADE),
        (replace(PAYS_ALL, from_date=date(2027, 3, 10)), Because.OTHER_DATE),
        (replace(PAYS_ALL, until_date=date(2027, 3, 8)), Because.OTHER_DATE),
        (replace(PAYS_ALL, kinds=frozenset({VisitKind.OUTREACH})), Because.OTHER_KIND),
        (replace(PAYS_ALL, visits_left=0), Because.USED_UP),
        (replace(PAYS_ALL, pupils_left=0), Because.USED_UP),
    ):
        assert billed(agreements=(agreement,)).dues == (Due(None, "5A", nok(286_000), because, 1, 26),)
    exactly = replace(
        PAYS_ALL, from_date=TUESDAY, until_date=TUESDAY, kinds=frozenset({VisitKind.PROGRAMME}), grades=(5, 5)
    )
    assert owed(billed(agreements=(exactly,))) == {BERGEN: 286_000}


def test_of_several_misses_the_closest_is_told() -> None:
    used_up, other = replace(PAYS_ALL, visits_left=0), replace(PAYS_ALL, agreement_id=9, grades=(11, 13))
    (due,) = billed(agreements=(other, used_up)).dues
    assert (due.because, due.agreement_id) == (Because.USED_UP, 1)


def test_the_next_agreement_pays_when_the_first_does_not_hold() -> None:
    county = AgreementTerms(2, 2, Pays.ALL, grades=(11, 13))
    assert owed(billed(a_group(grade=11), agreements=(PAYS_ALL, county))) == {2: 286_000}


def test_each_group_is_one_of_the_visits_that_are_left() -> None:
    result = billed(a_group("5A"), a_group("5B"), agreements=(replace(PAYS_ALL, visits_left=1),))
    assert [(due.group, due.payer_id, due.because) for due in result.dues] == [
        ("5A", BERGEN, Because.ALL),
        ("5B", None, Because.USED_UP),
    ]


def test_an_agreement_pays_for_the_pupils_that_are_left_of_it() -> None:
    result = billed(a_group("5A"), a_group("5B"), agreements=(replace(PAYS_ALL, pupils_left=39),))
    assert owed(result) == {BERGEN: 286_000 + 143_000, None: 143_000}
    assert [(due.group, due.because, due.pupils) for due in result.dues] == [
        ("5A", Because.ALL, 26),
        ("5B", Because.ALL, 13),
        ("5B", Because.USED_UP, 13),
    ]


def test_a_class_that_costs_nothing_uses_no_visit_of_an_agreement_in_either_order() -> None:
    free, paid = a_group("7A", programmes=(3,)), a_group("7B", programmes=(2,))
    one_left = replace(PAYS_ALL, visits_left=1)
    for order in ((free, paid), (paid, free)):
        assert owed(billed(*order, agreements=(one_left,), price=OWN)) == {BERGEN: 150_000}


def test_an_agreement_that_pays_nothing_for_a_class_is_not_used_by_it() -> None:
    nothing = replace(PAYS_ALL, pays=Pays.SHARE, percent=0, visits_left=1)
    assert [due.because for due in billed(a_group("5A"), a_group("5B"), agreements=(nothing,)).dues] == [
        Because.REST
    ] * 2


def test_the_one_visit_that_is_left_pays_for_the_class_that_is_dearest_for_the_school() -> None:
    small, large = a_group("5A", pupils=16), a_group("5B", pupils=26)
    one_left = replace(PAYS_ALL, visits_left=1)
    for order in ((small, large), (large, small)):
        assert owed(billed(*order, agreements=(one_left,))) == {BERGEN: 286_000, None: 176_000}


def test_a_class_that_only_one_agreement_holds_for_has_it_before_one_that_two_hold_for() -> None:
    dear, other = a_group("2A", pupils=27, grade=2), a_group("6A", pupils=26, grade=6)
    all_grades, first_grades = replace(PAYS_ALL, visits_left=1), AgreementTerms(2, 2, Pays.ALL, grades=(1, 4))
    for order in ((dear, other), (other, dear)):
        assert owed(billed(*order, agreements=(all_grades, first_grades))) == {BERGEN: 286_000, 2: 297_000}


def test_nobody_owes_nothing() -> None:
    free = SchoolPrice(nok(0), nok(0), nok(0))
    assert billed(price=free, agreements=(PAYS_ALL,)).dues == ()
    assert billed(price=free).whole == nok(0)


money = st.integers(0, 50_000).map(nok)
grades = st.one_of(st.none(), st.tuples(st.integers(0, 6), st.integers(6, 13)))
left = st.one_of(st.none(), st.integers(0, 60))
prices = st.builds(
    SchoolPrice,
    money,
    money,
    money,
    st.lists(st.builds(Ratio, st.integers(1, 30), grades), max_size=2).map(tuple),
    lunch=st.one_of(st.none(), money),
)
groups = st.lists(
    st.builds(
        Group,
        st.sampled_from(["A", "B"]),
        st.integers(0, 40),
        st.integers(0, 10),
        st.integers(0, 13),
        eats=st.booleans(),
    ),
    max_size=4,
)
agreements = st.lists(
    st.builds(
        AgreementTerms,
        st.integers(1, 3),
        st.integers(1, 3),
        st.sampled_from(Pays),
        st.integers(0, 100),
        st.integers(0, 300_000),
        grades,
        visits_left=left,
        pupils_left=left,
        price=st.one_of(st.none(), prices),
    ),
    max_size=3,
    unique_by=lambda terms: terms.agreement_id,
)


@given(groups, prices, agreements)
def test_the_sums_are_the_whole_and_never_negative(
    visit: list[Group], price: SchoolPrice, by: list[AgreementTerms]
) -> None:
    result = bill(visit, VisitKind.PROGRAMME, TUESDAY, price, by)
    assert sum(result.by_payer().values(), nok(0)) == result.whole
    assert all(due.amount.minor > 0 for due in result.dues)
    if all(agreement.price is None for agreement in by):
        of_each = (price_of(group, VisitKind.PROGRAMME, price).amount + lunch_of(group, price) for group in visit)
        assert result.whole == sum(of_each, nok(0))


named_groups = groups.map(lambda drawn: [replace(group, name=f"{n}") for n, group in enumerate(drawn)])
scarce = agreements.map(
    lambda drawn: [replace(terms, visits_left=terms.visits_left and terms.visits_left % 4) for terms in drawn]
)


def served_in_turn(visit: Sequence[Group], price: SchoolPrice, by: Sequence[AgreementTerms]) -> int:
    """What the school pays when each class is billed alone, and what its agreement then has left is for the next."""
    schools = 0
    for group in visit:
        for due in bill([replace(group, eats=False)], VisitKind.PROGRAMME, TUESDAY, price, by).dues:
            if due.payer_id is None:
                schools += due.amount.minor
                continue
            by = [_less(terms, due) if terms.agreement_id == due.agreement_id else terms for terms in by]
    return schools


def _less(terms: AgreementTerms, due: Due) -> AgreementTerms:
    return replace(
        terms,
        visits_left=None if terms.visits_left is None else terms.visits_left - 1,
        pupils_left=None if terms.pupils_left is None else terms.pupils_left - due.pupils,
    )


@settings(deadline=None)
@given(named_groups, prices, scarce)
def test_no_order_of_classes_would_cost_the_school_less(
    visit: list[Group], price: SchoolPrice, by: list[AgreementTerms]
) -> None:
    result = bill(visit, VisitKind.PROGRAMME, TUESDAY, price, by)
    schools = sum(due.amount.minor for due in result.dues if due.payer_id is None and not due.for_lunch)
    assert schools == min(served_in_turn(order, price, by) for order in permutations(visit))


@settings(deadline=None)
@given(named_groups, prices, scarce, st.randoms(use_true_random=False))
def test_the_order_in_which_classes_are_named_changes_nothing(
    visit: list[Group], price: SchoolPrice, by: list[AgreementTerms], shuffled: random.Random
) -> None:
    other = shuffled.sample(visit, len(visit))
    first, second = (bill(order, VisitKind.PROGRAMME, TUESDAY, price, by) for order in (visit, other))
    assert (Counter(first.dues), first.whole) == (Counter(second.dues), second.whole)


@given(groups, prices)
def test_one_more_pupil_never_makes_the_centres_price_less(visit: list[Group], price: SchoolPrice) -> None:
    """One more pupil may let an adult in for nothing, so the price of an adult must not be above a pupil's."""
    price = replace(price, adult=min(price.adult, price.pupil))
    for group in visit:
        more = replace(group, pupils=group.pupils + 1)
        assert price_of(group, VisitKind.PROGRAMME, price).amount <= price_of(more, VisitKind.PROGRAMME, price).amount


@given(groups, prices)
def test_one_more_adult_never_makes_it_less(visit: list[Group], price: SchoolPrice) -> None:
    for group in visit:
        more = replace(group, adults=group.adults + 1)
        assert price_of(group, VisitKind.PROGRAMME, price).amount <= price_of(more, VisitKind.PROGRAMME, price).amount


@given(groups, prices, st.sampled_from(Pays), st.integers(0, 100), st.integers(0, 300_000), st.integers(0, 60))
def test_more_left_of_an_allowance_never_makes_the_school_pay_more(
    visit: list[Group], price: SchoolPrice, pays: Pays, percent: int, each: int, left: int
) -> None:
    by = AgreementTerms(1, BERGEN, pays, percent, each, pupils_left=left)
    few = bill(visit, VisitKind.PROGRAMME, TUESDAY, price, [by]).by_payer().get(None, nok(0))
    more = (
        bill(visit, VisitKind.PROGRAMME, TUESDAY, price, [replace(by, pupils_left=left + 1)])
        .by_payer()
        .get(None, nok(0))
    )
    assert more <= few
