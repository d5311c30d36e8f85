"""The tickets that cost least for the same people, held against trying every possible basket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.catalogue.best_price import People, SoldTicket, beside, best_tickets, parties_of

ADULT, CHILD, FAMILY, MORE = 1, 2, 3, 4

VILVITE = (
    SoldTicket(ADULT, 210, 1, 30, None, ((1, 0),)),
    SoldTicket(CHILD, 170, 1, 30, None, ((0, 1),)),
    SoldTicket(FAMILY, 690, 4, 30, None, ((2, 2), (1, 3))),
    SoldTicket(MORE, 120, 1, 30, FAMILY, ((0, 1),)),
)


def price(
    people: People, sold: Sequence[SoldTicket] = VILVITE, most: int = 30, chosen: Mapping[int, int] | None = None
) -> int | None:
    best = best_tickets(people, beside(sold, chosen or {}), most)
    return best.price if best else None


@pytest.mark.parametrize(
    ("people", "least"),
    [((2, 2), 690), ((1, 3), 690), ((2, 5), 1050), ((1, 2), 550), ((4, 4), 1350), ((3, 2), 900), ((0, 3), 510)],
)
def test_a_family_pays_what_it_must_and_no_more(people: People, least: int) -> None:
    assert price(people) == least


def test_a_family_ticket_may_have_one_place_too_many_when_that_is_cheaper() -> None:
    vizium = (
        SoldTicket(ADULT, 1000, 1, 30, None, ((1, 0),)),
        SoldTicket(CHILD, 700, 1, 30, None, ((0, 1),)),
        SoldTicket(FAMILY, 2500, 4, 30, None, ((2, 2),)),
    )
    assert price((2, 1), vizium) == 2500
    assert price((2, 1), vizium, most=3) == 2700  # but not where only three places are left


def test_what_goes_with_a_family_is_sold_beside_one_that_is_chosen_already() -> None:
    assert price((0, 3)) == 510
    assert price((0, 3), chosen={FAMILY: 1}) == 360


def test_a_ticket_is_taken_for_the_sake_of_a_cheaper_one_that_goes_with_it() -> None:
    sold = (
        SoldTicket(ADULT, 50, 1, 9, None, ((1, 0),)),
        SoldTicket(CHILD, 200, 1, 9, None, ((0, 1),)),
        SoldTicket(MORE, 10, 1, 9, ADULT, ((0, 1),)),
    )
    assert price((0, 3), sold) == 80


def test_a_class_is_reckoned_and_a_crowd_of_many_kinds_is_left_alone() -> None:
    kinds = [tuple(int(n == kind) for n in range(4)) for kind in range(4)]
    many = (*(SoldTicket(n, 100 + n, 1, 500, None, (kind,)) for n, kind in enumerate(kinds, 1)),
            SoldTicket(5, 300, 4, 500, None, ((2, 2, 0, 0), (0, 2, 0, 2))))  # fmt: skip
    assert price((15, 15)) == 4980
    assert price((2, 2, 1, 1), many) == 300 + 103 + 104
    assert price((9, 9, 9, 9), many, most=500) is None
    assert price((500, 1, 0, 0), many, most=501) is None


def test_of_tickets_that_cost_the_same_those_with_fewest_places_are_taken() -> None:
    same = (
        SoldTicket(ADULT, 100, 1, 9, None, ((1, 0),)),
        SoldTicket(CHILD, 100, 1, 9, None, ((0, 1),)),
        SoldTicket(FAMILY, 300, 4, 9, None, ((2, 2),)),
    )
    best = best_tickets((2, 1), same, 30)
    assert best is not None and dict(best.quantities) == {ADULT: 2, CHILD: 1}


def test_a_way_that_needs_more_places_or_other_people_counts_for_nothing() -> None:
    covers: list[Mapping[str, int]] = [{"adult": 2, "child": 3}, {"senior": 1}, {"child": 4}]
    assert parties_of(covers, 4, ["adult", "child"]) == ((0, 4),)


# Two kinds of people, up to three each, and up to three tickets besides those for one: no more than is searched, see
# MOST_QUESTIONS.
people = st.tuples(st.integers(0, 3), st.integers(0, 3))
ways = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(any), min_size=1, max_size=2)


@st.composite
def sold(draw: st.DrawFn) -> tuple[SoldTicket, ...]:
    singles = [SoldTicket(n + 1, draw(st.integers(0, 30)), 1, draw(st.integers(0, 4)), None, way)
               for n, way in enumerate([((1, 0),), ((0, 1),)])]  # fmt: skip
    several = []
    for number in range(3, 3 + draw(st.integers(0, 3))):
        parties = tuple(draw(ways))
        places = max(map(sum, parties)) + draw(st.integers(0, 1))
        others = [other for other in (1, 3, 5) if other != number] if number != 5 else []
        goes_with = draw(st.sampled_from([None, *others]))
        several.append(
            SoldTicket(number, draw(st.integers(0, 80)), places, draw(st.integers(0, 3)), goes_with, parties)
        )
    return (*singles, *several)


def every_basket(tickets: Sequence[SoldTicket], most_places: int) -> Iterator[tuple[int, ...]]:
    """How many of each, in every way that the limits allow."""
    for counts in product(*(range(ticket.most + 1) for ticket in tickets)):
        there = {ticket.ticket_type_id for ticket, count in zip(tickets, counts, strict=True) if count}
        alone = any(
            count and ticket.goes_with not in (None, *there) for ticket, count in zip(tickets, counts, strict=True)
        )
        if not alone and sum(t.places * n for t, n in zip(tickets, counts, strict=True)) <= most_places:
            yield counts


def lets_in(wanted: People, tickets: Sequence[SoldTicket], counts: Sequence[int]) -> bool:
    """Whether some choice of ways has a place for everybody."""
    each = [ticket.parties for ticket, count in zip(tickets, counts, strict=True) for _ in range(count)]
    reached = {(0, 0)}
    for parties in each:
        reached = {(a + way[0], c + way[1]) for a, c in reached for way in parties}
    return any(adults >= wanted[0] and children >= wanted[1] for adults, children in reached)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(people, sold(), st.integers(0, 10))
def test_nothing_cheaper_is_found_by_trying_every_basket(
    wanted: People, tickets: tuple[SoldTicket, ...], most_places: int
) -> None:
    prices = [
        sum(ticket.price * count for ticket, count in zip(tickets, counts, strict=True))
        for counts in every_basket(tickets, most_places)
        if lets_in(wanted, tickets, counts)
    ]
    best = best_tickets(wanted, beside(tickets, {}), most_places)
    assert (best.price if best else None) == min(prices, default=None)
    if best is not None:
        counts = [best.quantities.get(ticket.ticket_type_id, 0) for ticket in tickets]
        assert tuple(counts) in set(every_basket(tickets, most_places))
        assert lets_in(wanted, tickets, counts)
        assert sum(ticket.price * count for ticket, count in zip(tickets, counts, strict=True)) == best.price
