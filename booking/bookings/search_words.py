"""The words that staff find a booking by: its reference, names, mail address and phone number, letters folded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import delete

from booking.bookings.models import BookingWord
from booking.kernel.database import db
from booking.kernel.writing import write

LONGEST = 40
NATIONAL = 8  # digits of a Norwegian or Latvian number as people say it, without the country's own


def fold_letters(text: str) -> str:
    """Text as it is searched: case and accents away, and "aa" as the å it often is; "aase" and "ase" are "Åse".

    Not left to the database: SQLite's lower() knows ASCII only.
    """
    special = text.casefold().replace("ø", "o").replace("æ", "ae").replace("đ", "d").replace("ł", "l")
    plain = unicodedata.normalize("NFKD", special)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("aa", "a")


def words_of(
    reference: str, name: str, email: str, phone: str, group_name: str = "", names: Iterable[str] = ()
) -> set[str]:
    """Every word that the booking is found by, and the number with and without its country."""
    digits = re.sub(r"\D", "", phone)
    written = f"{reference} {name} {group_name} {email.partition('@')[0]} {' '.join(names)}"
    words = {*split(written), fold_letters(email), digits, digits[-NATIONAL:]}
    return {word[:LONGEST] for word in words if len(word) > 1}


def split(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return re.findall(r"\w+", fold_letters(text))


def search_text(
    reference: str, name: str, email: str, phone: str, group_name: str = "", names: Iterable[str] = ()
) -> str:
    """All of it in one line, for a search among few bookings."""
    return fold_letters(f"{reference} {name} {group_name} {email} {phone} {' '.join(names)}".strip())[:500]


def write_words(booking_id: int, words: Iterable[str], replacing: bool) -> None:
    """Let the booking be found by these words; `replacing` when it had others."""
    if replacing:
        forget_words([booking_id])
    write(BookingWord, [{"word": word, "booking_id": booking_id} for word in sorted(words)])


def forget_words(booking_ids: Iterable[int]) -> None:
    """Let these bookings be found by no word any more."""
    db.session.execute(delete(BookingWord).where(BookingWord.booking_id.in_(list(booking_ids))))
