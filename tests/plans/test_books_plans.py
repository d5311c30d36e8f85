"""The books over a long past: a month, its files and the worker's round read their own rows."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, insert, select, update

from booking.books.journal import AccountRole, VoucherKind
from booking.books.models import BooksRules, ClosedMonth, JournalEntry, JournalSource, Voucher
from booking.books.posting import LOOKS_BACK, book_up, is_behind
from booking.books.sources.moment import PostingCut, last_of, midnight
from booking.centre.facts import the_centre
from booking.invoicing.models import Invoice
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.conftest import unguarded
from tests.plans.conftest import Crowded
from tests.plans.heard import listening, refuse_whole_tables
from tests.plans.test_office_plans import boss
from tests.plans.test_query_plans import ok

MANY = 20_000  # invoices of years before, each a voucher


def write_long_books() -> date:
    """Years of invoices in the journal, closed up to the month before last; the month that is open."""
    with db.engine.begin() as connection, unguarded(connection):
        connection.execute(delete(ClosedMonth))  # the demo's own: the years before are not in the journal yet
    today = clock.now().date()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    first = db.session.scalars(select(BooksRules.last_number)).one() + 1
    ends = month - timedelta(days=1)
    days = [ends - timedelta(days=3 * n // 40) for n in range(MANY)]
    with unit_of_work():
        for start in range(0, MANY, 5000):
            numbers = range(start, min(start + 5000, MANY))
            entries = [
                {
                    "voucher_number": first + n, "source": f"invoice:{10**9 + n}", "role": role, "amount": amount,
                    "invoice_id": 10**9 + n, "vat_rate": 0, "activity_id": 0, "vat": 0,
                }
                for n in numbers
                for role, amount in ((AccountRole.RECEIVABLE, 100), (AccountRole.PROGRAMME, -100))
            ]  # fmt: skip
            db.session.execute(insert(JournalEntry), entries)
            vouchers = [
                {"number": first + n, "kind": VoucherKind.INVOICE, "on_day": days[n], "written_at": clock.now()}
                for n in numbers
            ]
            db.session.execute(insert(Voucher), vouchers)
            marks = [{"source": f"invoice:{10**9 + n}", "mark": "issued", "times": 1} for n in numbers]
            db.session.execute(insert(JournalSource), marks)
        db.session.execute(update(BooksRules).values(last_number=first + MANY - 1))
        values = {
            "month": ends.replace(day=1), "last_day": ends, "closed_at": clock.now(), "closed_by": "account:1",
            "last_number": first, "accounts": {"accounts": {}, "codes": {}, "vat": {}}, "sums": {}, "balances": {},
        }  # fmt: skip
        db.session.execute(insert(ClosedMonth).values(values))
    with db.engine.begin() as connection:
        for table in ("journal_entry", "voucher", "journal_source"):
            connection.exec_driver_sql(f"ANALYZE {table}")
    return month


def test_the_books_read_only_their_own_months(crowded: Crowded) -> None:
    client = boss(crowded)
    month = write_long_books()
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
