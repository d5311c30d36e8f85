"""From the front page to what is on, a show, its time, tickets with it chosen, and the checkout; on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.steps import go_to_checkout
from tests.support.axe import faults

pytestmark = ON_SQLITE

EMPTY = ("/nb/whats-on?day=2026-12-25", "/lv/whats-on/no-such-show", "/lv/whats-on", "/nn/whats-on?kind=workshop")


def menu(page: Page) -> list[tuple[float, float]]:
    """Top and bottom of what stands in the menu."""
    boxes = [link.bounding_box() for link in page.locator(".menu a").all()]
    return [(box["y"], box["y"] + box["height"]) for box in boxes if box]


def test_a_show_is_found_and_bought_with_its_entry(open_page: Opener) -> None:
    page, unwell = open_page(viewport=PHONE), []
    page.goto("/nb/")
    assert len({top for top, _bottom in menu(page)}) == 1  # one line
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".menu a", has_text="Hva skjer").click()
    expect(page.locator(".menu [aria-current=page]")).to_have_text("Hva skjer")
    unwell += faults(page)
    page.get_by_role("link", name="I helgen").click()
    page.wait_for_url("**day=weekend*")
    unwell += faults(page)
    page.get_by_role("link", name="Show", exact=True).click()
    page.wait_for_url("**kind=show*")
    page.get_by_role("link", name="Alle dager").click()
    page.locator(".event-card h3 a").first.click()
    page.wait_for_url("**/whats-on/*")
    title = page.locator("h1").inner_text()
    expect(page.locator(".menu [aria-current=true]")).to_have_text("Hva skjer")
    unwell += faults(page)
    page.locator(".event-times a.time").first.click()
    page.wait_for_url("**show=*")
    expect(page.locator(".notice.good")).to_contain_text(title)
    opened = page.locator("details.extra[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator("summary")).to_contain_text(title)
    expect(opened.locator("input").first).to_have_value("2")
    unwell += faults(page)
    go_to_checkout(page)
    expect(page.locator("main")).to_contain_text(re.compile(f"{re.escape(title)}.*2 ×", re.DOTALL))
    assert unwell == []


def test_a_day_without_shows_and_a_show_that_is_gone_are_well(open_page: Opener) -> None:
    page, unwell = open_page(viewport=PHONE), []
    for path in EMPTY:
        page.goto(path)
        unwell += faults(page)
    assert unwell == []
