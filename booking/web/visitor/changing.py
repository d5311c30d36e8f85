"""A change of a booking, and something added to it, as a form sends them: the same for buyers and the desk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from booking.bookings.add import add
from booking.bookings.basket import Basket, Pick
from booking.bookings.change import Changed, change, what_if
from booking.bookings.hold import Hold
from booking.bookings.numbers import NumbersAsked, asked_of
from booking.bookings.queries import BookingFacts, by_id
from booking.bookings.refusals import AnotherSum, BookingChanged
from booking.bookings.rules import Settlement, refund_deadline
from booking.capacity.availability import slots_by_id
from booking.catalogue.queries import activities
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.guards.network import holder
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, TooOdd, sentence
from booking.web.typed import identity, sum_shown
from booking.web.visitor.choosing import read_numbers, read_picks, read_quantities
from booking.web.visitor.tickets import warnings_read


@dataclass(frozen=True, slots=True)
class ChangeAsksPage:
    """What is asked before something is given up: what the booking becomes, and the money."""

    facts: BookingFacts
    becomes: Basket
    starts: dict[int, datetime]  # by slot
    money: Settlement
    problem: RefusalAnswer | None
    sent: Sequence[tuple[str, str]]  # the form's own fields, to be sent once more
    refund_until: datetime


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
    knows, shown, numbers = warnings_read(), sum_shown(request.form.get("shown")), read_numbers(request.form)
    picks = _wished(facts)
    try:
        if _is_so(facts, picks, numbers):
            return then(None)  # pressed twice
        if shown is None:
            becomes, money = what_if(
                facts, picks, centre=centre(), now=clock.now(), actor=actor, knows=knows, numbers=numbers
            )
            if money.given_up:
                return asks(_asked(facts, becomes, money, None))
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
        return asks(_asked(facts, becomes, money, sentence(other))), 409
    return then(done)


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


def _wished(facts: BookingFacts) -> list[Pick]:
    """What the form says the booking should be; what it does not speak of stays as it was bought.

    A form that speaks of a time they no longer have was made before the booking changed: taken at its word it would
    add its numbers to those they have now. Pressed twice it is what was done; otherwise they look at the booking anew.
    Raises TooOdd and BookingChanged.
    """
    sent, unreadable = read_quantities(request.form)
    if unreadable:
        raise TooOdd
    entry_id, owned = entry_slot(facts), _owned(facts)
    target = identity(request.form.get("slot")) or entry_id
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


def _asked(facts: BookingFacts, becomes: Basket, money: Settlement, problem: RefusalAnswer | None) -> ChangeAsksPage:
    """What a page shows that asks before something is given up: what the booking becomes, and the money."""
    slots = slots_by_id({line.slot_id for line in becomes.lines}, facts.channel, clock.now())
    return ChangeAsksPage(
        facts=facts,
        becomes=becomes,
        starts={slot.slot_id: slot.starts_at for slot in slots},
        money=money,
        problem=problem,
        sent=_sent_again(),
        refund_until=refund_deadline(facts.starts_at, centre()),
    )


def numbers_asked(facts: BookingFacts) -> list[tuple[NumbersAsked, str]]:
    """Which numbers the tickets ask for that they have or have chosen, and what stands in each field."""
    chosen = [Pick(0, kind, count) for (_slot, kind), count in read_quantities(request.form)[0].items() if count]
    questions = asked_of(facts.id, [*facts.lines, *chosen])
    return [
        (question, request.form.get(f"n-{question.ticket_type_id}", ", ".join(question.known))[:2000])
        for question in questions
    ]


def _sent_again() -> Sequence[tuple[str, str]]:
    """The form's own fields, to be sent once more."""
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name not in ("shown", "csrf_token")]


def _owned(facts: BookingFacts) -> dict[tuple[int, int], int]:
    """How many of each ticket type they have in each slot."""
    owned: dict[tuple[int, int], int] = defaultdict(int)
    for line in facts.lines:
        owned[line.slot_id, line.ticket_type_id] += line.quantity
    return owned


def entry_slot(facts: BookingFacts) -> int:
    """The slot that the visit hangs on: the first that needs no other."""
    kinds = activities({line.activity_id for line in facts.lines})
    return next(
        (line.slot_id for line in facts.lines if not kinds[line.activity_id].needs_admission),
        facts.lines[0].slot_id,
    )
