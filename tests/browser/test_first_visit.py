"""An empty house gets a programme, a school and an agreement by the pages alone; then a teacher books under it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from booking.kernel import clock
from tests.browser.steps import new_address
from tests.browser.test_setup import come_in, make_the_centre, save
from tests.support.axe import faults
from tests.support.house import House, open_house
from tests.support.one_day import new_context


def a_tuesday() -> date:
    """Some weeks ahead, and no public holiday of ours."""
    day = clock.now().date() + timedelta(days=25)
    return day + timedelta(days=(1 - day.weekday()) % 7)


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A fresh start without demo data."""
    folder = tmp_path_factory.mktemp("schools")
    with open_house(folder, DATABASE_URL=f"sqlite:///{folder}/house.db", DEMO_CENTRE="none") as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    """The first administrator's browser."""
    context = new_context(browser, viewport={"width": 1280, "height": 900}, base_url=house.url, locale="en-GB")
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()


def test_from_nothing_to_a_visit_that_a_teacher_books_under_an_agreement(page: Page, house: House) -> None:
    on = a_tuesday()
    come_in(page, house)
    make_the_centre(page)
    make_a_lab(page)
    make_a_programme(page)
    make_times(page, on)
    make_rules(page)
    say_what_teachers_see(page)
    make_a_school(page)
    link = make_an_agreement(page)
    book(page, on)
    page.goto(link)
    expect(page.locator("dl.facts")).to_contain_text("580")
    page.goto("/staff/agreements")
    expect(page.locator("tbody")).to_contain_text("580 of 600")
    page.goto("/staff/set-up")
    expect(page.locator(".to-do").nth(1).locator("li.done")).to_have_count(4)
    look_at_every_room(page)


def make_a_lab(page: Page) -> None:
    for name, capacity in (("Ēka", "400"), ("Laboratorija", "32")):
        page.goto("/staff/spaces/new")
        page.locator("#name-lv").fill(name)
        page.locator("#capacity").fill(capacity)
        save(page)
    page.goto("/staff/hours/new")
    for box in page.locator("input[name=weekdays]").all():
        box.check()
    page.locator("#opens").fill("09:00")
    page.locator("#closes").fill("16:00")
    save(page)


def make_a_programme(page: Page) -> None:
    page.goto("/staff/programmes")
    page.get_by_role("link", name="New programme").click()
    expect(page.locator("#kind")).to_have_value("programme")
    page.locator("#title-lv").fill("Tilti, kas tur")
    page.locator("#title-en").fill("Bridges that hold")
    page.locator("#minutes").fill("60")
    page.locator("#capacity").fill("30")
    page.locator("#space_id").select_option(label="Laboratorija")
    save(page)


def make_times(page: Page, on: date) -> None:
    page.goto("/staff/timetable/several")
    form = page.locator("form", has=page.locator("#activity_id"))
    form.locator("#activity_id").select_option(label="Bridges that hold")
    form.locator("#start").fill(on.isoformat())
    form.locator("#until").fill(on.isoformat())
    form.locator("#times").fill("10:00 12:00")
    form.get_by_role("button").first.click()
    page.get_by_role("button", name="Do it").click()
    page.wait_for_url("**/staff/work/*")
    expect(page.locator("main")).to_contain_text("Done", timeout=60_000)


def make_rules(page: Page) -> None:
    for lv, en in (("Skolēns", "Pupil"), ("Pieaugušais", "Adult")):
        page.goto("/staff/tickets/new")
        page.locator("#title-lv").fill(lv)
        page.locator("#title-en").fill(en)
        page.locator("#price").fill("0")
        save(page)
    page.goto("/staff/school-rules")
    for name, value in (("pupil_price", "5"), ("adult_price", "5"), ("least_price", "0")):
        page.locator(f"#{name}").fill(value)
    page.locator("#pupil_type_id").select_option(label="Pupil")
    page.locator("#adult_type_id").select_option(label="Adult")
    save(page)


