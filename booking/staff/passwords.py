"""Passwords: long, not among the common ones, kept as argon2id."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update

from booking.kernel.codes import new_secret
from booking.kernel.database import db
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.staff.models import Account

LEAST = 15
MOST = 200
LEAST_SCORE = 3  # of zxcvbn's 0 to 4: more than 10^8 guesses
JUDGED = 72  # zxcvbn reads no further

# OWASP's choice where memory is shared by many: 19 MiB, two passes, one lane; about 25 ms.
PASSES, MEMORY = 2, 19_456  # memory in KiB
_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=1)


@dataclass(frozen=True, slots=True)
class TooShort(Refusal):
    """Fewer characters than `least`."""

    least: int


@dataclass(frozen=True, slots=True)
class PasswordTooLong(Refusal):
    """More characters than `most`."""

    most: int


class TooCommon(Refusal):
    """One that is guessed early: a common password, a pattern, the person's own name."""


class PasswordMissing(Refusal):
    """None was written, so none is wrong."""


class WrongPassword(Refusal):
    """Not the password of this account, or no account: all the same to whoever asks."""


def check(password: str, about: list[str]) -> str:
    """The password as it will be compared (NFKC), if it is good. `about` are words that belong to the person.

    Raises TooShort, PasswordTooLong, TooCommon. Length and common passwords only, no classes of characters:
    NIST SP 800-63B.
    """
    plain = normal(password)
    if len(plain) < LEAST:
        raise TooShort(LEAST)
    if len(plain) > MOST:
        raise PasswordTooLong(MOST)
    from zxcvbn import zxcvbn  # its lists take 14 MB: only for those who choose a password

    # A word said twice is hardly harder to guess than said once.
    words = re.findall(r"\w+", plain)
    judged = plain if len(set(words)) == len(words) else " ".join(dict.fromkeys(words))
    if zxcvbn(judged[:JUDGED], user_inputs=[word for word in about if word])["score"] < LEAST_SCORE:
        raise TooCommon
    return plain


def normal(password: str) -> str:
    """Keyboards write å in two ways; both are the same password."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """What is kept; slow on purpose, so never inside a unit of work."""
    return _hasher.hash(normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password; takes as long when there is none to compare with."""
    plain = normal(password[:MOST])
    try:
        return _hasher.verify(kept or _nobodys(), plain) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was made with other costs than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _hasher.hash(new_secret())


def kept_of(account_id: int) -> str | None:
    """The hash kept for an account, if it has a password."""
    return db.session.scalar(select(Account.password_hash).where(Account.id == account_id))


def keep(account_id: int, new_hash: str, old_hash: str | None, now: datetime) -> None:
    """Set the password, if it is still the one that was checked; call inside a unit of work. Raises WrongPassword."""
    changed = db.session.execute(
        update(Account)
        .where(Account.id == account_id, Account.password_hash.is_not_distinct_from(old_hash))
        .values(password_hash=new_hash, password_at=now)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if changed is None:
        raise WrongPassword
    note(f"account:{account_id}", "password.set", f"account:{account_id}", {"had_one": old_hash is not None}, None)


def renew(account_id: int, new_hash: str, old_hash: str) -> None:
    """The same password with today's costs; call inside a unit of work."""
    db.session.execute(
        update(Account)
        .where(Account.id == account_id, Account.password_hash == old_hash)
        .values(password_hash=new_hash)
        .execution_options(synchronize_session=False)
    )
