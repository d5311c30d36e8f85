"""Names of schools, classes and teachers without a place to break, on the narrowest screens: plan, wish, our coming."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.centre.facts import the_centre
from booking.demo.school.of_vilvite import RELEASES
from booking.demo.school.releases import FIRST_DAY
from booking.kernel import clock
from booking.kernel.database import db
from booking.releases.models import Release, ReleaseWay
from booking.staff.models import Role
from tests.browser.conftest import ON_SQLITE, Opener
from tests.browser.desks import inside, sign_in
from tests.browser.test_long_names import ADDRESS, NARROW, too_wide
from tests.browser.test_teachers import a_wednesday
from tests.support.axe import sticks_out
from tests.support.house import House

pytestmark = ON_SQLITE

WORD = "Nordmannsundstrandvikbakkehaugen" * 13  # as long as the longest field takes

# Each field of words as full as it may be, with one word; what must be a number, a choice or an address stays.
FILL = """word => document.querySelectorAll('main input[type=text], main textarea').forEach(field => {
    if (!field.value && !field.inputMode && field.maxLength > 20) field.value = word.slice(0, field.maxLength);
})"""
LINES = """node => { const range = document.createRange(); range.selectNodeContents(node);
    return range.getClientRects().length; }"""
NOT_LONG = ("code", "school_q", "org_number")


def fill(page: Page, **typed: str) -> None:
    """One word in each field of words, and these."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
    page.evaluate(FILL, WORD)
    for name, value in (dict.fromkeys(NOT_LONG, "") | typed).items():
        if page.locator(f"#{name}").count():
            page.fill(f"#{name}", value)


def who(page: Page) -> None:
    """Who answers, with a mobile that can be called."""
    fill(page, email=ADDRESS, mobile="90 00 00 00", invoice_reference="1" * 60)


def ask_for_plans(page: Page, on: date, programme: str, grade: str) -> None:
    page.goto("/en/school/visit")
    fill(page, date=on.isoformat(), departure="15:00")
    page.fill("#name-0", WORD[:40])
    page.select_option("#grade-0", grade)
    page.fill("#pupils-0", "24")
    page.fill("#adults-0", "2")
    page.get_by_role("checkbox", name=programme).check()
    page.locator("button.wide", has_text="Show plans").click()


def plan_and_book(page: Page, on: date, programme: str, grade: str, book: str) -> Iterator[str]:
    """Every state of the pages from the wish to the booking: what it is, while the page stands there."""
    page.goto("/en/school/visit")
    fill(page)
    yield "the wish"
    page.locator("button.wide", has_text="Show plans").click()
    yield "the wish, with what is missing"
    ask_for_plans(page, on, programme, grade)
    choose = page.get_by_role("button", name=re.compile("Choose this plan|Prepare this as a wish")).first
    choose.wait_for()
    yield "the plans"
    choose.click()
    page.get_by_role("button", name=book).wait_for()
    yield "the plan"
    who(page)
    page.fill("#email", "no address" + WORD[:200])
    page.get_by_role("button", name=book).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "the plan, with what is wrong"
    who(page)
    page.get_by_role("button", name=book).click()


def test_a_school_plans_and_comes(open_page: Opener, house: House) -> None:
    page, wide = open_page(viewport=NARROW, locale="en-GB"), []
    for state in plan_and_book(page, a_wednesday(house), "Bridges that hold", "6", "Book the visit"):
        wide += [state] * sticks_out(page)
    page.wait_for_url(re.compile(r"/en/visit/\w+$"))
    assert WORD[:120] in page.locator("main").inner_text().replace("\n", "").replace("­", "")
    own = page.url
    with inside(house):
        booking = db.session.scalars(select(Booking.id).where(Booking.email == ADDRESS).order_by(Booking.id)).all()[-1]
    page.goto(own.replace("/en/", "/lv/"))  # whose words beside it are the longest
    assert page.locator("dd.code").first.evaluate(LINES) == 1
    sign_in(page, house, Role.ADMIN)
    wide += too_wide(page, [own, f"{own}/again", f"{own}/cancel", f"{own}/lunch", f"{own}/hours?come=&leave="])
    wide += too_wide(page, ["/staff/visits", "/staff/visits/waiting", "/staff/schools", "/staff/feedback"])
    wide += too_wide(page, [f"/staff/bookings/{booking}", f"/staff/desk/booking/{booking}"])
    assert wide == []


def test_a_school_waits(open_page: Opener) -> None:
    page, wide = open_page(viewport=NARROW, locale="en-GB"), []
    page.goto("/en/school/waiting-list?programme=bruer")
    fill(page, email=ADDRESS)
    page.get_by_role("button", name="Put us on the list").click()
    wide += ["the list"] * sticks_out(page)
    page.goto("/en/school/courses")
    wide += too_wide(page, ["/en/school", "/en/school/courses", f"/en/school?q={WORD[:80]}", "/en/my"])
    assert wide == []


def test_a_school_wishes_for_a_release_day(open_page: Opener, house: House) -> None:
    with inside(house):
        first = clock.now() + timedelta(days=FIRST_DAY + 1)
        slug = RELEASES[0].slugs[1]
        title = select(Slot.starts_at).join(Activity).where(Activity.slug == slug, Slot.starts_at > first)
        first_free = title.where(Slot.taken == 0, Slot.kept == 0).order_by(Slot.starts_at).limit(1)
        on = the_centre().local(db.session.scalars(first_free).one()).date()
        release = db.session.scalars(select(Release.id).where(Release.way == ReleaseWay.FIRST_COME)).first()
    page, wide = open_page(viewport=NARROW, locale="en-GB"), []
    for state in plan_and_book(page, on, "Energy", "9", "Keep this wish"):
        wide += [state] * sticks_out(page)
    page.wait_for_url("**/school/wish/**")
    own = page.url
    sign_in(page, house, Role.ADMIN)
    wide += too_wide(page, [own, f"/en/school/release/{release}"])
    wide += too_wide(page, [f"/staff/releases{more}" for more in ("", "/new", f"/{release}", f"/{release}/change")])
    assert wide == []


def test_we_come_to_a_school(open_page: Opener, house: House) -> None:
    page, wide = open_page(viewport=NARROW, locale="en-GB"), []
    with inside(house):
        day = the_centre().local(clock.now()).date() + timedelta(days=40)
        day += timedelta(days=(1 - day.weekday()) % 7)  # a Tuesday
    page.goto("/en/school/outreach")
    wide += ["all that we bring"] * sticks_out(page)
    page.locator("main a[href*='/school/outreach/']").first.click()
    page.select_option("#municipality", "Bergen")
    for later in range(0, 70, 7):
        page.fill("#date", (day + timedelta(days=later)).isoformat())
        page.get_by_role("button", name="Show times available that day").click()
        if page.locator("input[name=pick]").count() > 1:
            break
    page.locator("input[name=pick]").first.check()
    fill(page, time="", email="no address" + WORD[:200])
    page.locator("button.wide").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    wide += ["the form, with what is missing"] * sticks_out(page)
    who(page)
    page.fill("#pupils", "24")
    page.fill("#adults", "2")
    page.select_option("#grade", "5")
    page.get_by_role("button", name="Show who pays").click()
    wide += ["the form, with who pays"] * sticks_out(page)
    page.locator("button.wide").click()
    page.wait_for_url("**/en/outreach/**")
    own = page.url
    sign_in(page, house, Role.ADMIN)
    wide += too_wide(page, [own, own.replace("/outreach/", "/visit/") + "/cancel", "/staff/visits", "/staff/outreach"])
    assert wide == []
