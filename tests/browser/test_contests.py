"""A team enters a contest, from its tickets to the staff's list and the file of it."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.kernel.database import db
from booking.staff.models import Role
from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.desks import inside, sign_in
from tests.browser.steps import new_address
from tests.builders import a_slot
from tests.support.axe import faults
from tests.support.house import House

pytestmark = ON_SQLITE


def a_contest_soon(house: House) -> tuple[int, int]:
    """Another day of the demo's contest, with room for two teams; returns its slot and activity."""
    with inside(house):
        contest = db.session.scalars(select(Activity).where(Activity.kind == Kind.CONTEST)).one()
        held = db.session.scalars(select(Slot.starts_at).where(Slot.activity_id == contest.id)).one()
        return a_slot(contest.id, 20, held + timedelta(days=1)), contest.id


def test_a_team_enters_says_who_it_is_and_is_on_the_list_of_the_staff(open_page: Opener, house: House) -> None:
    slot, activity = a_contest_soon(house)
    before, email = f"#e{activity}-0-", new_address()
    page = open_page(viewport=PHONE, locale="en-GB")
    page.goto(f"/en/tickets?slot={slot}")
    page.locator(".choice input").first.fill("1")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/checkout/**")
    unwell = faults(page)
    page.fill(f"{before}name", "Kabelkaos")  # the demo's team has it
    page.get_by_role("button", name="Get the tickets").click()
    expect(page.locator("#errors")).to_contain_text("A team has at least 4 participants.")
    unwell += faults(page)
    page.get_by_label("School or club").fill("Harbour school")
    page.get_by_label("How many computers do you bring?").fill("2")
    page.get_by_label("The guardians of everybody").check()
    for row, name in enumerate(("Mia Lie", "Nils Bø", "Oda Ek", "Per Dal")):
        page.fill(f"{before}m{row}-name", name)
        page.fill(f"{before}m{row}-born", "2013")
    page.fill("#name", "Kari Nordmann")
    page.fill("#email", email)
    page.check("#terms")
    page.get_by_role("button", name="Get the tickets").click()
    expect(page.locator("#errors")).to_contain_text("Another team has that name already.")
    page.fill(f"{before}name", "The Harbour Cats")
    page.get_by_role("button", name="Get the tickets").click()
    expect(page.get_by_role("heading", name="The Harbour Cats")).to_be_visible()
    letter = house.mailbox.letter_to(email, "Your tickets").get_body(("plain",))
    assert letter is not None and "The Harbour Cats: Mia Lie, Nils Bø" in letter.get_content()
    unwell += faults(page)
    page.get_by_role("link", name="Correct the team").click()
    page.fill(f"{before}m3-name", "Pia Dal")
    unwell += faults(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Pia Dal")).to_be_visible()
    office = open_page(viewport=DESK)
    sign_in(office, house, Role.ADMIN)
    for address in ("/staff/contests", f"/staff/contest-rules/{activity}", f"/staff/contests/{slot}/list"):
        office.goto(address)
        unwell += faults(office)
    office.goto(f"/staff/contests/{slot}?q=harbour")
    expect(office.get_by_text("Pia Dal")).to_be_visible()
    unwell += faults(office)
    with office.expect_download() as download:
        office.get_by_role("button", name="CSV").click()
    assert "The Harbour Cats" in download.value.path().read_text("utf-8-sig")
    office.get_by_role("link", name="Correct or take out").click()
    unwell += faults(office)
    assert unwell == []
