"""The demo's books: the usual accounts of its country, and a journal of all that has happened."""

from __future__ import annotations

from booking.books.accounts import default_chart, save_chart
from booking.books.posting import book_up
from booking.centre.facts import the_centre
from booking.kernel import clock


def keep_books() -> None:
    """Say the accounts, and bring the journal up to now."""
    centre = the_centre()
    save_chart(default_chart(centre.country), 0, "demo")
    book_up(centre, clock.now(), whole=True)
