"""What a pass is called, and what lets its phone ask for it: both follow from the booking, and are kept nowhere."""

from __future__ import annotations

from booking.bookings.queries import BookingFacts
from booking.kernel.codes import secret_from


def token_of(facts: BookingFacts) -> str:
    """What a phone that has the pass shows to be given it anew. It opens nothing else: the page has another secret."""
    return secret_from("wallet", facts.reference, facts.secret)
