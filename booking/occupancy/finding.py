"""Find bookings by what somebody says of them: one way for the desk and for the office."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, func, select

from booking.bookings.models import Booking, BookingWord
from booking.bookings.search_words import LONGEST, fold_letters, split
from booking.kernel.codes import read_reference
from booking.kernel.database import db
from booking.receipts.queries import booking_of_number

CANDIDATES = 3_000  # bookings that a word's beginning may find before the other words are asked
_LAST = "\U0010ffff"  # sorts after every letter


def typed_words(typed: str) -> list[str]:
    """What was typed as folded words, in order; a mail address, or a part of one, is one word."""
    return [word for part in typed.split() for word in ([fold_letters(part)] if "@" in part else split(part))]


def looser(words: Sequence[str]) -> list[str]:
    """The same words, the last letter of each may be another: "Asa" then finds "Åse" too."""
    return [word[:-1] if len(word) > 2 else word for word in words]


def fits(words: Sequence[str], *, anywhere: bool) -> ColumnElement[bool]:
    """Bookings that every word fits: as any part of what is known, or beginning a word of it.

    The first reads all that it may be among, a few days; the second goes by the key of the words table.
    """
    if not words:
        return false()
    conditions = [Booking.search.contains(word, autoescape=True) for word in words]
    if anywhere:
        return and_(*conditions)
    lead = max(words, key=len)[:LONGEST]
    begun = select(BookingWord.booking_id).where(BookingWord.word >= lead, BookingWord.word < lead + _LAST)
    return and_(Booking.id.in_(begun.limit(CANDIDATES)), *conditions)


def whole(words: Sequence[str]) -> ColumnElement[bool]:
    """Bookings that have every one of these as a whole word."""
    shortened = {word[:LONGEST] for word in words}
    same = select(func.count()).where(BookingWord.booking_id == Booking.id, BookingWord.word.in_(shortened))
    return same.correlate(Booking).scalar_subquery() == len(shortened)


def with_reference(typed: str) -> int | None:
    """The booking with exactly this reference, however it is written, whatever its day and state; None without one.

    A change that waits for its money leads to the booking that it changes. The number of a receipt finds its booking.
    """
    reference = read_reference(typed)
    row = None
    if reference:
        row = db.session.execute(select(Booking.id, Booking.changes_id).where(Booking.reference == reference)).first()
    return booking_of_number(typed) if row is None else row.changes_id or row.id
