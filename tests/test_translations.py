"""Nothing shown to a person is missing in a language, and no translation breaks what it stands for."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import cast

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from booking.demo.load import CENTRES

ROOT = Path(__file__).parents[1]
TRANSLATED = ("nb", "nn", "lv")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_gettext": None,
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


Key = tuple[str, str]  # context, English singular


@cache
def catalogue(lang: str) -> Catalog:
    with (ROOT / "booking" / "translations" / lang / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=lang)


@cache
def in_the_code() -> frozenset[Key]:
    """What the code and the templates say, by its context and its English singular."""
    with (ROOT / "booking" / "translations" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    messages = set()
    for folder in ("booking", "templates"):
        rules = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods]
        for _file, _line, message, _comments, context in extract_from_dir(
            ROOT / folder, rules, options, keywords=KEYWORDS
        ):
            messages.add((context or "", message if isinstance(message, str) else message[0]))
    return frozenset(messages)


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def key(message: Message) -> Key:
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def messages(lang: str) -> list[Message]:
    return [message for message in catalogue(lang) if message.id]


def names_in(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def test_the_search_for_texts_finds_them() -> None:
    assert len(in_the_code()) > 250
    assert ("", "Book tickets") in in_the_code()


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_text_is_translated(lang: str) -> None:
    translated = {key(message) for message in messages(lang) if all(texts(message))}
    assert in_the_code() - translated == set()


@pytest.mark.parametrize("lang", TRANSLATED)
def test_nothing_is_guessed_or_left_over(lang: str) -> None:
    assert [key(message) for message in messages(lang) if message.fuzzy] == []
    assert {key(message) for message in messages(lang)} - in_the_code() == set()
    assert list(catalogue(lang).obsolete) == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_translation_names_the_same_values(lang: str) -> None:
    for message in messages(lang):
        # The form for none of something may leave the number out: "no places" says it.
        singular = message.id if isinstance(message.id, str) else message.id[1]
        for form, text in enumerate(texts(message)):
            missing = names_in(singular) - names_in(text)
            assert not names_in(text) - names_in(singular), (lang, key(message), text)
            assert not missing or (form == 2 and missing <= {"num", "time"}), (lang, key(message), text)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_sentences_end_as_the_original_does(lang: str) -> None:
    odd = [
        (key(message), text)
        for message in messages(lang)
        for text in texts(message)
        if key(message)[1][-1] in ".?:" and text[-1] not in ".?:!"
    ]
    assert odd == []


# Words that English has for two things, where the others have two words: (context, word), and the same without one.
TWO_THINGS = {
    "nb": [("kind of activity", "Show"), ("letter", "Change"), ("payment", "Open"), ("place in a line", "Turn")],
    "nn": [("kind of activity", "Show"), ("letter", "Change"), ("payment", "Open"), ("place in a line", "Turn")],
    "lv": [("kind of activity", "Show"), ("letter", "Change"), ("of a class", "Name"), ("of a thing", "Name")],
}


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_word_for_two_things_is_translated_for_each(lang: str) -> None:
    known = {key(message): message.string for message in messages(lang)}
    for context, word in TWO_THINGS[lang]:
        assert known[context, word] not in (known.get(("", word)), "Tur"), (context, word)


@pytest.mark.parametrize("name", sorted(CENTRES))
def test_the_demo_centre_says_everything_in_all_its_languages(name: str) -> None:
    centre = CENTRES[name]
    langs = set(cast("list[str]", centre.facts["languages"]))
    texts = list(translated_texts(centre))
    assert texts
    assert [text for text in texts if not langs <= {lang for lang, words in text.items() if words}] == []


def translated_texts(value: object) -> list[dict[str, str]]:
    """All {"nb": …, "en": …} inside a value made of dataclasses, sequences and mappings."""
    if isinstance(value, dict) and value and all(isinstance(k, str) and len(k) == 2 for k in value):
        return [value] if any(value.values()) else []
    if isinstance(value, dict):
        return [text for part in value.values() for text in translated_texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in translated_texts(part)]
    if hasattr(value, "__dataclass_fields__"):
        return [text for name in value.__dataclass_fields__ for text in translated_texts(getattr(value, name))]
    return []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_line_ends_between_a_clock_and_its_time_or_a_number_and_its_sign(lang: str) -> None:
    ends_there = re.compile(r"\b(kl|plkst)\. %\(|\)s %%")
    assert [text for message in catalogue(lang) for text in texts(message) if ends_there.search(text)] == []
