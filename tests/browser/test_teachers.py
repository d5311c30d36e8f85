"""A teacher in a browser: three classes, two programmes, lunch, an agreement; then other numbers. And axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from booking.agreements.payers import find_schools
from booking.bookings.details import Contact
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.planner.planner import plan_visit
from booking.planner.wish import Group, VisitWish
from booking.programmes.offered import by_slug, programmes, sessions
from booking.running.check import breaches
from booking.visits.book import VisitOrder, book_visit
from booking.visits.days import load_days
from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.desks import inside
from tests.browser.steps import new_address
from tests.support.axe import faults
from tests.support.house import House


def a_wednesday(house: House) -> date:
    """The next day on which bridges and the body's engine are free three times each."""
    with inside(house):
        now, offered, zone = clock.now(), programmes(), the_centre().zone
        wanted = [
            offer.activity_id
            for offer in offered
            if offer in (by_slug(offered, "bruer"), by_slug(offered, "kroppens-motor"))
        ]
        days: dict[date, int] = {}
        for session in sessions(wanted, now + timedelta(days=16), now + timedelta(days=100), now):
            day = session.starts_at.astimezone(zone).date()
            days[day] = days.get(day, 0) + (session.free >= 26)
    return next(day for day, free in sorted(days.items()) if free == 6)