def say_what_teachers_see(page: Page) -> None:
    page.goto("/staff/programmes")
    expect(page.locator("tbody")).to_contain_text("teachers do not see it yet")
    page.get_by_role("link", name="Bridges that hold").click()
    page.locator("#grade_from").select_option("5")
    page.locator("#grade_to").select_option("7")
    page.get_by_role("checkbox", name="Mathematics").check()
    page.locator("#aims-lv").fill("Izplānot tiltu.")
    page.locator("#aims-en").fill("Plan a bridge.")
    page.locator("#price_by").select_option("group")
    page.locator("#price").fill("80")
    save(page)
    page.get_by_role("link", name="As teachers see it").click()
    expect(page.locator("main")).to_contain_text("80")
    expect(page.locator("main")).to_contain_text("par klasi")


def make_a_school(page: Page) -> None:
    page.goto("/staff/schools")
    page.get_by_role("link", name="New school").click()
    page.locator("#name").fill("Ventspils 1. pamatskola")
    page.locator("#municipality").fill("Ventspils")
    page.locator("#org_number").fill("40003032940")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#org_number-error")).to_contain_text("check it once more")
    page.locator("#org_number").fill("4000 303 2949")
    page.locator("#pattern").select_option("own")
    page.locator("#reference_pattern").fill("V-999")
    page.locator("#try_reference").fill("v-123")
    page.get_by_role("button", name="Try the reference").click()
    expect(page.locator("#tried")).to_contain_text("kept as “V-123”")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ventspils 1. pamatskola")


def make_an_agreement(page: Page) -> str:
    page.goto("/staff/agreements")
    page.get_by_role("link", name="New agreement").click()
    page.locator("#payer").fill("Ventspils valstspilsēta")
    page.locator("#pays").select_option("share")
    page.locator("#percent").fill("75")
    page.locator("#municipality").fill("Ventspils")
    page.locator("#most_pupils").fill("600")
    save(page)
    expect(page.locator("main")).to_contain_text("without a code for 1 school")
    return str(page.locator("#share a").get_attribute("href"))


def book(page: Page, on: date) -> None:
    page.goto("/en/school/visit")
    for name, value in (("name-0", "6.a"), ("pupils-0", "20"), ("adults-0", "2"), ("date", on.isoformat())):
        page.fill(f"#{name}", value)
    page.select_option("#grade-0", "6")
    page.select_option("#exhibition", "0")
    page.get_by_role("checkbox", name="Bridges that hold").check()
    page.locator("button.wide", has_text="Show plans").click()
    page.get_by_role("button", name="Choose this plan").first.click()
    page.fill("#school_q", "ventspils")
    page.get_by_role("button", name="Find the school").click()
    expect(page.locator(".dues").first).to_contain_text("Ventspils valstspilsēta €60")
    email = new_address()
    for name, value in (("name", "Ilze Bērziņa"), ("email", email), ("mobile", "+371 20000000")):
        page.fill(f"#{name}", value)
    page.get_by_role("button", name="Book the visit").click()
    page.wait_for_url("**/en/visit/**")
    expect(page.get_by_text("Your visit is confirmed.")).to_be_visible()
    expect(page.locator(".dues").first).to_contain_text("The school €20")


def look_at_every_room(page: Page) -> None:
    rooms = ["/staff/schools", "/staff/schools/1", "/staff/agreements", "/staff/agreements/1", "/staff/programmes"]
    wrong = []
    of_invoices = ("", "/bank", "/payers", "/sending", "/reminders", "/collector", "/let-go")
    of_money = [f"/staff/invoices{name}" for name in of_invoices]
    of_money += [f"/staff/books{name}" for name in ("", "/receipts", "/payouts", "/accounts")]
    for room in (*rooms, "/staff/programmes/1", "/staff/school-rules", "/staff/import?what=schools", *of_money):
        page.goto(room)
        wrong += faults(page)
    assert wrong == []
