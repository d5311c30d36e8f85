"""A walk-in pays with Vipps from the code on the desk's screen, at the demo's till: by mouse, by keys, no scripting."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from booking.payments.pay import ASK_EVERY
from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.desks import a_party, sign_in
from tests.support.axe import faults
from tests.support.house import House

TABLET = {"width": 768, "height": 1024}


def a_sale(page: Page, house: House) -> None:
    """Two who stand at the desk, up to where they pay."""
    sign_in(page, house)
    a_party(house, 1)  # so that there is a time to sell now, whatever the clock says
    page.goto("/staff/desk/sell")
    page.locator(".choice input").first.fill("2")
    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url("**/sell/*")


def scanned(page: Page) -> str:
    """What a phone reads off the screen."""
    shown = Image.open(io.BytesIO(page.locator(".pay-qr").screenshot()))
    (code,) = zxingcpp.read_barcodes(shown)
    text: str = code.text
    return text


@ON_SQLITE
@pytest.mark.parametrize("size", [DESK, TABLET, PHONE], ids=["desk", "tablet", "phone"])
def test_who_says_no_gets_a_new_code_and_the_desk_sees_the_yes_by_itself(
    open_page: Opener, house: House, size: dict[str, int]
) -> None:
    page = open_page(viewport=size, locale="en-GB")
    a_sale(page, house)
    page.get_by_role("button", name="Show a code for Vipps").press("Enter")
    expect(page.get_by_text("Waiting for approval in Vipps")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone = open_page(viewport=PHONE, locale="en-GB")
    phone.goto(scanned(page))
    phone.get_by_role("button", name="Say no in the app").click()
    expect(page.get_by_text("Nothing was paid with Vipps.")).to_be_visible(timeout=20_000)
    assert faults(page) == []
    page.get_by_role("button", name="Show a code for Vipps").click()
    expect(page.get_by_text("Waiting for approval in Vipps")).to_be_visible()
    phone.goto(scanned(page))
    phone.get_by_role("button", name="Approve in Vipps").click()
    phone.wait_for_url("**/b/**")
    expect(page.locator(".answer.welcome")).to_contain_text("Paid", timeout=20_000)
    expect(page.get_by_role("button", name="Pay another way")).to_have_count(0)


@ON_SQLITE
def test_without_scripting_a_link_looks_again_and_another_way_is_open(open_page: Opener, house: House) -> None:
    page = open_page(viewport=TABLET, locale="en-GB", java_script_enabled=False)
    a_sale(page, house)
    page.get_by_role("button", name="Show a code for Vipps").click()
    page.get_by_role("button", name="Pay another way").click()
    page.get_by_role("button", name="Show a code for Vipps").click()
    phone = open_page(viewport=PHONE, locale="en-GB")
    phone.goto(scanned(page))
    phone.get_by_role("button", name="Approve in Vipps").click()
    phone.wait_for_url("**/b/**")
    page.wait_for_timeout(ASK_EVERY.total_seconds() * 1_000)  # a moment ago it was asked already
    page.get_by_role("link", name="Look whether it is paid").click()
    expect(page.locator(".answer.welcome")).to_contain_text("Paid")
