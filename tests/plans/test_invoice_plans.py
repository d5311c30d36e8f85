"""What the room of invoices costs does not grow with what was invoiced: neither the list nor a batch searches the past.

`INVOICES=100000` in the environment puts as many behind, and prints what list and batch cost (milliseconds).
"""

from __future__ import annotations

import os
import time
from statistics import median

import time_machine
from flask import Flask

from booking.invoicing.issue import issue
from booking.kernel.database import db
from booking.staff.models import Role
from tests.invoicing.copies import FIRST, copy_visit
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of
from tests.plans.heard import BIG, listening, refuse_whole_tables
from tests.web.staffing import a_colleague
from tests.web.test_invoices_room import keys

BEHIND = int(os.environ.get("INVOICES", "20000"))
# Nobody pays online here: of a handful of payments PostgreSQL reads all, as soon as it has counted them.
OF_INVOICES = BIG - {"payment"} | {"visit", "visit_due", "visit_group", "visit_part", "invoice", "invoiced_receivable"}


def spent() -> float:
    """Seconds: of this process, or of the clock where the database is another."""
    return time.perf_counter() if db.engine.dialect.name == "postgresql" else time.process_time()


def test_the_list_and_a_batch_read_no_whole_table_of_what_was_invoiced(app: Flask) -> None:
    centre = a_centre_that_invoices()
    booked, open_one = a_class(centre), a_class(centre, "6B")
    key = next(key for key in keys_of(centre) if key.startswith(f"visit:{booked.booking_id}:"))
    issue(key, centre.facts, afterwards(), "account:1")
    copy_visit(booked.booking_id, BEHIND)
    copy_visit(open_one.booking_id, 40, FIRST + BEHIND)
    db.session.remove()
    with time_machine.travel(afterwards(), tick=False):
        books = a_colleague(app, Role.FINANCE)
        costs: dict[str, list[float]] = {"list": [], "batch": []}
        with listening() as heard:
            for n in range(10):
                begun = spent()
                page = books.get("/staff/invoices").get_data(as_text=True)
                listed = spent()
                marked = keys(page)[:3]
                assert "Issue 3 invoices" in books.browser.post(
                    "/staff/invoices/batch", {"receivable": marked}
                ).get_data(as_text=True)
                assert books.browser.post("/staff/invoices/issue", {"receivable": marked}).status_code == 303
                costs["list"].append(listed - begun)
                costs["batch"].append(spent() - listed)
                if n == 1 and "INVOICES" not in os.environ:
                    break
        if "INVOICES" in os.environ:
            print({what: round(median(seconds) * 1000, 1) for what, seconds in costs.items()})
        refuse_whole_tables(heard, OF_INVOICES)
