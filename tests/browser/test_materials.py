"""A sheet from the office to a teacher's phone: brought, refused where it does more than show, found, fetched."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from booking.staff.models import Role
from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.desks import sign_in
from tests.materials.sheets import a_pdf, an_office_file
from tests.support.axe import faults
from tests.support.house import House

pytestmark = ON_SQLITE


def test_staff_bring_a_sheet_and_a_page_and_a_teacher_finds_them_on_a_phone(open_page: Opener, house: House) -> None:
    page = open_page(viewport=DESK, locale="en-GB")
    sign_in(page, house, Role.ADMIN)
    page.goto("/staff/programmes")
    page.get_by_role("link", name="West-coast weather").click()
    page.locator("#materials a.button", has_text="New file").first.click()  # of those for before
    choose(page, a_pdf(b"/OpenAction<</S/JavaScript/JS(app.alert)>>"))
    entitle(page, "Measure the rain")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#file-error")).to_contain_text("does more than show")
    expect(page.locator("#title-en")).to_have_value("Measure the rain en")
    unwell = faults(page)
    choose(page, an_office_file(), "Rain gauge.docx")
    page.get_by_role("button", name="Save").click()
    page.locator("#materials a.button", has_text="New link").last.click()  # of those for after
    page.locator("#url").fill("http://yr.example")
    entitle(page, "The weather now")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#url-error")).to_contain_text("It begins with https://.")
    page.locator("#url").fill("https://www.yr.example/bergen")
    page.get_by_role("button", name="Save").click()
    unwell += faults(page)
    on_a_phone(open_page(viewport=PHONE, java_script_enabled=False, accept_downloads=True))
    page.locator("#materials li", has_text="Measure the rain").get_by_text("Change").click()
    unwell += faults(page)
    assert unwell == []


def choose(page: Page, content: bytes, name: str = "sheet.pdf") -> None:
    """A file of the computer."""
    page.locator("#file").set_input_files({"name": name, "mimeType": "", "buffer": content})  # type: ignore[arg-type]


def entitle(page: Page, title: str) -> None:
    """Say in each language what it is for."""
    for lang in ("nb", "nn", "en", "lv"):
        page.locator(f"#title-{lang}").fill(f"{title} {lang}")


def on_a_phone(page: Page) -> None:
    """What a teacher finds, without scripting."""
    page.goto("/en/school/var-og-vind")
    page.locator("summary", has_text="Before and after the visit").click()
    expect(page.get_by_role("link", name="The weather now en")).to_have_attribute(
        "href", "https://www.yr.example/bergen"
    )
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Measure the rain en").click()
    assert fetched.value.suggested_filename == "Rain gauge.docx"
    page.locator(".months-ahead a").last.click()
    expect(page).to_have_url(re.compile(r"/en/school/var-og-vind\?month=2027-03#month$"))
