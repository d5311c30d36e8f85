"""A change of a booking, and something added to it, as a form sends them: the same for buyers and the desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from booking.bookings.add import add
from booking.bookings.basket import Basket, Pick
from booking.bookings.change import Changed, change, what_if
from booking.bookings.hold import Hold
from booking.bookings.numbers import NumbersAsked, asked_of
from booking.bookings.queries import BookingFacts, by_id
from booking.bookings.refusals import AnotherSum, BookingChanged
from booking.bookings.rules import Settlement
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.guards.network import holder
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, TooOdd, sentence
from booking.web.typed import identity, ids_in, sum_shown
from booking.web.visitor.changes.meaning import ChangeMeaning
from booking.web.visitor.choosing import read_numbers, read_picks, read_quantities
from booking.web.visitor.tickets import warnings_read


@dataclass(frozen=True, slots=True)
class ChangeAsksPage:
    """What is asked before something is given up of which the page had not told: what it means."""

    facts: BookingFacts
    means: ChangeMeaning
    for_staff: bool
    problem: RefusalAnswer | None
    sent: Sequence[tuple[str, str]]  # the form's own fields, to be sent once more


Page = Callable[[RefusalAnswer], str]  # the form once more, with why not
Asks = Callable[[ChangeAsksPage], str]  # the page that asks before something is given up
# where to go when it is done, or waits for its money; None where nothing was left to do
Next = Callable[[Changed | Hold | None], ResponseReturnValue]


def press_change(facts: BookingFacts, actor: str, page: Page, asks: Asks, then: Next) -> ResponseReturnValue:
    """Make the change that the form wishes; where something is given up, first say what comes back and ask."""
    try:
        return _press_change(facts, actor, asks, then)
    except Refusal as refusal:
        answer = sentence(refusal)
        return page(answer), answer.status


def _press_change(facts: BookingFacts, actor: str, asks: Asks, then: Next) -> ResponseReturnValue:
    knows, numbers, picks = warnings_read(), read_numbers(request.form), wished(facts, request.form)
    shown = _sum_told_of(picks)
    try:
        if _is_so(facts, picks, numbers):
            return then(None)  # pressed twice
        if shown is None:
            becomes, money = what_if(
                facts, picks, centre=centre(), now=clock.now(), actor=actor, knows=knows, numbers=numbers
            )
            if money.given_up:
                return asks(_asked(facts, becomes, money, actor, None))
        with unit_of_work():
            done = change(
                facts.id,
                picks,
                centre=centre(),
                now=clock.now(),
                actor=actor,
                shown=shown,
                knows=knows,
                holder=holder() if actor == "buyer" else "",
                numbers=numbers,
            )
    except AnotherSum as other:
        facts = by_id(facts.id) or facts  # what is said of the money is said of the booking as it stands by now
        becomes, money = what_if(facts, picks, centre=centre(), now=clock.now(), actor=actor, numbers=numbers)
        return asks(_asked(facts, becomes, money, actor, sentence(other))), 409
    return then(done)


def _sum_told_of(picks: Sequence[Pick]) -> int | None:
    """What the page said comes back, if that is what it said of these wishes: they may have gone on choosing."""
    told_of = request.form.get("of")
    return sum_shown(request.form.get("shown")) if told_of is None or told_of == mark_of_picks(picks) else None


def mark_of_picks(picks: Sequence[Pick]) -> str:
    """What tells one set of wishes from another."""
    return "_".join(f"{pick.slot_id}-{pick.ticket_type_id}-{pick.quantity}" for pick in sorted(picks, key=_by_ids))


def _by_ids(pick: Pick) -> tuple[int, int]:
    return pick.slot_id, pick.ticket_type_id


def press_addition(facts: BookingFacts, actor: str, page: Page, then: Next) -> ResponseReturnValue:
    """Add what the form wishes."""
    picks, unreadable = read_picks(request.form)
    try:
        if unreadable:
            raise TooOdd
        with unit_of_work():
            done = add(
                facts.id,
                picks,
                centre=centre(),
                now=clock.now(),
                actor=actor,
                knows=warnings_read(),
                numbers=read_numbers(request.form),
            )
    except Refusal as refusal:
        answer = sentence(refusal)
        return page(answer), answer.status
    return then(done)


def wished(facts: BookingFacts, typed: Mapping[str, str]) -> list[Pick]:
    """What a form says the booking should be; what it does not speak of stays as it was bought.

    A form that speaks of a time they no longer have was made before the booking changed: taken at its word it would
    add its numbers to those they have now. Pressed twice it is what was done; otherwise they look at the booking anew.
    Raises TooOdd and BookingChanged.
    """
    sent, unreadable = read_quantities(typed)
    if unreadable:
        raise TooOdd
    entry_id, owned = entry_slot(facts), _owned(facts)
    target = identity(typed.get("slot")) or entry_id
    if gone := {slot_id for slot_id, _kind in sent} - {line.slot_id for line in facts.lines}:
        sent = {(entry_id if slot_id in gone else slot_id, kind): count for (slot_id, kind), count in sent.items()}
        if target != entry_id or len(gone) > 1 or _some(owned | sent) != owned:
            raise BookingChanged
    return [
        Pick(target if slot_id == entry_id else slot_id, ticket_type_id, quantity)
        for (slot_id, ticket_type_id), quantity in _some(owned | sent).items()
    ]


def _some(counts: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """Without those of which there are none."""
    return {key: count for key, count in counts.items() if count}


def _is_so(facts: BookingFacts, picks: Sequence[Pick], numbers: dict[int, list[str]]) -> bool:
    """Whether the booking is what is wished already, to the numbers of its tickets."""
    if {(pick.slot_id, pick.ticket_type_id): pick.quantity for pick in picks} != _owned(facts):
        return False
    known = {question.ticket_type_id: list(question.known) for question in asked_of(facts.id, facts.lines)}
    return known | numbers == known


def _asked(
    facts: BookingFacts, becomes: Basket, money: Settlement, actor: str, problem: RefusalAnswer | None
) -> ChangeAsksPage:
    """What a page shows that asks before something is given up."""
    entry_id = entry_slot(facts)
    target_id = identity(request.form.get("slot")) or entry_id
    return ChangeAsksPage(
        facts=facts,
        means=ChangeMeaning(facts, becomes, money, entry_id, target_id),
        for_staff=actor != "buyer",
        problem=problem,
        sent=_sent_again(),
    )


def numbers_asked(facts: BookingFacts, typed: Mapping[str, str]) -> list[tuple[NumbersAsked, str]]:
    """Which numbers the tickets ask for that they have or have chosen, and what stands in each field."""
    chosen = [Pick(0, kind, count) for (_slot, kind), count in read_quantities(typed)[0].items() if count]
    questions = asked_of(facts.id, [*facts.lines, *chosen])
    return [
        (question, typed.get(f"n-{question.ticket_type_id}", ", ".join(question.known))[:2000])
        for question in questions
    ]


def _sent_again() -> Sequence[tuple[str, str]]:
    """The form's own fields, to be sent once more."""
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name not in ("shown", "of", "csrf_token")]


def address_again(address: str) -> str:
    """The page of a change with the time and the numbers that its form was sent with."""
    fields = [(name, request.form[name]) for name in request.form if name == "slot" or ids_in(name, "q", 2)]
    return f"{address}?{urlencode(fields)}#choose" if fields else address


def _owned(facts: BookingFacts) -> dict[tuple[int, int], int]:
    """How many of each ticket type they have in each slot; of a pass at its first day, which stands for all."""
    owned: dict[tuple[int, int], int] = defaultdict(int)
    for line in facts.bought:
        owned[line.slot_id, line.ticket_type_id] += line.quantity
    return owned


def entry_slot(facts: BookingFacts) -> int:
    """The slot that the visit hangs on: the first that lets into the house, else the first that needs no other."""
    by_weight = sorted(facts.lines, key=lambda line: (not line.lets_in, line.needs_admission))
    return by_weight[0].slot_id
