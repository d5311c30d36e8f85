"""More of a class come than are booked, in a real browser, with the network and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.desks import a_party, admitted, answer, keeps, sign_in
from tests.browser.test_desk import LET_IN, scan
from tests.support.axe import faults
from tests.support.house import House


@pytest.fixture
def desk(open_page: Opener, house: House) -> Page:
    """The scan page on a phone, signed in as the desk."""
    page = open_page(viewport=PHONE, locale="en-GB")
    sign_in(page, house)
    page.goto("/staff/desk/scan")
    keeps(page, "parties")
    return page


@ON_SQLITE
def test_more_of_a_class_than_booked_are_asked_about_with_the_network_and_without(desk: Page, house: House) -> None:
    first, second = a_party(house, 24, school="Fana skole 5B"), a_party(house, 24, school="Fana skole 5C")
    desk.goto(f"/staff/desk/booking/{first.booking_id}")
    desk.locator(f"{LET_IN} input[type=number]").fill("27")
    desk.locator(LET_IN).get_by_role("button", name="Let in").click()
    expect(desk.locator("[role=alert]")).to_contain_text("27 came, 24 booked: let all 27 in?")
    assert faults(desk) == []
    desk.get_by_role("button", name="Let all in").click()
    expect(desk.locator(".answer-count")).to_have_text("27 people")
    assert faults(desk) == []
    desk.goto("/staff/desk/scan")
    keeps(desk, second.reference)
    desk.context.set_offline(True)
    expect(desk.locator("[data-offline]")).to_be_visible()
    scan(desk, second.typed)
    answer(desk, "ask")
    desk.get_by_label("Come in now").fill("26")
    desk.locator(".answer").get_by_role("button", name="Let in").click()
    expect(desk.locator(".answer")).to_contain_text("26 came, 24 booked: let all 26 in?")
    desk.locator(".answer").get_by_role("button", name="Let all in").click()
    expect(desk.locator("[data-waiting]")).to_contain_text("26")
    desk.context.set_offline(False)
    expect(desk.locator("[data-offline]")).to_be_hidden(timeout=20_000)
    expect(desk.locator("[data-troubles]")).not_to_contain_text("Fana skole 5C")  # others of this house may have some
    desk.goto(f"/staff/desk/booking/{second.booking_id}")
    expect(desk.locator(".admissions")).to_contain_text("2 more than booked")
    assert (admitted(house, first), admitted(house, second)) == (24, 24)
