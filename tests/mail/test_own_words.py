"""The centre's own words stand in its letters as plain text, in their own language, and the log keeps silent."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import SMTP

import pytest
from flask import Flask
from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.centre.wording import Wording
from booking.kernel.database import db, unit_of_work
from booking.mail import examples
from booking.mail.blocks import BLOCKS, Block
from booking.mail.kinds import LETTERS
from booking.mail.messages import write
from booking.mail.own_words import (
    BENEATH,
    MOST_WORDS,
    NOTHING,
    Added,
    OwnWords,
    WordsTooLong,
    added_to,
    keep,
    words_of,
)  # fmt: skip
from booking.mail.wire import compose as travel
from booking.mail.writing import Desk, compose
from booking.records.audited_rows import RowChangedMeanwhile
from booking.records.models import AuditEntry
from booking.settings import settings_of
from tests.builders import a_confirmed_booking, a_sale, a_slot, a_ticket_type, an_activity
from tests.web.browsing import statements

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOSTILE = "<b>Ta buss 5</b> {{ 7 * 7 }} {% raw %} %(name)s\nsee https://example.org/?a=1&b=2"


def put(letter: str, lang: str, words: OwnWords) -> None:
    """Keep words as somebody who has just opened the page."""
    with unit_of_work():
        keep(letter, lang, words, seen=words_of(letter, lang).mark, actor="account:1")


def sent(app: Flask, kind: str = "mail.confirmation", lang: str = "nb") -> tuple[str, str, str]:
    """Subject, HTML and text of a letter about a real booking."""
    entry = an_activity()
    held = a_confirmed_booking(a_slot(entry), a_ticket_type(entry), 2)
    letter = write(kind, 1, {"booking_id": held.booking_id}, settings_of(app))
    assert letter is not None
    return letter.subject, letter.html, letter.text


def test_own_words_stand_after_the_greeting_and_last(app: Flask) -> None:
    a_sale()
    put("confirmation", "nb", OwnWords("Vi gleder oss", "Nå er det vinter.", "Hilsen oss alle"))
    put(BENEATH, "nb", OwnWords(closing="Følg oss"))
    subject, html, text = sent(app)
    assert subject == "Vi gleder oss"
    for letter in (html, text):
        places = [letter.index(words) for words in ("Hei", "Nå er det vinter.", "Hilsen oss alle", "Følg oss")]
        assert places == sorted(places)
    assert "\n\nNå er det vinter.\n\n" in text
    assert "<p>Nå er det vinter.</p>" in html


def test_another_language_and_another_letter_have_none_of_it(app: Flask) -> None:
    a_sale()
    put("confirmation", "en", OwnWords("Winter", "It is winter now.", "Love"))
    put("reminder", "nb", OwnWords("Vinter", "Nå er det vinter.", "Hilsen"))
    assert added_to("confirmation", "nb") == Added()
    subject, html, text = sent(app)
    assert "inter" not in subject + html + text


def test_what_is_typed_is_neither_markup_nor_a_template(app: Flask) -> None:
    a_sale()
    put("confirmation", "nb", OwnWords("Hei\r\nBcc: thief@example.com", HOSTILE, ""))
    _subject, html, text = sent(app)
    assert "<b>Ta buss" not in html
    assert "&lt;b&gt;Ta buss 5&lt;/b&gt; {{ 7 * 7 }} {% raw %} %(name)s<br>see" in html
    assert 'href="https://example.org/?a=1&amp;b=2"' in html
    assert HOSTILE in text


def test_a_subject_is_one_header(app: Flask) -> None:
    a_sale()
    own = Added(subject="Hei\r\nBcc: thief@example.com")
    letter = examples.example("confirmation", "nb", own, the_centre(), settings_of(app))
    composed = message_from_bytes(travel(letter, "VilVite", "post@example.org", "post@example.org"), policy=SMTP)
    assert composed["Bcc"] is None
    assert composed["Subject"] == "Hei Bcc: thief@example.com"


def test_nobody_writes_over_what_they_have_not_seen(app: Flask) -> None:
    put("refund", "nb", OwnWords(opening="Først"))
    with pytest.raises(RowChangedMeanwhile) as refusal, unit_of_work():
        keep("refund", "nb", OwnWords(opening="Sist"), seen=NOTHING.mark, actor="account:2")
    assert refusal.value.now["opening"] == "Først"
    assert words_of("refund", "nb").opening == "Først"


def test_the_log_says_where_and_not_what(app: Flask) -> None:
    put("refund", "nb", OwnWords(opening="Hemmelig"))
    put("refund", "nb", NOTHING)
    first, last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert (first.action, first.subject) == ("mail_text.change", "mail_text:refund:nb")
    assert first.after == {"subject": False, "opening": True, "closing": False}
    assert last.after == {"subject": False, "opening": False, "closing": False}
    assert words_of("refund", "nb") == NOTHING


def test_too_much_is_not_kept(app: Flask) -> None:
    with pytest.raises(WordsTooLong), unit_of_work():
        keep("refund", "nb", OwnWords(closing="x" * (MOST_WORDS + 1)), seen=NOTHING.mark, actor="account:1")


def test_a_letter_asks_the_database_once_more(app: Flask) -> None:
    centre = a_sale()[0]
    desk = Desk(settings_of(app), centre, 1, "mail.my_visits")
    with statements() as seen, app.test_request_context("/"):
        compose(desk, "kari@example.org", "Hei", "my_visits", Wording.of("nb", centre), address="https://x.org")
    assert len(seen) == 1
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[0]}", ("my_visits", BENEATH, "nb"))
    assert all(row.detail.startswith("SEARCH mail_text USING INDEX") for row in plan)


@pytest.mark.parametrize("lang", ["nb", "nn", "en", "lv"])
def test_every_letter_has_an_example_with_all_the_words_in_it(app: Flask, lang: str) -> None:
    centre = a_sale()[0]
    own = Added("", "ÅPNER så", "LUKKER så", "UNDER alt")
    subjects = set()
    for key in [*LETTERS, BENEATH]:
        letter = examples.example(key, lang, own, centre, settings_of(app))
        is_to_who_comes = key == BENEATH or Block.BENEATH in BLOCKS[key]
        for words, times in (("ÅPNER så", 1), ("LUKKER så", 1), ("UNDER alt", int(is_to_who_comes))):
            assert letter.html.count(words) == times, (key, words)
            assert letter.text.count(f"\n{words}\n") == times, (key, words)
        assert letter.subject in letter.html.replace("&#39;", "'").replace("&amp;", "&"), key
        subjects.add(letter.subject)
    assert len(subjects) > 20
