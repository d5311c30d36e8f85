"""An empty house becomes a centre, and the centre sells its first ticket, through the screens alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from booking.kernel import clock
from tests.browser.steps import choose_first_time, new_address
from tests.support.axe import faults
from tests.support.house import House, open_house
from tests.support.one_day import new_context
from tests.support.postgres import PostgresServer

TOMORROW = clock.now().date() + timedelta(days=1)
VIEWS = ({"width": 360, "height": 740}, {"width": 768, "height": 1024}, {"width": 1280, "height": 900})
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 16"><path d="M2 2l8 12L18 2" fill="none" '
    b'stroke="#123456"/></svg>'
)


@pytest.fixture
def empty_house(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A fresh start without demo data, on PostgreSQL; test_first_visit starts so on SQLite."""
    url = postgres.create_database("empty_house")
    with open_house(tmp_path_factory.mktemp("empty"), DATABASE_URL=url, DEMO_CENTRE="none") as opened:
        yield opened


@pytest.fixture
def admin(browser: Browser, empty_house: House) -> Iterator[Page]:
    """The first administrator's browser, before anything is there."""
    context = new_context(browser, viewport=VIEWS[2], base_url=empty_house.url, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def save(page: Page, button: str = "Save") -> None:
    """Send the form and see no complaint."""
    page.get_by_role("button", name=button, exact=True).first.click()
    page.wait_for_load_state()
    expect(page.locator(".error")).to_have_count(0)


def test_vizium_is_set_up_from_nothing_to_its_first_sold_ticket(admin: Page, empty_house: House) -> None:
    page = admin
    assert page.goto("/").status == 503  # type: ignore[union-attr]  # there is an answer
    come_in(page, empty_house)
    make_the_centre(page)
    choose_a_logo(page)
    make_spaces(page)
    open_all_week(page)
    make_entry(page)
    make_tickets(page)
    make_times(page)
    buy_a_ticket(page)
    page.goto("/staff/set-up")
    expect(page.locator(".to-do li.done")).to_have_count(7)


def come_in(page: Page, house: House) -> None:
    page.goto(house.staff_link())
    page.locator("main button").first.click()
    page.wait_for_url("**/staff/settings")
    expect(page.get_by_role("heading", level=1)).to_have_text("Make your centre")


def make_the_centre(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("VIZIUM")
    page.get_by_label("Legal name").fill("Zinātnes centrs VIZIUM")
    page.get_by_label("Email", exact=True).fill("biletes@example.org")
    for language, wanted in (("Bokmål", False), ("Latviešu", True), ("English", True)):
        page.get_by_role("checkbox", name=language).set_checked(wanted)
    page.locator("#first_language").select_option("lv")
    page.locator("#country").select_option("LV")
    page.locator("#currency").select_option("EUR")
    page.locator("#timezone").select_option("Europe/Riga")
    page.locator("#brand").fill("#ffee00")
    page.get_by_role("button", name="Make the centre").click()
    expect(page.locator("#brand-error")).to_contain_text("cannot be read well")
    expect(page.get_by_label("Name", exact=True)).to_have_value("VIZIUM")
    page.locator("#brand").fill("#7a1f5c")
    save(page, "Make the centre")
    page.wait_for_url("**/staff/set-up")


def choose_a_logo(page: Page) -> None:
    page.goto("/staff/settings")
    bad = LOGO.replace(b"<path", b"<script>alert(1)</script><path")
    page.locator("#logo").set_input_files({"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": bad})
    page.get_by_role("button", name="Use this logo").click()
    expect(page.locator("#logo-error")).to_contain_text("does more than draw")
    page.locator("#logo").set_input_files({"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": LOGO})
    save(page, "Use this logo")
    expect(page.locator(".logo-now")).to_be_visible()


def make_spaces(page: Page) -> None:
    for lv, en, capacity in (("Ēka", "The house", "700"), ("Zāle", "The hall", "250")):
        page.goto("/staff/spaces/new")
        page.locator("#name-lv").fill(lv)
        page.locator("#name-en").fill(en)
        page.locator("#capacity").fill(capacity)
        save(page)


def open_all_week(page: Page) -> None:
    page.goto("/staff/hours/new")
    for box in page.locator("input[name=weekdays]").all():
        box.check()
    page.locator("#opens").fill("10:00")
    page.locator("#closes").fill("18:00")
    save(page)
    page.goto("/staff/timetable/holidays")
    page.get_by_role("button", name="Close on these days").click()
    expect(page.locator("#days")).to_contain_text("Christmas")


def make_entry(page: Page) -> None:
    page.goto("/staff/activities/new")
    page.locator("#title-lv").fill("Ieeja")
    page.locator("#title-en").fill("Entry")
    page.locator("#kind").select_option("admission")
    page.locator("#minutes").fill("30")
    page.locator("#stay_minutes").fill("120")
    page.locator("#capacity").fill("80")
    page.locator("#space_id").select_option(label="The hall")
    save(page)


def make_tickets(page: Page) -> None:
    for lv, en, price in (("Pieaugušais", "Adult", "10"), ("Bērns", "Child", "7,00")):
        page.goto("/staff/tickets/new")
        page.locator("#title-lv").fill(lv)
        page.locator("#title-en").fill(en)
        page.locator("#price").fill(price)
        page.locator("#vat_rate").fill("21")
        page.get_by_role("checkbox", name="Entry").check()
        if en == "Adult":
            page.locator("#brings_adult").check()
        save(page)


def make_times(page: Page) -> None:
    page.goto("/staff/patterns/new")
    page.locator("#activity_id").select_option(label="Entry")
    page.locator("#every_minutes").fill("30")
    save(page)
    page.goto("/staff/timetable")
    page.get_by_role("button", name="Look at what would happen").click()
    page.wait_for_url("**/preview**")
    expect(page.locator(".counted")).to_contain_text("Times made")
    assert int(page.locator(".counted dd").first.inner_text()) > 1000
    page.get_by_role("button", name="Do it").click()
    page.wait_for_url("**/staff/work/*")
    expect(page.locator("main")).to_contain_text("Done", timeout=60_000)


def buy_a_ticket(page: Page) -> None:
    page.goto("/en/tickets")
    choose_first_time(page, later=1)
    page.get_by_label("Adult").fill("2")
    page.locator(".pay-bar button:not([formaction])").click()
    page.wait_for_url("**/checkout/**")
    expect(page.locator("main")).to_contain_text("€20")
    page.locator("#name").fill("Ilze Bērziņa")
    page.locator("#email").fill(new_address())
    page.locator("#terms").check()
    page.locator("main form button.wide:not([value=vipps])").click()
    page.wait_for_url("**/pay/**")
    page.locator("button[value=pay]").click()
    page.wait_for_url("**/b/**")
    expect(page.locator(".party-ticket")).to_be_visible()


ROOMS = (
    "/staff/settings",
    "/staff/set-up",
    "/staff/spaces/new",
    "/staff/timetable",
    "/staff/timetable/holidays",
    "/staff/timetable/several",
    f"/staff/timetable/preview?start={TOMORROW}&until={TOMORROW + timedelta(days=6)}&change=y",
    "/staff/hours/new",
    "/staff/days/new",
    "/staff/patterns/new",
    "/staff/allotments/new",
    "/staff/duties/new",
    "/staff/activities",
    "/staff/activities/new",
    "/staff/tickets",
    "/staff/tickets/new",
    "/staff/prices/new",
    "/staff/import",
)


@pytest.fixture
def vizium(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """An administrator's browser at the demo of VIZIUM."""
    folder = tmp_path_factory.mktemp("vizium")
    with open_house(folder, "vizium", DATABASE_URL=f"sqlite:///{folder}/house.db") as opened:
        context = new_context(browser, base_url=opened.url, locale="en-GB")
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(opened.staff_link())
        page.locator("main button").first.click()
        yield page
        context.close()


def test_every_page_of_setting_up_is_well_on_every_screen(vizium: Page) -> None:
    page, wrong = vizium, []
    rooms = list(ROOMS)
    for listed, part in (
        ("/staff/activities", "/activities/"),
        ("/staff/tickets", "/tickets/"),
        ("/staff/settings", "/spaces/"),
    ):
        page.goto(listed)
        rooms.append(str(page.locator(f"td a[href*='{part}'], th a[href*='{part}']").first.get_attribute("href")))
    for room in rooms:
        page.goto(room)
        wrong += faults(page)
    page.goto("/staff/activities/new")
    page.get_by_role("button", name="Save").click()
    wrong += faults(page)
    page.goto("/lv/")
    wrong += faults(page)
    assert wrong == []
