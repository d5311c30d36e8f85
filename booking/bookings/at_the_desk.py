"""Help that staff give with a booking: a mail address put right, the letter once more, a party that comes later."""

from __future__ import annotations

from datetime import datetime

from booking.bookings.details import make_findable
from booking.bookings.models import Booking, State
from booking.bookings.refusals import Unknown, WrongState
from booking.bookings.store import lock
from booking.outbox.promises import LET_THROUGH, promise
from booking.records.audit import note


def correct_address(booking_id: int, email: str, actor: str, now: datetime) -> None:
    """Put the mail address right and send the tickets there; call inside a unit of work. Raises WrongState."""
    booking = _confirmed(booking_id)
    booking.email = email
    make_findable(booking)
    note(actor, "booking.address", f"booking:{booking_id}")
    _promise_again(booking, now)


def send_again(booking_id: int, actor: str, now: datetime) -> None:
    """Promise the tickets by mail once more; call inside a unit of work. Raises WrongState."""
    note(actor, "booking.send_again", f"booking:{booking_id}")
    _promise_again(_confirmed(booking_id), now)


def expect_at(booking_id: int, at: datetime | None, actor: str) -> None:
    """Note when a party that is late says it comes, None for on time; call inside a unit of work. Raises WrongState.

    The board shows it beside the party. A teacher's own "our bus is late" calls this too.
    """
    booking = _confirmed(booking_id)
    before = booking.expected_at.isoformat() if booking.expected_at else None
    booking.expected_at = at
    after = at.isoformat() if at else None
    note(actor, "booking.expected", f"booking:{booking_id}", {"expected_at": before}, {"expected_at": after})


def _confirmed(booking_id: int) -> Booking:
    found = lock(booking_id)
    if not found:
        raise Unknown
    if found[0].state is not State.CONFIRMED or found[0].changes_id is not None:
        raise WrongState(found[0].state.value)
    return found[0]


def _promise_again(booking: Booking, now: datetime) -> None:
    """By the second, so that a button pressed twice is one letter."""
    second = int(now.timestamp())
    about = {"booking_id": booking.id, "again": second, LET_THROUGH: True}
    promise("mail.confirmation", f"desk:{booking.id}:{second}", about)
