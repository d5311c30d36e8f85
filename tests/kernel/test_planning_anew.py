"""What is written in bulk after small beginnings: PostgreSQL keeps, for each connection, the way it read small tables.

A server's connection lives for days. Had it read a table whole for the foreign key of a row while that was best, it
would do so for each of ten thousand rows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType

import pytest
from flask import Flask

from booking.capacity import timetable
from booking.capacity.timetable import make_slots
from booking.invoicing.bank import take
from booking.invoicing.bank.take import take_bank_file
from booking.kernel import clock
from booking.kernel.database import db
from tests.capacity.test_timetable import a_house_with_habits
from tests.invoicing.bank.books import ACTOR, an_account, came, owed, payment

ROWS, DAYS = 600, 30
BEGINNINGS = 8  # after five PostgreSQL thinks of one plan for all
# Rows that this transaction has read by going through whole tables, those read for foreign keys too.
READ_WHOLE = "SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables"

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite keeps no plans


def test_a_large_bank_file_after_small_ones(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account()
    invoice = owed(sum=(ROWS + BEGINNINGS) * 100)

    def a_file(name: str, rows: int) -> None:
        take_bank_file(came(*[payment(100, invoice.kid)] * rows, file=name).content, ACTOR, clock.now())

    begin_small(lambda n: a_file(f"MSG-{n}", 1))
    rows = rows_read_whole(monkeypatch, take, "note", lambda: a_file("MSG-many", ROWS))
    assert rows < 50 * ROWS  # three hundred for each, without the mend


def test_a_long_timetable_after_single_days(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    a_house_with_habits()
    first = date(2027, 6, 1)
    begin_small(lambda n: make_slots(first + timedelta(days=n), first + timedelta(days=n + 1)))
    later = first + timedelta(days=BEGINNINGS)
    rows = rows_read_whole(monkeypatch, timetable, "check_made", lambda: make_slots(later, later + timedelta(DAYS)))
    assert rows < 150 * 15 * DAYS  # twelve hundred, without it


def begin_small(work: Callable[[int], object]) -> None:
    """A little of it, again and again, after which PostgreSQL has learnt how small the tables are."""
    for n in range(BEGINNINGS):
        work(n)
        if n == 0:
            db.session.rollback()
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")


def rows_read_whole(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, last_step: str, work: Callable[[], object]
) -> int:
    """How many rows of whole tables are read while that is done; `last_step`: a function that it ends with."""
    rows: list[int] = []
    step = getattr(module, last_step)

    def step_and_look(*about: object) -> None:
        step(*about)
        rows.append(int(db.session.connection().exec_driver_sql(READ_WHOLE).scalar_one()))

    monkeypatch.setattr(module, last_step, step_and_look)
    work()
    return rows[-1]
