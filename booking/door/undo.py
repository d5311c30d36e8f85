"""Take an admission back, all of it, with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from booking.bookings.store import lock
from booking.door.admit import move_counters
from booking.door.models import CheckIn, CheckInLine
from booking.kernel.database import db
from booking.staff.audit import note


def undo(mark: str, reason: str, account_id: int | None, now: datetime) -> int | None:
    """Undo an admission once; call inside a unit of work. Returns its booking; None when there is none to undo."""
    booking_id = db.session.scalar(select(CheckIn.booking_id).where(CheckIn.mark == mark))
    if booking_id is None:
        return None
    lock(booking_id)
    undone = db.session.execute(
        update(CheckIn)
        .where(CheckIn.mark == mark, CheckIn.undone_at.is_(None))
        .values(undone_at=now, undone_by=account_id, undone_reason=reason)
        .returning(CheckIn.id, CheckIn.heads)
        .execution_options(synchronize_session=False)
    ).first()
    if undone is None:
        return None
    rows = db.session.execute(
        select(CheckInLine.ticket_id, CheckInLine.heads).where(CheckInLine.check_in_id == undone.id)
    )
    moves = {ticket_id: -heads for ticket_id, heads in rows}
    if moves and not move_counters(moves):
        raise AssertionError("a ticket had admitted fewer than its check-ins say")
    note(f"account:{account_id}", "door.undo", f"booking:{booking_id}", {"heads": undone.heads}, {"heads": 0})
    return booking_id
