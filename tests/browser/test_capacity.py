"""How full the house is and what is done about it, in a real browser, on both databases."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from booking.bookings.models import Booking, Line
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import Activity, Kind
from booking.catalogue.queries import offers_of
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.desks import inside, looks_well, sign_in
from tests.browser.steps import buy, link_in, new_address
from tests.builders import a_confirmed_booking
from tests.support.house import House


@pytest.fixture
def boss(open_page: Opener, house: House) -> Page:
    """An administrator who reads English, at a large screen."""
    page = open_page(viewport=DESK, locale="en-GB")
    sign_in(page, house, Role.ADMIN)
    return page


def bought(house: House, email: str) -> tuple[int, date]:
    """The slot of a booking, and its day at the centre."""
    with inside(house):
        slot, starts_at = db.session.execute(
            select(Slot.id, Slot.starts_at)
            .join(Line, Line.slot_id == Slot.id)
            .join(Booking, Booking.id == Line.booking_id)
            .where(Booking.email == email)
        ).one()
        return slot, the_centre().local(starts_at).date()


def a_programme_ahead(house: House) -> int:
    """A class's session of tomorrow or later that is not closed."""
    with inside(house):
        return db.session.scalars(
            select(Slot.id)
            .join(Activity, Activity.id == Slot.activity_id)
            .where(
                Activity.kind == Kind.PROGRAMME, Slot.starts_at > clock.now() + timedelta(days=1), Slot.status == "open"
            )
            .order_by(Slot.taken.desc())
            .limit(1)
        ).one()


def note_of(page: Page) -> Locator:
    """A slot's note to the desk; people in it may have needs of their own, which look the same."""
    return page.locator(".needs", has_text="Note to the desk")


def test_from_the_month_to_a_slot_that_is_changed(boss: Page, open_page: Opener, house: House) -> None:
    email = new_address()
    buy(open_page(viewport=PHONE), email, later=1)
    slot, day = bought(house, email)
    boss.goto(f"/staff/capacity?view=month&date={day}")
    boss.locator(f"a.heat[href*='date={day}']").click()
    boss.locator(f"a.slot-cell[href$='/slot/{slot}']").focus()
    boss.keyboard.press("Enter")
    expect(boss.get_by_role("heading", name="Bookings")).to_be_visible()
    boss.locator("#capacity").fill("1")
    boss.get_by_role("button", name="Save", exact=True).click()
    expect(boss.get_by_role("alert")).to_contain_text("so there cannot be fewer")
    expect(boss.locator("#capacity")).to_have_value("1")
    expect(boss.locator("input[name=booking]:checked").first).to_be_visible()
    boss.locator("#capacity").fill("75")
    boss.locator("#note").fill("The lift stands still")
    boss.get_by_role("button", name="Save", exact=True).click()
    expect(boss.get_by_text("Saved.")).to_be_visible()
    expect(note_of(boss)).to_contain_text("The lift stands still")


def test_the_second_of_two_administrators_is_told(boss: Page, open_page: Opener, house: House) -> None:
    slot = a_programme_ahead(house)
    other = boss.context.new_page()
    for page in (boss, other):
        page.goto(f"/staff/capacity/slot/{slot}")
    boss.locator("#note").fill("Mine came first")
    boss.get_by_role("button", name="Save", exact=True).click()
    expect(boss.get_by_text("Saved.")).to_be_visible()
    other.locator("#note").fill("Mine came second")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("Mine came first")
    expect(other.locator("#note")).to_have_value("Mine came second")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(note_of(other)).to_contain_text("Mine came second")


@ON_SQLITE
def test_the_board_of_a_day_is_fresh_without_reload(boss: Page, house: House, open_page: Opener) -> None:
    slot = a_programme_ahead(house)
    boss.goto(f"/staff/capacity/slot/{slot}")
    other = boss.context.new_page()
    other.goto(f"/staff/capacity/slot/{slot}")
    boss.locator("#note").fill("Fresh news")
    boss.get_by_role("button", name="Save", exact=True).click()
    other.clock.fast_forward("00:30")
    expect(other.locator("[data-live]")).to_contain_text("Fresh news")


