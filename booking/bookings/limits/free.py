"""Free bookings of more than a few places: asked for by mail, confirmed by the link in it, held meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from booking.bookings.confirm import confirm
from booking.bookings.limits.places import person_of
from booking.bookings.models import Booking, State
from booking.bookings.refusals import Unknown
from booking.bookings.store import lock, lock_held
from booking.outbox.promises import promise

ANSWER_WITHIN = timedelta(hours=1)
MOST_ASKED = 4  # times: each keeps the places anew
_SALT = "free-yes"


def ask_for_yes(booking: Booking, now: datetime) -> None:
    """Promise the mail that asks for a yes, and keep the places until it can be answered; the booking is locked.

    Asked again (another address, a mail that did not come), the places are kept on, though not for ever.
    """
    if booking.renewals < MOST_ASKED or booking.asked_at is None:
        booking.held_until = min(now + ANSWER_WITHIN, max(booking.starts_at, now + timedelta(minutes=10)))
    if booking.asked_at is not None:
        booking.renewals += 1
    booking.asked_at = now
    promise("mail.free_yes", f"free_yes:{booking.id}:{int(now.timestamp())}", {"booking_id": booking.id})


def key_for(booking_id: int, email: str, secret_key: str) -> str:
    """The last part of the address that is mailed. It dies when the booking gets another address."""
    return str(URLSafeTimedSerializer(secret_key, salt=_SALT).dumps([booking_id, person_of(email)]))


def opened_by(key: str, secret_key: str) -> tuple[int, str] | None:
    """Which booking a link confirms, and for whom (a mark of the mailbox); None when it is not ours."""
    try:
        content = URLSafeTimedSerializer(secret_key, salt=_SALT).loads(key, max_age=7 * 24 * 3600)
    except BadData:
        return None
    return int(content[0]), str(content[1])


def say_yes(booking_id: int, person: str, now: datetime) -> None:
    """The yes from the mailbox; call inside a unit of work. Twice is once.

    Raises Unknown when the booking has another address by now, WrongState when its time is over.
    """
    bookings = lock(booking_id)
    if not bookings or person_of(bookings[0].email) != person or bookings[0].total:
        raise Unknown
    if bookings[0].state is State.CONFIRMED:
        return
    booking = lock_held(booking_id, now)
    if booking.asked_at is None:
        raise Unknown  # the basket has changed since: what was asked for is not what it holds now
    confirm(booking_id, now)
