"""Move a booking to another time as it is: same people, same price, no letter. For the door."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from booking.bookings.change import drop_waiting_changes
from booking.bookings.models import Booking, Line, Ticket
from booking.bookings.store import lock
from booking.capacity.models import Slot
from booking.capacity.places import Want, claims_of, swap
from booking.kernel.database import db


def move(booking_id: int, from_slot_id: int, to_slot_id: int, now: datetime) -> None:
    """Move all that a confirmed booking has in one slot to another; call inside a unit of work, last before it ends.

    Raises Full, Closed, and WrongState while a change of it is being paid. It must not have lines there already.
    """
    drop_waiting_changes(booking_id, now)
    giving = [held for held in claims_of([booking_id]) if held.slot_id == from_slot_id]
    for table in (Line, Ticket):
        moved = update(table).where(table.booking_id == booking_id, table.slot_id == from_slot_id)
        db.session.execute(moved.values(slot_id=to_slot_id).execution_options(synchronize_session=False))
    (booking,) = lock(booking_id)
    booking.starts_at = _first_start(booking)
    booking.version += 1  # a change that is paid late no longer fits what the booking is now
    wants = [Want(to_slot_id, held.places) for held in giving]
    swap(booking_id, wants, booking.channel, now, giving)


def _first_start(booking: Booking) -> datetime:
    start = db.session.scalar(
        select(func.min(Slot.starts_at)).join(Line, Line.slot_id == Slot.id).where(Line.booking_id == booking.id)
    )
    return start or booking.starts_at
