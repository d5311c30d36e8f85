"""An invoice goes after its fifth year, and what it stood for is no loss to anybody then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, select

from booking.invoicing.issue import issue
from booking.invoicing.models import Invoice
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db
from booking.running.check import breaches
from booking.running.forgetting import forget_all
from tests.books.keeping import ACTOR, booked, keep_books
from tests.invoicing.owed import a_centre_that_invoices, a_class

THEN, NOW = (datetime(year, 11, 4, 10, tzinfo=UTC) for year in (2019, 2026))


def test_a_visit_whose_invoice_is_forgotten_is_neither_owed_again_nor_named_by_the_nightly_check(app: Flask) -> None:
    with time_machine.travel(THEN, tick=False):
        centre = a_centre_that_invoices()
        keep_books()
        a_class(centre)
    with time_machine.travel(THEN + timedelta(weeks=7), tick=False):
        (receivable,) = open_receivables(centre.facts, clock.now())
        issue(receivable.key, centre.facts, clock.now(), ACTOR)
        booked()
    for day in (0, 9):  # what nobody paid lapses first
        with time_machine.travel(NOW + timedelta(days=day), tick=False):
            forget_all(clock.now())
            booked()
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Invoice)) == 0
        assert (open_receivables(centre.facts, clock.now()), breaches()) == ([], [])
