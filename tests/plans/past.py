"""Years of what is not made by the crowd: a long log, closures of before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, literal, select

from booking.bookings.models import Booking
from booking.capacity.models import Claim, Slot
from booking.closures.models import ClosedReason, Closure, ClosureHit, ClosureSlot
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry


def write_a_long_log() -> None:
    """Some years of it."""
    now = clock.now()
    rows = [
        {
            "at": now - timedelta(hours=number),
            "actor": ("buyer", "worker", f"account:{number % 30}")[number % 3],
            "action": f"booking.{('cancel', 'change', 'resend', 'refund', 'needs')[number % 5]}",
            "subject": f"booking:{number}",
        }
        for number in range(20_000, 0, -1)
    ]
    with unit_of_work():
        db.session.execute(insert(AuditEntry), rows)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE audit_entry")


def close_a_long_past() -> None:
    """Two hundred closures of before, with their slots and whom they hit."""
    now = clock.now()
    with unit_of_work():
        first = db.session.scalars(select(Closure.id).order_by(Closure.id.desc()).limit(1)).first() or 0
        rows = [
            {"starts_at": now - timedelta(days=n), "ends_at": now - timedelta(days=n - 1), "why": ClosedReason.POWER}
            | {"closed_at": now, "closed_days": [], "reopened_at": now}
            for n in range(2, 202)
        ]
        db.session.execute(insert(Closure), rows)
        of_old = (select(Slot.id % 200 + first + 1, Slot.id, literal("open")).where(Slot.starts_at < now)).limit(8000)
        db.session.execute(insert(ClosureSlot).from_select(["closure_id", "slot_id", "was"], of_old))
        hit = (
            select(Booking.id % 200 + first + 1, Booking.id)
            .where(Booking.starts_at < now, Booking.confirmed_at.is_not(None))
            .limit(30000)
        )
        db.session.execute(insert(ClosureHit).from_select(["closure_id", "booking_id"], hit))
    with db.engine.begin() as connection:
        for table in ("closure", "closure_slot", "closure_hit"):
            connection.exec_driver_sql(f"ANALYZE {table}")


def the_latest_party(slot_id: int) -> tuple[int, str]:
    """The booking made last in a slot: (id, code)."""
    with unit_of_work():
        booking_id, code = db.session.execute(
            select(Booking.id, Booking.code)
            .join(Claim, Claim.booking_id == Booking.id)
            .where(Claim.slot_id == slot_id)
            .order_by(Booking.id.desc())
        ).first() or (0, "")
    assert code
    return booking_id, code
