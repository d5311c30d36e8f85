"""From a class booked for the exhibition to its invoice before it comes, and to income in the books on its day."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from booking.bookings.models import Booking, State
from booking.kernel.database import db
from booking.visits.models import Visit
from tests.browser.desks import inside
from tests.browser.test_invoices import TODAY, on
from tests.support.axe import faults
from tests.support.house import House, shut_house


def the_class(house: House) -> tuple[str, datetime]:
    """Who comes for the exhibition alone: the booking's reference, and when they arrive."""
    with inside(house):
        query = (
            select(Booking.reference, Visit.arrives_at)
            .join(Visit, Visit.booking_id == Booking.id)
            .where(Visit.invoice_reference == "ELV-4A", Booking.state == State.CONFIRMED)
        )
        reference, arrives_at = db.session.execute(query).one()
        return reference, arrives_at


def test_a_class_is_invoiced_before_it_comes_and_is_income_on_its_day(browser: Browser, tmp_path: Path) -> None:
    with shut_house(tmp_path, "vilvite", DATABASE_URL=f"sqlite:///{tmp_path}/house.db") as house:
        reference, arrives = the_class(house)
        day = f"{arrives.day} {arrives:%B} {arrives.year}"
        with on(house, browser, TODAY) as page:
            say_that_entry_is_admission(page)
            issue_early(page, reference)
            expect(page.get_by_text(f"For admission on {day}, invoiced in advance.").or_(
                page.get_by_text("fakturert på forskudd"))).to_be_visible()  # fmt: skip
            assert faults(page) == []
            net = sums_of(page, f"/staff/books/{TODAY[:7]}", "Invoice")
            assert net
        with on(house, browser, (arrives + timedelta(days=1)).isoformat()) as page:
            assert sums_of(page, f"/staff/books/{arrives:%Y-%m}", "Income of the day")


def say_that_entry_is_admission(page: Page) -> None:
    """It is so in the demo; the office sees the tick and the sentence about the law, and saves it again."""
    page.goto("/staff/activities")
    page.get_by_role("link", name="Entry", exact=True).first.click()
    expect(page.get_by_text("bokføringsforskriften § 5-2-6")).to_be_visible()
    expect(page.get_by_label("Admission that may be invoiced before the visit")).to_be_checked()


def issue_early(page: Page, reference: str) -> None:
    """The class stands among what is to be invoiced, weeks before it comes."""
    page.goto("/staff/invoices")
    rows = page.get_by_role("region", name="To invoice").get_by_role("row")
    row = rows.filter(has_text=reference)
    expect(row).to_contain_text("before the visit")
    assert faults(page) == []
    for box in rows.get_by_role("checkbox").all():
        box.uncheck()
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Look at the marked ones").click()
    page.get_by_role("button", name="Issue 1 invoice").click()
    page.get_by_role("region", name="Issued").get_by_role("row").nth(1).get_by_role("link").click()


def sums_of(page: Page, address: str, kind: str) -> list[str]:
    """What a month's page has of one kind, day by day; the worker brings the journal up."""
    until = time.monotonic() + 60
    page.goto(address)
    rows = page.get_by_role("region", name="Day by day").get_by_role("row").filter(has_text=kind)
    while not rows.count():
        assert time.monotonic() < until, page.inner_text("main")
        page.wait_for_timeout(500)
        page.reload()
    return rows.all_inner_texts()
