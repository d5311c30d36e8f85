"""An evening without entry on a phone without scripting, and a day of a festival with a place on its programme."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import ON_SQLITE, PHONE, Opener
from tests.browser.steps import fill_in, go_to_checkout, go_to_pay, new_address, play
from tests.support.axe import faults

pytestmark = ON_SQLITE


def test_an_evening_is_bought_alone_without_scripting(open_page: Opener) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/nb/whats-on/stjernekveld")
    page.locator(".event-times a.time").first.click()
    expect(page.locator("h2#choose")).to_have_text("Stjernekveld")
    expect(page.locator("main")).to_contain_text("inngang til huset er ikke med")
    expect(page.locator(".month")).to_have_count(0)
    go_to_checkout(page)
    fill_in(page, new_address())
    go_to_pay(page)
    play(page, "pay")
    page.wait_for_url("**/b/**")
    expect(page.locator("main")).to_contain_text("Stjernekveld")


def test_a_family_takes_a_day_of_the_festival_and_a_place_on_its_programme(open_page: Opener) -> None:
    page, unwell = open_page(), []
    page.goto("/nb/whats-on/lysfestival")
    expect(page.locator("#programme")).to_be_visible()
    unwell += faults(page)
    page.get_by_role("link", name="Bestill denne dagen").nth(1).click()
    page.locator("#choose").wait_for()
    session = page.locator("details.extra", has_text="Laserlabyrinten").first
    session.locator("summary").click()
    session.locator("input").first.fill("2")
    unwell += faults(page)
    expect(page.locator("[data-sum]")).to_contain_text("580")
    go_to_checkout(page)
    expect(page.locator("main")).to_contain_text("Laserlabyrinten")
    fill_in(page, new_address())
    go_to_pay(page)
    play(page, "pay")
    page.wait_for_url("**/b/**")
    expect(page.locator(".party-ticket")).to_be_visible()
    for title in ("Lysfestivalen", "Laserlabyrinten"):
        expect(page.locator("main")).to_contain_text(title)
    unwell += faults(page)
    assert unwell == []
