"""A person pays at Stripe's stand-in in a real browser: out of our pages and back, and with the tab closed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.steps import choose_time, fill_in, go_to_checkout, new_address
from tests.stripe_double.client import SECRET_KEY, WEBHOOK_SECRET, Double
from tests.support.house import House, open_house
from tests.support.one_day import new_context


@pytest.fixture(scope="module")
def till() -> Iterator[Double]:
    """The stand-in, bringing its events by itself."""
    double = Double()
    yield double
    double.stop()


@pytest.fixture(scope="module")
def house(till: Double, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The shop that takes money through the stand-in."""
    keys = {"STRIPE_SECRET_KEY": SECRET_KEY, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET, "STRIPE_API_BASE": till.base}
    with open_house(tmp_path_factory.mktemp("house"), "vilvite", **keys) as opened:
        till.webhooks(url=f"{opened.url}/stripe/webhook", held=False)
        yield opened


@pytest.fixture(params=[True, False], ids=["scripting", "no-scripting"])
def page(request: pytest.FixtureRequest, browser: Browser, house: House) -> Iterator[Page]:
    """A person's browser; an error on its console fails the test."""
    context = new_context(browser, base_url=house.url, locale="nb-NO", java_script_enabled=request.param)
    opened, complaints = context.new_page(), list[str]()
    opened.set_default_timeout(15_000)

    def note(message: ConsoleMessage) -> None:
        # A declined card is answered 402, and Chromium reports the status as an error.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    opened.on("console", note)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def go_to_stripe(page: Page) -> str:
    """From the front page to the stand-in's pay page; returns the address that tickets go to."""
    email = new_address()
    choose_time(page)
    go_to_checkout(page)
    fill_in(page, email)
    page.locator("main form button.wide:not([value=vipps])").click()
    page.wait_for_url("**/c/pay/**")
    return email


def choose(page: Page, words: str) -> None:
    """Press one of the stand-in's buttons."""
    page.get_by_role("button", name=words, exact=True).click()


def test_paying_leads_out_and_back_to_the_tickets(page: Page, house: House) -> None:
    email = go_to_stripe(page)
    expect(page.get_by_text(email)).to_be_visible()
    choose(page, "Card declined")
    expect(page.get_by_role("alert")).to_be_visible()
    choose(page, "Pay")
    page.wait_for_url("**/b/**")
    expect(page.locator(".party-ticket")).to_be_visible()
    house.mailbox.letter_to(email, "Billettene dine")


def test_a_tab_closed_after_paying_still_brings_the_tickets_by_mail(page: Page, house: House, till: Double) -> None:
    email = go_to_stripe(page)
    session = page.url.rpartition("/")[2]
    page.close()
    till.pay(session)
    house.mailbox.letter_to(email, "Billettene dine")


def test_a_bank_that_answers_later_is_waited_for(page: Page, till: Double) -> None:
    go_to_stripe(page)
    session = page.url.rpartition("/")[2]
    choose(page, "Pay later: the bank answers yes after 20 seconds")
    page.wait_for_url("**/b/**")
    expect(page.locator(".party-ticket")).to_have_count(0)
    till.bank(session, pays=True)
    expect(page.locator(".party-ticket")).to_be_visible(timeout=20_000)  # the page loads itself anew


def test_turning_back_gives_the_basket_back(page: Page, till: Double) -> None:
    go_to_stripe(page)
    session = page.url.rpartition("/")[2]
    page.get_by_role("link", name="Back to the shop").click()
    page.wait_for_url("**/checkout/**")
    page.locator("form[action$='/back'] button").click()
    expect(page.locator("#name")).to_be_visible()
    assert till.http.get(f"{till.base}/c/pay/{session}", timeout=5).status_code == 410
