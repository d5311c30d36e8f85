"""A booking made whole in one go: who it is for is known and nothing is paid now, so nobody need find it half done."""

from __future__ import annotations

from datetime import datetime

from booking.bookings.basket import Basket
from booking.bookings.details import Contact
from booking.bookings.hold import Hold, new_booking
from booking.bookings.models import State
from booking.bookings.search_words import search_text, words_of, write_words
from booking.bookings.store import issue_tickets, places_of, write_lines
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.kernel.codes import new_reference
from booking.outbox.promises import promise


def book_at_once(
    basket: Basket,
    contact: Contact,
    group_name: str,
    lang: str,
    *,
    centre: CentreFacts,
    now: datetime,
    is_asked_for: bool = False,
) -> Hold:
    """Write a school's booking as it is to be, each row once; its places are still to be taken in this unit of work.

    Confirmed, with its tickets and the promise of the letter that says so; or pending until it begins where it is only
    asked for.
    """
    reference = new_reference()
    about = (reference, contact.name, contact.email, contact.phone, group_name)
    who = {
        "reference": reference,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "needs": contact.needs,
        "group_name": group_name,
        "search": search_text(*about),
    }
    stands = (
        {"state": State.PENDING}
        if is_asked_for
        else {"state": State.CONFIRMED, "held_until": None, "confirmed_at": now}
    )
    made = new_booking(basket, centre, now, basket.starts_at, lang, Channel.SCHOOL, holder="", **who, **stands)
    write_lines(made.booking_id, basket, replacing=False)
    write_words(made.booking_id, words_of(*about), replacing=False)
    if not is_asked_for:
        issue_tickets(made.booking_id, places_of(basket.lines))
        promise("mail.confirmation", f"confirmation:{made.booking_id}", {"booking_id": made.booking_id})
    return made
