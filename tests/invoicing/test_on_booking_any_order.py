"""A class that was invoiced on booking changes its number, its day and its mind, in any order, and so does the office.

Whatever happens, what is owed stands somewhere, the invoice and the visit end alike, and the books say it.
`EXAMPLES=300` in the environment tries as many instead of ten, along ways it has not gone before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, func, select

from booking.bookings.models import Booking
from booking.books.posting import book_up
from booking.invoicing.ahead.additions import invoice_the_rest
from booking.invoicing.ahead.unlike import changed_since, leave_as_invoiced
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit, credit_and_invoice_anew
from booking.invoicing.document import DocumentKind
from booking.invoicing.issue import issue_all
from booking.invoicing.models import Invoice
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.reckoning.proposals import reckon_again, reckon_the_rest
from booking.running.check import breaches
from booking.visits.change import cancel_visit
from booking.visits.models import VisitDue
from tests.books.keeping import booked, keep_books, later
from tests.conftest import empty_database
from tests.invoicing.ahead import ACTOR, a_centre_that_invoices_on_booking, a_class_for_the_exhibition, come_as

EXAMPLES = int(os.environ.get("EXAMPLES", "10"))
act = st.tuples(
    st.sampled_from(["come", "come", "come", "issue", "issue", "credit", "goodwill", "anew", "leave", "cancel", "book",
                     "more", "a week goes by"]),
    st.integers(15, 27),
)  # fmt: skip


class Class:
    """A class for the exhibition, and what may happen to it until its day has been."""

    def __init__(self) -> None:
        empty_database()
        self.centre = a_centre_that_invoices_on_booking()
        keep_books()
        self.booking_id = a_class_for_the_exhibition(self.centre).booking_id
        self.days = 0

    @property
    def now(self) -> datetime:
        """It runs on while the class changes its mind."""
        return clock.now()

    def take(self, act: str, number: int) -> None:
        """Whatever it is, or nothing when it is refused."""
        with later(self.days):
            try:
                self._acts()[act](number)
            except Refusal:
                db.session.rollback()
            db.session.rollback()

    def _acts(self) -> dict[str, Callable[[int], object]]:
        return {
            "come": lambda number: come_as(self.booking_id, number, self.centre),
            "issue": lambda _number: self._issue(),
            "credit": lambda _number: self._credit(None),
            "goodwill": lambda number: self._credit(number * 100),
            "anew": lambda _number: self._anew(),
            "more": lambda _number: invoice_the_rest(
                self._invoice().id, self.centre.facts, self.now, ACTOR, reckon_the_rest
            ),
            "leave": lambda _number: leave_as_invoiced(self._invoice().id, self.centre.facts, ACTOR),
            "cancel": lambda _number: self._cancel(),
            "book": lambda _number: book_up(self.centre.facts, self.now, whole=True),
            "a week goes by": lambda _number: self._wait(),
        }

    def _invoice(self) -> Invoice:
        invoice = db.session.scalar(_invoices().limit(1))
        if invoice is None:
            raise Refusal
        return invoice

    def _issue(self) -> None:
        keys = [receivable.key for receivable in open_receivables(self.centre.facts, self.now)]
        db.session.rollback()
        issue_all(keys, self.centre.facts, self.now, ACTOR)

    @staticmethod
    def _order(gross: int, invoice: Invoice) -> CreditOrder:
        return CreditOrder(invoice.id, CreditWanted(CreditExtent.SUM, gross=gross), "Færre", invoice.credited)

    def _credit(self, gross: int | None) -> None:
        """What is proposed of each, or something of the last out of goodwill."""
        invoices = [self._invoice()] if gross else db.session.scalars(_invoices()).all()
        for invoice in invoices:
            unlike = None if gross else changed_since(invoice.id, self.centre.facts)
            order = self._order(gross or (0 if unlike is None else unlike.too_much), invoice)
            db.session.rollback()
            with suppress(Refusal):
                credit(order, self.centre.facts, self.now, ACTOR)

    def _anew(self) -> None:
        order = self._order(0, self._invoice())
        db.session.rollback()
        credit_and_invoice_anew(order, self.centre.facts, self.now, ACTOR, reckon_again)

    def _cancel(self) -> None:
        with unit_of_work():
            cancel_visit(self.booking_id, centre=self.centre.facts, now=self.now, actor="staff:1", waive=True)

    def _wait(self) -> None:
        self.days += 7

    def is_sound(self) -> None:
        """Nothing is broken, and what the visit costs is on invoices, to be invoiced or visibly otherwise."""
        with later(self.days) as now:
            booked(now)
            assert [breach for breach in breaches() if not breach.startswith(("forgetting", "sending"))] == []

    def puts_right(self) -> None:
        """The office does what it is proposed, and then what stands on invoices is what the visit costs."""
        for _press in range(3):
            self.take("credit", 0)
            self.take("anew" if self._costs_more() else "issue", 0)
        with later(self.days) as now:
            assert open_receivables(self.centre.facts, now) == []

    def _costs_more(self) -> bool:
        with later(self.days) as now:
            return any(receivable.invoice_id for receivable in open_receivables(self.centre.facts, now))


def _invoices() -> Select[Invoice]:
    """The newest first."""
    return select(Invoice).where(Invoice.kind == DocumentKind.INVOICE).order_by(Invoice.number.desc())


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=EXAMPLES == 10,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)  # fmt: skip
@given(acts=st.lists(act, min_size=3, max_size=12))
def test_whatever_becomes_of_a_class_that_was_invoiced_on_booking_invoice_visit_and_books_end_alike(
    app: Flask, acts: list[tuple[str, int]]
) -> None:
    coming = Class()
    for name, number in acts:
        coming.take(name, number)
    coming.is_sound()
    coming.puts_right()
    coming.is_sound()
    costs = db.session.scalar(select(func.coalesce(func.sum(VisitDue.amount), 0)))
    invoiced = select(func.coalesce(func.sum(Invoice.payable - Invoice.credited), 0))
    stands = db.session.scalar(invoiced.where(Invoice.kind == DocumentKind.INVOICE)) or 0
    goodwill = sum(number * 100 for name, number in acts if name == "goodwill")
    assert "leave" in [name for name, _n in acts] or (costs or 0) - goodwill <= stands <= (costs or 0)
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 1
