"""What people type or paste, without the characters that nobody sees."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from booking.kernel import typed


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("\ufeffKari Nordmann", "Kari Nordmann"),
        ("Kari\u200b Nord\u00admann\u2060", "Kari Nordmann"),
        ("\u202eKari\u202c \u2067Nordmann\u2069\u200e", "Kari Nordmann"),
        ("Kari\x00\x07\x9b", "Kari"),
        ("Kari\t\r\n \u00a0\u2028Nordmann", "Kari Nordmann"),
        ("\u3164\u2800\u115f\uffa0", ""),
        ("\ufe0f\u200d \ufe0f", ""),
        ("Kari\u200d\u200cNordmann", "KariNordmann"),
        ("\ud83dKari\uffff\U0001ffff\ufdd0", "Kari"),
        ("O\u0308stby \u00d8rjan", "O\u0308stby \u00d8rjan"),
    ],
)
def test_what_nobody_sees_goes_and_what_is_seen_stays(pasted: str, kept: str) -> None:
    assert typed.one_line(pasted) == kept


@pytest.mark.parametrize(
    "name",
    [
        "\u0646\u06cc\u06a9\u200c\u0646\u0627\u0645",  # a Persian name, written with a non-joiner
        "\u0da7\u0dca\u200d\u0dbb",  # Sinhala, with a joiner
        "\u0915\u094d\u200d\u0937",  # Devanagari
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # a flag of many colours
        "\u845b\U000e0100\u98fe",  # a Japanese name that says which form of a letter
    ],
)
def test_joiners_stay_where_a_script_or_a_picture_needs_them(name: str) -> None:
    assert typed.one_line(name) == name


def test_no_format_or_control_character_of_unicode_is_kept_beside_latin_letters() -> None:
    hidden = [chr(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) in ("Cf", "Cc", "Cs")]
    # A few of Unicode's format characters are drawn: Arabic and Kaithi number signs, Egyptian joiners of pictures.
    drawn = {
        sign for sign in hidden
        if unicodedata.name(sign, "").startswith(("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"))
        and sign != "\u061c"
    }  # fmt: skip
    kept = {sign for sign in hidden if typed.one_line(f"a{sign}b") not in ("ab", "a b")}
    assert kept == drawn


def test_cleaning_twice_is_cleaning_once() -> None:
    for typed_text in ("\u200d\ufe0f\u200dA", "a\ufe0f\ufe0f\u200c\u200d b", "\ufe0f\ufeff\ufe0f"):
        assert typed.one_line(typed.one_line(typed_text)) == typed.one_line(typed_text)


def test_paragraphs_stay_where_they_are_allowed() -> None:
    assert typed.lines("one\u200b  two\r\n\r\n\r\n\r\nthree\u2028four\x85five") == "one two\n\nthree\nfour\nfive"


@pytest.mark.parametrize(
    "pasted",
    [
        "mailto:kari@example.org",
        "MAILTO:kari@example.org?subject=Hei",
        "mailto:kari%40example.org",
        "Kari Nordmann <kari@example.org>",
        '"Nordmann, Kari" <mailto:kari@example.org>;',
        "<kari@example.org>",
        " \ufeffkari@example\u200b.org\u00a0,",
    ],
)
def test_an_address_is_taken_out_of_what_it_was_pasted_with(pasted: str) -> None:
    assert typed.address(pasted) == "kari@example.org"


@pytest.mark.parametrize(
    "name",
    [
        "Vinn penger på https://evil.example", "evil.com", "Kari evil.com/pay", "www.evil", "EVIL.COM", "Evil.Com",
        "evil\u3002com", "\uff45\uff56\uff49\uff4c.com", "sub.evil-site.xyz", "kari@evil.com",
        "bit.ly/x", "gratis.billetter",        "see ftp://x",
    ],
)  # fmt: skip
def test_a_name_that_mail_readers_make_a_link_of_is_known(name: str) -> None:
    assert typed.holds_an_address(name)


@pytest.mark.parametrize(
    "name",
    [
        "Kari Nordmann", "J.R.R. Tolkien", "Dr. Åse Øygard", "St. Olav skole", "St.Olav skole", "Ole-Jørgen O'Brien",
        "7A", "7.trinn", "10.trinn", "vg1", "Klasse 3.b", "A.B. Hansen", "Jānis Bērziņš", "Anne-Lise", "Kl. 10.30",
        "12345/A", "Bergen kommune, avd. 3", "\u0646\u06cc\u06a9\u200c\u0646\u0627\u0645", "Smith & Co. AS",
        "K.E.G. Per", "P.O. Box 12", "3:1",
    ],
)  # fmt: skip
def test_names_as_people_write_them_hold_no_address(name: str) -> None:
    assert not typed.holds_an_address(name)
