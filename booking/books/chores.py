"""The worker keeps the journal up with what has happened."""

from __future__ import annotations

from booking.books.posting import book_up
from booking.centre.facts import the_centre
from booking.kernel.chores import Chore, Shift

BATCHES = 10  # of a round, so that letters go out between


def _book_up(shift: Shift) -> bool:
    return not book_up(the_centre(), shift.now, batches=BATCHES)


BOOKS = Chore("books", 900, _book_up)
