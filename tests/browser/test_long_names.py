"""Names and addresses without a place to break, on the narrowest screens; and codes, whatever the page looks like."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from booking.staff.models import Role
from tests.browser.conftest import ON_SQLITE, Opener
from tests.browser.desks import a_party, sign_in
from tests.browser.steps import buy, choose_time, fill_in, go_to_checkout, go_to_pay, new_address, play
from tests.support.axe import sticks_out
from tests.support.house import House

pytestmark = ON_SQLITE

NARROW = {"width": 320, "height": 640}
NAME = "Kari-" + "Nordmannsundstrandvikbakkehaugen" * 3
ADDRESS = ("kari." + "nordmannsundstrand" * 3)[:60] + "@" + "eksempel" * 6 + ".example.org"


def too_wide(page: Page, paths: list[str]) -> list[str]:
    """The pages of these that are wider than the screen."""
    wide = []
    for path in paths:
        answer = page.goto(path)
        assert answer is not None and answer.status < 400, path
        if sticks_out(page):
            wide.append(path)
    return wide


def test_a_long_name_breaks_on_the_way_to_a_ticket_and_after(open_page: Opener) -> None:
    page = open_page(viewport=NARROW)
    choose_time(page)
    go_to_checkout(page)
    fill_in(page, "kein Platz", NAME)
    page.locator("main form button.wide:not([value=vipps])").click()  # refused: what was typed is shown again
    assert not sticks_out(page)
    fill_in(page, ADDRESS, NAME)
    go_to_pay(page)
    assert not sticks_out(page)
    play(page, "pay")
    page.wait_for_url("**/b/**")
    assert NAME in page.locator("main").inner_text().replace("\n", "")
    own = page.url
    assert too_wide(page, [own, f"{own}/change", f"{own}/cancel", "/nb/my-booking", "/nb/tickets"]) == []


def test_what_a_day_costs_stays_in_its_cell_in_every_language(open_page: Opener) -> None:
    page = open_page(viewport={"width": 360, "height": 740})
    for lang in ("nb", "nn", "en", "lv"):
        page.goto(f"/{lang}/tickets")
        wide = "days => days.filter(day => day.scrollWidth > day.clientWidth).map(day => day.innerText)"
        assert page.locator("a.day").evaluate_all(wide) == [], lang


def test_a_long_name_breaks_in_the_office_and_at_the_desk(open_page: Opener, house: House) -> None:
    page = open_page(viewport=NARROW)
    party, school = a_party(house, 2, name=NAME), a_party(house, 12, name=NAME, school=NAME)
    sign_in(page, house, Role.ADMIN)
    paths = [
        "/staff/",
        "/staff/desk/",
        f"/staff/desk/search?q={party.reference}",
        "/staff/desk/evacuation",
        "/staff/bookings",
        "/staff/capacity",
    ]
    paths += ["/staff/mails", "/staff/people", "/staff/log", "/staff/desk/house", "/staff/schools", "/staff/closures"]
    paths += [f"/staff/bookings/{booking.booking_id}" for booking in (party, school)]
    paths += [f"/staff/desk/booking/{booking.booking_id}" for booking in (party, school)]
    assert too_wide(page, paths) == []


@pytest.mark.parametrize(
    "look",
    [{"color_scheme": "dark"}, {"forced_colors": "active", "color_scheme": "dark"}, {"styles": "none"}],
    ids=["dark", "forced colours", "without styles"],
)
def test_a_code_is_read_whatever_the_page_looks_like(open_page: Opener, look: dict[str, str]) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, device_scale_factor=2)
    own = buy(page, new_address())
    if look.pop("styles", ""):
        page.route("**/*.css*", lambda route: route.fulfill(body="", content_type="text/css"))
    page.emulate_media(**look)  # type: ignore[arg-type]  # names of Playwright's
    page.goto(own)
    code = page.locator("svg.qr").first
    code.scroll_into_view_if_needed()
    image = Image.open(io.BytesIO(code.screenshot()))
    assert [code.text.startswith("BST1.") for code in zxingcpp.read_barcodes(image)] == [True]
    corner = image.convert("RGB").getpixel((image.width // 40, image.height // 40))
    assert corner == (255, 255, 255)  # the quiet zone is part of the picture
