"""Who the buyer is; and the newsletter, which asks twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from booking.bookings.limits.places import check_buyer
from booking.bookings.models import Booking, Subscriber
from booking.bookings.numbers import HasType, Numbers, lines_that_ask, numbers_for
from booking.bookings.search_words import search_text, words_of, write_words
from booking.bookings.store import lock_held
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts, the_centre
from booking.kernel.codes import new_secret
from booking.kernel.database import db, insert_once
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
    numbers: Numbers = field(default_factory=dict)


def set_details(booking_id: int, contact: Contact, lang: str, now: datetime) -> None:
    """Write who the buyer is on a booking that is held in time; call inside a unit of work. Raises WrongState."""
    write_details(lock_held(booking_id, now), Details(contact, lang), the_centre(), now)


def write_details(
    booking: Booking, details: Details, centre: CentreFacts, now: datetime, asking: Iterable[HasType] | None = None
) -> None:
    """Write who the buyer is on a booking that is locked, and which news they want: asked about once it is bought.

    `asking` are its lines whose tickets ask for a number, where they are known already. Raises TooManyHolds,
    NeedsNumber, OddNumber.
    """
    contact = details.contact
    if booking.channel is not Channel.SCHOOL:
        booking.numbers = numbers_for(
            booking.id, lines_that_ask(booking.id) if asking is None else asking, details.numbers
        )
    booking.name, booking.email, booking.phone = contact.name, contact.email, contact.phone
    booking.needs, booking.lang = contact.needs, details.lang
    booking.topics = list(details.topics)
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


def ask_for_newsletter(email: str, topics: Sequence[str], lang: str, now: datetime, once: str = "") -> None:
    """Promise the mail that asks for a yes, where somebody wished for news that they do not get yet.

    Nothing is sent to them before that yes, also where they have said yes to other news before, or have left. `once` is
    the occasion: asked about again on the same one, they get no other letter.
    """
    if not topics or not email:
        return
    fresh = {"email": email, "secret": new_secret(), "lang": lang, "topics": [], "unconfirmed": [], "asked_at": now}
    insert_once(Subscriber, "email", fresh)  # two at once are one
    subscriber = db.session.scalars(
        select(Subscriber)
        .where(Subscriber.email == email)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    is_on_list = subscriber.confirmed_at is not None and subscriber.ended_at is None
    new = set(topics) - set(subscriber.topics) if is_on_list else set(topics)
    if not new:
        return
    subscriber.unconfirmed, subscriber.lang, subscriber.asked_at = sorted(new), lang, now
    key = f"newsletter:{subscriber.id}:{once or int(now.timestamp())}"
    promise("mail.newsletter", key, {"subscriber_id": subscriber.id})


def confirm_newsletter(secret: str, now: datetime) -> bool:
    """The yes from the mailbox to what was asked last; False for an unknown secret."""
    subscriber = _with_secret(secret)
    if subscriber is None:
        return False
    was_on_list = subscriber.confirmed_at is not None and subscriber.ended_at is None
    had = subscriber.topics if was_on_list or not subscriber.unconfirmed else []
    subscriber.topics, subscriber.unconfirmed = sorted({*had, *subscriber.unconfirmed}), []
    subscriber.confirmed_at, subscriber.ended_at = now, None
    return True


def end_newsletter(secret: str, now: datetime) -> bool:
    """Off the list; False for an unknown secret."""
    subscriber = _with_secret(secret)
    if subscriber is None:
        return False
    subscriber.unconfirmed, subscriber.ended_at = [], now
    return True


def _with_secret(secret: str) -> Subscriber | None:
    """The subscriber whom a secret belongs to, locked until the unit of work ends."""
    locked = select(Subscriber).where(Subscriber.secret == secret).with_for_update(key_share=True)
    return db.session.scalar(locked.execution_options(populate_existing=True))
