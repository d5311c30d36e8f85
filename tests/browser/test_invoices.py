"""From counted heads to a paid and closed month, with a house that is opened again on later days."""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from lxml import etree
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from booking.agreements.payers import find_schools
from booking.bookings.details import Contact
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.invoicing.models import Invoice
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.programmes.models import Programme
from booking.staff.models import Account, Role
from booking.staff.sessions import add_account, new_link
from booking.visits.book import VisitOrder, book_visit, wants_of
from tests.access_point_double.client import AccessPointProcess
from tests.browser.conftest import DESK
from tests.browser.desks import inside
from tests.invoicing.bank.files import Paid, a_file
from tests.support.axe import faults
from tests.support.house import House, shut_house
from tests.support.one_day import new_context

TODAY, TOMORROW, NEXT_MONTH = "2026-11-04T10:00+01:00", "2026-11-05T10:00+01:00", "2026-12-02T10:00+01:00"
LET_IN = "form#let-in"
PUPILS, MISSING = 26, 3
PRICE = 23 * 110  # kroner


@pytest.fixture
def access_point() -> Iterator[AccessPointProcess]:
    """An access point's stand-in in a process of its own."""
    double = AccessPointProcess()
    yield double
    double.stop()


@contextmanager
def on(house: House, browser: Browser, day: str) -> Iterator[Page]:
    """The house opened again on this day, and an administrator in it who reads English."""
    house.stop()
    house.environment["DEMO_CLOCK"] = day
    with time_machine.travel(datetime.fromisoformat(day), tick=True):
        house.start()
        context = new_context(browser, viewport=DESK, base_url=house.url, locale="en-GB")
        page = context.new_page()
        page.set_default_timeout(15_000)
        with inside(house), unit_of_work():
            email = f"{day[:10]}@example.org"
            account = add_account(email, "Berit Utne", Role.ADMIN, clock.now())
            db.session.execute(update(Account).where(Account.id == account).values(lang="en"))
            link = new_link(account, clock.now())
        page.goto(f"/staff/enter/{link}")
        page.locator("main button").first.click()
        page.wait_for_url("**/staff/**")
        yield page
        context.close()


def book_a_class(house: House) -> tuple[int, str, datetime]:
    """A teacher's class of twenty-six in a free session of the days to come: its booking, and when they arrive."""
    with inside(house):
        now, centre = clock.now(), the_centre()
        slot = db.session.scalars(
            select(Slot)
            .join(Programme, Programme.activity_id == Slot.activity_id)
            .where(Slot.starts_at > now + timedelta(days=1), Slot.starts_at < now + timedelta(days=14))
            .where(Slot.taken == 0, Programme.instant, Programme.price_by.is_(None), Programme.grade_to.between(1, 10))
            .order_by(Slot.starts_at)
        ).first()
        assert slot is not None
        grade = db.session.scalars(select(Programme.grade_to).where(Programme.activity_id == slot.activity_id)).one()
        part = Part(PartKind.PROGRAMME, (slot.id,), slot.starts_at, slot.ends_at, slot.activity_id, slot.space_id)
        timetables = (Timetable(Group("Kråkebollene", PUPILS, 2, grade), (part,), 0, (slot.id,)),)
        arrives, leaves = slot.starts_at - timedelta(minutes=15), slot.ends_at + timedelta(minutes=15)
        plan = Plan(arrives.date(), arrives, leaves, timetables, wants_of(timetables), is_best=False)
        (school,) = find_schools("Elvebakken skole")
        contact = Contact("Kari Nordmann", "kari@example.org", "+4790000000")
        order = VisitOrder(plan, school=school, contact=contact, lang="nb", order_number="PO-77")
        with unit_of_work():
            booked = book_visit(order, centre=centre, now=now)
        reference = db.session.scalars(select(Booking.reference).where(Booking.id == booked.booking_id)).one()
        return booked.booking_id, reference, arrives


def test_from_heads_that_were_counted_to_an_invoice_that_is_paid_and_a_month_that_is_closed(
    browser: Browser, tmp_path: Path
) -> None:
    with shut_house(tmp_path, "vilvite", DATABASE_URL=f"sqlite:///{tmp_path}/house.db") as house:
        with on(house, browser, TODAY) as page:
            page.goto("/staff/school-rules")
            page.get_by_label("A class is billed").select_option("counted")
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("status")).to_be_visible()
            booking_id, reference, arrives = book_a_class(house)
        with on(house, browser, arrives.isoformat()) as page:
            count_them_in(page, booking_id)
        with on(house, browser, (arrives + timedelta(days=1)).isoformat()) as page:
            number, address = issue_for(page, reference)
            kid = kid_of(house, number)
            both_papers_say(page, number, kid)
            take_the_banks_word(page, tmp_path, Paid(f"{PRICE}.00", kid))
            page.goto(address)
            expect(page.get_by_text("Left to pay").locator("xpath=following::*[1]")).to_have_text("NOK 0")
        with on(house, browser, NEXT_MONTH) as page:
            close_november(page, tmp_path, kid)


