"""Two colleagues on a course, from the catalogue to a certificate that is checked; and a class that we drive to."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import the_centre
from booking.courses.models import Participant
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.browser.conftest import DESK, PHONE, Opener
from tests.browser.desks import inside, just_now, looks_well, sign_in
from tests.browser.steps import new_address
from tests.builders import a_slot
from tests.support.house import House


def a_course_now(house: House) -> tuple[str, int]:
    """A session of a course that begins in a few minutes; returns its address' last part and its slot."""
    with inside(house):
        course = db.session.scalars(
            select(Activity).where(Activity.kind == Kind.COURSE).order_by(Activity.sort).limit(1)
        ).one()
        slug, activity = course.slug, course.id
        start = just_now() + timedelta(minutes=10)
        return slug, a_slot(activity, 5, start)


def it_is_over(house: House, slot: int) -> None:
    with inside(house), unit_of_work():
        then = clock.now() - timedelta(hours=4)
        times = {"starts_at": then, "ends_at": then + timedelta(hours=3)}
        db.session.execute(update(Slot).where(Slot.id == slot).values(**times))
        db.session.execute(update(Participant).where(Participant.slot_id == slot).values(starts_at=then))
        mine = select(Participant.booking_id).where(Participant.slot_id == slot)
        db.session.execute(update(Booking).where(Booking.id.in_(mine)).values(starts_at=then))


def test_two_colleagues_are_enrolled_pay_come_and_get_a_certificate_that_can_be_checked(
    open_page: Opener, house: House
) -> None:
    slug, slot = a_course_now(house)
    boss, kari = new_address(), new_address()
    page = open_page(viewport=PHONE, locale="en-GB")
    page.goto("/en/school")
    page.get_by_role("link", name="All teacher courses").click()
    page.goto(f"/en/school/courses/{slug}/places?slot={slot}")
    page.get_by_role("button", name="One more colleague").click()
    for place, (name, email) in enumerate((("Kari Nordmann", kari), ("Ola Nordmann", new_address()))):
        page.fill(f"#person_name-{place}", name)
        page.fill(f"#person_email-{place}", email)
    page.fill("#name", "Rektor Hansen")
    page.fill("#email", boss)
    looks_well(page, house)
    page.locator("button.wide:not([value=vipps])").click()
    page.check("#terms")
    page.get_by_role("button", name="by card").click()
    page.get_by_role("button", name="Pay").first.click()
    expect(page.get_by_text("The places are yours.")).to_be_visible()
    looks_well(page, house)
    own = page.url
    house.mailbox.letter_to(boss, "Your places")
    assert len(list(house.mailbox.letter_to(kari, "Your place").iter_attachments())) == 2
    staff = open_page(viewport=DESK)
    sign_in(staff, house)
    staff.goto(f"/staff/courses/{slot}")
    staff.get_by_role("button", name="Kari Nordmann is here").click()
    expect(staff.locator(".present")).to_have_count(1)
    looks_well(staff, house)
    it_is_over(house, slot)
    letter = house.mailbox.letter_to(kari, "Your certificate")
    (pdf,) = letter.iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    body = letter.get_body(("plain",))
    assert body is not None
    certificate = re.search(r"http://\S+/certificate/\w+", body.get_content())
    assert certificate is not None
    page.goto(certificate[0])
    expect(page.get_by_text("This certificate is real.")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Kari")
    page.fill("#name", "kari nordmann")
    page.get_by_role("button", name="Check the name").click()
    expect(page.get_by_text("Yes: it is made out to")).to_be_visible()
    looks_well(page, house)
    page.goto(own)
    expect(page.get_by_role("link", name="Certificate as PDF")).to_have_count(1)
    expect(page.get_by_text("not registered as present")).to_be_visible()
    with inside(house):
        assert breaches() == []


def test_a_class_has_us_come_moves_it_and_cancels(open_page: Opener, house: House) -> None:
    page, email = open_page(viewport=PHONE, locale="en-GB"), new_address()
    with inside(house):
        day = the_centre().local(clock.now()).date() + timedelta(days=40)
        day += timedelta(days=(1 - day.weekday()) % 7)  # a Tuesday
    page.goto("/en/school")
    page.get_by_role("link", name="The star dome on the road").click()
    page.select_option("#municipality", "Bergen")
    for later in range(0, 70, 7):
        page.fill("#date", (day + timedelta(days=later)).isoformat())
        page.get_by_role("button", name="Show times available that day").click()
        if page.locator("input[name=pick]").count() > 1:
            break
    page.locator("input[name=pick]").first.check()
    typed = {
        "school": "Solbakken skole", "address": "Skulevegen 1, 5006 Bergen", "class_name": "5D", "pupils": "24",
        "adults": "2", "name": "Kari Nordmann", "email": email, "mobile": "90 00 00 00", "invoice_reference": "12345",
    }  # fmt: skip
    for name, value in typed.items():
        page.fill(f"#{name}", value)
    page.select_option("#grade", "5")
    page.locator("button.wide:not([value=vipps])").click()
    expect(page.get_by_text("Somebody else pays for you.")).to_be_visible()
    expect(page.locator("#pays")).to_contain_text("Bergen kommune")
    looks_well(page, house)
    page.locator("button.wide:not([value=vipps])").click()
    expect(page.get_by_text("Agreed: we come to you.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Bergen kommune")
    looks_well(page, house)
    letter = house.mailbox.letter_to(email, "We come to you")
    assert [attachment.get_content_type() for attachment in letter.iter_attachments()] == ["text/calendar"]
    page.fill("#pupils", "20")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("status")).to_contain_text("Changed")
    staff = open_page(viewport=DESK)
    sign_in(staff, house)
    staff.goto("/staff/visits")
    expect(staff.get_by_text("Skulevegen 1").first).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Cancel the visit").click()
    expect(page.get_by_text("This visit is cancelled.")).to_be_visible()
    with inside(house):
        assert breaches() == []
