"""The books over a long past: a month, its files and the worker's round read their own rows."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from booking.books.posting import LOOKS_BACK, book_up, is_behind
from booking.books.sources.moment import PostingCut, last_of, midnight
from booking.centre.facts import the_centre
from booking.invoicing.models import Invoice
from booking.kernel import clock
from booking.kernel.database import db
from tests.plans.conftest import Crowded
from tests.plans.heard import listening, refuse_whole_tables
from tests.plans.past import write_long_books
from tests.plans.test_office_plans import boss
from tests.plans.test_query_plans import ok


def test_the_books_read_only_their_own_months(crowded: Crowded) -> None:
    client = boss(crowded)
    month = write_long_books(20_000)
    centre = the_centre()
    with listening() as heard:
        ok(client, "/staff/books")
        ok(client, f"/staff/books/{month:%Y-%m}")
        ok(client, f"/staff/books/{(month - timedelta(days=1)):%Y-%m}/as/gbat10")
        since = midnight(centre, month) - LOOKS_BACK
        book_up(centre, clock.now(), batches=6)
        is_behind(PostingCut(centre, since, midnight(centre, clock.now().date()), last_of(month), most=1))
    # What was booked for the last two months is a fifth of this crowd, and is held against the journal.
    refuse_whole_tables(heard, most_steps=1000)
    assert db.session.scalars(select(Invoice.id).limit(1)).first()
