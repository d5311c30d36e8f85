"""A release day in a browser: an administrator writes and publishes it, a teacher reads the clock and the rules."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect

from booking.kernel import clock
from booking.staff.models import Role
from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.desks import sign_in
from tests.support.axe import faults
from tests.support.house import House


@ON_SQLITE
def test_a_release_day_is_written_published_and_read_by_a_teacher(open_page: Opener, house: House) -> None:
    today = clock.now().date()
    boss = open_page(viewport=DESK, locale="en-GB")
    sign_in(boss, house, Role.ADMIN)
    boss.goto("/staff/releases")
    assert faults(boss) == []
    boss.get_by_role("link", name="New release day").click()
    boss.get_by_role("button", name="Save as a draft").click()
    expect(boss.get_by_role("alert")).to_be_visible()
    assert faults(boss) == []
    boss.get_by_role("checkbox", name="Bridges that hold").check()
    for name, days in (("first_date", 50), ("last_date", 70), ("opens_date", 3), ("prepare_date", 0)):
        boss.locator(f"#{name}").fill((today + timedelta(days=days)).isoformat())
    boss.locator("#kept_percent").fill("25")
    boss.locator("#most_per_school").fill("2")
    boss.get_by_role("button", name="Save as a draft").click()
    expect(boss.get_by_text("Draft", exact=True)).to_be_visible()
    assert faults(boss) == []
    boss.get_by_role("button", name="Publish").click()
    expect(boss.get_by_text("Published. Its dates cannot be booked before it opens.")).to_be_visible()
    page = boss.get_by_role("link", name="The page that everybody sees").get_attribute("href") or ""
    teacher = open_page(viewport=PHONE, locale="en-GB")
    teacher.goto(page.replace("/nb/", "/en/"))
    expect(teacher.get_by_role("heading", name=re.compile("^Opens "))).to_be_visible()
    expect(teacher.locator("[data-clock]").first).to_be_visible()
    expect(teacher.get_by_text("A school gets at most 2 visits.")).to_be_visible()
    expect(teacher.locator("main")).to_contain_text("(25%) are kept for schools that have not been here since")
    assert faults(teacher) == []
