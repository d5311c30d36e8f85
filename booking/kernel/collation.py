"""Names in the order of the reader's language, as its dictionaries and CLDR's collations have it.

Python and databases sort by code: Å before Æ, and Č, Š and Ž behind Z. What is well kept and does it whole (PyICU) has
no wheels, and names in Latin letters need little of it. Compared is letter by letter, without marks and capitals; then
the marks; then small before capital. Digits stand before the letters, those of other scripts behind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

T = TypeVar("T")

# Letters of their own, behind the one they follow: Norwegian as in CLDR (no.xml), where Æ and ä are one letter, as are
# Ø and ö; Latvian as its alphabet is said and class lists are kept, where Ā follows all of A, and y stands beside i.
_OWN: dict[str, dict[str, tuple[str, int]]] = {
    "no": {
        "æ": ("z", 1), "ä": ("z", 1), "ę": ("z", 1),
        "ø": ("z", 2), "ö": ("z", 2), "ő": ("z", 2), "œ": ("z", 2),
        "å": ("z", 3), "aa": ("z", 3),
        "ü": ("y", 0), "ű": ("y", 0), "đ": ("d", 0), "ð": ("d", 0), "þ": ("t", 1),
    },
    "lv": {
        "ā": ("a", 1), "ē": ("e", 1), "ī": ("i", 1), "ū": ("u", 1),
        "č": ("c", 1), "ģ": ("g", 1), "ķ": ("k", 1), "ļ": ("l", 1), "ņ": ("n", 1), "ŗ": ("r", 1), "š": ("s", 1),
        "ž": ("z", 1), "y": ("i", 0),
    },
}  # fmt: skip
_ALPHABETS = {"nb": "no", "nn": "no", "lv": "lv"}
# What no decomposition of Unicode's takes apart.
_SPELT = {
    "æ": "ae", "œ": "oe", "ø": "o", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n",
    "ŧ": "t", "ſ": "s", "ƒ": "f", "ĸ": "q",
}  # fmt: skip

Key = tuple[tuple[tuple[int, str, int], ...], str, str]


def in_order(things: Iterable[T], lang: str, name: Callable[[T], str] | None = None) -> list[T]:
    """The things in the order of their names, for a reader of this language; equal names stay as they came."""
    return sorted(things, key=lambda thing: order_key(name(thing) if name else str(thing), lang))


def order_key(name: str, lang: str) -> Key:
    """What a name is compared by."""
    small = unicodedata.normalize("NFC", name).lower()
    alphabet = _ALPHABETS.get(lang, "")
    letters = tuple(primary for part in _pattern(alphabet).findall(small) for primary in _letters(part, alphabet))
    return letters, small, name.swapcase()


@cache
def _pattern(alphabet: str) -> re.Pattern[str]:
    """One letter at a time, those written with two first."""
    doubles = [letter for letter in _OWN.get(alphabet, {}) if len(letter) > 1]
    return re.compile("|".join([*doubles, r"[^\W_]|\s+"]))  # marks of punctuation do not count


@cache
def _letters(part: str, alphabet: str) -> tuple[tuple[int, str, int], ...]:
    """The place of a letter: words end before they go on, digits come first, other scripts last."""
    own = _OWN.get(alphabet, {}).get(part)
    if own is not None:
        return ((2, *own),)
    if part.isspace():
        return ((0, "", 0),)
    places: list[tuple[int, str, int]] = []
    for base in "".join(_SPELT.get(letter, _bare(letter)) for letter in part):
        own = _OWN.get(alphabet, {}).get(base)
        if own is not None:  # ý in a Latvian list is an y
            places.append((2, *own))
        elif base.isdigit():
            places.append((1, base, 0))
        else:
            places.append((2 if base.isascii() else 3, base, 0))
    return tuple(places)


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
