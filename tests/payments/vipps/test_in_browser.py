"""A party pays with Vipps' stand-in in a real browser: says no, tries again, comes back to its tickets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.steps import choose_time, fill_in, go_to_checkout, new_address
from tests.support.house import House, open_house
from tests.support.one_day import new_context
from tests.vipps_double.client import Vipps
from tests.vipps_double.keys import CLIENT_ID, CLIENT_SECRET, MERCHANT, SUBSCRIPTION_KEY, WEBHOOK_SECRET

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"


@pytest.fixture(scope="module")
def app_of_vipps() -> Iterator[Vipps]:
    """The stand-in, bringing its news by itself."""
    double = Vipps()
    yield double
    double.stop()


@pytest.fixture(scope="module")
def house(app_of_vipps: Vipps, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The shop that takes money through the stand-in."""
    keys = {
        "VIPPS_CLIENT_ID": CLIENT_ID,
        "VIPPS_CLIENT_SECRET": CLIENT_SECRET,
        "VIPPS_SUBSCRIPTION_KEY": SUBSCRIPTION_KEY,
        "VIPPS_MERCHANT_SERIAL_NUMBER": MERCHANT,
        "VIPPS_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "VIPPS_API_BASE": app_of_vipps.base,
        "VIPPS_PAY_PAGES": app_of_vipps.base,
    }
    with open_house(tmp_path_factory.mktemp("house"), "vilvite", **keys) as opened:
        app_of_vipps.pull("webhooks", url=f"{opened.url}/vipps/webhook", held=False)
        yield opened


@pytest.fixture(params=[True, False], ids=["scripting", "no-scripting"])
def page(request: pytest.FixtureRequest, browser: Browser, house: House) -> Iterator[Page]:
    """Somebody's phone; an error on its console fails the test."""
    context = new_context(
        browser,
        base_url=house.url,
        locale="nb-NO",
        java_script_enabled=request.param,
        user_agent=PHONE,
        viewport={"width": 390, "height": 844},
    )
    opened, complaints = context.new_page(), list[str]()
    opened.set_default_timeout(15_000)

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    opened.on("console", note)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def pay_with_vipps(page: Page) -> str:
    """On to the app; its name for the payment."""
    first = page.locator("main form button.wide").first
    assert "med Vipps" in first.inner_text()
    first.click()
    page.wait_for_url("**/landing/**")
    return page.url.rpartition("/")[2]


def test_a_party_says_no_in_the_app_tries_again_and_has_its_tickets(
    page: Page, house: House, app_of_vipps: Vipps
) -> None:
    email = new_address()
    choose_time(page)
    go_to_checkout(page)
    fill_in(page, email)
    refused = pay_with_vipps(page)
    page.get_by_role("button", name="The card fails; try another").click()
    page.get_by_role("button", name="Say no").click()
    page.wait_for_url("**/checkout/**")
    expect(page.locator("main [role=alert]")).to_contain_text("Betalingen ble ikke gjennomført")
    expect(page.locator("#email")).to_have_value(email)
    page.locator("#terms").check()
    approved = pay_with_vipps(page)
    page.get_by_role("button", name="Approve", exact=True).click()
    page.wait_for_url("**/b/**")
    expect(page.locator(".party-ticket")).to_be_visible(timeout=20_000)  # at once, or when the page loads itself anew
    house.mailbox.letter_to(email, "Billettene dine")
    assert app_of_vipps.payment(refused)["state"] == "ABORTED"
    assert app_of_vipps.money(approved)[1:] == (0, 0)
