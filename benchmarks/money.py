"""`python -m benchmarks --money`: what invoices, the bank and the books cost, beside work that was there before them.

All in this process, by the functions that users call, each measured in the same run as what it is held against, and
with the collector of rubbish told what a server tells its own. On PostgreSQL the work of the database is another
process's: there the clock counts instead of this process's CPU.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import median
from typing import TypeVar

from flask import Flask
from sqlalchemy import func, select, update

from booking import create_app
from booking.capacity.models import Slot
from booking.catalogue.queries import offers_of
from booking.centre.facts import the_centre
from booking.demo.load import load_if_empty
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.issue import issue_all
from booking.invoicing.models import Invoice, InvoicedReceivable, InvoicePayer
from booking.invoicing.payer.links import page_address
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.schema import upgrade_if_needed
from booking.outbox.promises import Leased
from booking.running.worker import Worker
from booking.serve import share_memory
from booking.settings import Settings, settings_of
from booking.staff.models import Role
from booking.web.visitor.month import month_of
from tests.invoicing.bank.books import came, payment
from tests.invoicing.copies import FIRST, copy_visit
from tests.plans.past import write_long_books
from tests.web.browsing import Visitor
from tests.web.staffing import Colleague, a_colleague

PAPERS, ROWS, BOOKINGS, LOOKS = 30, 10_000, 150, 15
VISITS = 5_000_001  # ids of those that are copied to be invoiced, beyond all other copies
FEW, MANY = 1_000, 100_000
PAGES = {
    "the list to invoice": "/staff/invoices",
    "the bank's page": "/staff/invoices/bank",
    "the list of payers": "/staff/invoices/payers",
    "the reminders": "/staff/invoices/reminders",
    "what is on its way": "/staff/invoices/sending",
    "the month's journal": "",
    "a payer's page": "",
}  # the addresses of the last two are each house's own
WARM = 3  # of each kind, before it counts

T = TypeVar("T")


@dataclass
class Meter:
    """What was spent on what, in seconds."""

    spent: dict[str, list[float]]

    def cost(self, what: str, work: Callable[[], T]) -> T:
        """Do it, and note what it cost."""
        begun = _now()
        result = work()
        self.spent[what].append(_now() - begun)
        return result

    def typical(self, what: str) -> float:
        """Milliseconds of one, the first few aside."""
        seconds = self.spent[what]
        return median(seconds[WARM:] or seconds) * 1000


def measure_money(environment: dict[str, str], few: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Rows of a table: what, measured, budget, and what it is held against.

    `few`: of a second house, where a thousand invoices lie behind and not a hundred thousand; each has a bank file.
    """
    meter = Meter(defaultdict(list))
    app, beside = _opened(environment), _opened(few)
    share_memory()
    with app.app_context():
        rows = [*_papers(app, meter), *_bank(meter)]
    with beside.app_context():
        _take_file(Meter(defaultdict(list)))  # its page shows the last files, however long they are
    rows += _pages({FEW: beside, MANY: app}, meter)
    for opened in (app, beside):
        with opened.app_context():
            db.session.remove()
            db.engine.dispose()
    return rows


def _opened(environment: dict[str, str]) -> Flask:
    """A house with the demo in it."""
    app = create_app(Settings.from_environment(environment))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        upgrade_if_needed(app)
        load_if_empty("vilvite")
    return app


def _now() -> float:
    return time.perf_counter() if db.engine.dialect.name == "postgresql" else time.process_time()


def _papers(app: Flask, meter: Meter) -> list[tuple[str, str, str, str]]:
    """An invoice's files beside a letter with tickets; the bookings are bought for it and for the bank."""
    buy = _shopper(app)
    for _ in range(PAPERS):
        meter.cost("booking", buy)
    copy_visit(_to_invoice(), PAPERS, VISITS)
    _issue_all()
    worker = _Weighed(app, meter)
    while worker.round():
        pass
    invoice, letter = meter.typical("invoice.files"), meter.typical("mail.confirmation")
    return [_row("an invoice with PDF and XML", invoice, letter, "a letter with tickets", 1.5)]


class _Weighed(Worker):
    """A worker that notes what each kind of promise costs."""

    def __init__(self, app: Flask, meter: Meter) -> None:
        super().__init__(app)
        self.meter = meter

    def _do(self, leased: Leased) -> None:
        self.meter.cost(leased.kind, lambda: Worker._do(self, leased))


