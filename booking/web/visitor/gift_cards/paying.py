"""A code that is typed at the checkout: the card pays what it can, and the page says so before anything is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from booking.bookings.by_gift_card import cover
from booking.bookings.queries import BookingFacts
from booking.gift_cards.guesses import read_counted, was_right
from booking.gift_cards.issue import OrderedCard, ordered
from booking.gift_cards.spend import UsedCard, used_by
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.guards.network import here
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.withdrawals.right import last_day_of

MOST_TYPED = 80


@dataclass(frozen=True, slots=True)
class CardsAtCheckout:
    """Gift cards on a basket's way: those that pay for it, or the one that it buys; and why a code was not taken."""

    used: list[UsedCard]
    order: OrderedCard | None
    problem: RefusalAnswer | None

    @classmethod
    def of(cls, facts: BookingFacts, problem: RefusalAnswer | None) -> CardsAtCheckout:
        """At most one statement, and none for a basket without cards."""
        used = used_by(facts.id) if facts.by_gift_card else []
        return cls(used, ordered(facts.id) if facts.is_gift_card else None, problem)

    @property
    def withdraw_until(self) -> date:
        """The last day to withdraw from a card that is paid for now."""
        return last_day_of(centre().local(clock.now()).date(), centre())


def use_card(booking_id: int, typed: str) -> RefusalAnswer | None:
    """Hold what the card with this code can pay of a booking that is held in time; the words, where it cannot."""
    try:
        code = read_counted(typed[:MOST_TYPED], here(), clock.now())
        with unit_of_work():
            cover(booking_id, code, clock.now())
            was_right(here())
    except Refusal as refusal:
        return sentence(refusal)
    return None