def plan(page: Page, on: date, classes: int = 3, departure: str = "15:00") -> None:
    """Fill the wish in and ask for plans."""
    page.goto("/en/school/visit")
    for n in range(classes):
        if n:
            page.get_by_role("button", name="One more class").click()
        page.fill(
            f"#name-{n}", f"6{'DEF'[n]}"
        )  # no classes of the demo, which may have had what is paid for this school year
        page.select_option(f"#grade-{n}", "6")
        page.fill(f"#pupils-{n}", "24")
        page.fill(f"#adults-{n}", "2")
    page.fill("#date", on.isoformat())
    page.fill("#departure", departure)
    for name in ("Bridges that hold", "The body's engine"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("checkbox", name="lunch room").check()
    page.locator("button.wide", has_text="Show plans").click()


def plan_by_the_days_that_fit(page: Page, on: date) -> None:
    """Two classes of which one is too large, and no day: both are offered, and chosen with the keyboard."""
    page.goto("/en/school/visit")
    page.get_by_role("button", name="One more class").click()
    for n, (name, pupils, adults) in enumerate((("6D", "24", "2"), ("6E", "48", "4"))):
        page.fill(f"#name-{n}", name)
        page.select_option(f"#grade-{n}", "6")
        page.fill(f"#pupils-{n}", pupils)
        page.fill(f"#adults-{n}", adults)
    page.fill("#departure", "15:00")
    for name in ("Bridges that hold", "The body's engine"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("checkbox", name="lunch room").check()
    page.get_by_role("button", name="Show the days that fit").click()
    expect(page.get_by_role("heading", name="48 pupils become 2 groups: 24 and 24")).to_be_visible()
    page.get_by_role("button", name="Continue with these groups").press("Enter")
    day = page.locator(f".month a.free[href*='date={on}']")
    while not day.count():
        page.get_by_role("link", name="Five weeks after").press("Enter")
        page.wait_for_url("**from=*")
    expect(day).to_contain_text("fits: from")
    day.press("Enter")


def choose_school(page: Page, school: str) -> None:
    """Choose the first plan, and the school."""
    page.get_by_role("button", name="Choose this plan").first.click()
    page.fill("#school_q", school)
    page.get_by_role("button", name="Find the school").click()


def fill_in(page: Page, email: str) -> None:
    """Who answers, and the reference."""
    page.fill("#name", "Kari Nordmann")
    page.fill("#email", email)
    page.fill("#mobile", "90 00 00 00")
    page.fill("#invoice_reference", "12345")


def test_a_teacher_books_three_classes_with_two_programmes_and_lunch_and_changes_the_headcount(
    open_page: Opener, house: House
) -> None:
    page, email, on = open_page(viewport=PHONE, locale="en-GB"), new_address(), a_wednesday(house)
    page.goto("/en/school?grade=6")
    expect(page.get_by_text("Next available").first).to_be_visible()
    plan_by_the_days_that_fit(page, on)
    expect(page.get_by_role("heading", name="plans fit")).to_be_visible()
    choose_school(page, "solbakken")
    expect(page.locator(".dues").first).to_contain_text("Bergen kommune")
    page.fill("#code", "NO-SUCH-CODE")
    expect(page.locator("[data-said]")).to_contain_text("No agreement has this code")
    page.fill("#code", "")
    fill_in(page, email)
    page.get_by_role("button", name="Book the visit").click()
    page.wait_for_url("**/en/visit/**")
    expect(page.get_by_text("Your visit is confirmed.")).to_be_visible()
    expect(page.locator(".dues").first).to_contain_text("7,920")
    page.fill("#pupils-0", "20")
    page.get_by_role("button", name="Change the numbers").click()
    expect(page.get_by_role("status")).to_contain_text("The numbers are changed")
    expect(page.locator(".dues").first).to_contain_text("7,480")
    letter = house.mailbox.letter_to(email, "Your visit to")
    assert len(list(letter.iter_attachments())) == 2
    house.mailbox.letter_to(email, "Your visit has been changed")
    page.goto("/en/my")
    page.fill("#email", email)
    page.get_by_role("button", name="Send me the link").click()
    link = house.mailbox.letter_to(email, "Your visits").get_body(("plain",))
    assert link is not None
    page.goto(next(word for word in link.get_content().split() if "/my/" in word))
    expect(page.get_by_text("Solbakken skole 6D, 6E 1, 6E 2")).to_be_visible()
    with inside(house):
        assert breaches() == []


def a_taken_session(house: House) -> tuple[date, str]:
    """The only robot session of a day some weeks ahead, taken by a class: the day, and the secret of its visit."""
    with inside(house):
        now, offered, facts = clock.now(), programmes(), the_centre()
        robots = by_slug(offered, "roboten")
        assert robots is not None
        coming = sessions([robots.activity_id], now + timedelta(days=20), now + timedelta(days=100), now)
        on = facts.local(next(session.starts_at for session in coming if session.free >= 26)).date()
        day = load_days([on], time(9), time(14), [robots], facts, now)[0]
        plan = plan_visit(VisitWish((Group("5A", 24, 2, 5),), (robots.activity_id,)), day).plans[0]
        who = Contact("Ola Nordmann", new_address(), "+4790000000")
        with unit_of_work():
            booked = book_visit(
                VisitOrder(plan, school=find_schools("lyngheia")[0], contact=who, lang="en"), centre=facts, now=now
            )
        return on, booked.secret


def address_in(letter: EmailMessage, part: str) -> str:
    """The address in a letter that has these words in it."""
    body = letter.get_body(("plain",))
    assert body is not None
    return next(word for word in str(body.get_content()).split() if part in word)


@ON_SQLITE
def test_a_teacher_waits_for_any_wednesday_and_books_what_another_gives_up(open_page: Opener, house: House) -> None:
    on, theirs = a_taken_session(house)
    page, email = open_page(viewport=PHONE, locale="en-GB"), new_address()
    page.goto(f"/en/school/roboten?date={on}")
    page.locator(".sessions").get_by_role("link", name="Waiting list").click()
    page.get_by_role("radio", name="Any of the days below").check()
    page.get_by_role("checkbox", name="Wednesday").check()
    page.fill("#from", on.isoformat())
    page.fill("#until", on.isoformat())
    page.fill("#people", "26")
    page.fill("#email", email)
    page.get_by_role("button", name="Put us on the list").click()
    expect(page.get_by_text("you are the first in line").or_(page.get_by_text("waiting longer"))).to_be_visible()
    assert faults(page) == []
    place = page.url
    assert address_in(house.mailbox.letter_to(email, "You are on the waiting list"), "/school/waiting/") == place
    another = open_page(locale="en-GB")
    another.goto(f"/en/visit/{theirs}/cancel")
    another.get_by_role("button", name="Cancel the visit").click()
    another.wait_for_url(f"**/visit/{theirs}")
    offer = house.mailbox.letter_to(email, "There are places for you now")
    page.goto(address_in(offer, "held="))
    page.fill("#name-0", "6G")
    page.select_option("#grade-0", "6")
    page.fill("#pupils-0", "24")
    page.fill("#adults-0", "2")
    page.locator("button.wide", has_text="Show plans").click()
    choose_school(page, "solbakken")
    fill_in(page, email)
    page.get_by_role("button", name="Book the visit").click()
    page.wait_for_url("**/en/visit/**")
    expect(page.get_by_text("Your visit is confirmed.")).to_be_visible()
    with inside(house):
        assert breaches() == []


@ON_SQLITE
def test_the_way_of_a_teacher_is_well_on_every_screen(open_page: Opener, house: House) -> None:
    page = open_page(locale="en-GB")
    unwell = [line for state in the_way(page, house) for line in faults(state)]
    assert unwell == []


def the_way(page: Page, house: House) -> Iterator[Page]:
    """Every state of the teachers' pages, one after the other."""
    on = a_wednesday(house)
    for path in (
        "/en/school",
        "/en/school?grade=0&subject=maths",
        "/en/school/bruer?school_q=skole",
        "/en/school/bruer?school=1&pupils=24",
        "/en/school/visit?plan=1",
        "/en/school/visit?name=6D&grade=6&pupils=24&days=1",
        "/en/school/visit?name=6D&grade=6&pupils=90&days=1",
        "/en/my",
    ):
        page.goto(path)
        yield page
    page.goto("/en/school/waiting-list?programme=bruer")
    yield page
    page.get_by_role("button", name="Put us on the list").click()
    yield page
    plan(page, on, departure="12:00")
    yield page
    plan(page, on, classes=1)
    yield page
    choose_school(page, "skole")
    yield page
    page.get_by_role("button", name="Book the visit").click()
    yield page
    page.fill("#school_q", "havørn")
    page.get_by_role("button", name="Find the school").click()
    yield page
    fill_in(page, new_address())
    page.fill("#invoice_reference", "abc-12")
    page.get_by_role("button", name="Book the visit").click()
    page.wait_for_url("**/en/visit/**")
    yield page
    visit = page.url
    page.get_by_role("link", name=re.compile("^The same again in ")).first.click()
    expect(page.get_by_role("heading", name=re.compile("^The same again in "))).to_be_visible()
    yield page
    page.goto(visit)
    page.get_by_text("Copy the plan to a colleague").click()
    page.get_by_role("button", name="We do not need the lunch room").click()
    expect(page.get_by_text("The lunch room is given back.")).to_be_visible()
    yield page
    page.get_by_role("link", name="See available times").click()
    yield page
    page.get_by_role("button", name="Eat then").first.click()
    expect(page.get_by_text("The lunch room is yours.")).to_be_visible()
    page.get_by_role("link", name="Move the visit").click()
    yield page
    page.goto(visit + "/cancel")
    yield page
    page.get_by_role("button", name="Cancel the visit").click()
    page.wait_for_url(visit)
    yield page
