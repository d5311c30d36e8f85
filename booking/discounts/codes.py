"""Codes of discounts: words that staff choose, or many that are drawn. Read as people type them.

A code is looked for by its key: letters folded, gaps gone, what looks alike made one. A key has at most fifteen signs,
a gift card's code sixteen, so that one field takes both.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

from booking.kernel.codes import ALPHABET

LEAST, MOST = 3, 15
DRAWN = 10  # signs, of five bits: with guesses counted nobody finds one
MOST_TYPED = 80

_ACROSS = str.maketrans({"Æ": "AE", "Ø": "0", "Å": "A", "ẞ": "SS", "I": "1", "L": "1", "O": "0", "|": "1"})
_GAPS = re.compile(r"[\s\-–—._]")
_KEY = re.compile(f"[A-Z0-9]{{{LEAST},{MOST}}}")


def key_of(typed: str) -> str | None:
    """What a code that was typed or chosen is looked for by; None for what cannot be one."""
    wide = unicodedata.normalize("NFKC", typed[:MOST_TYPED]).upper().translate(_ACROSS)
    plain = unicodedata.normalize("NFKD", _GAPS.sub("", wide)).encode("ascii", "ignore").decode()
    letters = sum(not unicodedata.combining(sign) for sign in unicodedata.normalize("NFKD", _GAPS.sub("", wide)))
    return plain if letters == len(plain) and _KEY.fullmatch(plain) else None


def new_code() -> str:
    """One of many: its signs look like no other, and so it is its own key."""
    return "".join(secrets.choice(ALPHABET) for _place in range(DRAWN))


def in_groups(code: str) -> str:
    """A drawn one as it is printed: 7K2M9-1QX4C."""
    return f"{code[: DRAWN // 2]}-{code[DRAWN // 2 :]}"
