"""The best that an order may have, held against a search that tries everything."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.capacity.models import Channel
from booking.discounts.models import DiscountWay
from booking.discounts.rules import CampaignFacts, TicketsPriced, best
from booking.discounts.taken import off_each
from tests.builders import in_all

TODAY = date(2026, 11, 4)
Drawn = tuple[DiscountWay, int, bool, int | None, list[int]]


def campaign(
    number: int, way: DiscountWay, amount: int, *, stacks: bool, most: int | None, types: list[int]
) -> CampaignFacts:
    """One that anybody may have, for some kinds of tickets."""
    return CampaignFacts(
        id=number, name=in_all(f"Kampanje {number}"), way=way, amount=amount, asks_code=bool(number % 2), stacks=stacks,
        activities=[], ticket_types=types, channels=[Channel.PUBLIC.value], visit_from=None, visit_until=None,
        weekdays=127, from_time=None, until_time=None, sale_from=None, sale_until=None, days_ahead=0, most_uses=None,
        most_tickets=most, most_each=None, used=0, stopped_at=None,
    )  # fmt: skip


def tickets_of(*prices: tuple[int, int]) -> list[TicketsPriced]:
    """Tickets of an order, one kind for each price."""
    return [
        TicketsPriced(1, kind, datetime(2026, 11, 7, 10, tzinfo=UTC), price, n)
        for kind, (price, n) in enumerate(prices, 1)
    ]


CAMPAIGNS = st.lists(
    st.tuples(
        st.sampled_from(list(DiscountWay)), st.integers(0, 12_000), st.booleans(), st.none() | st.integers(1, 3),
        st.lists(st.integers(1, 3), unique=True, max_size=2),
    ),
    max_size=4,
)  # fmt: skip
ORDERS = st.lists(st.tuples(st.integers(0, 25_000), st.integers(1, 3)), min_size=1, max_size=3)


@settings(max_examples=300, deadline=None)
@given(ORDERS, CAMPAIGNS)
def test_no_other_choice_is_cheaper(prices: list[tuple[int, int]], drawn: list[Drawn]) -> None:
    tickets = tickets_of(*prices)
    campaigns = [
        campaign(n, way, amount, stacks=stacks, most=most if way is not DiscountWay.ORDER else None, types=types)
        for n, (way, amount, stacks, most, types) in enumerate(drawn, 1)
    ]
    order = best(tickets, campaigns, TODAY)
    assert order.total == _by_trying(tickets, campaigns)
    full = sum(those.price * those.quantity for those in tickets)
    off = sum(off_each(part.discounts) * part.quantity for part in order.tickets)
    assert order.total + off == full
    assert all(0 <= part.price <= tickets[part.place].price for part in order.tickets)
    for place, those in enumerate(tickets):
        parts = [part for part in order.tickets if part.place == place]
        assert sum(part.quantity for part in parts) == those.quantity
        assert all(part.price + off_each(part.discounts) == those.price for part in parts)


def _by_trying(tickets: list[TicketsPriced], campaigns: list[CampaignFacts]) -> int:
    """Each campaign by itself on any so many tickets; any of those together that may be combined."""
    singles = [(those.ticket_type_id, those.price) for those in tickets for _ticket in range(those.quantity)]
    together = [combined for combined in campaigns if combined.stacks and combined.most_tickets is None]
    sets = [(), *((alone,) for alone in campaigns)]
    sets += [several for size in range(2, len(together) + 1) for several in combinations(together, size)]
    return min(_cost(singles, chosen) for chosen in sets)


def _cost(singles: list[tuple[int, int]], chosen: tuple[CampaignFacts, ...]) -> int:
    prices = [price for _kind, price in singles]
    for taken in sorted(chosen, key=lambda each: (list(DiscountWay).index(each.way), each.id)):
        fits = [not taken.ticket_types or kind in taken.ticket_types for kind, _price in singles]
        if taken.way is DiscountWay.ORDER:
            eligible = sum(price for price, fit in zip(prices, fits, strict=True) if fit)
            off = min(taken.amount, eligible)
            prices = _less(prices, fits, off)
        else:
            most = len(prices) if taken.most_tickets is None else taken.most_tickets
            prices = min(
                (
                    [taken.lowered(price) if takes else price for price, takes in zip(prices, taking, strict=True)]
                    for taking in product((False, True), repeat=len(prices))
                    if sum(taking) <= most and all(fit or not takes for fit, takes in zip(fits, taking, strict=True))
                ),
                key=sum,
            )
    return sum(prices)


def _less(prices: list[int], fits: list[bool], off: int) -> list[int]:
    """Off whichever, as only the sum counts; in proportion where more sums follow."""
    whole = sum(price for price, fit in zip(prices, fits, strict=True) if fit)
    if not whole:
        return prices
    left = [price - (off * price // whole if fit else 0) for price, fit in zip(prices, fits, strict=True)]
    rest = off - (sum(prices) - sum(left))
    for place in sorted(range(len(left)), key=lambda place: -left[place]):
        if rest and fits[place] and left[place]:
            left[place] -= 1
            rest -= 1
    return left


def test_an_order_that_two_may_have_has_the_one_that_takes_most_and_no_code_for_nothing() -> None:
    alone = [
        campaign(1, DiscountWay.PERCENT, 1_000, stacks=False, most=None, types=[]),
        campaign(2, DiscountWay.PERCENT, 1_000, stacks=False, most=None, types=[]),
    ]
    assert [chosen.id for chosen in best(tickets_of((20_000, 2)), alone, TODAY).campaigns] == [2]  # that without a code


def test_percents_are_rounded_for_each_ticket_and_sums_come_after_them() -> None:
    both = [
        campaign(1, DiscountWay.PERCENT, 1_500, stacks=True, most=None, types=[]),
        campaign(2, DiscountWay.EACH, 5_000, stacks=True, most=None, types=[]),
    ]
    order = best(tickets_of((19_995, 2), (19_990, 1)), both, TODAY)  # 15 % of the second is 2,998.5
    assert [(part.quantity, part.price) for part in order.tickets] == [(2, 11_996), (1, 11_991)]
