"""The page for the centre's own words in letters: write, look, keep; two at once; nonsense."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

from booking.centre.logo import keep_logo
from booking.kernel.database import end_reading, unit_of_work
from booking.mail.own_words import MOST_WORDS, words_of
from booking.staff.models import Role
from tests.builders import a_centre
from tests.mail.test_logo import SVG
from tests.web.browsing import words
from tests.web.staffing import Colleague, a_colleague, hidden

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGE = "/staff/mail-texts/confirmation/en"


@pytest.fixture
def boss(app: Flask) -> Colleague:
    """An administrator."""
    a_centre()
    return a_colleague(app, Role.ADMIN, "boss@example.org")


def letter(page: str) -> str:
    """The HTML in the frame."""
    return html.unescape(re.findall(r'srcdoc="([^"]*)"', page)[0])


def kept() -> str:
    """The opening as it stands in the database now."""
    end_reading()
    return words_of("confirmation", "en").opening


def test_words_are_seen_in_the_letter_before_they_are_kept_and_after(boss: Colleague) -> None:
    seen = hidden(boss.get(PAGE), "seen")
    tried = boss.post(PAGE, seen=seen, opening="Bring <b>boots</b>.\r\n\r\nAnd a hat.", subject="Come!", **{"try": "1"})
    assert tried.status_code == 200
    assert "not saved yet" in words(tried)
    assert "<p>Bring &lt;b&gt;boots&lt;/b&gt;.</p>\n<p>And a hat.</p>" in letter(tried.get_data(as_text=True))
    assert "<h1>Come!</h1>" in letter(tried.get_data(as_text=True))
    assert kept() == ""
    saved = boss.post(PAGE, seen=hidden(tried, "seen"), opening="Bring boots.", subject="")
    assert (saved.status_code, saved.location) == (303, PAGE)
    assert kept() == "Bring boots."
    assert "<p>Bring boots.</p>" in letter(boss.get(PAGE).get_data(as_text=True))
    assert "Bring boots." not in letter(boss.get(PAGE.replace("/en", "/nb")).get_data(as_text=True))


def test_a_language_without_words_is_shown_as_missing(boss: Colleague) -> None:
    assert "missing" not in words(boss.get("/staff/mail-texts"))
    boss.post(PAGE, seen=hidden(boss.get(PAGE), "seen"), closing="See you")
    assert "missing" in words(boss.get("/staff/mail-texts"))
    assert "missing" in words(boss.get(PAGE))


def test_the_second_to_save_is_told_and_keeps_what_they_wrote(boss: Colleague) -> None:
    seen = hidden(boss.get(PAGE), "seen")
    boss.post(PAGE, seen=seen, opening="Hers")
    answer = boss.post(PAGE, seen=seen, opening="His")
    assert answer.status_code == 409
    assert "Somebody else has saved this" in words(answer)
    assert "Opening words: Hers" in words(answer)
    assert ">His</textarea>" in answer.get_data(as_text=True)
    assert kept() == "Hers"
    assert boss.post(PAGE, seen=hidden(answer, "seen"), opening="His").status_code == 303
    assert kept() == "His"


def test_what_is_too_long_is_kept_on_the_page_and_not_saved(boss: Colleague) -> None:
    long = "x" * (MOST_WORDS + 1)
    answer = boss.post(PAGE, seen=hidden(boss.get(PAGE), "seen"), opening=long, closing="Hi")
    assert answer.status_code == 422
    assert f"At most {MOST_WORDS} characters." in words(answer)
    assert long in answer.get_data(as_text=True)
    assert kept() == ""


def test_nonsense_is_no_error(boss: Colleague) -> None:
    seen = hidden(boss.get(PAGE), "seen")
    for address in ("nothing/en", "confirmation/xx", "newsletter/en", "all-x/en", "confirmation-/en", f"{'9' * 40}/en"):
        assert boss.get(f"/staff/mail-texts/{address}").status_code == 404
        assert boss.post(f"/staff/mail-texts/{address}", seen=seen, opening="Hi").status_code == 404
    answer = boss.post(PAGE, seen=seen, subject="A\r\nBcc: b@example.org\x00", opening="\x00\u202eHi {{ config }}")
    assert answer.status_code == 303
    assert words_of("confirmation", "en").subject == "A Bcc: b@example.org"
    assert kept() == "Hi {{ config }}"
    assert boss.post(PAGE, opening="No mark").status_code == 409


def test_a_subject_that_says_when_stays_ours(boss: Colleague) -> None:
    page = "/staff/mail-texts/visit_number/en"
    first = boss.get(page)
    assert 'name="subject"' not in first.get_data(as_text=True)
    boss.post(page, seen=hidden(first, "seen"), subject="Mine", opening="Hi")
    assert words_of("visit_number", "en").subject == ""


def test_the_logo_stands_in_the_letter(boss: Colleague) -> None:
    assert "data:image/png" not in letter(boss.get(PAGE).get_data(as_text=True))
    with unit_of_work():
        keep_logo(SVG, "command")
    shown = letter(boss.get(PAGE).get_data(as_text=True))
    assert 'src="data:image/png;base64,iVBOR' in shown
    assert "cid:" not in shown


def test_only_the_letters_own_style_is_let_in_and_nothing_runs(boss: Colleague) -> None:
    answer = boss.get(PAGE)
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.findall(r"style-src 'self' 'nonce-([^']+)'", policy)[0]
    assert f'<style nonce="{nonce}">' in letter(answer.get_data(as_text=True))
    assert "script-src 'self';" in policy
    assert "nonce" not in boss.get("/staff/mail-texts").headers["Content-Security-Policy"]