def test_a_day_is_closed_and_a_visitor_chooses_a_new_time(boss: Page, open_page: Opener, house: House) -> None:
    email = new_address()
    visitor = open_page(viewport=PHONE, locale="en-GB")
    buy(visitor, email, lang="en", later=3)
    _slot, day = bought(house, email)
    boss.goto(f"/staff/capacity?date={day}")
    boss.get_by_role("link", name="Close this day or some hours").click()
    boss.locator("#why").select_option("weather")
    boss.locator("#words-en").fill("The storm Ada comes.")
    boss.get_by_role("button", name="See whom it hits").click()
    looks_well(boss, house)
    boss.get_by_role("button", name="Close, and write to").click()
    expect(boss.get_by_text("Groups, to be called first")).to_be_visible()
    looks_well(boss, house)
    letter = house.mailbox.letter_to(email, "Closed")
    visitor.goto(link_in(letter, "/closed"))
    expect(visitor.get_by_text("The storm Ada comes.")).to_be_visible()
    looks_well(visitor, house)
    visitor.locator("label.time").first.click()
    visitor.get_by_role("button", name="Take this time").click()
    expect(visitor.get_by_text("You have a new time. Nothing to pay.")).to_be_visible()
    assert house.mailbox.letter_to(email, "changed")
    _new_slot, new_day = bought(house, email)
    assert new_day != day
    boss.reload()
    expect(boss.locator("tr", has_text="Kari Nordmann").filter(has_text="New time").first).to_be_visible()
    expect(boss.locator("section", has_text="Letters").first).to_contain_text("Done", timeout=30_000)
    boss.get_by_role("link", name="Phone list for paper").click()
    looks_well(boss, house)
    boss.go_back()
    boss.get_by_role("button", name="Open again").click()
    expect(boss.get_by_text("Open again since")).to_be_visible()
    boss.goto(f"/staff/capacity?date={day}")
    expect(boss.locator("a.slot-cell.open").first).to_be_visible()


def a_class_in(house: House, slot: int, email: str) -> None:
    """A school's booking of two in this slot, as the office sees one."""
    with inside(house):
        activity_id = db.session.get_one(Slot, slot).activity_id or 0
        adult = offers_of({activity_id})[activity_id][0].ticket_type_id
        held = a_confirmed_booking(slot, adult, 2, name="Liv Lærer", email=email, channel=Channel.SCHOOL)
        with unit_of_work():
            db.session.get_one(Booking, held.booking_id).group_name = "Solbakken 5A"


@ON_SQLITE
def test_a_slot_shrinks_and_is_cancelled_and_each_takes_what_suits(boss: Page, open_page: Opener, house: House) -> None:
    early, later, late = (new_address() for _ in range(3))
    buyers = {email: open_page(viewport=PHONE, locale="en-GB") for email in (early, later, late)}
    for email, page in buyers.items():
        buy(page, email, lang="en", later=4)
    slots = {bought(house, email)[0] for email in buyers}
    (slot,) = slots
    a_class_in(house, slot, "liv@example.org")
    with inside(house):
        fewer = str(db.session.get_one(Slot, slot).taken - 1)
    boss.goto(f"/staff/capacity/slot/{slot}")
    expect(boss.locator("tr", has_text="Solbakken 5A")).to_contain_text("Group")
    boss.locator("#capacity").fill(fewer)
    boss.get_by_role("button", name="Save", exact=True).click()
    expect(boss.get_by_text(f"To have {fewer} places, 1 booking must move.")).to_be_visible()
    looks_well(boss, house)
    boss.locator("#target").select_option(index=1)
    boss.get_by_role("button", name="Move them and write to them").click()
    expect(boss.get_by_text("1 booking was moved and is written to.")).to_be_visible()
    assert house.mailbox.letter_to(late, "changed")
    assert bought(house, late)[0] != slot
    boss.locator("#capacity").fill(fewer)
    boss.get_by_role("button", name="Save", exact=True).click()
    expect(boss.get_by_text("Saved.")).to_be_visible()
    boss.get_by_text("Cancel it", exact=True).click()
    boss.locator("#why").select_option("illness")
    boss.get_by_role("button", name=re.compile("Cancel and write to")).click()
    expect(boss.locator("section", has_text="Groups, to be called first").last).to_contain_text("Solbakken 5A")
    assert house.mailbox.letter_to("liv@example.org", "Stengt")
    page = buyers[early]
    page.goto(link_in(house.mailbox.letter_to(early, "Closed"), "/closed"))
    page.locator("label.time").first.click()
    page.get_by_role("button", name="Take this time").click()
    expect(page.get_by_text("You have a new time. Nothing to pay.")).to_be_visible()
    assert bought(house, early)[0] != slot
    page = buyers[later]
    page.goto(link_in(house.mailbox.letter_to(later, "Closed"), "/closed"))
    page.get_by_role("button", name=re.compile("money back|Pay back|back", re.I)).last.click()
    expect(page.locator("main")).to_contain_text(re.compile("cancelled", re.I))
    assert house.mailbox.letter_to(later, "ancelled")
    boss.reload()
    expect(boss.locator(".figure", has_text="New time")).to_contain_text("1")
    boss.goto(f"/staff/capacity/slot/{slot}")
    expect(boss.get_by_text("It was cancelled by a closure. See who has answered.")).to_be_visible()


@ON_SQLITE
def test_every_page_of_capacity_is_well_on_every_screen(open_page: Opener, house: House) -> None:
    page = open_page(locale="en-GB")
    sign_in(page, house, Role.ADMIN)
    for address in (
        "/staff/capacity",
        "/staff/capacity?view=week",
        "/staff/capacity?view=month",
        "/staff/capacity?date=2000-01-01",
        f"/staff/capacity/slot/{a_programme_ahead(house)}",
        "/staff/closures",
        "/staff/closures/new?look=1&date=&why=x",
    ):
        page.goto(address)
        looks_well(page, house)
