"""A buyer needs a receipt for an employer: opens it, has the company's name put on it, and later one for money back."""

from __future__ import annotations

import io
import re

import pypdf
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.steps import buy, link_in, new_address
from tests.support.house import House


def paper(page: Page, link: str) -> tuple[bytes, str]:
    """A receipt behind a link of the page: its bytes, and what it says."""
    address = page.locator(link).first.get_attribute("href")
    assert address is not None
    answer = page.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    content = answer.body()
    return content, " ".join(pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text().split())


def test_a_buyer_has_a_receipt_adds_a_company_to_it_and_gets_one_for_what_goes_back(
    open_page: Opener, house: House
) -> None:
    page, email = open_page(), new_address()
    booking = buy(page, email)
    page.goto(link_in(house.mailbox.letter_to(email, "Billettene dine"), "/receipts"))
    expect(page.get_by_role("heading", name="Kvitteringer", exact=True)).to_be_visible()
    number = page.locator(".receipt h2 .code").inner_text()
    assert re.fullmatch(r"20[0-9]{2}-[0-9]+", number)
    first, words = paper(page, ".receipt a.button")
    assert number in words

    page.get_by_text("Legg til firma eller referanse").click()
    page.get_by_role("button", name="Legg til på kvitteringen").click()
    expect(page.locator(".error")).to_contain_text("Skriv inn firma, referanse eller begge deler.")
    page.get_by_label("Firma").fill("Fjell & Fjord AS")
    page.get_by_label("Referanse").fill("Prosjekt 4711")
    page.get_by_role("button", name="Legg til på kvitteringen").click()
    expect(page.locator("#done")).to_contain_text(f"kvittering {number}, versjon 2")
    second, words = paper(page, ".receipt a.button")
    assert "Fjell & Fjord AS" in words
    assert "Prosjekt 4711" in words
    assert paper(page, ".receipt p.small a")[0] == first != second

    page.goto(f"{booking}/change")
    stepper = page.locator(".choice input").first
    stepper.fill(str(int(stepper.input_value()) - 1))
    expect(page.locator("#sum")).to_contain_text("Du får tilbake")
    page.locator(".pay-bar button:not([formaction])").click()
    page.wait_for_url(re.compile(r"/b/[0-9A-Z]+#done$"))
    page.get_by_role("link", name="Kvitteringer").click()
    expect(page.locator(".receipt")).to_have_count(2)
    back = page.locator(".receipt").nth(1)
    expect(back).to_contain_text(f"Gjelder kvittering {number}")
    _file, words = paper(page, ".receipt:nth-of-type(2) a.button")
    assert f"Gjelder kvittering {number}" in words
    assert paper(page, ".receipt a.button")[0] == second
