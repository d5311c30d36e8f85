"""The list of letters that a centre may add to is whole, and their examples say what the letters say."""

from __future__ import annotations

import re
from pathlib import Path

from booking.mail import examples
from booking.mail.kinds import LETTERS, key_of
from booking.mail.own_words import paragraphs
from booking.web.forms.checked import tidy_lines

TEMPLATES = Path(__file__).parents[2] / "templates" / "mail"
NOT_OURS_TO_ADD_TO = {
    "layout",
    "booking",
    "materials",
    "opening",
    "newsletter",
    "news_link",
    "news",
    "refund_failed",
    "capture_ends",
    "withdrawal_told",
    "invitation",
}


def test_paragraphs_and_lines_stay() -> None:
    assert paragraphs("en\nto\n\ntre") == ["en<br>to", "tre"]
    assert paragraphs("") == []


def test_every_template_takes_the_words_or_is_left_out_by_name() -> None:
    known = {key.partition("-")[0] for key in LETTERS}
    for file in TEMPLATES.iterdir():
        is_ours = file.stem not in NOT_OURS_TO_ADD_TO
        assert (file.stem in known) == is_ours, file.name
        assert ("mail/opening" in file.read_text()) == is_ours, file.name


def test_the_examples_subjects_are_those_of_the_letters() -> None:
    folder = Path(examples.__file__).parent
    subjects = re.findall(r'_\("([^"]+)"', Path(examples.__file__).read_text())
    sources = "".join((folder / "letters" / f"{file}.py").read_text() for file in (
        "bookings", "class_work", "others", "visits", "visit_letters", "wishes", "outreach", "courses", "invoices",
            "gift_cards", "annual_passes", "withdrawals",
            "sent_invoices",
    ))  # fmt: skip
    assert subjects
    assert [subject for subject in subjects if f'_("{subject}"' not in sources] == []


def test_keys_name_the_occasion_where_one_template_serves_several() -> None:
    assert key_of("mail.confirmation", "confirmation") == "confirmation"
    assert key_of("mail.visit_week", "visit") == "visit-visit_week"
    assert key_of("mail.change", "course_booked") in LETTERS


def test_typed_paragraphs_stay_and_what_turns_text_around_goes() -> None:
    assert tidy_lines(" en\r\nto \t x\r\n\r\n\r\n\r\ntre\x00\u202e\n") == "en\nto x\n\ntre"
    assert tidy_lines(None) == ""
