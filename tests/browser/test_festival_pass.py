"""A pass for a festival, from the festival's page to the entrance on both of its days, the second without network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.documents.qr import door_text
from booking.kernel.database import db, unit_of_work
from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.desks import answer, inside, just_now, keeps, sign_in
from tests.browser.steps import fill_in, go_to_checkout, go_to_pay, new_address, play
from tests.builders import a_slot, a_ticket_type, an_activity, tomorrow
from tests.support.axe import faults
from tests.support.house import House

pytestmark = ON_SQLITE


@dataclass
class TwoDays:
    """A festival of two days with a pass for both."""

    house: House
    activity: int
    slug: str
    days: list[int]
    of_all: int

    def make_today(self, day: int) -> None:
        """Let one of its days begin just now, and the others as many days before or after it as they were."""
        with inside(self.house), unit_of_work():
            starts = [just_now() + timedelta(days=place - day) for place, _slot in enumerate(self.days)]
            for slot_id, start in zip(self.days, starts, strict=True):
                moved = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
                db.session.execute(update(Slot).where(Slot.id == slot_id).values(moved))
            lasting = update(Booking).where(Booking.last_at.is_not(None))
            db.session.execute(lasting.values(starts_at=starts[0], last_at=starts[-1]))

    def code(self, secret: str) -> str:
        """What a scanner types of a booking's code."""
        with inside(self.house):
            return door_text(db.session.scalars(select(Booking.code).where(Booking.secret == secret)).one())


@pytest.fixture
def festival(house: House) -> Iterator[TwoDays]:
    """Ten days from now; off the pages again when the test is over."""
    with inside(house):
        activity = an_activity(Kind.FESTIVAL, title="Vindfestivalen", gives_entry=True, minutes=120)
        days = [a_slot(activity, 10, tomorrow(10, days=10 + day)) for day in range(2)]
        a_ticket_type(activity, 20000, "Dagsbillett")
        of_all = a_ticket_type(activity, 30000, "Festivalpass", all_days=True, sort=1)
        slug = db.session.get_one(Activity, activity).slug
    yield TwoDays(house, activity, slug, days, of_all)
    with inside(house), unit_of_work():
        db.session.execute(update(Activity).where(Activity.id == activity).values(active=False))


def bought(page: Page, festival: TwoDays) -> str:
    """Two passes, from the festival's own page to the booking; its secret."""
    unwell = []
    page.goto(f"/nb/whats-on/{festival.slug}")
    expect(page.locator("main")).to_contain_text("For alle dagene av festivalen")
    unwell += faults(page)
    page.locator(".event-times a.time").first.click()
    page.locator("#choose").wait_for()
    page.get_by_label("Dagsbillett").fill("0")
    page.get_by_label("Festivalpass").fill("2")
    expect(page.locator("[data-sum]")).to_contain_text("600")
    unwell += faults(page)
    go_to_checkout(page)
    expect(page.locator("main")).to_contain_text("2 × Festivalpass")
    fill_in(page, new_address())
    go_to_pay(page)
    play(page, "pay")
    page.wait_for_url("**/b/**")
    expect(page.locator(".party-ticket")).to_contain_text("én gang hver dag")
    unwell += faults(page)
    assert unwell == []
    return page.url.rsplit("/", 1)[1].split("?")[0].split("#")[0]


def scan(page: Page, text: str) -> None:
    """A USB scanner types and presses Enter."""
    page.locator("#code").focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_pass_is_bought_on_the_festivals_page_and_lets_in_once_on_each_day_also_without_network(
    open_page: Opener, house: House, festival: TwoDays
) -> None:
    page = open_page(viewport=PHONE)
    secret = bought(page, festival)
    code = festival.code(secret)
    festival.make_today(0)
    desk = open_page(viewport=PHONE, locale="en-GB")
    sign_in(desk, house)
    desk.goto("/staff/desk/scan")
    scan(desk, code)
    answer(desk, "welcome")
    expect(desk.locator(".answer-count")).to_have_text("2 people")
    scan(desk, code)
    answer(desk, "already_in")
    page.reload()
    expect(page.locator("main")).to_contain_text("De gjelder også dagene som er igjen")
    festival.make_today(1)
    desk.reload()
    keeps(desk, str(festival.days[1]))
    desk.context.set_offline(True)
    expect(desk.locator("[data-offline]")).to_be_visible()
    scan(desk, code)
    answer(desk, "welcome")
    expect(desk.locator(".answer-count")).to_have_text("2")
    scan(desk, code)
    answer(desk, "already_in")
    desk.context.set_offline(False)
    expect(desk.locator("[data-offline]")).to_be_hidden(timeout=20_000)
    scan(desk, code)
    answer(desk, "already_in")
