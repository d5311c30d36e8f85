"""A morning at the desk, in a real browser, on both databases."""

from __future__ import annotations

import io
import re
import time
from datetime import datetime, timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from booking.documents.qr import door_text
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.staff.models import Role
from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.desks import (
    a_party,
    admitted,
    answer,
    days_until_room,
    inside,
    is_looked_after,
    keeps,
    let_in,
    sign_everybody_out,
    sign_in,
)
from tests.browser.steps import fill_in, new_address
from tests.builders import pay_for
from tests.support.axe import faults
from tests.support.house import House

TABLET = {"width": 768, "height": 1024}


@pytest.fixture
def desk(open_page: Opener, house: House) -> Page:
    """The scan page on a phone, signed in as the desk."""
    page = open_page(viewport=PHONE, locale="en-GB")
    sign_in(page, house)
    page.goto("/staff/desk/scan")
    keeps(page, "parties")
    return page


def scan(page: Page, text: str) -> None:
    """A USB scanner types and presses Enter."""
    page.locator("#code").focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


LET_IN = ".sheet > .counts"  # the form that lets more in; a count is corrected in another


def test_a_scanner_lets_a_family_in_and_the_next_scan_says_when(desk: Page, house: House) -> None:
    family = a_party(house, 3)
    scan(desk, family.typed)
    answer(desk, "welcome")
    expect(desk.locator(".answer-count")).to_have_text("3 people")
    expect(desk.locator("#code")).to_have_value("")
    expect(desk.locator("#code")).to_be_focused()
    scan(desk, family.typed)
    answer(desk, "already_in")
    expect(desk.locator(".answer")).to_contain_text("3 people (Desk Person)")
    assert admitted(house, family) == 3


def test_a_reference_typed_by_hand_does_too_and_undo_takes_it_back(desk: Page, house: House) -> None:
    family = a_party(house, 2)
    scan(desk, f"{family.reference[:4]}-{family.reference[4:]}".lower())
    answer(desk, "welcome")
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Undone.")).to_be_visible()
    assert admitted(house, family) == 0


@ON_SQLITE
def test_codes_that_are_not_ours_are_told_apart_and_admit_nobody(desk: Page) -> None:
    scan(desk, "https://example.org/menu")
    answer(desk, "foreign")
    scan(desk, door_text(new_secret()))
    answer(desk, "unknown")
    scan(desk, "x" * 290)
    answer(desk, "foreign")


def test_not_all_of_a_family_are_here(desk: Page, house: House) -> None:
    family = a_party(house, 4)
    scan(desk, family.typed)
    desk.get_by_role("link", name="Not all are here").click()
    box = desk.locator(".correction[open] input[type=number]")
    expect(box).to_have_value("4")
    box.fill("3")
    desk.get_by_role("button", name="Save the corrected count").click()
    expect(desk.locator(".answer-count")).to_have_text("3 people")
    assert admitted(house, family) == 3
    expect(desk.locator(f"{LET_IN} input[type=number]")).to_have_value("0")


def test_a_class_is_counted_in_part_by_part(desk: Page, house: House) -> None:
    school = a_party(house, 25, name="Åse Lærer", school="Solbakken skole 5B")
    scan(desk, school.typed)
    answer(desk, "ask")
    desk.get_by_role("link", name="Count them in").click()
    box = desk.locator(f"{LET_IN} input[type=number]")
    expect(box).to_have_value("25")
    box.fill("23")
    desk.locator(LET_IN).get_by_role("button", name="Let in").click()
    expect(desk.locator(".answer-count")).to_have_text("23 people")
    desk.goto(f"/staff/desk/booking/{school.booking_id}")
    expect(desk.locator(f"{LET_IN} input[type=number]")).to_have_value("2")
    desk.locator(f"{LET_IN} input[type=number]").fill("3")
    desk.locator(LET_IN).get_by_role("button", name="Let in").click()
    expect(desk.locator("[role=alert]")).to_contain_text("26 came, 25 booked: let all 26 in?")
    desk.locator(f"{LET_IN} input[type=number]").fill("2")
    desk.locator(LET_IN).get_by_role("button", name="Let in").click()
    expect(desk.locator(".answer-count")).to_have_text("2 people")
    assert admitted(house, school) == 25


