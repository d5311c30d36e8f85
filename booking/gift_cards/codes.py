"""Codes of gift cards: sixteen signs that nothing looks like, the last of which tells a slip of the pen."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from booking.kernel.codes import ALPHABET

LENGTH = 16
SHOWN = 4  # the last ones: so much stands on pages and receipts, and opens nothing

_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_GAPS = re.compile(r"[\s\-–—.]")
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """75 random bits and their check sign, without gaps."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH - 1))
    return body + ALPHABET[_times(_sum_of(body))]


def read_code(typed: str) -> str | None:
    """The code that somebody meant, forgiving case, gaps and look-alikes; None for what cannot be one."""
    plain = _GAPS.sub("", typed[:80]).upper().translate(_LOOKALIKES)
    if not _CODE.fullmatch(plain):
        return None
    return plain if ALPHABET[_times(_sum_of(plain[:-1]))] == plain[-1] else None


def in_groups(code: str) -> str:
    """As it is printed: 7K2M-91QX-….."""
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def hash_of(code: str) -> str:
    """What the database keeps of it: of 75 random bits nobody finds the code by trying."""
    return sha256(f"gift card:{code}".encode()).hexdigest()


def _sum_of(signs: str) -> int:
    """A polynomial over the field of 32: any wrong sign, and any two that changed places, give another sum."""
    total = 0
    for sign in signs:
        total = _times(total) ^ ALPHABET.index(sign)
    return total


def _times(number: int) -> int:
    """Times x, modulo x^5 + x^2 + 1, of which x is a primitive root."""
    doubled = number << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled
