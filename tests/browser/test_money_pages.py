"""Every page of invoices, the bank and the books, and the payer's own: as axe meets them, and on every screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.invoicing.payer.links import page_address
from booking.kernel import clock
from booking.kernel.database import db
from booking.settings import Settings
from booking.staff.models import Role
from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.desks import inside, sign_in
from tests.support.axe import faults
from tests.support.house import House

# What pages look like does not depend on the database.
pytestmark = ON_SQLITE

ROOMS = (
    "/staff/invoices",
    "/staff/invoices/issued",
    "/staff/invoices/bank",
    "/staff/invoices/payers",
    "/staff/invoices/sending",
    "/staff/invoices/reminders",
    "/staff/invoices/collector",
    "/staff/invoices/let-go",
    "/staff/invoices/rules",
    "/staff/invoices/sending/rules",
)
OF_BOOKS = ("/staff/books", "/staff/books/payouts", "/staff/books/accounts")
ENTRIES = (
    "/staff/invoices/payers/1",
    "/staff/invoices/sending/payers/1",
    "/staff/reminder-steps/1",
    "/staff/reminder-steps/new?number=3",
    "/staff/late-rates/new",
)


@pytest.fixture
def finance(open_page: Opener, house: House) -> Page:
    """An administrator's browser, who may also change the rules."""
    page = open_page(viewport=DESK, locale="en-GB")
    sign_in(page, house, Role.ADMIN)
    return page


def unwell(page: Page) -> list[str]:
    """What is wrong with the page as it stands, with all opened that can be opened."""
    for details in page.locator("main details").all():
        details.evaluate("element => element.open = true")
    return faults(page)


def of_the_newest(house: House) -> Iterator[str]:
    """The pages of an invoice, of its visit's heads and reference, and of a credit note."""
    with inside(house):
        numbers = select(Invoice.id).order_by(Invoice.number.desc())
        newest = db.session.scalars(numbers.where(Invoice.kind == DocumentKind.INVOICE)).first()
        note = db.session.scalars(numbers.where(Invoice.kind == DocumentKind.CREDIT_NOTE)).first()
        of_it = select(InvoicedReceivable.booking_id).where(InvoicedReceivable.key.startswith("visit:"))
        booking = db.session.scalars(of_it).first()
    yield f"/staff/invoices/{newest}"
    yield f"/staff/invoices/{newest}/credit"
    yield f"/staff/invoices/{newest}/write-off"
    yield f"/staff/invoices/{note}"
    yield f"/staff/visits/{booking}/heads"
    yield f"/staff/bookings/{booking}/references"


def test_every_page_of_invoices_is_well_and_one_press_from_each_other(finance: Page, house: House) -> None:
    page, wrong = finance, list[str]()
    for room in ROOMS:
        page.goto(room)
        menu = page.get_by_role("navigation", name="Pages of invoices")
        expect(menu.locator("[aria-current=page]:visible")).to_have_attribute("href", room)
        assert {link.get_attribute("href") for link in menu.get_by_role("link").all()} == set(ROOMS)
        wrong += unwell(page)
    for address in (*ENTRIES, *of_the_newest(house)):
        page.goto(address)
        wrong += unwell(page)
    assert wrong == []


def test_a_batch_and_what_is_let_go_are_well_before_they_are_done(finance: Page) -> None:
    page, wrong = finance, list[str]()
    page.goto("/staff/invoices")
    for several in page.get_by_role("region", name="To invoice").locator("summary").all()[:1]:
        several.click()  # of a month of visits; on some days there is only one visit
    page.get_by_role("link", name="do not claim").first.click()
    wrong += unwell(page)
    page.get_by_role("button", name="Let it go").click()
    expect(page.locator(".error")).to_be_visible()
    wrong += unwell(page)
    page.goto("/staff/invoices")
    page.get_by_role("region", name="To invoice").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Look at the marked ones").click()
    expect(page.locator("tfoot")).to_be_visible()
    wrong += unwell(page)
    assert wrong == []


def test_every_page_of_the_books_is_well_on_every_screen(finance: Page) -> None:
    page, wrong = finance, list[str]()
    for address in OF_BOOKS:
        page.goto(address)
        wrong += unwell(page)
    page.goto("/staff/books")
    months = [
        link.get_attribute("href") or "" for link in page.get_by_role("region", name="Months").get_by_role("link").all()
    ]
    for month in months[1:3]:  # one that can be closed, and one that is
        page.goto(month)
        wrong += unwell(page)
    assert wrong == []


def test_the_payers_own_page_is_well_in_every_language(open_page: Opener, house: House) -> None:
    page, wrong = open_page(viewport=PHONE), list[str]()
    with inside(house):
        settings = Settings.from_environment(house.environment | {"DEMO_CLOCK": ""})
        payer = db.session.scalars(select(Invoice.payer_id).where(Invoice.corrects_id.is_not(None))).first()
        assert payer is not None
        address = page_address(payer, "nb", settings, clock.now())
    for lang in ("nb", "nn", "en", "lv"):
        page.goto(address.replace("/nb/", f"/{lang}/"))
        wrong += unwell(page)
    page.goto("/nb/invoices/4BKC9RC7M7AWJB3W3C1D4JSVCV")
    wrong += unwell(page)
    assert wrong == []


def test_a_month_prints_by_day_and_in_the_dark_as_tables_alone(finance: Page) -> None:
    page = finance
    page.goto("/staff/books")
    page.get_by_role("region", name="Months").get_by_role("link").nth(1).click()  # over, and open
    expect(page.get_by_role("button", name="Close")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_text("Not closed yet: printed")).to_be_visible()
    expect(page.locator("main :is(button, nav, a[href='/staff/books']):visible")).to_have_count(0)
    look = "element => [getComputedStyle(element).color, getComputedStyle(element).display]"
    assert page.locator("main .sheet").first.evaluate(look)[0] == "rgb(0, 0, 0)"
    assert page.locator("main tfoot").first.evaluate(look)[1] == "table-row-group"  # once, after all rows


def test_no_column_of_a_list_is_out_of_sight_on_a_tablet(finance: Page) -> None:
    page, hidden = finance, list[str]()
    for width in (768, 820, 1024):
        page.set_viewport_size({"width": width, "height": 1024})
        for room in (*ROOMS, *OF_BOOKS):
            page.goto(room)
            wide = page.locator(".scroll").evaluate_all(
                "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).length"
            )
            hidden += [f"{room} at {width}"] * bool(wide)
    assert hidden == []
