"""Find a booking by anything the person at the desk says: reference, name, class, mail address, phone number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from booking.bookings.models import Booking, BookingWord, State, Ticket
from booking.bookings.words import LONGEST, fold_letters, split
from booking.capacity.models import Channel
from booking.kernel.codes import read_reference
from booking.kernel.database import as_values, db

MOST = 20
CANDIDATES = 300  # bookings of other days that are looked at before the nearest are chosen
LONGEST_QUERY = 100
WORTH_FINDING = (State.CONFIRMED, State.CANCELLED, State.PENDING)
_LAST = "\U0010ffff"  # sorts after every letter


@dataclass(frozen=True, slots=True)
class Hit:
    """A booking that was found."""

    booking_id: int
    reference: str
    state: State
    channel: Channel
    name: str
    group_name: str
    phone: str
    starts_at: datetime
    people: int
    admitted: int


def search(typed: str, start: datetime, end: datetime) -> list[Hit]:
    """Bookings that all the typed words fit, those of [start, end) first, then the nearest other days.

    Among today's a word may be any part of what is known, on other days the beginning of a word. Letters fold: "ase"
    finds "Åse". Where nothing fits, the last letter of each word may be another: "Asa" finds "Åse" too.
    """
    words = split(typed[:LONGEST_QUERY])
    if not words or len("".join(words)) < 2:
        return []
    reference = read_reference(typed)
    address = fold_letters(typed.strip()) if "@" in typed else ""
    return _find(words, reference, address, start, end) or _find(
        [word[:-1] if len(word) > 2 else word for word in words], None, "", start, end
    )


def _find(words: Sequence[str], reference: str | None, address: str, start: datetime, end: datetime) -> list[Hit]:
    of_today = _hits(and_(Booking.starts_at >= start, Booking.starts_at < end, *_anywhere(words)))
    if len(of_today) >= MOST:
        return of_today[:MOST]
    of_any_day = _hits(_beginning(address or max(words, key=len), words))
    if reference:  # asked for itself: with an OR the whole table would be read
        of_any_day = list(
            {hit.booking_id: hit for hit in (*_hits(Booking.reference == reference), *of_any_day)}.values()
        )
    others = [hit for hit in of_any_day if not start <= hit.starts_at < end]
    others.sort(key=lambda hit: abs((hit.starts_at - start).total_seconds()))
    return (of_today + others)[:MOST]


def _hits(which: ColumnElement[bool]) -> list[Hit]:
    came = select(func.coalesce(func.sum(Ticket.admitted), 0)).where(Ticket.booking_id == Booking.id)
    rows = db.session.execute(
        select(
            Booking.id, Booking.reference, Booking.state, Booking.channel, Booking.name, Booking.group_name,
            Booking.phone, Booking.starts_at, Booking.people,
            came.correlate(Booking).scalar_subquery(),
        )
        .where(which, Booking.changes_id.is_(None), Booking.state.in_(WORTH_FINDING))
        .order_by(Booking.starts_at)
        .limit(CANDIDATES)
    )  # fmt: skip
    return as_values(Hit, rows)


def _anywhere(words: Sequence[str]) -> list[ColumnElement[bool]]:
    return [Booking.search.contains(word, autoescape=True) for word in words]


def _beginning(lead: str, words: Sequence[str]) -> ColumnElement[bool]:
    """Found by the key of the words table: one word leads, the others are looked for in what it finds."""
    lead = lead[:LONGEST]
    found = select(BookingWord.booking_id).where(BookingWord.word >= lead, BookingWord.word < lead + _LAST)
    return and_(Booking.id.in_(found.limit(CANDIDATES * 10)), *_anywhere(words))