def test_another_day_is_let_in_only_with_a_reason(desk: Page, house: House) -> None:
    family = a_party(house, 2, days=3)
    scan(desk, family.typed)
    answer(desk, "wrong_day")
    desk.get_by_role("link", name="Let in anyway").click()
    desk.locator(f"{LET_IN} input[type=number]").fill("2")
    desk.locator(LET_IN).get_by_role("button", name="Let in").click()
    expect(desk.locator("[role=alert]")).to_contain_text("Write a reason")
    desk.get_by_label("Why are they let in at another time?").fill("Wrong day chosen when booking")
    desk.locator(f"{LET_IN} input[type=number]").fill("2")
    desk.locator(LET_IN).get_by_role("button", name="Let in").click()
    expect(desk.locator(".answer-count")).to_have_text("2 people")
    assert admitted(house, family) == 2


def test_the_search_finds_while_one_types(desk: Page, house: House) -> None:
    a_party(house, 2, name="Åse Kvitfjell")
    desk.locator("#q").press_sequentially("asa kvit")
    hit = desk.locator("#found .hits a").first
    expect(hit).to_contain_text("Åse Kvitfjell")
    hit.click()
    expect(desk.locator("h1")).to_have_text("Åse Kvitfjell")


def test_the_board_shows_an_arrival_without_being_opened_again(open_page: Opener, house: House) -> None:
    school = a_party(house, 20, name="Ola Lærer", school="Havørn skole 7C")
    page = open_page(viewport=DESK, locale="en-GB")
    sign_in(page, house)
    page.goto("/staff/desk/")
    group = page.locator(".group", has_text="Havørn skole 7C")
    expect(group).to_contain_text("20 expected")
    page.evaluate("window.stays = true")
    let_in(house, school, 18)
    page.clock.fast_forward("00:10")
    expect(group).to_contain_text("18 of 20 here")
    assert page.evaluate("window.stays") is True


def test_the_network_goes_and_comes_back(desk: Page, house: House) -> None:
    at_home, twice = a_party(house, 3), a_party(house, 2)
    desk.reload()
    keeps(desk, at_home.reference)
    keeps(desk, twice.reference)
    desk.context.set_offline(True)
    expect(desk.locator("[data-offline]")).to_be_visible()
    scan(desk, at_home.typed)
    answer(desk, "welcome")
    expect(desk.locator(".answer-count")).to_have_text("3")
    scan(desk, at_home.typed)
    answer(desk, "already_in")
    scan(desk, twice.reference)
    answer(desk, "welcome")
    scan(desk, door_text(new_secret()))
    answer(desk, "unknown")
    expect(desk.locator("[data-waiting]")).to_contain_text("5")
    assert admitted(house, at_home) == 0
    let_in(house, twice, 2)
    desk.context.set_offline(False)
    expect(desk.locator("[data-offline]")).to_be_hidden(timeout=20_000)
    expect(desk.locator("[data-troubles]")).to_contain_text(twice.reference)
    assert (admitted(house, at_home), admitted(house, twice)) == (3, 2)
    assert desk.evaluate("localStorage.getItem('bestill.later')") == "[]"


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_without_network_a_device_with_a_wrong_clock_and_zone_judges_by_the_centres(
    open_page: Opener, house: House, zone: str
) -> None:
    family = a_party(house, 2)
    page = open_page(viewport=PHONE, locale="en-GB", timezone_id=zone)
    page.clock.install(time=clock.now() + timedelta(hours=9 if zone.startswith("America") else -9))
    sign_in(page, house)
    page.goto("/staff/desk/scan")
    keeps(page, family.reference)
    page.context.set_offline(True)
    page.clock.fast_forward("00:10")
    expect(page.locator("[data-offline]")).to_be_visible()
    expect(page.locator("[data-no-list]")).to_be_hidden()
    scan(page, family.typed)
    answer(page, "welcome")
    (kept,) = page.evaluate("JSON.parse(localStorage.getItem('bestill.later'))")
    assert abs((datetime.fromisoformat(kept["at"]) - clock.now()).total_seconds()) < 120


