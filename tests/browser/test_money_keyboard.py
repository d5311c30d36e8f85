"""Invoices without a mouse: a batch, a credit note, a payment, the close of a month. The focus is always seen."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from booking.invoicing.models import IS_OPEN, Invoice
from booking.kernel.database import db
from booking.staff.models import Role
from tests.browser.conftest import DESK
from tests.browser.desks import inside, sign_in
from tests.browser.test_keyboard import go_to, press
from tests.invoicing.bank.files import Paid, a_file
from tests.support.house import House, open_house
from tests.support.one_day import new_context


def begin_at(page: Page, address: str) -> None:
    """Open a page and go past its menu."""
    page.goto(address)
    past_the_menu(page)


def past_the_menu(page: Page) -> None:
    """By the link that is there for it."""
    page.wait_for_load_state()
    go_to(page, "a.skip")
    page.keyboard.press("Enter")


def test_finance_needs_no_mouse(browser: Browser, tmp_path: Path) -> None:
    """In a house of its own: what others look at would be credited, matched and closed."""
    with open_house(tmp_path, "vilvite", DATABASE_URL=f"sqlite:///{tmp_path}/house.db") as house:
        context = new_context(browser, viewport=DESK, base_url=house.url, locale="en-GB")
        page = context.new_page()
        page.set_default_timeout(15_000)
        sign_in(page, house, Role.ADMIN)
        issue_one(page)
        credit_it(page)
        match_a_payment(page, house, tmp_path)
        close_a_month(page)
        context.close()


def issue_one(page: Page) -> None:
    """What is ready is marked, looked at, issued, and opened."""
    begin_at(page, "/staff/invoices")
    go_to(page, "input[name=receivable]")
    if not page.locator("input[name=receivable]").first.is_checked():
        page.keyboard.press("Space")
    press(page, "form[action$='/batch'] button", "**/invoices/batch")
    past_the_menu(page)
    press(page, "form[action$='/issue'] button:not(.quiet)", "**/staff/invoices")
    expect(page.get_by_role("status")).to_be_visible()
    past_the_menu(page)
    press(page, "table.numbered th a", "**/invoices/*")


def credit_it(page: Page) -> None:
    """All of it, after what is missing was told: so it waits to be invoiced again, as before."""
    past_the_menu(page)
    press(page, "a[href$='/credit']", "**/credit")
    past_the_menu(page)
    go_to(page, "input[name=extent]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("input[name=extent][value=all]")).to_be_checked()
    go_to(page, "button[value=show]")
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    go_to(page, "#errors a")
    page.keyboard.press("Enter")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("It rained")
    go_to(page, "button[value=show]")
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_be_visible()
    past_the_menu(page)
    press(page, "button[value=issue]", "**/invoices/*")
    expect(page.get_by_role("status")).to_contain_text("Credit note")


def match_a_payment(page: Page, house: House, folder: Path) -> None:
    """A file is forgotten, then taken; a payment that names an invoice in words is put on it."""
    with inside(house):
        number = db.session.scalars(select(Invoice.number).where(IS_OPEN).order_by(Invoice.number)).first()
    file = folder / "camt.xml"
    file.write_bytes(a_file(Paid("1.00", words=(f"Faktura {number}",)), message_id="KEYS").content)
    begin_at(page, "/staff/invoices/bank")
    go_to(page, "form[enctype] button")
    page.keyboard.press("Enter")
    expect(page.locator("#file")).to_be_focused()  # where something is wrong one goes on
    page.locator("#file").set_input_files(file)  # choosing one is the browser's own window
    press(page, "form[enctype] button", "**/invoices/bank")
    expect(page.get_by_text("1 payment is new.")).to_be_visible()
    past_the_menu(page)
    press(page, f"form[action$='/match'] button[value='{number}']", "**/invoices/bank")
    expect(page.get_by_role("status")).to_contain_text(f"is on invoice {number}.")


def close_a_month(page: Page) -> None:
    """The last one that is over."""
    page.goto("/staff/books")
    month = (
        page.get_by_role("row").filter(has=page.locator(".mark.few")).get_by_role("link").first.get_attribute("href")
    )
    past_the_menu(page)
    press(page, f"a[href='{month}']", f"**{month}")
    past_the_menu(page)
    press(page, "form[action$='/close'] button", f"**{month}")
    expect(page.get_by_text("Nothing is dated into it any more")).to_be_visible()