def count_them_in(page: Page, booking_id: int) -> None:
    """Three of the class are ill."""
    page.goto(f"/staff/desk/booking/{booking_id}")
    page.locator(f"{LET_IN} input[type=number]").first.fill(str(PUPILS - MISSING))
    page.locator(LET_IN).get_by_role("button", name="Let in").click()
    expect(page.locator(".answer-count")).to_have_text(f"{PUPILS - MISSING + 2} people")


def issue_for(page: Page, booking: str) -> tuple[str, str]:
    """One invoice for the class by itself, of as many as came; its number and its page."""
    until = time.monotonic() + 40
    rows = page.get_by_role("region", name="To invoice").get_by_role("row")
    page.goto("/staff/invoices")
    while not rows.filter(has_text=booking).count():  # the worker counts
        assert time.monotonic() < until, page.inner_text("main")
        page.wait_for_timeout(500)
        page.reload()
    for box in rows.get_by_role("checkbox").all():
        box.uncheck()
    rows.filter(has_text=booking).get_by_role("checkbox").check()
    page.get_by_role("button", name="Look at the marked ones").click()
    expect(page.locator("tfoot")).to_contain_text(f"NOK {PRICE:,}")
    page.get_by_role("button", name="Issue 1 invoice").click()
    expect(page.get_by_role("status")).to_be_visible()
    number = page.get_by_role("region", name="Issued").get_by_role("row").nth(1).get_by_role("link")
    text = number.inner_text()
    number.click()
    return text, page.url


def kid_of(house: House, number: str) -> str:
    """As it stands on the paper."""
    with inside(house):
        return db.session.scalars(select(Invoice.kid).where(Invoice.number == int(number))).one()


def both_papers_say(page: Page, number: str, kid: str) -> None:
    """The PDF and the XML are there, and the XML says the same sum and payment reference."""
    assert wait_for_file(page, "pdf").startswith(b"%PDF-")
    document = etree.fromstring(page.request.get(f"{page.url}/as/xml").body())
    assert document.xpath("string(//*[local-name()='PayableAmount'])") == f"{PRICE}.00"
    assert document.xpath("string(//*[local-name()='PaymentID'])") == kid
    assert document.xpath("string(/*/*[local-name()='ID'])") == number


def take_the_banks_word(page: Page, folder: Path, *payments: Paid) -> None:
    """A file of the bank is taken."""
    file = folder / "camt.xml"
    file.write_bytes(a_file(*payments, message_id=f"WALK-{time.monotonic_ns()}").content)
    page.goto("/staff/invoices/bank")
    page.get_by_label("Notice of payments").set_input_files(file)
    page.get_by_role("button", name="Take the file").click()
    expect(page.get_by_text("1 payment is new.")).to_be_visible()


def send_by_access_point(page: Page) -> None:
    """The centre's invoices go out through it."""
    page.goto("/staff/invoices/sending/rules")
    page.get_by_label("Invoices go out by").select_option("access_point")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_be_visible()


def issue_first(page: Page) -> tuple[str, str, str]:
    """One invoice for the first that goes out by itself: its number, its page, its booking's page."""
    marked = page.get_by_role("region", name="To invoice").locator("input[type=checkbox]:checked")
    booking = marked.first.locator("xpath=ancestor::tr").locator("a.code").get_attribute("href") or ""
    for box in marked.all()[:0:-1]:
        box.uncheck()
    page.get_by_role("button", name="Look at the marked ones").click()
    page.get_by_role("button", name="Issue 1 invoice").click()
    number = page.get_by_role("region", name="Issued").get_by_role("row").nth(1).get_by_role("link")
    text = number.inner_text()
    number.click()
    return text, page.url, booking


def wait_for(page: Page, state: str) -> None:
    """Look again until the document's way has come so far."""
    until = time.monotonic() + 60
    while state not in page.locator("#delivery .mark").all_inner_texts():
        assert time.monotonic() < until, page.locator("main").inner_text()
        page.wait_for_timeout(500)
        page.reload()


