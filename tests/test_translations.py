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
def places() -> tuple[tuple[Key, tuple[Path, int]], ...]:
    """What the code and the templates say, by its context and its English singular, and where."""
    with (ROOT / "booking" / "translations" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    said_at = []
    for folder in ("booking", "templates"):
        rules = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods]
        for name, line, message, _comments, context in extract_from_dir(
            ROOT / folder, rules, options, keywords=KEYWORDS
        ):
            text = message if isinstance(message, str) else message[0]
            said_at.append(((context or "", text), (ROOT / folder / name, line)))
    return tuple(said_at)


@cache
def in_the_code() -> frozenset[Key]:
    """What the code and the templates say."""
    return frozenset(name for name, _where in places())


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
    assert [text for message in messages(lang) for text in texts(message) if ends_there.search(text)] == []


# How each language quotes; where another's sign stands, a text was translated by its letters alone.
QUOTES = {"nb": ("«", "»"), "nn": ("«", "»"), "lv": ("„", "”"), "en": ("“", "”")}
EVERY_QUOTE = set('«»„“”"')


def spoken(lang: str) -> list[tuple[Key, str]]:
    """Each text of a language with what it stands for; English is what the code says."""
    if lang == "en":
        return [
            (key(message), text)
            for message in messages("nb")
            for text in ([message.id] if isinstance(message.id, str) else message.id)
        ]
    return [(key(message), text) for message in messages(lang) for text in texts(message)]


@pytest.mark.parametrize("lang", QUOTES)
def test_a_language_quotes_as_it_does(lang: str) -> None:
    opening, closing = QUOTES[lang]
    for name, text in spoken(lang):
        assert set(text) & EVERY_QUOTE <= {opening, closing}, (name, text)
        assert text.count(opening) == text.count(closing), (name, text)


# What nobody sets: two spaces, a space before a full stop, a hyphen for a dash, three full stops for an ellipsis.
MISPRINTS = re.compile(r"\S  +\S|\w [,.;!?](?!\w)| - |\.\.\.|—| (?=:(?! 1))")


@pytest.mark.parametrize("lang", QUOTES)
def test_nothing_is_misprinted(lang: str) -> None:
    assert [text for _name, text in spoken(lang) if MISPRINTS.search(text)] == []


@pytest.mark.parametrize("lang", QUOTES)
def test_a_percent_sign_stands_as_the_language_has_it(lang: str) -> None:
    signs = [text[: text.index("%%")] for _name, text in spoken(lang) if "%%" in text]
    assert signs
    assert [before for before in signs if before.endswith("\N{NO-BREAK SPACE}") is (lang == "en")] == []
    assert [before for before in signs if before.endswith(" ")] == []


# Words that a language of the house has another for: docs/words.md says which. Bokmål is moderate, nynorsk no bokmål.
NEVER = {
    "nb": r"\w*(?:lista|døra|uka|klokka|kassa|lenka|boka|sida)|vitenshow|hefte|ennu|efter|innboksa|mva-\w+|epost\w*",
    "nn": (
        r"ikke|hvor\w*|hva|hvem|hvilken|hvilke|jeg|noe|noen|mye|fra|ble|blei|være|bare|også|uke\w*|skole\w*|elever"
        r"|gavekort\w*|kommer|lenke|lenken|lenker|deres|selv|uten|gjennom?føre|hjem|allerede|virkedag\w*|bekreft\w*|velg"
        r"|se|komme|lat|gje|gjaldt|byrja med|omstrid\w+|gyldigdag|vitenshow|handlekurv\w*|billetter|priser|viss"
        r"|mva-\w+|i inngangen"
    ),
    "lv": r"datn\w+|epast\w*|email|e-mail\w*|izgūt\w*",
    "en": (
        r"e-mail\w*|center\w*|color\w*|canceled|canceling|program|programs|catalog|favorite|licence fee|gotten"
        r"|[Ff]ree (?:seat|time|session|slot)s?|wants? somebody|needs? somebody|who answers|to be had"
    ),
}


@pytest.mark.parametrize("lang", NEVER)
def test_words_of_another_language_or_another_house_are_not_said(lang: str) -> None:
    never = re.compile(rf"(?<![\w-])(?:{NEVER[lang]})(?![\w-])", re.IGNORECASE)
    plain = [(name, re.sub(r"%\(\w+\)s|https?://\S+", "", text)) for name, text in spoken(lang)]
    assert [(name, hit[0]) for name, text in plain if (hit := never.search(text))] == []


# Latvian speaks to one reader as to several (jūs, paši): a participle in the singular is a man's.
ALONE = re.compile(r"\b(?:jūs|esat|būsiet|bijāt)\s+(?:pats|\w+(?:[^št]ies|[cjtdzr]is))\b", re.IGNORECASE)


def test_latvian_does_not_take_its_reader_for_a_man() -> None:
    assert [text for _name, text in spoken("lv") if ALONE.search(text)] == []


# A day that comes in after these is bent for them where it is put in; a date in digits and a clock need no case.
CASES = {"līdz": "until", "no": "from_day", "kopš": "from_day", "pēc": "from_day"}
NO_CASE = ("|dated", "|short_day", "|time", ".dated(", ".short_day(", ".time(")
DAY = r"%\((?:when|day|until|day_read|from_)\)s"


def call(path: Path, line: int, msgid: str) -> str:
    """What is put into a text: of a template its own call, of a program the whole file (the day may have a name)."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    here = "".join(text.splitlines(keepends=True)[line - 1 : line + 4])
    return here[here.index(msgid[:25]) :].split("}}")[0].removeprefix(msgid)


def test_latvian_days_stand_in_the_case_of_their_sentence() -> None:
    wanting: dict[Key, set[str]] = {}
    for name, text in spoken("lv"):
        for word in re.findall(rf"\b({'|'.join(CASES)}) {DAY}", text, re.IGNORECASE):
            wanting.setdefault(name, set()).add(CASES[word.lower()])
    assert len(wanting) > 40
    unbent = []
    for name, (path, line) in places():
        if name in wanting:
            put_in = call(path, line, name[1])
            bent = all(f"|{way}" in put_in or f".{way}(" in put_in for way in wanting[name])
            if not bent and not any(form in put_in for form in NO_CASE):
                unbent.append((str(path.relative_to(ROOT)), line, name[1]))
    assert unbent == []


def glossary() -> list[tuple[str, tuple[str, ...]]]:
    """The rows of the terms in four languages: English, and what nb, nn and lv say."""
    document = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (.+) \|$", document.split("## The terms in four languages")[1], re.MULTILINE)[1:]
    return [(english, tuple(rest)) for english, *rest in (row.split(" | ") for row in table)]


# English words with another meaning beside the term: the verb, entry to the house, the letter of the day before.
OTHER_MEANINGS = {"show", "entry", "reminder", "withdraw from a contract here"}


def test_the_terms_are_those_of_the_words_of_the_house() -> None:
    known = {lang: {key(message): message.string for message in messages(lang)} for lang in TRANSLATED}
    compared = 0
    for english, others in glossary():
        for term in re.sub(r" \(.*?\)", "", english).split(", "):
            for name in (("", term), ("", term.capitalize())):
                if term in OTHER_MEANINGS or name not in known["nb"]:
                    continue
                compared += 1
                for lang, words in zip(TRANSLATED, others, strict=True):
                    assert str(known[lang][name]).casefold() in words.casefold().split(", "), (lang, name)
    assert compared > 40
