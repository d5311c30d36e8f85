"""From the question at the foot of a page to the list, by real mail and without scripting, and off it again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import ON_SQLITE, Opener
from tests.browser.steps import link_in, new_address
from tests.support.house import House


@ON_SQLITE
def test_a_reader_asks_at_the_foot_says_yes_chooses_and_leaves(open_page: Opener, house: House) -> None:
    page, email = open_page(), new_address()
    page.goto("/nb/terms")
    foot = page.locator(".news-ask")
    foot.get_by_label("Ferieprogram").check()
    foot.get_by_label("E-post").fill(email)
    foot.get_by_role("button", name="Meld meg på").click()
    expect(page.get_by_text("se i innboksen din")).to_be_visible()
    own = link_in(house.mailbox.letter_to(email, "nyheter fra"), "newsletter")
    page.goto(own)
    page.get_by_role("button", name="Ja takk").click()
    expect(page.get_by_text("Du hører fra oss av og til")).to_be_visible()
    page.get_by_label("Skole og barnehage").check()
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Lagret")).to_be_visible()
    page.goto(f"{own}/leave")
    page.get_by_role("button", name="Meld meg av").click()
    expect(page.get_by_text("Da hører du ikke fra oss")).to_be_visible()
