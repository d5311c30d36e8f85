"""What people come back for stands on a few screens of a phone: nobody scrolls through what others may want."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.steps import buy, new_address

pytestmark = ON_SQLITE

SCREEN = PHONE["height"]


def screens(page: Page) -> float:
    """How many screens the page's own content is long, as it comes."""
    return float(page.locator("main").evaluate("main => main.getBoundingClientRect().height")) / SCREEN


def test_a_booking_its_change_and_what_can_be_added_fit_three_screens_of_a_phone(open_page: Opener) -> None:
    page = open_page(viewport=PHONE)
    booking = buy(page, new_address())
    code = page.locator(".party-ticket .qr").bounding_box()
    assert code and code["y"] + code["height"] < SCREEN  # what is shown at the door needs no scrolling
    long = {"": screens(page)}
    for part in ("/change", "/add", "/cancel", "/receipts"):
        page.goto(booking.partition("#")[0] + part)
        long[part] = screens(page)
    assert {part: size for part, size in long.items() if size > 3.2} == {}


def test_a_teacher_unfolds_the_stage_of_the_class_and_reads_no_others(open_page: Opener) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/nb/school")
    stages = page.locator("details.stage")
    assert screens(page) < 3
    expect(page.get_by_role("link", name="Bruer som bærer")).to_have_count(0)  # nothing is read out of a closed fold
    stages.filter(has_text="Trinn 5–7").locator("summary").click()
    expect(page.get_by_role("link", name="Bruer som bærer")).to_have_count(1)
    expect(page.get_by_role("link", name="Kode med lys")).to_have_count(1)  # for 6 to 8: of this stage and the next


def test_on_a_wide_screen_the_whole_catalogue_stands_open_and_says_each_programme_once(open_page: Opener) -> None:
    page = open_page(viewport=DESK)
    page.goto("/nb/school")
    for name in ("Bruer som bærer", "Kode med lys", "DNA-detektivene"):
        expect(page.get_by_role("link", name=name)).to_have_count(1)
    expect(page.locator(".filters #grade")).to_be_visible()