def test_without_network_a_class_is_counted_before_it_goes_in(desk: Page, house: House) -> None:
    school = a_party(house, 25, school="Fana skole 5B")
    desk.reload()
    keeps(desk, school.reference)
    desk.context.set_offline(True)
    expect(desk.locator("[data-offline]")).to_be_visible()
    scan(desk, school.typed)
    answer(desk, "ask")
    desk.get_by_label("Come in now").fill("23")
    desk.locator(".answer").get_by_role("button", name="Let in").click()
    expect(desk.locator("[data-waiting]")).to_contain_text("23")
    scan(desk, school.typed)
    expect(desk.get_by_label("Come in now")).to_have_value("2")
    desk.context.set_offline(False)
    expect(desk.locator("[data-offline]")).to_be_hidden(timeout=20_000)
    assert admitted(house, school) == 23


def test_a_ticket_let_in_twice_is_told_to_the_other_device_too(desk: Page, open_page: Opener, house: House) -> None:
    family = a_party(house, 2)
    desk.reload()
    keeps(desk, family.reference)
    other = open_page(viewport=TABLET, locale="en-GB")
    sign_in(other, house, Role.EDUCATOR)
    other.goto("/staff/desk/scan")
    keeps(other, family.reference)
    other.context.set_offline(True)
    expect(other.locator("[data-offline]")).to_be_visible()
    scan(other, family.typed)
    answer(other, "welcome")
    scan(desk, family.typed)
    answer(desk, "welcome")
    other.context.set_offline(False)
    for page in (other, desk):
        page.clock.fast_forward("00:15") if page is desk else None
        expect(page.locator("[data-troubles]")).to_contain_text(family.reference)
        expect(page.locator("[data-troubles]")).to_contain_text("Desk Person")
    assert admitted(house, family) == 2


@ON_SQLITE
def test_the_scan_page_opens_again_without_the_network(desk: Page, house: House) -> None:
    family = a_party(house, 2)
    desk.reload()
    keeps(desk, family.reference)
    is_looked_after(desk)
    house.stop()
    try:
        desk.reload()
        expect(desk.locator("[data-offline]")).to_be_visible()
        scan(desk, family.typed)
        answer(desk, "welcome")
    finally:
        house.start()
    expect(desk.locator("[data-offline]")).to_be_hidden(timeout=30_000)
    assert admitted(house, family) == 2


def test_who_is_signed_out_meanwhile_signs_in_again_and_nothing_is_lost(desk: Page, house: House) -> None:
    family = a_party(house, 2)
    desk.reload()
    keeps(desk, family.reference)
    desk.context.set_offline(True)
    expect(desk.locator("[data-offline]")).to_be_visible()
    scan(desk, family.typed)
    answer(desk, "welcome")
    sign_everybody_out(house)
    desk.context.set_offline(False)
    desk.wait_for_url("**/staff/sign-in*", timeout=20_000)
    sign_in(desk, house)
    desk.goto("/staff/desk/scan")
    expect(desk.locator("[data-offline]")).to_be_hidden()
    until = time.monotonic() + 20
    while admitted(house, family) < 2 and time.monotonic() < until:
        desk.wait_for_timeout(200)
    assert admitted(house, family) == 2


def test_a_walk_in_pays_on_their_own_phone_and_the_desk_sees_it(open_page: Opener, house: House) -> None:
    page = open_page(viewport=DESK, locale="en-GB")
    sign_in(page, house)
    a_party(house, 1)  # so that there is a time to sell now, whatever the clock says
    page.goto("/staff/desk/sell")
    page.locator(".choice input").first.fill("2")
    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url("**/sell/*")
    shown = Image.open(io.BytesIO(page.locator(".pay-qr").screenshot()))
    (code,) = zxingcpp.read_barcodes(shown)
    assert re.search(r"/en/checkout/[0-9A-Z]{26}$", code.text)
    phone = open_page(viewport=PHONE, locale="en-GB")
    phone.goto(code.text)
    fill_in(phone, new_address())
    phone.locator("main form button.wide:not([value=vipps])").click()
    phone.wait_for_url("**/pay/**")
    phone.locator("button[value=pay]").click()
    phone.wait_for_url("**/b/**")
    expect(page.locator(".answer.welcome")).to_contain_text("Paid", timeout=20_000)
    page.get_by_role("link", name="Let in").click()
    page.locator(LET_IN).get_by_role("button", name="Let in").click()
    expect(page.locator(".answer-count")).to_have_text("2 people")


