"""A code that is typed at the checkout: the card pays what it can, and the page says so before anything is pressed."""

from __future__ import annotations

from booking.bookings.by_gift_card import cover
from booking.gift_cards.guesses import read_counted, was_right
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.guards.network import here
from booking.web.refusals import RefusalAnswer, sentence

MOST_TYPED = 80


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
