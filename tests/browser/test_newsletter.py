"""From the question at the foot of a page to an issue in the mailbox, by real mail without scripting, and off again."""

from __future__ import annotations

import re

import requests
from playwright.sync_api import Page, expect

from booking.staff.models import Role
from tests.browser.conftest import ON_SQLITE, Opener
from tests.browser.desks import sign_in
from tests.browser.steps import link_in, new_address
from tests.support.house import House


@ON_SQLITE
def test_a_reader_says_yes_gets_the_issue_that_staff_write_chooses_and_leaves_in_one_click(
    open_page: Opener, house: House
) -> None:
    page, email = open_page(), new_address()
    page.goto("/nb/terms")
    foot = page.locator(".news-ask")
    foot.locator("summary").click()  # a line on a phone
    foot.get_by_label("Ferieprogram").check()
    foot.get_by_label("E-post").fill(email)
    foot.get_by_role("button", name="Meld meg på").click()
    expect(page.get_by_text("Se i innboksen din")).to_be_visible()
    own = link_in(house.mailbox.letter_to(email, "nyheter fra"), "newsletter")
    page.goto(own)
    page.get_by_role("button", name="Ja takk").click()
    expect(page.get_by_text("Du hører fra oss av og til")).to_be_visible()

    office, subject = open_page(locale="en-GB", java_script_enabled=False), f"Vinterferien {email}"
    sign_in(office, house, Role.ADMIN)
    write_and_send(office, subject)
    letter = house.mailbox.letter_to(email, subject)
    text = letter.get_body(("plain",))
    assert text is not None and "Kom og prøv lynet" in text.get_content()

    page.goto(own)
    page.get_by_label("Skole og barnehage").check()
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Lagret")).to_be_visible()
    one_click = str(letter["List-Unsubscribe"]).strip(" <>\r\n")
    answer = requests.post(one_click, data={"List-Unsubscribe": "One-Click"}, timeout=20)
    assert answer.ok and str(letter["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    page.goto(own)
    expect(page.get_by_role("button", name="Lagre")).to_have_count(0)
    office.reload()
    expect(office.locator(".news-figures")).to_contain_text(re.compile(r"Left by its link\s*1"))


def write_and_send(office: Page, subject: str) -> None:
    """One of the staff: a subject and a text, to who reads about holidays, at once."""
    office.goto("/staff/newsletter")
    office.get_by_role("button", name="Write a newsletter").click()
    office.locator("[name=subject-nb]").fill(subject)
    office.get_by_label("Holiday programme").check()
    office.get_by_role("button", name="Save").click()
    office.get_by_role("link", name="+ Text").click()
    office.locator("[name=words-nb]").fill("Kom og prøv lynet.")
    office.get_by_role("button", name="Save").click()
    expect(office.get_by_text("Kom og prøv lynet.").first).to_be_visible()
    office.get_by_role("button", name="Send it now").click()
    expect(office.get_by_text("It begins to go out.")).to_be_visible()
