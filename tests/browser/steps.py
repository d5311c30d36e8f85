"""What people do on our pages, a step each."""

from __future__ import annotations

import io
import re
from email.message import EmailMessage
from itertools import count

import pypdfium2
import zxingcpp
from playwright.sync_api import Page, expect

NEXT_MONTH = ".month-head a:last-of-type"

_numbers = count(1)


def new_address() -> str:
    """An address that no other test uses."""
    return f"kari{next(_numbers)}@example.org"


def choose_time(page: Page, lang: str = "nb", party: int = 3, later: int = 2) -> None:
    """From the front page to the steppers of the first free time on one of the next free days."""
    page.goto(f"/{lang}/")
    page.locator(".hero .button:not(.quiet)").click()
    page.locator("#party").fill(str(party))
    page.locator("form.party button.quiet").click()
    page.wait_for_url(f"**party={party}*")
    choose_first_time(page, later)


def choose_first_time(page: Page, later: int) -> None:
    """From a month of tickets to the steppers of the first free time on its first free day, or so many later."""
    if is_nearly_over(page, later):
        month = page.locator("#month").inner_text()
        page.locator(NEXT_MONTH).click()
        expect(page.locator("#month")).not_to_have_text(month)
    page.locator("a.day.free").nth(later).click()
    page.locator("#times").wait_for()
    page.locator("a.time.free").first.click()
    page.locator("#choose").wait_for()


def is_nearly_over(page: Page, later: int) -> bool:
    """Whether the month shown has so few free days left that one must turn to the next."""
    page.locator("#month").wait_for()
    return page.locator("a.day.free").count() <= later


def go_to_checkout(page: Page) -> None:
    """Take what the steppers say."""
    page.locator(".pay-bar button:not([formaction])").click()
    page.wait_for_url("**/checkout/**")


def fill_in(page: Page, email: str, name: str = "Kari Nordmann") -> None:
    """Who one is."""
    page.locator("#name").fill(name)
    page.locator("#email").fill(email)
    page.locator("#terms").check()


def go_to_pay(page: Page) -> None:
    """From the filled checkout to the till."""
    page.locator("main form button.wide:not([value=vipps])").click()
    page.wait_for_url("**/pay/**")


def play(page: Page, what: str) -> None:
    """Do something at the demo till."""
    page.locator(f"button[value={what}]").click()
    page.wait_for_load_state()


def buy(page: Page, email: str, lang: str = "nb", party: int = 3, later: int = 2) -> str:
    """Buy tickets from the front page on; returns the booking's address."""
    choose_time(page, lang, party, later)
    go_to_checkout(page)
    fill_in(page, email)
    go_to_pay(page)
    play(page, "pay")
    page.wait_for_url("**/b/**")
    expect(page.locator(".party-ticket")).to_be_visible()
    return page.url


def reference_on(page: Page) -> str:
    """The reference that the booking's page shows."""
    return page.locator("dd.code").first.inner_text().strip()


def pdf_in(letter: EmailMessage) -> bytes:
    """The tickets in a letter."""
    (part,) = [part for part in letter.iter_attachments() if part.get_content_type() == "application/pdf"]
    content = part.get_content()
    assert isinstance(content, bytes)
    return content


def codes_on_first_page(pdf: bytes) -> list[str]:
    """What a camera reads off the first page of a PDF, the largest code first: that of the party."""
    page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0]
    codes = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    return [code.text for code in sorted(codes, key=lambda code: code.position.top_left.x - code.position.top_right.x)]


def link_in(letter: EmailMessage, part: str) -> str:
    """The path of the first link in a letter's text that has these words in it."""
    body = letter.get_body(("plain",))
    assert body is not None
    link = re.search(rf"https?://[^/\s]+(/\S*{part}\S*)", body.get_content())
    assert link, body.get_content()
    return link[1]