def refuse(access_point: AccessPointProcess, house: House, number: str, why: str) -> None:
    """The payer's system turns it away, and the access point says that there is news."""
    (held,) = [held for held in access_point.held() if held["key"].startswith(f"{number}-")]
    access_point.pull("settle", ref=held["id"], state="refused", why=why)
    access_point.pull("webhook", url=f"{house.url}/access-point/webhook", ref=held["id"])


def invoice_anew(page: Page) -> tuple[str, str]:
    """All of it is credited and invoiced again in one press; the new one's number and sum, on its page."""
    page.get_by_label("All of it").check()
    page.get_by_label("Why?").fill("Wrong reference")
    page.get_by_role("button", name="Show what it comes to").click()
    page.get_by_role("button", name="Credit and invoice anew").click()
    expect(page.get_by_role("status").first).to_contain_text("Credit note", timeout=20_000)
    page.goto("/staff/invoices")
    newest = page.get_by_role("region", name="Issued").get_by_role("row").filter(has_not_text="Credit note").nth(1)
    link = newest.get_by_role("link")
    anew = link.inner_text()
    link.click()
    document = etree.fromstring(wait_for_file(page, "xml"))
    return anew, document.xpath("string(//*[local-name()='PayableAmount'])")


def wait_for_file(page: Page, kind: str) -> bytes:
    """The worker writes it."""
    until = time.monotonic() + 40
    while (answer := page.request.get(f"{page.url}/as/{kind}")).status != 200:
        assert time.monotonic() < until
        page.wait_for_timeout(300)
    return answer.body()


def deliver(access_point: AccessPointProcess, house: House, number: str) -> None:
    """It is in the payer's system, with a receipt; the news comes twice."""
    (held,) = [held for held in access_point.held() if held["key"].startswith(f"{number}-")]
    access_point.pull("settle", ref=held["id"], state="delivered")
    access_point.pull("webhook", url=f"{house.url}/access-point/webhook", ref=held["id"], times=2)


def close_november(page: Page, folder: Path, kid: str) -> None:
    """The month is closed with all before it, and its file balances when somebody else reads it."""
    page.goto("/staff/books/2026-11")
    assert faults(page) == []
    page.get_by_role("button", name="Close November 2026").click()
    expect(page.get_by_text("Nothing is dated into it any more")).to_be_visible()
    assert faults(page) == []
    with page.expect_download() as fetched:
        page.get_by_role("link", name="CSV").click()
    fetched.value.save_as(folder / "november.csv")
    with (folder / "november.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    vouchers: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        vouchers[row["voucher"]] += Decimal(row["gross"])
    assert set(vouchers.values()) == {Decimal(0)}
    assert [row["gross"] for row in rows if row["kid"] == kid and row["account"] == "1500"] == [
        f"{PRICE}.00",
        f"-{PRICE}.00",
    ]


def test_from_a_wrong_reference_through_refusal_and_a_new_invoice_to_the_money(
    browser: Browser, tmp_path: Path, access_point: AccessPointProcess
) -> None:
    ours = access_point.environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/house.db"}
    with shut_house(tmp_path, "vilvite", **ours) as house, on(house, browser, TOMORROW) as page:
        send_by_access_point(page)
        page.goto("/staff/invoices")
        number, address, booking = issue_first(page)
        wait_for(page, "Sent")
        refuse(access_point, house, number, "Ukjent referanse")
        wait_for(page, "Refused")
        expect(page.locator("#delivery")).to_contain_text("Ukjent referanse")
        assert faults(page) == []
        page.goto(booking)
        page.get_by_role("link", name="Change", exact=True).click()
        old = page.get_by_label("Invoice reference").input_value()
        right = old[:-1] + ("8" if old[-1] == "7" else "7")  # of the same form
        page.get_by_label("Invoice reference").fill("x" * 70)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("Invoice reference")).to_have_value("x" * 70)
        assert faults(page) == []
        page.get_by_label("Invoice reference").fill(right)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_contain_text("Saved")
        page.goto(address)
        page.get_by_role("link", name="Credit and invoice anew").click()
        anew, total = invoice_anew(page)
        wait_for(page, "Sent")
        deliver(access_point, house, anew)
        wait_for(page, "Delivered")
        document = etree.fromstring(page.request.get(f"{page.url}/as/xml").body())
        assert document.xpath("string(//*[local-name()='BuyerReference'])") == right
        address = page.url
        take_the_banks_word(page, tmp_path, Paid(total, kid_of(house, anew)))
        page.goto(address)
        expect(page.get_by_text("Left to pay").locator("xpath=following::*[1]")).to_have_text("NOK 0")
        expect(page.locator("#delivery .mark").first).to_have_text("Delivered")
        assert len([held for held in access_point.held() if held["key"].startswith(f"{anew}-")]) == 1
