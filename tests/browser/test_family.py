"""A family on a phone: little to scroll, few stops for the keyboard, the best price by one press, and a full day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from booking.capacity.models import Slot
from booking.capacity.planning import at
from booking.centre.facts import the_centre
from booking.kernel.database import run, unit_of_work
from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.desks import inside
from tests.browser.steps import choose_time
from tests.support.axe import faults
from tests.support.house import House

pytestmark = ON_SQLITE

HIGHEST = 2400  # px of a page on a phone once the time is chosen
HIGHEST_CARD = 180  # px of one thing that is on; with its picture above its words it was 400
HIGHEST_FRONT = 3000
MOST_STOPS = 25  # from the time to Go on
GO_ON = ".pay-bar button:not([formaction])"


def numbers(page: Page) -> list[str]:
    """What the first six ticket types say: adult, child, toddler, student, family, and one more child."""
    return [field.input_value() for field in page.locator(".choice input").all()[:6]]


def test_the_page_is_short_and_its_stops_are_few_once_the_time_is_chosen(open_page: Opener) -> None:
    page = open_page(viewport=PHONE)
    choose_time(page, party=4)
    assert page.evaluate("document.documentElement.scrollHeight") < HIGHEST
    page.locator("#choose").focus()
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({GO_ON!r})"):
            return
    raise AssertionError(f"more than {MOST_STOPS} stops")


def test_what_is_on_is_a_line_beside_its_picture_on_a_phone(open_page: Opener) -> None:
    page = open_page(viewport=PHONE)
    page.goto("/nb/whats-on")
    cards = [box for card in page.locator(".event-card").all() if (box := card.bounding_box())]
    assert len(cards) > 10
    assert max(box["height"] for box in cards) < HIGHEST_CARD
    page.goto("/nb/")
    assert page.evaluate("document.documentElement.scrollHeight") < HIGHEST_FRONT


def test_the_price_of_today_stands_clear_of_its_border(open_page: Opener) -> None:
    page = open_page(viewport={"width": 360, "height": 800})
    page.goto("/en/tickets")
    day = page.locator(".day[aria-current=date]")
    if day.evaluate("node => node.matches('.free')"):
        assert day.evaluate("""node => {
            const text = document.createRange(), box = node.getBoundingClientRect(); text.selectNodeContents(node);
            const inside = text.getBoundingClientRect();
            return !getComputedStyle(node).boxShadow.includes('inset')
                && inside.left - box.left >= 1.5 && box.right - inside.right >= 1.5 && box.bottom - inside.bottom >= 3;
        }""")


def test_a_price_with_its_decimals_stays_within_its_cell(open_page: Opener) -> None:
    page = open_page(viewport={"width": 320, "height": 800})
    page.goto("/en/tickets")
    for words in ("kr 134.40", "1 134,40 kr"):
        assert page.evaluate(
            """words => [...document.querySelectorAll('a.day.free')].every(day => {
            day.querySelector('span').textContent = words;
            return day.scrollWidth <= day.clientWidth;
        })""",
            words,
        )


def test_the_number_of_an_error_stands_clear_of_the_buttons(open_page: Opener) -> None:
    page = open_page(viewport=PHONE)
    page.goto("/nb/no-such-page")
    buttons, number = page.locator("main .row").bounding_box(), page.locator(".error-number").bounding_box()
    assert buttons and number and number["y"] - (buttons["y"] + buttons["height"]) >= 16
    assert faults(page) == []


def test_two_adults_and_five_children_pay_least_after_one_press(open_page: Opener) -> None:
    page = open_page(viewport=PHONE)
    choose_time(page, party=4)
    for place, many in ((0, "2"), (1, "5")):
        page.locator(".choice input").nth(place).fill(many)
    offer = page.locator(".take-best")
    expect(offer).to_contain_text("spar 220")
    assert faults(page) == []
    offer.click()
    assert numbers(page) == ["0", "0", "0", "0", "1", "3"]
    expect(page.locator("[data-sum]")).to_contain_text("050")
    expect(page.locator("[data-best-place]")).to_be_focused()
    page.locator(GO_ON).click()
    page.wait_for_url("**/checkout/**")
    expect(page.locator(".basket-line")).to_contain_text("050")


def test_without_scripting_the_best_price_is_a_link_after_counting(open_page: Opener) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=False)
    choose_time(page, party=4)
    for place, many in ((0, "2"), (1, "2")):
        page.locator(".choice input").nth(place).fill(many)
    page.locator(".without-scripting").click()
    expect(page.locator("[data-sum]")).to_contain_text("760")
    page.locator(".take-best").click()
    expect(page.locator("[data-sum]")).to_contain_text("690")
    assert numbers(page) == ["0", "0", "0", "0", "1", "0"]


def test_a_full_day_begins_with_what_is_near(open_page: Opener, house: House) -> None:
    page = open_page(viewport=PHONE)
    page.goto("/nb/tickets?party=4")
    last = page.locator("a.day").last.get_attribute("href") or ""
    with full(house, date.fromisoformat(parse_qs(urlsplit(last).query)["date"][0])):
        page.reload()
        page.locator("a.day.full").last.click()
        page.locator("#times").wait_for()
        look_at_what_is_near(page)


@contextmanager
def full(house: House, day: date) -> Iterator[None]:
    """No place is left on a day, for the while: other tests share the house."""
    with inside(house):
        start, end = (at(each, time(0), the_centre().zone) for each in (day, day + timedelta(days=1)))
        of_day = select(Slot.id, Slot.capacity, Slot.kept).where(Slot.starts_at >= start, Slot.starts_at < end)
        was = run(of_day).all()
        with unit_of_work():
            these = update(Slot).where(Slot.starts_at >= start, Slot.starts_at < end)
            run(these.values(capacity=Slot.taken, kept=Slot.kept_taken))
    try:
        yield
    finally:
        with inside(house), unit_of_work():
            for slot_id, capacity, kept in was:
                run(update(Slot).where(Slot.id == slot_id).values(capacity=capacity, kept=kept))


def look_at_what_is_near(page: Page) -> None:
    near = page.locator(".near a.time")
    assert 2 <= near.count() <= 3
    assert faults(page) == []
    near.first.click()
    expect(page.locator("#choose")).to_be_visible()
