"""Help with a booking that is there: an address put right, the letter once more, a party that comes at another time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import case, select, update

from booking.bookings.change import drop_waiting_changes
from booking.bookings.details import make_findable
from booking.bookings.lines.all_days import last_of
from booking.bookings.models import Booking, Line, State, Ticket
from booking.bookings.products.by_pass import follow as follow_passes
from booking.bookings.purse import purses
from booking.bookings.refusals import Unknown, WrongState
from booking.bookings.store import begin_at, lock, next_version, remember_times
from booking.capacity.models import Slot
from booking.capacity.places import Want, claims_of, swap
from booking.centre.facts import the_centre
from booking.kernel.database import db
from booking.outbox.promises import LET_THROUGH, promise
from booking.records.audit import note


def move_booking(booking: Booking, moves: Mapping[int, int], now: datetime, *, tell: bool = True) -> None:
    """Move all that a locked, confirmed booking has from slots to others at once; the last thing in a unit of work.

    The tickets keep their codes. `tell` promises the letter that says it. None of the new slots may be one where the
    booking has places. Raises Full, Closed, and WrongState while a change of it is being paid.
    """
    drop_waiting_changes(booking.id, now)
    held_now = claims_of([booking.id])
    giving = [held for held in held_now if held.slot_id in moves or held.parties]
    remember_times(booking.id, moves)
    for table in (Line, Ticket):
        moved = update(table).where(table.booking_id == booking.id, table.slot_id.in_(moves))
        new_slot = case(moves, value=table.slot_id)
        db.session.execute(moved.values(slot_id=new_slot).execution_options(synchronize_session=False))
    starts = _starts(booking)
    begin_at(booking, min(starts, default=booking.starts_at), last_of(starts, the_centre()))
    purses.purse.moved(booking.id)
    follow_passes(booking, now)
    next_version(booking)  # a change that is paid late no longer fits what the booking is now
    if tell:
        promise("mail.change", f"change:{booking.id}:{booking.version}", {"booking_id": booking.id})
    wants = [Want(moves.get(held.slot_id, held.slot_id), held.places, held.parties) for held in giving]
    swap(booking.id, wants, booking.channel, now, giving)


def _starts(booking: Booking) -> list[datetime]:
    lines = select(Slot.starts_at).join(Line, Line.slot_id == Slot.id).where(Line.booking_id == booking.id)
    return list(db.session.scalars(lines.distinct()))


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
    bookings = lock(booking_id)
    if not bookings:
        raise Unknown
    if bookings[0].state is not State.CONFIRMED or bookings[0].changes_id is not None:
        raise WrongState(bookings[0].state.value)
    return bookings[0]


def _promise_again(booking: Booking, now: datetime) -> None:
    """By the second, so that a button pressed twice is one letter."""
    second = int(now.timestamp())
    about = {"booking_id": booking.id, "again": second, LET_THROUGH: True}
    promise("mail.confirmation", f"desk:{booking.id}:{second}", about)
