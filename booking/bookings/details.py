"""Who the buyer is, and which news they wish for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update

from booking.bookings.limits.places import check_buyer, person_of
from booking.bookings.models import Booking
from booking.bookings.numbers import HasType, Numbers, lines_that_ask, numbers_for
from booking.bookings.products.by_pass import hold_passes
from booking.bookings.search_words import search_text, words_of, write_words
from booking.bookings.store import lock_held
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts, the_centre
from booking.discounts import uses
from booking.kernel.database import db
from booking.newsletter import consents


@dataclass(frozen=True, slots=True)
class Contact:
    """Who ordered; checked and trimmed by the form it comes from."""

    name: str
    email: str
    phone: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """All that the checkout asks for: who, in which language, and what news they want, asked by which words."""

    contact: Contact
    lang: str
    topics: Sequence[str] = ()
    numbers: Numbers = field(default_factory=dict)
    news_words: str = ""


def set_details(booking_id: int, contact: Contact, lang: str, now: datetime) -> None:
    """Write who the buyer is on a booking that is held in time; call inside a unit of work. Raises WrongState."""
    write_details(lock_held(booking_id, now), Details(contact, lang), the_centre(), now)


def write_details(
    booking: Booking, details: Details, centre: CentreFacts, now: datetime, asking: Iterable[HasType] | None = None
) -> None:
    """Write who the buyer is on a booking that is locked, and which news they want: asked about once it is bought.

    `asking` are its lines whose tickets ask for a number, where they are known already. Raises TooManyHolds,
    NeedsNumber, OddNumber, DiscountNotForYou and what `hold_passes` raises.
    """
    contact = details.contact
    if booking.discount:
        uses.count_for(booking.id, person_of(contact.email))  # asked before anything is written; see `writing`
    if booking.channel is not Channel.SCHOOL:
        lines = list(lines_that_ask(booking.id) if asking is None else asking)
        booking.numbers = numbers_for(booking.id, lines, details.numbers)
        if lines and booking.changes_id is None:
            hold_passes(booking, details.numbers, now)
    booking.name, booking.email, booking.phone = contact.name, contact.email, contact.phone
    booking.needs, booking.lang = contact.needs, details.lang
    booking.topics = list(details.topics)
    if details.topics and details.news_words:
        booking.news_wording = consents.keep_wording(details.lang, details.news_words, now)
    make_findable(booking)
    check_buyer(booking, centre, now)


def write_needs(booking_id: int, needs: str) -> None:
    """Write what we should know to receive somebody well; call inside a unit of work."""
    db.session.execute(update(Booking).where(Booking.id == booking_id).values(needs=needs))


def make_findable(booking: Booking, names: Sequence[str] = ()) -> None:
    """Let staff find a booking by who it is for now; call inside a unit of work that holds it locked.

    `names` are those of others who come on it.
    """
    about = (booking.reference, booking.name, booking.email, booking.phone, booking.group_name)
    was_found = booking.search != ""
    booking.search = search_text(*about, names=names)
    write_words(booking.id, words_of(*about, names=names), replacing=was_found)
