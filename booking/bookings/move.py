"""Move a booking to other times as it is: same people, same price. For the door, and where a time is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import case, func, select, update

from booking.bookings.change import drop_waiting_changes
from booking.bookings.models import Booking, Line, Ticket
from booking.bookings.store import begin_at, remember_times
from booking.capacity.models import Slot
from booking.capacity.places import Want, claims_of, swap
from booking.kernel.database import db
from booking.outbox.promises import promise


def move(booking: Booking, moves: Mapping[int, int], now: datetime, *, tell: bool = True) -> None:
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
    begin_at(booking, _first_start(booking))
    booking.version += 1  # a change that is paid late no longer fits what the booking is now
    if tell:
        promise("mail.change", f"change:{booking.id}:{booking.version}", {"booking_id": booking.id})
    wants = [Want(moves.get(held.slot_id, held.slot_id), held.places, held.parties) for held in giving]
    swap(booking.id, wants, booking.channel, now, giving)


def _first_start(booking: Booking) -> datetime:
    start = db.session.scalar(
        select(func.min(Slot.starts_at)).join(Line, Line.slot_id == Slot.id).where(Line.booking_id == booking.id)
    )
    return start or booking.starts_at