def _shopper(app: Flask) -> Callable[[], None]:
    """Buys one ticket by the pages, with room for everybody."""
    centre, now = the_centre(), clock.now()
    first = (centre.local(now).date().replace(day=1) + timedelta(days=32)).replace(day=1)
    slot = next(slot for slot in month_of(first, 2, centre, now).slots if slot.open and slot.free)
    (offers,) = offers_of({slot.activity_id}).values()
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.starts_at > now).values(capacity=1_000_000))

    def buy() -> None:
        visitor = Visitor(app.test_client())
        visitor.buy(slot.slot_id, offers[0].ticket_type_id, 1)

    return buy


def _to_invoice() -> int:
    """A visit of the demo that can be invoiced as it stands, electronically."""
    receivables = open_receivables(the_centre(), clock.now())
    db.session.rollback()
    return next(each.booking_id for each in receivables if each.reference and each.payer.org_number)


def _issue_all() -> None:
    """Everything that can be invoiced today."""
    keys = [receivable.key for receivable in open_receivables(the_centre(), clock.now())]
    db.session.rollback()
    issue_all(keys, the_centre(), clock.now(), "account:1")


def _bank(meter: Meter) -> list[tuple[str, str, str, str]]:
    """A file of ten thousand payments, each of an invoice, beside so many bookings."""
    _take_file(meter)
    rows, bookings = meter.typical("bank"), meter.typical("booking") * BOOKINGS
    return [_row(f"a bank file of {ROWS} rows", rows, bookings, f"{BOOKINGS} bookings", 1.0)]


def _take_file(meter: Meter) -> None:
    booking_id = _on_one_open_invoice()
    copy_visit(booking_id, ROWS)
    owed = db.session.execute(
        select(Invoice.kid, Invoice.payable).where(Invoice.id.between(FIRST, FIRST + ROWS - 1))
    ).all()
    db.session.rollback()
    content = came(*(payment(total, kid) for kid, total in owed)).content
    taken = meter.cost("bank", lambda: take_bank_file(content, "account:1", clock.now()))
    assert taken.size == ROWS and not taken.waiting, taken


def _on_one_open_invoice() -> int:
    """A visit of the demo that stands on one invoice, of which nothing has been paid."""
    booking_id = db.session.scalars(
        select(InvoicedReceivable.booking_id)
        .join(Invoice, Invoice.id == InvoicedReceivable.invoice_id)
        .where(InvoicedReceivable.booking_id < FIRST)
        .group_by(InvoicedReceivable.booking_id)
        .having(func.count() == 1, func.max(Invoice.paid + Invoice.credited + Invoice.written_off) == 0)
    ).first()
    db.session.rollback()
    assert booking_id is not None
    return booking_id


def _pages(houses: Mapping[int, Flask], meter: Meter) -> list[tuple[str, str, str, str]]:
    """The office's and the payer's pages with so many invoices behind, the houses in turn: what else this machine does
    is then both's.
    """
    office = {}
    for behind, app in houses.items():
        with app.app_context():
            office[behind] = _office(app, behind)
    for _ in range(LOOKS):
        for name in PAGES:
            for behind, (somebody, paths) in office.items():
                with houses[behind].app_context():
                    answer = meter.cost(f"{name} {behind}", partial(somebody.get, paths[name]))
                assert answer.status_code == 200, name
    return [
        _row(name, meter.typical(f"{name} {MANY}"), meter.typical(f"{name} {FEW}"), f"the same with {FEW}", 1.2)
        for name in PAGES
    ]


def _office(app: Flask, behind: int) -> tuple[Colleague, Mapping[str, str]]:
    """Somebody of the office with so many invoices behind, and the address of each page there."""
    booking_id = _on_one_open_invoice()
    payer_id = db.session.scalars(
        select(Invoice.payer_id).join(InvoicedReceivable).where(InvoicedReceivable.booking_id == booking_id)
    ).first()
    other = db.session.scalars(select(InvoicePayer.id).where(InvoicePayer.id != payer_id).limit(1)).one()
    copy_visit(booking_id, behind, FIRST + ROWS)  # open ones, whatever the bank's file has paid
    write_long_books(behind)
    _learn_sizes()
    paths = PAGES | {"the month's journal": f"/staff/books/{clock.now():%Y-%m}", "a payer's page": _path(app, other)}
    return a_colleague(app, Role.FINANCE, "bench@example.org"), paths


def _learn_sizes() -> None:
    """As PostgreSQL does by itself a minute after much was written; SQLite never does."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def _path(app: Flask, payer_id: int) -> str:
    address = page_address(payer_id, "nb", settings_of(app), clock.now())
    return address.removeprefix(settings_of(app).public_url)


def _row(what: str, ours: float, beside: float, name: str, most: float) -> tuple[str, str, str, str]:
    return what, f"{ours:.1f} ms", f"{most:g} × {name}", f"{beside:.1f} ms: {ours / beside:.2f}"
