"""Who the buyer is; and the newsletter, which asks twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from booking.bookings.models import Booking, Subscriber
from booking.bookings.store import lock_held
from booking.bookings.words import search_text, words_of, write_words
from booking.kernel.codes import new_secret
from booking.kernel.database import db
from booking.outbox.promises import promise


@dataclass(frozen=True, slots=True)
class Contact:
    """Who ordered; checked and trimmed by the form it comes from."""

    name: str
    email: str
    phone: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """All that the checkout asks for: who, in which language, and what news they want."""

    contact: Contact
    lang: str
    topics: Sequence[str] = ()


def set_details(booking_id: int, contact: Contact, lang: str, now: datetime) -> None:
    """Write who the buyer is on a booking that is held in time; call inside a unit of work. Raises WrongState."""
    write_details(lock_held(booking_id, now), Details(contact, lang), now)


def write_details(booking: Booking, details: Details, now: datetime) -> None:
    """Write who the buyer is on a booking that is locked, and note what news they want."""
    contact = details.contact
    booking.name, booking.email, booking.phone = contact.name, contact.email, contact.phone
    booking.needs, booking.lang = contact.needs, details.lang
    make_findable(booking)
    ask_for_newsletter(contact.email, details.topics, details.lang, now)


def make_findable(booking: Booking, names: Sequence[str] = ()) -> None:
    """Let staff find a booking by who it is for now; call inside a unit of work that holds it locked.

    `names` are those of others who come on it.
    """
    about = (booking.reference, booking.name, booking.email, booking.phone, booking.group_name)
    was_found = booking.search != ""
    booking.search = search_text(*about, names=names)
    write_words(booking.id, words_of(*about, names=names), replacing=was_found)


def ask_for_newsletter(email: str, topics: Sequence[str], lang: str, now: datetime) -> None:
    """Note a wish for the newsletter and promise the mail that asks for a yes; nothing else is sent before that."""
    if not topics:
        return
    subscriber = db.session.scalar(select(Subscriber).where(Subscriber.email == email).with_for_update(key_share=True))
    if subscriber is None:
        subscriber = Subscriber(email=email, secret=new_secret(), lang=lang, topics=[], asked_at=now)
        db.session.add(subscriber)
    if subscriber.confirmed_at is not None and subscriber.ended_at is None and set(topics) <= set(subscriber.topics):
        return
    subscriber.topics = sorted({*subscriber.topics, *topics}) if subscriber.ended_at is None else sorted(set(topics))
    subscriber.lang, subscriber.asked_at, subscriber.ended_at = lang, now, None
    db.session.flush()
    promise(
        "mail.newsletter",
        f"newsletter:{subscriber.id}:{int(now.timestamp())}",
        {"subscriber_id": subscriber.id},
    )


def confirm_newsletter(secret: str, now: datetime) -> bool:
    """The yes from the mailbox; False for an unknown secret."""
    return _answer_newsletter(secret, confirmed_at=now, ended_at=None)


def end_newsletter(secret: str, now: datetime) -> bool:
    """Off the list; False for an unknown secret."""
    return _answer_newsletter(secret, ended_at=now)


def _answer_newsletter(secret: str, **changes: datetime | None) -> bool:
    found = db.session.execute(
        update(Subscriber)
        .where(Subscriber.secret == secret)
        .values(**changes)
        .returning(Subscriber.id)
        .execution_options(synchronize_session=False)
    )
    return found.first() is not None
