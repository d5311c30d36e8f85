"""Years of what is not made by the crowd: a long log, closures of before, books."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, insert, literal, select, update

from booking.bookings.models import Booking
from booking.books.journal import AccountRole, VoucherKind
from booking.books.models import BooksRules, ClosedMonth, JournalEntry, JournalSource, Voucher
from booking.capacity.models import Claim, Slot
from booking.closures.models import ClosedReason, Closure, ClosureHit, ClosureSlot
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry
from tests.support.unguarded import unguarded


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


def write_long_books(many: int) -> date:
    """Years of so many invoices in the journal, closed up to the month before last; the month that is open."""
    with db.engine.begin() as connection, unguarded(connection):
        connection.execute(delete(ClosedMonth))  # the demo's own: the years before are not in the journal yet
    copies = 10**9  # no id of a real one
    today = clock.now().date()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    first = db.session.scalars(select(BooksRules.last_number)).one() + 1
    ends = month - timedelta(days=1)
    days = [ends - timedelta(days=3 * n // 40) for n in range(many)]
    with unit_of_work():
        for start in range(0, many, 5000):
            numbers = range(start, min(start + 5000, many))
            entries = [
                {
                    "voucher_number": first + n, "source": f"invoice:{copies + n}", "role": role, "amount": amount,
                    "invoice_id": copies + n, "vat_rate": 0, "activity_id": 0, "vat": 0,
                }
                for n in numbers
                for role, amount in ((AccountRole.RECEIVABLE, 100), (AccountRole.PROGRAMME, -100))
            ]  # fmt: skip
            db.session.execute(insert(JournalEntry), entries)
            vouchers = [
                {"number": first + n, "kind": VoucherKind.INVOICE, "on_day": days[n], "written_at": clock.now()}
                for n in numbers
            ]
            db.session.execute(insert(Voucher), vouchers)
            marks = [{"source": f"invoice:{copies + n}", "mark": "issued", "times": 1} for n in numbers]
            db.session.execute(insert(JournalSource), marks)
        db.session.execute(update(BooksRules).values(last_number=first + many - 1))
        values = {
            "month": ends.replace(day=1), "last_day": ends, "closed_at": clock.now(), "closed_by": "account:1",
            "last_number": first, "accounts": {"accounts": {}, "codes": {}, "vat": {}}, "sums": {}, "balances": {},
        }  # fmt: skip
        db.session.execute(insert(ClosedMonth).values(values))
    with db.engine.begin() as connection:
        for table in ("journal_entry", "voucher", "journal_source"):
            connection.exec_driver_sql(f"ANALYZE {table}")
    return month
