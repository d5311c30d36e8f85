"""The office in a real browser: find a booking, pay back, read a report, fetch a file; and what axe says of it all."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from booking.bookings.models import Booking, State
from booking.capacity.models import Channel
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.person import OVER
from booking.staff.models import Role
from tests.browser.conftest import DESK, ON_SQLITE, Opener
from tests.browser.desks import a_party, inside, sign_in
from tests.invoicing.bank.files import Paid, a_file
from tests.support.axe import faults
from tests.support.house import House

# What pages look like does not depend on the database.
pytestmark = ON_SQLITE


PAGES = (
    "/staff/bookings",
    "/staff/bookings?money=refunded",
    "/staff/bookings?q=ingen%20slik",
    "/staff/bookings?from=2026-02-30",
    "/staff/reports",
    "/staff/reports/days",
    "/staff/reports/activities?against=nothing",
    "/staff/reports/money?against=year",
    "/staff/reports/vat",
    "/staff/reports/counted",
    "/staff/reports/days?from=2026-01-02&until=2026-01-01",
    "/staff/mails",
    "/staff/mails?state=dead",
    "/staff/failures",
    "/staff/health",
    "/staff/log",
    "/staff/work",
)


@pytest.fixture
def office(open_page: Opener, house: House) -> Page:
    """An administrator at a big screen."""
    page = open_page(viewport=DESK, locale="en-GB")
    sign_in(page, house, Role.ADMIN)
    return page


def test_every_page_of_the_office_is_well_on_every_screen(office: Page) -> None:
    page = office
    page.goto("/staff/bookings?money=paid")
    booking = page.locator("table.office tbody a").first.get_attribute("href")
    unwell = []
    for address in (*PAGES, booking or ""):
        page.goto(address)
        for details in page.locator("details").all():
            details.evaluate("one => one.open = true")
        unwell += faults(page)
    assert unwell == []


def test_a_booking_is_found_and_a_part_of_its_money_goes_back(office: Page) -> None:
    office.goto("/staff/bookings")
    office.get_by_label("Money", exact=True).select_option("Paid")
    office.get_by_role("button", name="Show").click()
    assert "money=paid" in office.url
    office.locator("table.office tbody a").first.click()
    office.get_by_text("Pay money back").click()
    office.get_by_label("Sum, if a part").fill("en krone")
    office.get_by_label("Why?").fill("The show was cancelled")
    office.get_by_role("button", name="Pay back").click()
    expect(office.locator("[role=alert]")).to_contain_text("Enter an amount")
    expect(office.get_by_label("Why?")).to_have_value("The show was cancelled")
    office.get_by_label("Sum, if a part").fill("1,50")
    office.get_by_role("button", name="Pay back").click()
    expect(office.get_by_text("The money is on its way back")).to_be_visible()
    expect(office.locator("#money")).to_contain_text("1.50")
    expect(office.locator(".history")).to_contain_text("Money given back by staff")


def newest_invoice(page: Page) -> Locator:
    """Its link in the list, in which credit notes and claims that are still open stand too."""
    rows = page.locator("table.stacked tbody tr").filter(has_not_text="Credit note")
    return rows.locator("a[href^='/staff/invoices/']:not([href*='let-go'])").first


def test_an_invoice_is_credited_in_part_after_a_look_at_what_it_comes_to(office: Page) -> None:
    page, unwell = office, []
    page.goto("/staff/invoices")
    newest_invoice(page).click()
    page.get_by_role("link", name="Credit", exact=True).click()
    unwell += faults(page)
    page.get_by_label("The sum written below").check()
    page.get_by_label("Sum (NOK)").fill("100")
    page.get_by_label("Sum (NOK)").press("Enter")
    expect(page.locator("#errors")).to_contain_text("Say why")
    unwell += faults(page)
    page.get_by_label("Why?").fill("One pupil was ill")
    page.get_by_role("button", name="Show what it comes to").click()
    expect(page.locator("#preview tfoot")).to_contain_text("100")
    unwell += faults(page)
    page.get_by_role("button", name="Issue the credit note").click()
    expect(page.get_by_text(re.compile(r"Credit note \d+ issued"))).to_be_visible()
    unwell += faults(page)
    page.get_by_role("region", name="Credit notes").get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text("Credit note")
    unwell += faults(page)
    assert unwell == []


def test_the_banks_file_is_taken_and_a_payment_matched_by_hand(office: Page, tmp_path: Path) -> None:
    page, unwell = office, []
    page.goto("/staff/invoices")
    number = newest_invoice(page).inner_text()
    page.get_by_role("link", name="Bank", exact=True).click()
    unwell += faults(page)
    page.get_by_role("button", name="Take the file").click()
    expect(page.locator("#file-error")).to_contain_text("Choose a file")
    unwell += faults(page)
    file = tmp_path / "camt.xml"
    words = (f"Faktura {number}",)
    file.write_bytes(a_file(Paid("1.00", words=words), Paid("2.00", "123", debtor="Et svært langt navn " * 6)).content)
    page.get_by_label("Notice of payments").set_input_files(file)
    page.get_by_role("button", name="Take the file").click()
    expect(page.get_by_text("2 payments are new.")).to_be_visible()
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    unwell += faults(page)
    page.get_by_role("button", name=f"Invoice {number}").click()
    expect(page.get_by_text(f"is on invoice {number}.")).to_be_visible()
    page.get_by_label("Number of the invoice").fill("99999")
    page.get_by_role("button", name="Put it there").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no invoice 99999.")
    expect(page.get_by_label("Number of the invoice")).to_have_value("99999")
    page.get_by_label("It is for no invoice, because").fill("A gift")
    page.get_by_role("button", name="Set it aside").click()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    unwell += faults(page)
    page.get_by_role("row").filter(has_text=number).get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 payment waits.")).to_be_visible()
    assert unwell == []


def test_a_hostile_name_is_only_a_name_in_the_list_and_in_its_file(office: Page, house: House, tmp_path: Path) -> None:
    hostile = '=HYPERLINK("http://x.example";"Kari")'
    party = a_party(house, 2, name=hostile)
    office.goto(f"/staff/bookings?q={party.reference}")
    expect(office.locator("table.office")).to_contain_text("=HYPERLINK")
    with office.expect_download() as fetched:
        office.get_by_role("button", name="CSV").click()
    fetched.value.save_as(tmp_path / "list.csv")
    rows = list(csv.reader((tmp_path / "list.csv").open(encoding="utf-8-sig", newline="")))
    assert rows[0][0] == "Reference"
    names = [row[6] for row in rows if "HYPERLINK" in row[6]]
    assert names and all(name.startswith("'=") for name in names)


def test_a_report_is_read_and_fetched(office: Page, tmp_path: Path) -> None:
    office.goto("/staff/reports")
    office.get_by_role("link", name="Day by day").click()
    office.get_by_role("link", name="The coming four weeks").click()
    expect(office.get_by_role("img", name="Visitors")).to_be_visible()
    assert office.locator(".figures-table tbody tr").count() == 28
    with office.expect_download() as fetched:
        office.get_by_role("link", name="Excel").click()
    fetched.value.save_as(tmp_path / "days.xlsx")
    assert (tmp_path / "days.xlsx").read_bytes().startswith(b"PK")


def test_one_persons_data_is_shown_handed_out_and_erased(office: Page, house: House, tmp_path: Path) -> None:
    with inside(house):
        mine = select(Booking.reference, Booking.name, Booking.email).where(
            Booking.state == State.CONFIRMED, Booking.channel == Channel.PUBLIC
        )
        reference, name, email = db.session.execute(mine.order_by(Booking.starts_at, Booking.id).limit(1)).one()
        with unit_of_work():  # nothing of theirs is to come; and at Easter nobody has been here for days
            over = clock.now() - OVER - timedelta(hours=1)
            db.session.execute(update(Booking).where(Booking.email == email).values(starts_at=over))
    page, unwell = office, []

    def press(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_load_state()

    page.goto("/staff/person")
    unwell += faults(page)
    page.get_by_label("Email").fill("nobody at all")
    press("Look")
    expect(page.locator("#email-error")).to_be_visible()
    unwell += faults(page)
    page.get_by_label("Email").fill("nobody@example.org")
    press("Look")
    expect(page.get_by_text("Nothing is kept under this address.")).to_be_visible()
    unwell += faults(page)
    page.get_by_role("link", name="Another person").click()
    page.get_by_label("Email").fill(email)
    press("Look")
    expect(page.locator("main")).to_contain_text(name)
    unwell += faults(page)
    with page.expect_download() as fetched:
        press("Fetch the file")
    fetched.value.save_as(tmp_path / "person.json")
    held = json.loads((tmp_path / "person.json").read_text())["held"]
    assert reference in [booking["reference"] for booking in held["bookings"]]
    press("Erase")
    expect(page.get_by_text("Tick this first.")).to_be_visible()
    unwell += faults(page)
    page.get_by_role("checkbox", name="They have asked for it").check()
    press("Erase")
    expect(page.get_by_role("status")).to_contain_text("Erased what nothing keeps.")
    expect(page.locator("main")).not_to_contain_text(name)
    unwell += faults(page)
    assert unwell == []
