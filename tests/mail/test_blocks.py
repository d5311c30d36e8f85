"""Each letter has the parts that belong to it and no others, can be read in any colours, and is written as text too."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from booking.centre.colours import DARK_SHEET, ENOUGH, SHEET, contrast
from booking.centre.facts import the_centre
from booking.kernel.database import unit_of_work
from booking.mail import examples
from booking.mail.blocks import BLOCKS, Block
from booking.mail.kinds import LETTERS, key_of
from booking.mail.letter import Letter
from booking.mail.looks import letter_look
from booking.mail.messages import WRITERS
from booking.mail.own_words import Added
from booking.mail.writing import tidied
from booking.settings import settings_of
from tests.builders import a_centre

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WAY = "Take tram 1."


@pytest.fixture
def letters(app: Flask) -> dict[str, Letter]:
    """The example of each letter that a centre may add to, at a centre that has everything to say."""
    a_centre(address="Eksempelgata 51, Bergen", find_us={"en": WAY})
    own = Added(opening="OPENS", closing="CLOSES", beneath="The café is open.")
    with unit_of_work():
        centre = the_centre()
    return {key: examples.example(key, "en", own, centre, settings_of(app)) for key in LETTERS}


def test_each_letter_that_is_sent_has_its_row_in_the_table(app: Flask) -> None:
    assert LETTERS.keys() <= BLOCKS.keys()
    assert {key.partition("-")[0] for key in BLOCKS} - {key.partition("-")[0] for key in LETTERS} == {
        "newsletter", "news_link", "invitation", "refund_failed", "withdrawal_told", "capture_ends",
    }  # fmt: skip
    kinds = {key_of(kind, kind.removeprefix("mail.")) for kind in WRITERS} - {"news_trial", "visit_week"}
    assert kinds <= BLOCKS.keys()


def test_a_letter_has_the_parts_that_belong_to_it_and_no_others(letters: dict[str, Letter]) -> None:
    """As HTML: a payment that failed says nothing of the café, and whoever comes is told the way."""
    for key, letter in letters.items():
        classes = set(re.findall(r'class="([a-z-]+)"', letter.html))
        assert {block for block in Block if block.value in classes} == BLOCKS[key], key
    assert Block.BENEATH not in BLOCKS["payment_failed"] | BLOCKS["refund"] | BLOCKS["invoice"] | BLOCKS["cancellation"]


def test_the_text_has_the_same_parts(letters: dict[str, Letter]) -> None:
    told = {
        Block.LINES: "2 × Adult",
        Block.REFERENCE: "Reference: EXAMPLE",
        Block.CODE: "Show the code at the entrance",
        Block.WAY: f"Find us:\nEksempelgata 51, Bergen\nhttps://www.openstreetmap.org/search?query=Eksempelgata+51%2C+Bergen\n{WAY}",
        Block.BENEATH: "\n\nThe café is open.\n\n-- \n",
        Block.RECEIPTS: "Your receipts:\nhttp",
        Block.PLAN: "10:00–11:00 Force and motion",
    }  # fmt: skip
    for key, letter in letters.items():
        for block, words in told.items():
            assert (words in letter.text) is (block in BLOCKS[key]), (key, block)


def test_the_text_is_written_and_not_what_is_left_of_html(letters: dict[str, Letter]) -> None:
    for key, letter in letters.items():
        lines = letter.text.split("\n")
        assert lines[0].startswith("Hello"), key
        assert "\n\n\n" not in letter.text and not letter.text.startswith("\n"), key
        assert not re.search(r"[<>]|&\w+;| {3}|[ \t]\n(?<!-- \n)", letter.text), key
        for place, line in enumerate(lines):  # an address stands by itself, beneath what it is for
            if "http" in line and "openstreetmap" not in line:
                assert line.strip().startswith("http") and lines[place - 1].endswith((":", ")")), (key, line)
        assert letter.text.rstrip().split("\n")[-3] == "-- ", key


def test_one_empty_line_stands_between_paragraphs(app: Flask) -> None:
    assert tidied("\n\nHello\n\n\n\nWe\nare\n\n") == "Hello\n\nWe\nare\n"


def test_a_letter_knows_dark_screens_and_brings_what_it_shows(letters: dict[str, Letter]) -> None:
    for key, letter in letters.items():
        for name in ("color-scheme", "supported-color-schemes"):
            assert f'<meta name="{name}" content="light dark">' in letter.html, key
        assert "prefers-color-scheme: dark" in letter.html
        shown = {f"cid:{picture.name}" for picture in letter.pictures}
        assert set(re.findall(r'src="([^"]+)"', letter.html)) == shown, key
        assert sum(len(picture.content) for picture in letter.pictures) < 60_000, key
        assert 'style="' not in letter.html and "bgcolor" not in letter.html, key


@pytest.mark.parametrize("brand", ["#0b4f6c", "#ffe600", "#ffffff", "#000000", "#7a7a7a", "#d9486e"])
def test_words_of_a_letter_can_be_read_by_day_and_by_evening(app: Flask, brand: str) -> None:
    colours = letter_look(a_centre(brand=brand)).colours
    pairs = [
        (colours.brand, colours.on_brand), (colours.glowing, colours.on_glowing), (colours.link, SHEET),
        (colours.bright, DARK_SHEET), ("#55626b", SHEET), ("#a9b8c1", DARK_SHEET),
    ]  # fmt: skip
    assert [pair for pair in pairs if contrast(*pair) < ENOUGH] == []
