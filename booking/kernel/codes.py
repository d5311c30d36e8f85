"""References for people and secrets for machines."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

# Crockford's base 32: no I, L, O or U, so nothing looks like 1 or 0 and few words appear.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
SECRET_LENGTH = 26  # 26 characters of 5 bits: 130 bits, at least the 128 that we promise

_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_SECRET = re.compile(f"[{ALPHABET}]{{{SECRET_LENGTH}}}")
_REFERENCE = re.compile(f"[{ALPHABET}]{{{REFERENCE_LENGTH}}}")


def _draw(length: int) -> str:
    return _spelt(secrets.randbits(5 * length), length)


def _spelt(number: int, length: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(length))


def new_reference() -> str:
    """Eight characters to read aloud; it opens nothing by itself."""
    return _draw(REFERENCE_LENGTH)


def new_secret() -> str:
    """At least 128 random bits, safe in an address and in a QR code's alphanumeric mode."""
    return _draw(SECRET_LENGTH)


def secret_from(*parts: str) -> str:
    """The secret that follows from these: the same parts give the same one, and nobody can guess it without them."""
    number = int.from_bytes(sha256("\n".join(parts).encode()).digest())
    return _spelt(number, SECRET_LENGTH)


def read_reference(typed: str) -> str | None:
    """The reference somebody meant, forgiving case, spaces, dashes and look-alikes; None when it cannot be one."""
    plain = re.sub(r"[\s\-–.]", "", typed).upper().translate(_LOOKALIKES)
    return plain if _REFERENCE.fullmatch(plain) else None


def is_secret(text: str) -> bool:
    """Whether the text has the form of a secret; says nothing of whether it opens anything."""
    return _SECRET.fullmatch(text) is not None
