"""Letters as people open them: on the narrowest phone and on a desk, by day and in the dark, with a thumb."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser

from booking.centre.facts import the_centre
from booking.mail.examples import example
from booking.mail.kinds import LETTERS
from booking.mail.own_words import Added
from booking.settings import settings_of
from tests.builders import a_centre
from tests.support.axe import findings, sticks_out
from tests.support.one_day import new_context

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ASKED_OF_AXE = ("confirmation", "visit-reminder", "invoice_reminder", "course_booked-confirmation")
# A letter is shown inside a mail program, whose page has the landmarks.
NOT_OF_LETTERS = ("region:", "landmark-one-main:")
SMALL_BUTTONS = "links => links.filter(link => link.getBoundingClientRect().height < 44).length"


@pytest.mark.parametrize("lang", ["nb", "lv"])
def test_every_letter_fits_a_narrow_phone_and_its_buttons_a_thumb(app: Flask, browser: Browser, lang: str) -> None:
    a_centre(
        brand="#d9486e", address="Eksempelgata 51, 5006 Bergen", find_us={"nb": "Ta bybanen."},
        email="billettkontoret-og-resepsjonen@et-langt-navn.example.org",
    )  # fmt: skip
    own = Added(opening="Se https://example.org/" + "langt" * 12, beneath="Kafeen er åpen.")
    context = new_context(browser, viewport={"width": 320, "height": 640})
    page = context.new_page()
    wrong = []
    for key in LETTERS:
        page.set_content(example(key, lang, own, the_centre(), settings_of(app)).html, wait_until="commit")
        if sticks_out(page) or page.locator(".button a").evaluate_all(SMALL_BUTTONS):
            wrong.append(key)
        for scheme in ("light", "dark") if key in ASKED_OF_AXE else ():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            said_of = [line for line in findings(page) if not any(rule in line for rule in NOT_OF_LETTERS)]
            wrong += [f"{key}, {scheme}: {line}" for line in said_of]
    context.close()
    assert wrong == []
