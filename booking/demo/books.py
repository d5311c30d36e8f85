"""The demo's books: the usual accounts of its country, and a journal of all that has happened.

The month before the last is closed, and those before it; the last one waits for whoever tries it.
"""

from __future__ import annotations

from datetime import date, timedelta

from booking.books.accounts import default_chart, save_chart
from booking.books.closing import close_month
from booking.books.posting import book_up, first_fact
from booking.books.sources.moment import month_of
from booking.centre.facts import the_centre
from booking.kernel import clock


def keep_books(today: date) -> None:
    """Say the accounts, bring the journal up to now, and close what is long over."""
    centre, now = the_centre(), clock.now()
    save_chart(default_chart(centre.country), 0, "demo")
    book_up(centre, now, whole=True)
    last_month = month_of(month_of(today) - timedelta(days=1))
    before = month_of(last_month - timedelta(days=1))
    first = first_fact(centre)
    if first is not None and month_of(first) <= before:
        close_month(before, centre, now, "demo")
