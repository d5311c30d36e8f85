"""The end of what a booking says of people: contact 90 days after the visit, needs the day after.

A teacher may have the own visits kept for longer: then name and mail address stay, the phone does not.

Sums, tickets and payments stay for the five years that bokføringsloven § 13 asks; who they were for does not. Baskets
that nobody bought are booking/payments/forgetting.py: there it is known whether money may still come.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select, text

from booking.bookings.models import HAS_CONTACT, HAS_NEEDS, Booking, Waiting, WaitingState
from booking.bookings.search_words import forget_words
from booking.kernel.forgetting import Clear, Forgetting, Remove, Rows

CONTACT_KEPT = timedelta(days=90)
NEEDS_KEPT = timedelta(days=1)
BASKETS_KEPT = timedelta(days=7)
ACCOUNTS_KEPT = timedelta(days=5 * 365 + 1)

forget_contact = Clear(
    Booking.id,
    {
        "name": "",
        "email": "",
        "phone": "",
        "search": "",
        "holder": "",
        "person": "",
        "group_name": "",
        "needs": "",
        "numbers": {},
        "topics": [],
    },
    also=forget_words,
)


def end_of_year(before: datetime) -> datetime:
    """Accounts are kept for years counted from the end of their own: what is of an earlier year than this is over."""
    return before.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _is_over(before: datetime) -> ColumnElement[bool]:
    """Whether the last day is over, of what is for several days."""
    return or_(Booking.last_at.is_(None), Booking.last_at < before)


def _needs(before: datetime) -> Select[int]:
    return select(Booking.id).where(Booking.starts_at < before, _is_over(before), text(HAS_NEEDS))


def _marks(before: datetime) -> Select[int]:
    return select(Booking.id).where(Booking.starts_at < before, _is_over(before), text("holder <> ''"))


def is_let_go(before: datetime) -> ColumnElement[bool]:
    """Whether nobody has asked to have the contact of a booking kept beyond a moment."""
    return or_(Booking.forgotten_as_of.is_(None), Booking.forgotten_as_of < before)


def _contact(before: datetime) -> Select[int]:
    return select(Booking.id).where(
        Booking.starts_at < before, _is_over(before), text(f"({HAS_CONTACT})"), is_let_go(before)
    )


def _phones(before: datetime) -> Select[int]:
    kept = (Booking.forgotten_as_of.is_not(None), Booking.forgotten_as_of >= before)
    return select(Booking.id).where(*kept, Booking.starts_at < before, _is_over(before), Booking.phone != "")


def _left_the_line(before: datetime) -> Select[int]:
    return select(Waiting.id).where(Waiting.state == WaitingState.ENDED, Waiting.created_at < before)


forget_waiting = Remove(Waiting.id)

FORGETTINGS = (
    Forgetting("needs told with a booking", NEEDS_KEPT, Rows(_needs), Clear(Booking.id, {"needs": ""})),
    Forgetting(
        "whose limit a booking counted for", NEEDS_KEPT, Rows(_marks), Clear(Booking.id, {"holder": "", "person": ""})
    ),
    Forgetting("contact of a booking", CONTACT_KEPT, Rows(_contact), forget_contact),
    Forgetting(
        "phone of a visit that its teacher keeps", CONTACT_KEPT, Rows(_phones), Clear(Booking.id, {"phone": ""})
    ),
    Forgetting("places in the waiting list that have ended", BASKETS_KEPT, Rows(_left_the_line), forget_waiting),
)