def test_a_sale_in_the_till_keeps_its_receipt_number(open_page: Opener, house: House) -> None:
    page = open_page(viewport=TABLET, locale="en-GB")
    sign_in(page, house)
    a_party(house, 1)
    page.goto("/staff/desk/sell")
    page.locator(".choice input").first.fill("1")
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="It is paid in the till").click()
    page.get_by_label("Number on the receipt").fill("K-4711")
    page.get_by_role("button", name="It is paid in the till").click()
    expect(page.locator(".answer.welcome")).to_contain_text("Paid")
    page.get_by_role("link", name="Let in").click()
    expect(page.locator("main")).to_contain_text("K-4711")


def test_the_desk_moves_corrects_and_cancels(open_page: Opener, house: House) -> None:
    family = a_party(house, 2, name="Marit Vik", days=days_until_room(house, 4))
    with inside(house):
        pay_for(family.booking_id, 42000)
    address = new_address()
    page = open_page(viewport=TABLET, locale="en-GB")
    sign_in(page, house, Role.ADMIN)
    page.goto(f"/staff/desk/booking/{family.booking_id}")
    page.get_by_text("Correct the email address").click()
    page.get_by_label("Email", exact=True).fill("not an address")
    page.get_by_role("button", name="Save and send the tickets").click()
    expect(page.locator("[role=alert]")).to_contain_text("does not look like an email address")
    expect(page.get_by_label("Email", exact=True)).to_have_value("not an address")
    page.get_by_label("Email", exact=True).fill(address)
    page.get_by_role("button", name="Save and send the tickets").click()
    assert house.mailbox.letter_to(address)
    page.get_by_role("link", name="Another time or number").click()
    page.locator("#when a.time.free, #when a.time.few").last.click()
    expect(page.locator("main")).to_contain_text("Their code stays the same")
    page.get_by_role("button", name="Make the change").click()
    page.wait_for_url(f"**/booking/{family.booking_id}*")
    expect(page.locator(".notice.good")).to_contain_text("The booking is changed.")
    assert house.mailbox.letter_to(address)
    page.get_by_text("Cancel the booking").first.click()
    page.get_by_label("All of it, although the rules say otherwise").check()
    page.get_by_role("button", name="Cancel the booking").click()
    expect(page.locator("[role=alert]")).to_contain_text("Say why")
    page.locator("#cancel-reason").fill("Ill child")
    page.get_by_role("button", name="Cancel the booking").click()
    expect(page.locator("main")).to_contain_text("Cancelled")


@ON_SQLITE
def test_every_page_of_the_desk_is_well_on_every_screen(open_page: Opener, house: House) -> None:
    page = open_page(locale="nb-NO")
    sign_in(page, house)
    family, school = a_party(house, 3), a_party(house, 25, school="Lyngheia skole 2A")
    unwell = []
    for path in (
        "/staff/desk/",
        "/staff/desk/scan?post=2&ask=1",
        "/staff/desk/search?q=skole",
        "/staff/desk/search?q=zzzz",
        "/staff/desk/sell",
        "/staff/desk/sell/gift-card",
        "/staff/desk/house",
        "/staff/desk/evacuation",
        "/staff/desk/day",
        f"/staff/desk/booking/{school.booking_id}?anyway=1",
        f"/staff/desk/booking/{family.booking_id}/change",
    ):
        page.goto(path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        unwell += faults(page)
    page.goto("/staff/desk/scan")
    for text in (family.typed, family.typed, school.typed, "nonsense"):
        scan(page, text)
        page.locator(".answer").wait_for()
        page.wait_for_timeout(200)
        unwell += faults(page)
    assert not unwell, "\n".join(unwell)
