"""Take an admission back, all of it, with a reason; who was moved to come in gets the old time back if it has room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from booking.bookings.at_the_desk import move_booking
from booking.bookings.models import Ticket
from booking.bookings.refusals import WrongState
from booking.bookings.store import lock
from booking.capacity.places import Closed, Full, claims_of
from booking.door.admit import move_counters
from booking.door.models import CheckIn, CheckInLine
from booking.kernel.database import attempt, db
from booking.records.audit import note
from booking.visits.rebill import count_moved


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An admission that was undone just now, as it stood. `heads` by ticket."""

    check_in: CheckIn
    heads: dict[int, int]


def undo(mark: str, reason: str, account_id: int | None, now: datetime) -> int | None:
    """Undo an admission once; call inside a unit of work. Returns its booking; None when there is none to undo.

    What the row says of `moved_back` tells whether people who had been moved to come in have their old time again.
    """
    undone = take_back(mark, reason, account_id, now)
    if undone is None:
        return None
    check_in = undone.check_in
    if check_in.moved_from is not None:
        check_in.moved_back = _give_old_time_back(check_in.booking_id, check_in.moved_from, list(undone.heads), now)
    facts: dict[str, object] = {"heads": 0}
    if check_in.moved_back is not None:
        facts["moved_back"] = check_in.moved_back
    note(f"account:{account_id}", "door.undo", f"booking:{check_in.booking_id}", {"heads": check_in.heads}, facts)
    return check_in.booking_id


def booking_of(mark: str) -> int | None:
    """The booking that people were let in on, whether that still counts or is undone."""
    return db.session.scalar(select(CheckIn.booking_id).where(CheckIn.mark == mark))


def take_back(mark: str, reason: str, account_id: int | None, now: datetime) -> TakenBack | None:
    """Let an admission no longer count, once, the booking being locked from here on; its time stays as it is."""
    booking_id = booking_of(mark)
    if booking_id is None:
        return None
    lock(booking_id)
    undone = db.session.scalars(
        update(CheckIn)
        .where(CheckIn.mark == mark, CheckIn.undone_at.is_(None))
        .values(undone_at=now, undone_by=account_id, undone_reason=reason)
        .returning(CheckIn)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).first()
    if undone is None:
        return None
    rows = db.session.execute(
        select(CheckInLine.ticket_id, CheckInLine.heads).where(CheckInLine.check_in_id == undone.id)
    )
    heads: dict[int, int] = {row.ticket_id: row.heads for row in rows}
    if heads and not move_counters({ticket_id: -number for ticket_id, number in heads.items()}):
        raise AssertionError("a ticket had admitted fewer than its check-ins say")
    count_moved(booking_id)
    return TakenBack(undone, heads)


def _give_old_time_back(booking_id: int, old_slot: int, tickets: list[int], now: datetime) -> bool:
    """Whether the party could go back to the time that the door had moved it from.

    Not where others of the party are in by the present time, nor where the old one is full or closed by now.
    """
    slots = set(db.session.scalars(select(Ticket.slot_id).where(Ticket.id.in_(tickets), Ticket.void.is_(False))))
    if len(slots) != 1 or old_slot in {held.slot_id for held in claims_of([booking_id])}:
        return False
    (present,) = slots
    still_in = select(func.sum(Ticket.admitted)).where(Ticket.booking_id == booking_id, Ticket.slot_id == present)
    if db.session.scalar(still_in):
        return False
    try:
        with attempt():  # a full time must not undo the undoing
            (booking,) = lock(booking_id)
            move_booking(booking, {present: old_slot}, now, tell=False)
    except (Full, Closed, WrongState):
        return False
    return True
