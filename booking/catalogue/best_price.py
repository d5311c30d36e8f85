"""Which tickets let the same people in for least: an exact search over what is sold, values in, values out.

A ticket type may stand for several people (a family: two adults and two children, or one and three). Tickets are taken
one after the other, each for as many of those who are left as it stands for; of all ways to have everybody in, the one
that costs least is the answer, and of those the one with fewest places, then with fewest tickets. What is left to do
after a ticket depends only on who is left, so that each such question is answered once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import prod

KEPT = 1024
MOST_PEOPLE = 60  # that are looked at: more are no family
MOST_QUESTIONS = 10_000
People = tuple[int, ...]  # how many of each kind
Taken = tuple[int, int, int, tuple[int, ...]]  # price, places, tickets, and the ticket types one by one


@dataclass(frozen=True, slots=True)
class SoldTicket:
    """A ticket type at its price; `parties` are the people that one may stand for, each way by itself."""

    ticket_type_id: int
    price: int
    places: int
    most: int
    goes_with: int | None
    parties: tuple[People, ...]


@dataclass(frozen=True, slots=True)
class BestTickets:
    """The tickets that cost least, by type, and what they cost, in minor units."""

    price: int
    quantities: Mapping[int, int]


def parties_of(covers: Sequence[Mapping[str, int]], places: int, kinds: Sequence[str]) -> tuple[People, ...]:
    """The people that a ticket stands for, by kind; without ways that need more places or other kinds of people."""
    ways = [way for way in covers if sum(way.values()) <= places and set(way) <= set(kinds)]
    return tuple(tuple(way.get(kind, 0) for kind in kinds) for way in ways)


def beside(sold: Sequence[SoldTicket], chosen: Mapping[int, int]) -> tuple[SoldTicket, ...]:
    """What is still sold beside tickets that are chosen and stay, those that others go with first."""
    left = [
        replace(
            ticket,
            most=ticket.most - chosen.get(ticket.ticket_type_id, 0),
            goes_with=None if chosen.get(ticket.goes_with or 0) else ticket.goes_with,
        )
        for ticket in sold
    ]
    company = {ticket.ticket_type_id: ticket.goes_with for ticket in left}
    return tuple(sorted(left, key=lambda ticket: _depth(ticket.goes_with, company)))


def _depth(goes_with: int | None, company: Mapping[int, int | None]) -> int:
    """How many others must be there first; more than there are where they wait for each other."""
    depth = 0
    while goes_with is not None and depth <= len(company):
        goes_with, depth = company.get(goes_with), depth + 1
    return depth


@lru_cache(KEPT)
def best_tickets(people: People, sold: tuple[SoldTicket, ...], most_places: int) -> BestTickets | None:
    """The tickets that let these people in for least, on no more than so many places.

    None where none do, and where there is more to try than a page has time for: larger parties of many kinds. What goes
    with another type comes after it in `sold`, see `beside`.
    """
    if sum(people) > min(most_places, MOST_PEOPLE):
        return None
    best = _least(people, sold, None)
    if best is not None and best[1] > most_places:  # seldom, so that places are reckoned with only then
        best = _least(people, sold, most_places)
    return None if best is None else BestTickets(best[0], Counter(best[3]))


def _least(people: People, sold: tuple[SoldTicket, ...], most_places: int | None) -> Taken | None:
    """The best of all ways, on whatever places it takes where there is no limit."""
    everybody = sum(people)
    scarce = [ticket.most < everybody for ticket in sold]  # of the others nobody wants more than there are
    leaders = {ticket.goes_with for ticket in sold}
    if _questions(people, sold, scarce, most_places) > MOST_QUESTIONS:
        return None

    @cache
    def best(index: int, way: int, count: int, left: People, places: int, company: frozenset[int]) -> Taken | None:
        if not any(left):
            return (0, 0, 0, ())
        if index == len(sold):
            return None
        ticket = sold[index]
        alone = ticket.goes_with is not None and ticket.goes_with not in company
        if way == len(ticket.parties) or alone:
            return best(index + 1, 0, 0, left, places, company)
        answers = [best(index, way + 1, count, left, places, company)]
        after = tuple(max(there - its, 0) for there, its in zip(left, ticket.parties[way], strict=True))
        needs = ticket.places if most_places is not None else 0
        # One that lets others be sold may be taken for their sake alone.
        helps = after != left or (ticket.ticket_type_id in leaders and ticket.ticket_type_id not in company)
        if helps and count < ticket.most and needs <= places:
            there = company | {ticket.ticket_type_id} if ticket.ticket_type_id in leaders else company
            rest = best(index, way, count + 1 if scarce[index] else 0, after, places - needs, there)
            answers.append(_and(ticket, rest))
        return min((answer for answer in answers if answer is not None), default=None)

    return best(0, 0, 0, people, most_places or 0, frozenset())


def _questions(people: People, sold: Sequence[SoldTicket], scarce: Sequence[bool], most_places: int | None) -> int:
    """How often at most the search asks who is left; each takes some microseconds."""
    of_tickets = sum(
        (len(ticket.parties) + 1) * (ticket.most + 1 if few else 1) for ticket, few in zip(sold, scarce, strict=True)
    )
    return prod(there + 1 for there in people) * of_tickets * (1 if most_places is None else most_places + 1)


def _and(ticket: SoldTicket, rest: Taken | None) -> Taken | None:
    if rest is None:
        return None
    price, places, tickets, ids = rest
    return price + ticket.price, places + ticket.places, tickets + 1, (ticket.ticket_type_id, *ids)
